"""Reading `scope:`, and narrowing it by what a clusters file grants (design §3)."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from mqinfra.manifest import codes
from mqinfra.manifest.fields import Fields, wrong_type
from mqinfra.manifest.text.node import Map, Seq
from mqinfra.manifest.text.source import Place
from mqinfra.model.diagnostic import Diagnostic, Related
from mqinfra.model.overlap import EVERYTHING
from mqinfra.model.scope import Scope, pattern_covers
from mqinfra.model.setting import did_you_mean
from mqinfra.providers.base.catalogue import Catalogue

SHARED = "sharedWith"
_NAMES = "names"


def parse_scope(fields: Fields, catalogue: Catalogue, checked: Container[str]) -> Scope:
    """Read a mapping broker → kind → patterns.

    Args:
        fields: the mapping.
        catalogue: known brokers.
        checked: the types of which the words are read; those of others own nothing that the environment has.
    """
    patterns: dict[str, MappingProxyType[str, tuple[str, ...]]] = {}
    whole: set[str] = set()
    parts: dict[str, Mapping[str, tuple[str, ...]]] = {}
    shared: dict[str, tuple[str, ...]] = {}
    places: dict[tuple[str, ...], Related] = {}
    for broker, value, key_place, _ in fields.node.entries():
        if broker not in catalogue.providers:
            fields.found.append(unsupported(key_place, broker, fields.what, catalogue))
            continue
        if broker not in checked:
            continue
        node = fields.mapping(broker)
        if value is None or node is None:
            continue
        section = Fields(node, key_place, f"the scope of `{broker}`", fields.found)
        words = catalogue.providers[broker].scope_words
        section.only((*words, EVERYTHING, SHARED))
        if section.flag(EVERYTHING):
            whole.add(broker)
        shared[broker] = tuple(project for project, _ in section.texts(SHARED))
        places |= {(broker, *at): place.related("this too") for at, place in _places(node)}
        owned: dict[str, tuple[str, ...]] = {}
        for word, divisible in words.items():
            if word in node and divisible and isinstance(node[word], Map):
                owned[word], parts[broker] = _divided(section, word)
            elif word in node:
                owned[word] = tuple(_patterns(section, word))
        patterns[broker] = MappingProxyType(owned)
    return Scope(
        MappingProxyType(patterns),
        frozenset(whole),
        MappingProxyType(parts),
        catalogue.ownership,
        shared_with=MappingProxyType(shared),
        places=MappingProxyType(places),
    )


def _places(section: Map) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Where words and their patterns are written; patterns of names in a part count for what they lie in."""
    for word, value, place, _ in section.entries():
        yield (word,), place
        if isinstance(value, Seq):
            yield from (((word, item), at) for item, at in value.entries() if isinstance(item, str))
        elif isinstance(value, Map):
            yield from (((word, pattern), at) for pattern, _, at, _ in value.entries())


def _divided(section: Fields, word: str) -> tuple[tuple[str, ...], Mapping[str, tuple[str, ...]]]:
    """Read a mapping name → empty, when all of it is owned, or `{names: [...]}`."""
    whole: list[str] = []
    parts: dict[str, tuple[str, ...]] = {}
    node = section.mapping(word)
    for pattern, value, key_place, value_place in node.entries() if node is not None else ():
        if not _sound(pattern, key_place, section.found):
            continue
        if value is not None and not isinstance(value, Map):
            section.found.append(wrong_type(value_place, f"`{pattern}`", "empty or a mapping", value))
        elif value is None or not value:
            whole.append(pattern)
        else:
            part = Fields(value, key_place, f"`{pattern}`", section.found)
            part.only((_NAMES,))
            parts[pattern] = tuple(_patterns(part, _NAMES))
    return tuple(whole), MappingProxyType(parts)


def unsupported(place: Place, broker: str, where: str, catalogue: Catalogue) -> Diagnostic:
    """Say that a broker is not known to this version."""
    known = ", ".join(catalogue.types)
    hints = [did_you_mean(broker, catalogue.types), f"supported: {known}"]
    hint = hints if hints[0].startswith("did you mean") else hints[1:]
    message = f"`{broker}` is not supported by this version in {where}"
    return place.report(codes.UNSUPPORTED, message, help=tuple(hint))


def intersection(one: Scope, other: Scope, grantor: str) -> Scope:
    """What both the project's scope and that of a grant own; `grantor` is the file that gives the grant."""
    brokers = {*one.patterns, *one.whole} & {*other.patterns, *other.whole}
    patterns: dict[str, MappingProxyType[str, tuple[str, ...]]] = {}
    for broker in sorted(brokers):
        kinds = {*one.patterns.get(broker, {}), *other.patterns.get(broker, {})}
        shared = {kind: _shared(one, other, broker, kind) for kind in sorted(kinds)}
        patterns[broker] = MappingProxyType(shared)
    parts = {broker: MappingProxyType(_shared_parts(one, other, broker)) for broker in sorted(brokers)}
    return replace(
        one,
        patterns=MappingProxyType(patterns),
        whole=one.whole & other.whole,
        parts=MappingProxyType(parts),
        grantor=grantor,
        shared_with=MappingProxyType(
            {broker: (*one.shared_with.get(broker, ()), *other.shared_with.get(broker, ())) for broker in brokers}
        ),
        written=None,
    )


def _shared_parts(one: Scope, other: Scope, broker: str) -> dict[str, tuple[str, ...]]:
    """Parts that both own: those of one within what the other owns entirely, and what the parts of both share."""
    narrower: dict[str, tuple[str, ...]] = {}
    for first, second in ((one, other), (other, one)):
        words = tuple(second.patterns.get(broker, {}).get(second.divisible(broker), ()))
        narrower |= {
            place: names
            for place, names in first.parts.get(broker, {}).items()
            if broker in second.whole or any(pattern_covers(pattern, place) for pattern in words)
        }
    for place, names in one.parts.get(broker, {}).items():
        for there, others in other.parts.get(broker, {}).items():
            if pattern_covers(there, place) or pattern_covers(place, there):
                inner = place if pattern_covers(there, place) else there
                narrower[inner] = _narrower(names, others)
    return narrower


def _shared(one: Scope, other: Scope, broker: str, kind: str) -> tuple[str, ...]:
    first, second = (tuple(scope.patterns.get(broker, {}).get(kind, ())) for scope in (one, other))
    if broker in one.whole:
        return second
    if broker in other.whole:
        return first
    return _narrower(first, second)


def _narrower(some: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    others = tuple(others)
    narrower = (
        first if pattern_covers(second, first) else second
        for first in some
        for second in others
        if pattern_covers(second, first) or pattern_covers(first, second)
    )
    return tuple(dict.fromkeys(narrower))


def _patterns(section: Fields, word: str) -> Iterator[str]:
    for pattern, place in section.texts(word):
        if _sound(pattern, place, section.found):
            yield pattern


def _sound(pattern: str, place: Place, found: list[Diagnostic]) -> bool:
    """Tell whether a pattern is one; a finding says why not."""
    prefix = pattern[:-1]
    if pattern == "*":
        message, hint = "`*` owns every name", f"write `{EVERYTHING}: true` if that is intended"
    elif not pattern:
        message, hint = "a pattern is empty", "write a name, or a prefix such as `orders.*`"
    elif "*" in prefix:
        message, hint = f"`{pattern}` has a `*` before its end", "a `*` is allowed only at the end: `orders.*`"
    elif pattern.endswith("*") and prefix[-1].isalnum():
        message = f"`{pattern}` also owns names that merely begin the same, such as `{prefix}x`"
        hint = f"put a delimiter before the `*`: `{prefix}.*`"
    else:
        return True
    found.append(place.report(codes.PATTERN, message, help=hint))
    return False
