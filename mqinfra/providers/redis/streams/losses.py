"""What a trim would drop, counted by Redis itself: entries, and of those what groups have not read yet."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.loss import Counted, Loss
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.redis.addresses import STREAMS
from mqinfra.providers.redis.api.entry_id import below
from mqinfra.providers.redis.api.replies import number, pairs

if TYPE_CHECKING:
    from mqinfra.providers.redis.api.client import RedisClient

_PAGE, _PAGES = 200, 50
"""Entries before an id can only be counted by looking at each: so many at once, and so often at most."""


def losses(changes: Mapping[Address, Change]) -> Iterator[tuple[Address, Loss]]:
    """Name the cuts among the changes. A stream that is created has nothing to lose."""
    for address, change in changes.items():
        if address.kind != STREAMS or change.action is not Action.UPDATE:
            continue
        for item in change.differences:
            match item.path, item.after:
                case ("trim", "maxLength"), int(keeps):
                    yield address, Loss(address, item.path, f"all but the newest {keeps:,} are dropped", keeps=keeps)
                case ("trim", "minId"), str(oldest):
                    yield address, Loss(address, item.path, f"those before `{oldest}` are dropped", limit=oldest)


def count(client: "RedisClient", some: Sequence[Loss]) -> dict[Loss, Counted]:
    """Count what each cut takes: exactly, or at most where the entries before an id are many."""
    names = [loss.address.name for loss in some]
    lengths = client.read_keyed([(name, ("XLEN", name)) for name in names])
    groups = client.read_keyed([(name, ("XINFO", "GROUPS", name)) for name in names])
    found: dict[Loss, Counted] = {}
    for loss, length, reply in zip(some, lengths, groups, strict=True):
        entries = number(length)
        if entries is None:
            found[loss] = Counted()
            continue
        if loss.keeps is not None:
            counted = Counted(max(0, entries - loss.keeps))
        else:
            counted = _before(client, loss.address.name, str(loss.limit), entries)
        rows = [] if isinstance(reply, Fault) else [pairs(row) for row in reply]
        found[loss] = Counted(counted.number, counted.exact, tuple(_unread(rows, loss)) if counted.number else ())
    return found


def _before(client: "RedisClient", name: str, oldest: str, entries: int) -> Counted:
    counted, start = 0, "-"
    for _ in range(_PAGES):
        page = client.read_keyed([(name, ("XRANGE", name, start, f"({oldest}", "COUNT", str(_PAGE)))])[0]
        if isinstance(page, Fault):
            # Nothing more than the length is known, which is as much as could go.
            return Counted(entries, exact=entries == 0)
        counted += len(page)
        if len(page) < _PAGE:
            return Counted(counted)
        start = f"({page[-1][0]}"
    return Counted(entries, exact=False)


def _unread(groups: Sequence[Mapping[str, object]], loss: Loss) -> Iterator[str]:
    """Name the groups that would never get some of what goes."""
    for group in groups:
        lag = number(group.get("lag"))
        if loss.keeps is not None:
            if lag is None:
                yield f"can't tell how much of it group `{group.get('name')}` has not read"
            elif lag > loss.keeps:
                yield f"{lag - loss.keeps:,} of them were never read by group `{group.get('name')}`"
        elif lag != 0 and below(str(group.get("last-delivered-id")), str(loss.limit)):
            yield f"group `{group.get('name')}` may not have read all of them"
