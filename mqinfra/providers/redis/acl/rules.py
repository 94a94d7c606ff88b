"""What ACL rules mean: command rules become sets of commands, patterns become sets. Pure; no texts are compared.

The server's words for equal permissions differ by version: 7.0 gives dozens of tokens back for three rules, 7.2 and
later keep the rules but move repeated categories to the end (redis src/acl.c: ACLDescribeSelectorCommandRules,
ACLUpdateCommandRules). What a rule does is the same everywhere, so rules are carried out here the way the server does.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mqinfra.providers.redis.acl.commands import CATEGORIES

ALL = "@all"
COURTESY = frozenset({"client|setinfo"})
"""Commands that clients send and do without: rules for them are left out where the server does not know them."""
FREE = frozenset({"auth", "hello", "quit", "reset"})
"""Commands that every user may run, whatever the rules say (CMD_NO_AUTH)."""

_RULE = re.compile(r"[+-](?:@[a-z0-9_-]+|[a-z0-9._-]+(?:\|[^\s()]+)?)")
_WORDS = {"allcommands": "+@all", "nocommands": "-@all"}
_PATTERN = re.compile(r"(?:%(?P<flags>[RrWw]{1,2}))?~(?P<glob>\S+)")


@dataclass(frozen=True)
class Granted:
    """What a list of rules allows.

    Attributes:
        commands: commands, subcommands as `config|get`, and first arguments as `select|0`.
        future: commands that a later version or a module brings are allowed too.
    """

    commands: frozenset[str]
    future: bool = False


@dataclass(frozen=True)
class Table:
    """A server's commands by category, as `ACL CAT` gives them."""

    categories: Mapping[str, frozenset[str]]

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name, containers such as `config` included."""
        return frozenset().union(*self.categories.values())

    @cached_property
    def parts(self) -> Mapping[str, frozenset[str]]:
        """Container → its subcommands."""
        found: dict[str, set[str]] = {}
        for name in self.names:
            if "|" in name:
                found.setdefault(name.partition("|")[0], set()).add(name)
        return {name: frozenset(subs) for name, subs in found.items()}

    @cached_property
    def atoms(self) -> frozenset[str]:
        """What rules decide about: every name but containers (`COMMAND` alone is both), and what is always free."""
        return self.names - (self.parts.keys() - {"command"}) - FREE

    @cached_property
    def _granted(self) -> dict[tuple[str, ...], Granted]:
        return {}

    def expand(self, rules: Sequence[str]) -> Granted:
        """Carry rules out in order, beginning with nothing; what the server does not know has no effect."""
        key = tuple(rules)
        known = self._granted.get(key)
        if known is None:
            known = self._granted[key] = self._expand(key)
        return known

    def _expand(self, rules: tuple[str, ...]) -> Granted:
        allowed: set[str] = set()
        future = False
        for rule in rules:
            adds, word = rule[0] == "+", rule[1:]
            if word == ALL:
                allowed, future = (set(self.atoms) if adds else set()), adds
                continue
            if self._is_first_argument(word):
                # Of a command that is allowed whole, a first argument grants nothing more, now or later.
                if adds and word.partition("|")[0] not in allowed:
                    allowed.add(word)
                continue
            touched = self._touched(word)
            # What is taken away leaves the bit of future commands alone (ACLSelectorCanExecuteFutureCommands).
            allowed = allowed | touched if adds else allowed - touched
            # A whole command makes what was said of its first arguments void, either way (ACLChangeSelectorPerm).
            allowed = {name for name in allowed if name in self.atoms or name.partition("|")[0] not in touched}
        return Granted(frozenset(allowed), future)

    def _touched(self, word: str) -> frozenset[str]:
        if word.startswith("@"):
            return self.categories.get(word[1:], frozenset()) & self.atoms
        if word in self.parts:
            return self.parts[word] | ({word} & self.atoms)
        return frozenset({word}) & self.atoms

    def _is_first_argument(self, word: str) -> bool:
        command, bar, _ = word.partition("|")
        return bool(bar) and command in self.atoms and command not in self.parts

    def knows(self, rule: str) -> bool:
        """Tell whether the server takes a rule."""
        word = rule[1:]
        if word.startswith("@"):
            return word == ALL or word[1:] in self.categories
        return word in self.names or (rule[0] == "+" and self._is_first_argument(word))

    def sendable(self, rules: Iterable[str]) -> list[str]:
        """Rules without those for courtesies that the server does not know."""
        return [rule for rule in rules if rule[1:] not in COURTESY or self.knows(rule)]


BUILT_IN = Table(CATEGORIES)
"""Redis 7.0's own, for the sandbox."""


def command_rule(text: str) -> str:
    """Write a command rule the way the server does.

    Raises:
        ValueError: it is none; the message is for people.
    """
    word = _WORDS.get(text.lower(), text.lower())
    if not _RULE.fullmatch(word):
        raise ValueError(f"`{text}` is not a command rule; write `+get`, `-config|set`, `+@read` or `-@dangerous`")
    return word


def key_pattern(text: str) -> str:
    """Write a key pattern the way the server does: `%RW~x` is `~x`.

    Raises:
        ValueError: it is none.
    """
    match = _PATTERN.fullmatch("~*" if text.lower() == "allkeys" else text)
    if match is None:
        raise ValueError(f"`{text}` is not a key pattern; write `~orders:*`, or `%R~orders:*` for reading only")
    flags = "".join(sorted(set((match["flags"] or "RW").upper())))
    return ("" if flags == "RW" else f"%{flags}") + "~" + match["glob"]


def channel_pattern(text: str) -> str:
    """Write a channel pattern the way the server does.

    Raises:
        ValueError: it is none.
    """
    word = "&*" if text.lower() == "allchannels" else text
    if len(word) < 2 or word[0] != "&" or any(part.isspace() for part in word):
        raise ValueError(f"`{text}` is not a channel pattern; write `&orders:*`")
    return word


def key_set(patterns: Iterable[str]) -> frozenset[str]:
    """Key patterns by meaning: what a wider one with the same text covers is left out."""
    some = set(patterns)
    if "~*" in some:
        return frozenset({"~*"})
    return frozenset(
        pattern
        for pattern in some
        if not (
            pattern.startswith("%") and (pattern[2:] in some or (pattern[:2] + "~*" in some and pattern[2:] != "~*"))
        )
    )


def channel_set(patterns: Iterable[str]) -> frozenset[str]:
    """Channel patterns by meaning."""
    some = frozenset(patterns)
    return frozenset({"&*"}) if "&*" in some else some


def difference(before: Granted, after: Granted) -> str:
    """Name the commands that one has and the other lacks; empty when both mean the same."""
    parts = [
        _named(
            "adds", after.commands - before.commands, "commands of later versions", more=after.future > before.future
        ),
        _named(
            "takes away",
            before.commands - after.commands,
            "commands of later versions",
            more=before.future > after.future,
        ),
    ]
    return "; ".join(part for part in parts if part)


_SHOWN = 6


def _named(verb: str, names: frozenset[str], later: str, *, more: bool) -> str:
    words = [f"`{name}`" for name in sorted(names)[:_SHOWN]]
    if len(names) > _SHOWN:
        words.append(f"{len(names) - _SHOWN} more commands")
    if more:
        words.append(later)
    return f"{verb} {', '.join(words)}" if words else ""
