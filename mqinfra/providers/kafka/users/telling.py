"""New users in words. Pure."""

from collections.abc import Iterable, Iterator

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.story import Told
from mqinfra.providers.base.words import listed, reference, settings

_MECHANISMS, _PASSWORD = ("mechanisms",), ("password",)


def users(changes: Iterable[Change]) -> Iterator[tuple[Address, Told]]:
    """How one logs in, and where its password is."""
    for change in changes:
        if change.action is Action.CREATE:
            found = {difference.path: difference.after for difference in change.differences}
            mechanisms = found.get(_MECHANISMS)
            words = [listed(map(str, mechanisms))] if isinstance(mechanisms, list) else []
            words += [f"password {reference(found[_PASSWORD])}"] if _PASSWORD in found else []
            yield change.address, Told(", ".join([*words, *settings(change.differences, {_MECHANISMS, _PASSWORD})]))
