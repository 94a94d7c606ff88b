"""How far the rights of users reach beyond keys, for the rule that holds them against the project's scope. Pure."""

from collections.abc import Iterator, Sequence

from mqinfra.model.address import Address
from mqinfra.model.span import Path
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.redis.acl.rules import BUILT_IN, channel_set, key_set
from mqinfra.providers.redis.addresses import STREAMS
from mqinfra.providers.redis.users.spec import Rules, UserSpec

TOPIC = "rights_outside_scope"
_BOUND = frozenset(
    {
        *("info", "keys", "lastsave", "migrate", "pfdebug", "pfselftest", "restore", "restore-asking", "role"),
        *("sort", "sort_ro"),
    }
)
"""Of the categories `admin` and `dangerous`, what keys limit, or what only tells how the server is."""
_FUNCTIONS = frozenset({"function|load", "function|delete", "function|flush", "function|restore"})
"""One set of functions serves the whole server, and they run with the rights of whoever calls them."""
_LATER = frozenset({"clusterscan", "commandlog", "hotkeys", "trimslots"})
"""Administrative commands of versions after the one whose table is built in."""
WHOLE_SERVER = ((BUILT_IN.categories["admin"] | BUILT_IN.categories["dangerous"]) - _BOUND) | _FUNCTIONS
"""Commands that act on the whole server, whatever keys a user has."""
_SPECIAL = "*?["
_SHOWN = 4


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Say of each declared user which patterns it has, and which commands that no pattern limits."""
    for address, declaration in seen.declared.items():
        spec = declaration.spec
        if not isinstance(spec, UserSpec):
            continue
        own = Rules.model_construct(commands=spec.commands, keys=spec.keys, channels=spec.channels)
        for selector in (None, *spec.selectors):
            yield from _patterns(address, selector or own, selected=selector is not None)
            yield from _commands(address, (selector or own).commands, selected=selector is not None)


def _patterns(address: Address, rules: Rules, *, selected: bool) -> Iterator[Opinion]:
    for field, patterns in (("keys", key_set(rules.keys)), ("channels", channel_set(rules.channels))):
        for pattern in sorted(patterns):
            path: Path = ("selectors",) if selected else (field,)
            name = _reached(pattern.partition("~")[2] if field == "keys" else pattern[1:])
            yield Opinion(
                TOPIC,
                address,
                f"`{pattern}` of user `{address.name}`",
                path=path,
                about=(Address(address.cluster, STREAMS, (name,)),),
            )


def _reached(glob: str) -> str:
    """What a pattern reaches, in the words of scopes: a whole name, or a prefix and `*`."""
    name, rest = "", iter(glob)
    for sign in rest:
        if sign in _SPECIAL:
            return name + "*"
        name += next(rest, "") if sign == "\\" else sign
    return name


def _commands(address: Address, commands: Sequence[str], *, selected: bool) -> Iterator[Opinion]:
    granted = BUILT_IN.expand(commands).commands & WHOLE_SERVER
    granted |= {rule[1:] for rule in commands if rule[0] == "+" and rule[1:].partition("|")[0] in _LATER}
    if not granted:
        return
    names = sorted(granted)
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    if len(names) > _SHOWN:
        shown += f" and {len(names) - _SHOWN:,} more"
    # Whatever is administrative is dangerous too (setImplicitACLCategories).
    groups = ["-@dangerous"] if granted & BUILT_IN.categories["dangerous"] else []
    groups += ["-function"] if granted & _FUNCTIONS else []
    groups += sorted({f"-{name}" for name in granted if name.partition("|")[0] in _LATER})
    yield Opinion(
        TOPIC,
        address,
        f"user `{address.name}` may run {shown}, which act on the whole server",
        help=(f"grant less, or end the list with {', '.join(f'`{rule}`' for rule in groups)}",),
        path=("selectors",) if selected else ("commands",),
    )
