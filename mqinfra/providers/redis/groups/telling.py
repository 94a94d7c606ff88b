"""New consumer groups in words. Pure."""

from collections.abc import Iterable, Iterator

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.story import Told
from mqinfra.providers.base.words import settings
from mqinfra.providers.redis.groups.spec import END

_START_AT = ("startAt",)
_BEGINNING = ("0", "0-0")


def groups(changes: Iterable[Change]) -> Iterator[tuple[Address, Told]]:
    """From which entry on one reads."""
    for change in changes:
        found = {difference.path: difference.after for difference in change.differences}
        if change.action is Action.CREATE and _START_AT in found:
            start = str(found[_START_AT])
            begin = "from now on" if start == END else "from the first entry" if start in _BEGINNING else "after"
            yield change.address, Told(", ".join([f"{begin} ({start})", *settings(change.differences, {_START_AT})]))
