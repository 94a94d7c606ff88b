"""The names that people read in a plan, as the kinds give them, so that a saved plan can be shown without its kinds."""

from collections.abc import Callable, Mapping

from mqinfra.engine.fingerprint import fingerprint
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.frozen import copied
from mqinfra.model.holding import Holding
from mqinfra.model.label import label_of
from mqinfra.model.story import NOTHING_TOLD, Told


class Naming:
    """Gives changes their names; kinds are looked up once for all of a plan."""

    def __init__(self, state: Planning, told: Mapping[Address, Told]) -> None:
        """Take what the plan is made of, and what kinds say of its changes."""
        self._state, self._told = state, told
        self._labels: tuple[Mapping[str, str], Mapping[str, str]] = {}, {}
        self._kinds: dict[tuple[str, str], tuple[str, Callable[[Address], str], Holding | None]] = {}

    def finished(self, change: Change, needs: tuple[Address, ...]) -> Change:
        """The change with what goes before it, what it rests on, what it is called and said of it, and its labels."""
        address = change.address
        found = self._kinds.get((address.cluster, address.kind))
        if found is None:
            kind = self._state.kind(address)
            found = (kind.title, kind.label, kind.holding) if kind is not None else ("", label_of, None)
            self._kinds[address.cluster, address.kind] = found
        declaration = self._state.desired.declarations.get(address)
        labels = self._shared(declaration.labels) if declaration is not None and declaration.labels else change.labels
        told = self._told.get(address, NOTHING_TOLD)
        return copied(
            change,
            needs=needs,
            fingerprint=fingerprint(change),
            title=found[0],
            label=found[1](address),
            labels=labels,
            holding=found[2],
            summary=told.summary if told is not NOTHING_TOLD else change.summary,
            details=told.details if told is not NOTHING_TOLD else change.details,
            belongs_to=told.belongs_to if told is not NOTHING_TOLD else change.belongs_to,
        )

    def _shared(self, labels: Mapping[str, str]) -> Mapping[str, str]:
        """The labels to keep in a plan; most entries have the very ones of their document, as the one before has."""
        if labels is not self._labels[0]:
            self._labels = labels, dict(labels)
        return self._labels[1]
