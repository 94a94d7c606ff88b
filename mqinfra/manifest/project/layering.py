"""What stands in several places and means layers: `defaults:` and `overrides:`. Read here, applied in `assembly`."""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from mqinfra.manifest import codes
from mqinfra.manifest.fields import Fields, wrong_type
from mqinfra.manifest.text.node import Map
from mqinfra.manifest.text.source import Place
from mqinfra.model.frozen import dataclass
from mqinfra.model.selector import Selector
from mqinfra.model.setting import did_you_mean
from mqinfra.providers.base.catalogue import Catalogue

Defaults = Mapping[str, Map]
"""`BROKER/KIND` → what every entry of the kind starts from."""


@dataclass(frozen=True, slots=True)
class Override:
    """One item of `overrides:`.

    Attributes:
        selector: which entries it changes.
        set: what it puts over them.
        place: its `match`.
    """

    selector: Selector
    set: Map
    place: Place


def parse_defaults(fields: Fields, catalogue: Catalogue, checked: Container[str]) -> Defaults:
    """Read the `defaults:` of a document; the mapping is checked, its entries are when they are bound.

    Args:
        fields: the document.
        catalogue: known brokers and kinds.
        checked: the types whose kinds are looked at; no entry starts from the defaults of others.
    """
    node = fields.mapping("defaults")
    defaults: dict[str, Map] = {}
    for key, value, key_place, value_place in node.entries() if node is not None else ():
        broker, _, kind = key.partition("/")
        if broker in catalogue.providers and broker not in checked:
            continue
        if catalogue.entry_type(broker, kind) is None:
            some = catalogue.of(one for one in catalogue.types if one in checked)
            known = [f"{other.broker}/{other.name}" for other in some.entry_types()]
            message = f"unknown kind `{key}`"
            hint = did_you_mean(key, known) or f"accepted: {', '.join(known)}"
            fields.found.append(key_place.report(codes.UNSUPPORTED, message, help=hint))
        elif isinstance(value, Map):
            defaults[key] = value
        elif value is not None:
            fields.found.append(wrong_type(value_place, f"`{key}`", "a mapping", value))
    return defaults


def merged_defaults(layers: Iterable[Defaults]) -> dict[str, dict[str, Any]]:
    """Put layers of defaults together as entries get them.

    Args:
        layers: strongest first.
    """
    merged: dict[str, dict[str, Any]] = {}
    for layer in reversed(list(layers)):
        for kind, node in layer.items():
            merged[kind] = _over(merged.get(kind, {}), node)
    return merged


def _over(weak: Mapping[str, Any], strong: Mapping[str, Any]) -> dict[str, Any]:
    """Maps merge, everything else replaces."""
    result = dict(weak)
    for key, value in strong.items():
        inner = result.get(key)
        result[key] = _over(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return result


def parse_overrides(fields: Fields) -> tuple[Override, ...]:
    """Read the `overrides:` of an environment, in order."""
    overrides: list[Override] = []
    for node, place in fields.mappings("overrides"):
        item = Fields(node, place, "an override", fields.found)
        item.only(("match", "set"))
        selector, changes = item.selector("match", required=True), item.mapping("set", required=True)
        if selector is not None and changes is not None:
            overrides.append(Override(selector, changes, node.value_place("match")))
    return tuple(overrides)
