"""What runs left on a deployment: queues, exchanges and users with reserved names, in all vhosts that can be seen."""

from collections.abc import Callable, Iterator

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.canary import PREFIX, is_reserved
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault
from mqinfra.providers.rabbitmq.io.client import RabbitClient

_PLACED = {"queues": "queue", "exchanges": "exchange"}
_PAGE = 500
Found = tuple[str, ...]
"""Segments of the path of something: its kind, its vhost where it has one, and its name."""


def found(client: RabbitClient) -> list[Found]:
    """Everything with a reserved name. Exchanges come first: they go by themselves with the queues behind them.

    Raises:
        UserError: the server can't be read.
    """
    some = sorted(set(_placed(client, "exchanges"))) + sorted(set(_placed(client, "queues")))
    if "administrator" not in client.tags:
        return some  # such a caller makes no users
    rows = client.get("users", columns="name")
    names = [str(row.get("name")) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return [*some, *(("users", name) for name in sorted(filter(is_reserved, names)))]


def named(some: list[Found]) -> list[str]:
    """What was found, as `KIND NAME`."""
    return [f"user {one[1]}" if one[0] == "users" else f"{_PLACED[one[0]]} {one[1]}/{one[2]}" for one in some]


def delete_old(client: RabbitClient, is_old: Callable[[str], bool]) -> list[str]:
    """Delete what has a reserved name and is old, and name it.

    Raises:
        UserError: the server can't be read, or refuses.
    """
    old = [one for one in found(client) if is_old(one[-1])]
    answers = client.send([Call("DELETE", one) for one in old])
    for one, answer in zip(old, answers, strict=True):
        if isinstance(answer, RabbitFault) and not answer.absent:
            message = f"`{one[-1]}` can't be deleted: {answer.message}"
            raise UserError([NOT_READ.at(message, address=client.where, help=answer.help)])
    return named(old)


def _placed(client: RabbitClient, kind: str) -> Iterator[Found]:
    page, pages = 1, 1
    while page <= pages:
        query = {
            "page": str(page),
            "page_size": str(_PAGE),
            "name": PREFIX,
            "use_regex": "false",
            "columns": "name,vhost",
            "disable_stats": "true",
        }
        body = client.get(kind, **query)
        if isinstance(body, RabbitFault):
            message = f"{kind} can't be listed: {body.message}"
            raise UserError([NOT_READ.at(message, address=client.where, help=body.help)])
        if not isinstance(body, dict):
            return
        items = body.get("items")
        for row in items if isinstance(items, list) else []:
            if isinstance(row, dict) and is_reserved(str(row.get("name"))):
                yield kind, str(row.get("vhost")), str(row.get("name"))
        told = body.get("page_count")
        pages, page = told if isinstance(told, int) else 1, page + 1
