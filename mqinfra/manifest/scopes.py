"""Reading `scope:`, and narrowing it by what a clusters file grants (design §3)."""

from collections.abc import Iterator
from types import MappingProxyType

from mqinfra.manifest import codes
from mqinfra.manifest.fields import Fields
from mqinfra.manifest.source import Place
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.scope import Scope, pattern_owns
from mqinfra.model.setting import did_you_mean
from mqinfra.providers.base.catalogue import Catalogue

WHOLE = "wholeCluster"


def parse_scope(fields: Fields, catalogue: Catalogue) -> Scope:
    """Read a mapping broker → kind → patterns."""
    patterns: dict[str, MappingProxyType[str, tuple[str, ...]]] = {}
    whole: set[str] = set()
    for broker, value, key_place, _ in fields.node.entries():
        provider = catalogue.providers.get(broker)
        if provider is None:
            fields.found.append(unsupported(key_place, broker, fields.what, catalogue))
            continue
        node = fields.mapping(broker)
        if value is None or node is None:
            continue
        section = Fields(node, key_place, f"the scope of `{broker}`", fields.found)
        words = tuple(dict.fromkeys(provider.scope_keys.values()))
        section.only((*words, WHOLE))
        if section.flag(WHOLE):
            whole.add(broker)
        patterns[broker] = MappingProxyType({word: tuple(_patterns(section, word)) for word in words if word in node})
    shared = {broker: provider.scope_keys for broker, provider in catalogue.providers.items()}
    return Scope(MappingProxyType(patterns), frozenset(whole), MappingProxyType(shared))


def unsupported(place: Place, broker: str, where: str, catalogue: Catalogue) -> Diagnostic:
    """Say that a broker is not known to this version."""
    known = ", ".join(sorted(catalogue.providers))
    hints = [did_you_mean(broker, catalogue.providers), f"supported: {known}"]
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
    return Scope(MappingProxyType(patterns), one.whole & other.whole, one.shared, grantor)


def _shared(one: Scope, other: Scope, broker: str, kind: str) -> tuple[str, ...]:
    if broker in one.whole:
        return other.of(broker, kind)
    if broker in other.whole:
        return one.of(broker, kind)
    narrower = (
        first if _covers(second, first) else second
        for first in one.of(broker, kind)
        for second in other.of(broker, kind)
        if _covers(second, first) or _covers(first, second)
    )
    return tuple(dict.fromkeys(narrower))


def _covers(wider: str, narrower: str) -> bool:
    """Tell whether every name that one pattern owns is also the other's."""
    if not narrower.endswith("*"):
        return pattern_owns(wider, narrower)
    return wider.endswith("*") and narrower.startswith(wider[:-1])


def _patterns(section: Fields, kind: str) -> Iterator[str]:
    for pattern, place in section.texts(kind):
        prefix = pattern[:-1]
        if pattern == "*":
            message, hint = "`*` owns every name", f"write `{WHOLE}: true` if that is meant"
        elif not pattern:
            message, hint = "a pattern is empty", "write a name, or a prefix such as `orders.*`"
        elif "*" in prefix:
            message, hint = f"`{pattern}` has a `*` before its end", "a `*` stands only at the end: `orders.*`"
        elif pattern.endswith("*") and prefix[-1].isalnum():
            message = f"`{pattern}` also owns names that only begin alike, such as `{prefix}x`"
            hint = f"put a delimiter before the `*`: `{prefix}.*`"
        else:
            yield pattern
            continue
        section.found.append(place.report(codes.PATTERN, message, help=hint))
