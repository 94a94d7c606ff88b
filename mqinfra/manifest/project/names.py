"""`names:` of an environment: what names of a kind get before and after them. Applied in `assembly.renaming`."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from mqinfra.manifest import codes
from mqinfra.manifest.fields import Fields
from mqinfra.model.names import Affix, NameAt, Names
from mqinfra.model.scope import Scope
from mqinfra.model.selector import Glob
from mqinfra.model.setting import did_you_mean
from mqinfra.providers.base.catalogue import Catalogue

_FIELDS = ("prefix", "suffix", "except")


def parse_names(fields: Fields, catalogue: Catalogue, checked: Container[str], clusters: Mapping[str, str]) -> Names:
    """Read the `names:` of an environment.

    Args:
        fields: the environment.
        catalogue: known brokers and kinds.
        checked: the types whose kinds are looked at.
        clusters: alias → broker type.
    """
    node = fields.mapping("names")
    if not node:
        return Names()
    group = Fields(node, fields.node.key_place("names"), "`names`", fields.found)
    affixes: dict[str, Affix] = {}
    for key, _, key_place, _ in node.entries():
        broker, _, kind = key.partition("/")
        if broker in catalogue.providers and broker not in checked:
            continue
        if broker not in catalogue.providers or kind not in catalogue.providers[broker].nameable:
            known = [
                f"{other}/{name}"
                for other in catalogue.types
                if other in checked
                for name in sorted(catalogue.providers[other].nameable)
            ]
            message = f"`{key}` is not a kind of things with names"
            hint = did_you_mean(key, known) or f"accepted: {', '.join(known)}"
            fields.found.append(key_place.report(codes.UNSUPPORTED, message, help=hint))
            continue
        block = group.mapping(key, required=True)
        if block is not None:
            affix = _affix(Fields(block, key_place, f"`{key}` under `names`", fields.found))
            if affix is not None:
                affixes[key] = affix
    types = catalogue.of(clusters.values()).entry_types()
    return Names(
        MappingProxyType(affixes),
        MappingProxyType(dict(clusters)),
        MappingProxyType({f"{one.broker}/{one.name}": one for one in types}),
    )


def _affix(fields: Fields) -> Affix | None:
    fields.only(_FIELDS)
    kept = tuple(Glob(tuple(name.split("*"))) for name, _ in fields.texts("except"))
    affix = Affix(fields.text("prefix") or "", fields.text("suffix") or "", kept)
    if affix.prefix or affix.suffix:
        return affix
    if not any(name in fields.node for name in ("prefix", "suffix")):
        message = f"{fields.what} says neither `prefix` nor `suffix`"
        fields.found.append(fields.place.report(codes.MISSING_FIELD, message, help='write `{prefix: "stg."}`'))
    return None


def renamed_scope(scope: Scope, names: Names, catalogue: Catalogue) -> Scope:
    """What a project may own, by the real names.

    A pattern that a suffix says nothing of stays as it is: it covers the real names all the same.
    """
    if not names:
        return scope
    patterns = {
        broker: MappingProxyType(
            {
                word: tuple(_real(some, names, broker, (catalogue.providers[broker].names_in_scope(word),)))
                for word, some in words.items()
            }
        )
        for broker, words in scope.patterns.items()
    }
    parts = {
        broker: MappingProxyType(
            {
                real: tuple(_real(some, names, broker, catalogue.providers[broker].names_in_parts))
                for place, some in held.items()
                for real in _real((place,), names, broker, catalogue.providers[broker].names_of_divided)
            }
        )
        for broker, held in scope.parts.items()
    }
    places = {
        (broker, word, *real): place
        for (broker, word, *pattern), place in scope.places.items()
        for real in _real_place(tuple(pattern), names, broker, catalogue.providers[broker].names_in_scope(word))
    }
    return replace(
        scope,
        patterns=MappingProxyType(patterns),
        parts=MappingProxyType(parts),
        places=MappingProxyType(places),
        written=scope,
    )


def _real(patterns: tuple[str, ...], names: Names, broker: str, places: tuple[NameAt, ...]) -> Iterator[str]:
    """Each pattern by the names of all kinds that it may be of."""
    found: dict[str, None] = {}
    for pattern in patterns:
        begins = pattern.endswith("*")
        text = pattern.removesuffix("*") if begins else pattern
        for place in places:
            real = names.rewritten(broker, NameAt((), place.kinds, place.form, begins), text, real=True)
            found[(real if isinstance(real, str) else text) + ("*" if begins else "")] = None
    return iter(found)


def _real_place(pattern: tuple[str, ...], names: Names, broker: str, at: NameAt) -> Iterator[tuple[str, ...]]:
    """By which patterns a place is looked up: the real ones, and none where a word stands there."""
    return ((real,) for real in _real(pattern, names, broker, (at,))) if pattern else iter(((),))
