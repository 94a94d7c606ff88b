"""Lines for what principals may do: write topics, read them, and be members of groups."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.topology import Flow
from mqinfra.providers.base.drawing import MOST_LINES, Drawing, Line
from mqinfra.providers.kafka.acls.spec import KIND, AclSpec
from mqinfra.providers.kafka.api.acl import ANY
from mqinfra.providers.kafka.topics.requests import KIND as TOPICS

_READS, _WRITES = ("Read", "All"), ("Write", "All")


def lines(drawing: Drawing) -> Iterator[Line]:
    """To the topics that a principal may write, from those that it may read, and to the groups that it may be in.

    What covers more topics than anybody could follow, as that of an administrator does, is left alone, and so are
    rights by which no message goes anywhere.
    """
    topics = sorted(address.name for address, _ in drawing.of(TOPICS))
    for address, spec in drawing.of(KIND):
        if not isinstance(spec, AclSpec):
            continue
        principal = Address(address.cluster, "principals", (spec.principal,))
        denied = "" if spec.permission == "allow" else "denied: "
        if spec.resource == "topic":
            for name in _covered(spec, topics):
                topic = Address(address.cluster, TOPICS, (name,))
                if spec.operation in _WRITES:
                    yield Line(principal, topic, f"{denied}produces", Flow.ACCESS, address)
                if spec.operation in _READS:
                    yield Line(topic, principal, f"{denied}consumes", Flow.ACCESS, address)
        elif spec.resource == "group" and spec.operation in _READS and spec.name not in (None, ANY):
            name = f"{spec.name}*" if spec.pattern == "prefixed" else str(spec.name)
            group = Address(address.cluster, "groups", (name,))
            yield Line(principal, group, f"{denied}in group", Flow.MEMBERSHIP, address)


def _covered(spec: AclSpec, topics: list[str]) -> list[str]:
    if spec.pattern == "literal" and spec.name != ANY:
        return [str(spec.name)]
    some = [name for name in topics if spec.name == ANY or name.startswith(str(spec.name))]
    return some if len(some) <= MOST_LINES else []
