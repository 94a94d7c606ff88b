"""Is one field of a live resource as it is wanted? The one comparison that diff, rechecks and read-backs share.

By meaning, on every node that keeps the resource for itself, and for secrets through whoever can look their references
up. Create-only fields are never compared: they say how a resource begins, not how it is. Nor is what is done once: that
it was is in the records.
"""

from collections.abc import Callable, Collection
from typing import Any

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Live
from mqinfra.model.span import Path
from mqinfra.model.spec import Fields, Mutability
from mqinfra.providers.base.capabilities import SecretHolder, deviation
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.session import Session

_PLAIN = frozenset((str, int, bool))
IF_DIFFERENT = "set if it differs"
ONCE = "done once"
UNTOLD = (None, IF_DIFFERENT, ONCE)
"""What is said of a field that is as it is wanted, or of which a look at the resource does not tell."""
Holds = Callable[[Live, Path, JsonValue], bool | None]


@dataclass(frozen=True, slots=True)
class Comparator:
    """Compares the fields of one resource.

    Attributes:
        kind: its kind.
        holds: tells whether a secret is the one that is referred to; None when nobody can tell.
    """

    kind: Kind[Any]
    holds: Holds

    def difference(self, path: Path, wanted: JsonValue, live: Live, own: Fields) -> str | None:
        """Say what is wrong with a field of a live resource.

        Args:
            path: the field.
            wanted: its wanted value; None asks for the broker's default.
            live: the resource.
            own: `live.spec.fields()`, which callers have at hand.

        Returns:
            None when the field is as wanted; else what the values do not say, mostly nothing.
        """
        marker = self.kind.spec.marker(path)
        if marker.mutability is Mutability.CREATE_ONLY:
            return None
        if live.unknown and (path in live.unknown or path[:1] in live.unknown):
            return None
        if marker.mutability is Mutability.ONCE:
            return ONCE
        if marker.secret:
            held = self.holds(live, path, wanted)
            if held:
                # Where the whole resource is missing, its secret is too.
                return next((f"missing on {node}" for node, spec in live.per_node.items() if spec is None), None)
            return IF_DIFFERENT if held is None else deviation(self.kind, path, wanted, None, live) or "differs"
        note = self._deviation(path, wanted, own.get(path), live)
        if note is not None:
            return note
        for node, spec in live.per_node.items():
            if spec is None:
                return f"missing on {node}"
            note = self._deviation(path, wanted, spec.fields().get(path), live)
            if note is not None:
                return f"differs on {node}" + (f": {note}" if note else "")
        return None

    def differing_nodes(self, path: Path, wanted: JsonValue, live: Live) -> dict[str, JsonValue]:
        """The values of the nodes whose field is not as wanted, by node; None where the resource is missing."""
        if self.kind.spec.marker(path).secret:
            return {}
        values = {node: None if spec is None else spec.fields().get(path) for node, spec in live.per_node.items()}
        return {
            node: value
            for node, value in values.items()
            if live.per_node[node] is None or self._deviation(path, wanted, value, live) is not None
        }

    def _deviation(self, path: Path, wanted: JsonValue, own: JsonValue, live: Live) -> str | None:
        if wanted is None:
            # What exists only on the resource itself, such as a partition count, has no default to go back to.
            return "" if own is not None and len(path) > 1 else None
        if own.__class__ is wanted.__class__ and own == wanted and own.__class__ in _PLAIN and path not in live.mixed:
            return None  # equal to the letter, as nearly all are; what it means need not be asked
        in_force = own if own is not None else live.inherited.get(path)
        return "" if in_force is None else deviation(self.kind, path, wanted, in_force, live)


def comparator_of(session: Session, address: Address) -> Comparator:
    """Compare through a session.

    The comparator raises UserError when a secret's reference leads nowhere.
    """
    return Comparator(
        session.kinds[address.kind], lambda live, path, wanted: session.holds_secret(address, live, path, wanted)
    )


Told = Callable[[Path, str], None]
"""Takes a secret's field, and why its value could not be looked up."""


def without_secrets(comparator: Comparator, told: Told, rotated: Collection[str] = ()) -> Comparator:
    """The same for planning, which never needs a secret's value: what can't be looked up is no difference, and told.

    Args:
        comparator: compares with secrets.
        told: takes why a secret could not be compared.
        rotated: formatted paths of secrets whose references have another revision than they had at the last apply:
            where these can't be compared, they are set.
    """
    kind = comparator.kind
    by_revision = isinstance(kind, SecretHolder) and kind.rotates_by_revision

    def holds(live: Live, path: Path, wanted: JsonValue) -> bool | None:
        try:
            held = comparator.holds(live, path, wanted)
            if held is not None or ".".join(path) in rotated or not by_revision:
                return held
            why = "the broker does not show it; raise its `revision` to set it again"
        except UserError as error:
            if ".".join(path) in rotated:
                return None
            why = error.diagnostics[0].message
        told(path, why)
        return True

    return Comparator(comparator.kind, holds)


def same_or_unset(kind: Kind[Any], path: Path, one: JsonValue, other: JsonValue) -> bool:
    """Tell whether two values of a field mean the same, where unset is the same as nothing but unset."""
    if one is None or other is None:
        return one is other
    return kind.same(path, one, other)
