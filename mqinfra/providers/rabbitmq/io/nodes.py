"""The nodes of a cluster, and which of them are down."""

from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault

NODES = Call("GET", ("nodes",), {"columns": "name,running"})
"""The call that lists them, for users with the tag `monitoring`."""


def down_of(answer: Answer | RabbitFault) -> list[str]:
    """The nodes that are down, sorted; none where they may not be seen."""
    rows = answer.body if isinstance(answer, Answer) and isinstance(answer.body, list) else []
    return sorted(str(row["name"]) for row in rows if isinstance(row, dict) and row.get("running") is False)
