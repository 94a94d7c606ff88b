"""What every entry may say beside its kind's own fields: labels, lifecycle and promises."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from mqinfra.manifest import codes
from mqinfra.manifest.bind.binding import Places, bind
from mqinfra.manifest.bind.positions import Layers, MadeLayers
from mqinfra.manifest.fields import wrong_type
from mqinfra.model.address import Address
from mqinfra.model.declaration import Lifecycle
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.frozen import dataclass
from mqinfra.model.promises import FIELD, NO_PROMISES, PROMISES, Promises
from mqinfra.providers.base.entry_type import EntryType

OWN_FIELDS = ("labels", "lifecycle", FIELD)
_OWN = frozenset(OWN_FIELDS)
NO_LIFECYCLE = Lifecycle.model_construct()
ADOPTING = Lifecycle.model_construct(adopt=True)
"""Of what sugar makes for an entry that adopts: its parts may have been there before too."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is said of an entry's resource beside what it looks like.

    Attributes:
        labels: its labels, with those of its document.
        topology: name of its document.
        lifecycle: how it may be treated.
        promises: what it holds up to.
    """

    labels: Mapping[str, str]
    topology: str
    lifecycle: Lifecycle = NO_LIFECYCLE
    promises: Promises = NO_PROMISES

    def of_made(self, promises: Promises) -> "Attributes":
        """What is said of what sugar makes for it, which promises for itself."""
        return Attributes(self.labels, self.topology, ADOPTING if self.lifecycle.adopt else NO_LIFECYCLE, promises)


def said_by(data: Mapping[str, Any]) -> bool:
    """Tell whether an entry says any of it; most say nothing, and have what their document says."""
    return not _OWN.isdisjoint(data)


def without_own(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """An entry without what it says of this."""
    return {field: value for field, value in data.items() if field not in _OWN}


def own_fields(kind: EntryType) -> tuple[str, ...]:
    """The fields that entries have beside those of their kind."""
    return OWN_FIELDS if kind.promises else tuple(field for field in OWN_FIELDS if field != FIELD)


def labels_of(
    data: Mapping[str, Any], layers: Layers, inherited: Mapping[str, str], found: list[Diagnostic]
) -> Mapping[str, str]:
    """Read an entry's labels over those of its document."""
    given = data.get("labels")
    if given is None:
        return inherited
    if not isinstance(given, Mapping):
        found.append(wrong_type(layers.places(("labels",))[1], "`labels`", "a mapping", given))
        return inherited
    labels = dict(inherited)
    for key, value in given.items():
        if isinstance(value, str):
            labels[key] = value
        else:
            place = layers.places(("labels", key))[1]
            found.append(wrong_type(place, f"`labels.{key}`", "text", value))
    return MappingProxyType(labels)


def lifecycle_of(address: Address, data: Mapping[str, Any], layers: Layers, found: list[Diagnostic]) -> Lifecycle:
    """Read how an entry's resource may be treated."""
    given = data.get("lifecycle")
    if given is None:
        return NO_LIFECYCLE
    if not isinstance(given, Mapping):
        found.append(wrong_type(layers.places(("lifecycle",))[1], "`lifecycle`", "a mapping", given))
        return NO_LIFECYCLE
    places = MadeLayers(layers, ("lifecycle",))
    bound = bind(Lifecycle, given, places, found, what="`lifecycle`", address=address.text)
    return bound or NO_LIFECYCLE


def promises_of(
    kind: EntryType,
    address: Address,
    data: Mapping[str, Any],
    layers: Layers | MadeLayers,
    own: Layers | MadeLayers,
    found: list[Diagnostic],
) -> Promises:
    """Read what an entry promises.

    An override by a label reaches whatever has the label, so what it promises counts for the kinds that can promise it;
    what an entry or its defaults promise has to mean something there.

    Args:
        kind: the entry's type.
        address: the resource.
        data: the entry, all layers merged.
        layers: finds the text.
        own: the same without overrides.
        found: where findings go.
    """
    given = data.get(FIELD)
    if given is None:
        return NO_PROMISES
    if not isinstance(given, Mapping):
        found.append(wrong_type(layers.places((FIELD,))[1], f"`{FIELD}`", "a mapping", given))
        return NO_PROMISES
    base, by = (layers, ()) if isinstance(layers, Layers) else (layers.base, layers.by)
    places = MadeLayers(base, (*by, FIELD))
    bound = bind(Promises, given, places, found, what=f"`{FIELD}`", address=address.text)
    if bound is None:
        return NO_PROMISES
    meaningless = [name for name in given if name not in kind.promises and given[name] is not None]
    found += (_meaningless(kind, name, address, own) for name in meaningless if own.written((FIELD, name)))
    left = {PROMISES[name] for name in meaningless}
    kept = {field: getattr(bound, field) for field in bound.model_fields_set if field not in left}
    return Promises.model_construct(**kept) if left else bound


def _meaningless(kind: EntryType, name: str, address: Address, places: Places) -> Diagnostic:
    some = [known for known in PROMISES if known in kind.promises]
    message = f"a {kind.title} can't promise `{name}`"
    hint = f"it can promise {', '.join(f'`{one}`' for one in some)}" if some else "no messages go through it"
    return places.places((FIELD, name))[0].report(codes.PROMISE, message, help=hint, address=address.text)


def without_sections(
    data: Mapping[str, Any],
    sections: Collection[str],
    kind: EntryType,
    places: Places,
    found: list[Diagnostic],
    address: Address,
) -> Mapping[str, Any]:
    """Take out sections of other kinds, which only an entry itself may hold: neither defaults nor overrides."""
    stray = [name for name in sections if name in data]
    for name in stray:
        message = f"`{name}` of a {kind.title} belong in its entry, not in defaults or overrides"
        hint = f"write defaults for them under `{kind.broker}/{name}`, and match them with `kind:{name}`"
        found.append(places.places((name,))[0].report(codes.UNKNOWN_FIELD, message, help=hint, address=address.text))
    return {name: value for name, value in data.items() if name not in stray} if stray else data
