"""What every entry may say beside its kind's own fields: labels and lifecycle."""

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
from mqinfra.providers.base.entry_type import EntryType

OWN_FIELDS = ("labels", "lifecycle")
NO_LIFECYCLE = Lifecycle()
ADOPTING = Lifecycle(adopt=True)
"""Of what sugar makes for an entry that adopts: its parts may have been there before too."""


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
