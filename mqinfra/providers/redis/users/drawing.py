"""Lines for what ACL users do with streams: add to them, and read them in groups."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.topology import Flow
from mqinfra.providers.base.drawing import MOST_LINES, Drawing, Line
from mqinfra.providers.redis.acl.rights import Rights
from mqinfra.providers.redis.addresses import STREAMS, USERS
from mqinfra.providers.redis.users.spec import UserSpec


def lines(drawing: Drawing) -> Iterator[Line]:
    """From a user to the streams that it may add to, and to it from those that it may consume.

    Who may do so with more streams than anybody could follow is left alone, as one that administers them is.
    """
    streams = {address.name: address for address, _ in drawing.of(STREAMS)}
    for address, spec in drawing.of(USERS):
        if not isinstance(spec, UserSpec):
            continue
        rights = [Rights.of(rules.commands, rules.keys) for rules in spec.rule_sets]
        for consumes in (False, True):
            names = frozenset[str]().union(
                *(some.may("xreadgroup" if consumes else "xadd", streams.keys()) for some in rights)
            )
            if len(names) <= MOST_LINES:
                for name in sorted(names):
                    yield _line(address, streams[name], consumes=consumes)


def _line(user: Address, stream: Address, *, consumes: bool) -> Line:
    if consumes:
        return Line(stream, user, "consumes", Flow.ACCESS, user)
    return Line(user, stream, "publishes", Flow.ACCESS, user)
