"""The names that people read in a plan, as the kinds give them, so that a saved plan can be shown without its kinds."""

from collections.abc import Callable, Mapping

from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.holding import Holding
from mqinfra.model.label import label_of
from mqinfra.model.story import NOTHING_TOLD, Told


class Naming:
    """Gives changes their names; kinds are looked up once for all of a plan."""

    def __init__(self, state: Planning, told: Mapping[Address, Told]) -> None:
        """Take what the plan is made of, and what kinds say of its changes."""
        self._state, self._told = state, told
        self._kinds: dict[tuple[str, str], tuple[str, Callable[[Address], str], Holding | None]] = {}

    def finished(self, change: Change, needs: tuple[Address, ...]) -> Change:
        """The change with what goes before it, what it is called and said of it, and its labels as declared."""
        address = change.address
        found = self._kinds.get((address.cluster, address.kind))
        if found is None:
            kind = self._state.kind(address)
            found = (kind.title, kind.label, kind.holding) if kind is not None else ("", label_of, None)
            self._kinds[address.cluster, address.kind] = found
        declaration = self._state.desired.declarations.get(address)
        labels = dict(declaration.labels) if declaration is not None and declaration.labels else change.labels
        told = self._told.get(address, NOTHING_TOLD)
        return change.finished(needs, found[0], found[1](address), labels, found[2], told)
