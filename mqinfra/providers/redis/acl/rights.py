"""What one set of rules allows. A user may make a call if its own rules, or those of a selector, allow all of it."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Literal

from mqinfra.model.frozen import dataclass
from mqinfra.providers.redis.acl.glob import matches, name_of
from mqinfra.providers.redis.acl.rules import BUILT_IN, COURTESY, Granted, Table, key_set

KeyCommand = Literal["xadd", "xreadgroup"]
Access = Literal["R", "W"]
_ACCESS: dict[KeyCommand, Access] = {"xadd": "W", "xreadgroup": "R"}
"""What a command does to its key: not whether it writes, but what its key specification says (`COMMAND INFO`)."""
_BOUND = frozenset(
    {
        *("info", "keys", "lastsave", "migrate", "pfdebug", "pfselftest", "restore", "restore-asking", "role"),
        *("sort", "sort_ro"),
    }
)
"""Of the categories `admin` and `dangerous`, what keys limit, or what only tells how the server is."""
FUNCTIONS = frozenset({"function|load", "function|delete", "function|flush", "function|restore"})
"""One set of functions serves the whole server, and they run with the rights of whoever calls them."""
LATER = frozenset({"clusterscan", "commandlog", "hotkeys", "trimslots"})
"""Administrative commands of versions after the one whose table is built in."""
DANGEROUS = BUILT_IN.categories["dangerous"] - _BOUND
"""Commands that act on the whole server and that `-@dangerous` takes away, whatever is administrative among them
(setImplicitACLCategories)."""
WHOLE_SERVER = DANGEROUS | (BUILT_IN.categories["admin"] - _BOUND) | FUNCTIONS
"""Commands that act on the whole server, whatever keys a user has."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What one set of rules allows.

    Attributes:
        granted: the commands.
        unknown: commands that the table of commands does not have, of modules or later versions, and that are granted
            by name.
        keys: patterns of keys, as `key_set` gives them.
    """

    granted: Granted
    unknown: frozenset[str]
    keys: frozenset[str]

    @classmethod
    def of(cls, commands: Sequence[str], keys: Iterable[str], table: Table = BUILT_IN) -> "Rights":
        """Carry the rules of a user, or of one selector, out.

        Args:
            commands: rules about commands, in order.
            keys: patterns of keys.
            table: the server's commands.
        """
        unknown: set[str] = set()
        for rule in commands:
            word = rule[1:]
            if word == "@all":
                unknown.clear()
            elif not table.knows(rule) and word not in COURTESY:
                same = {known for known in unknown if word in (known, known.partition("|")[0])}
                unknown = unknown | {word} if rule[0] == "+" else unknown - same
        return cls(table.expand(commands), frozenset(unknown), key_set(keys))

    def may(self, command: KeyCommand, keys: AbstractSet[str]) -> frozenset[str]:
        """Those of some keys on which a command is allowed."""
        if command not in self.granted.commands:
            return frozenset()
        # Most patterns are the name of one key, which takes no look at every key.
        names, globs = set[str](), []
        for glob in self._globs(_ACCESS[command]):
            name = name_of(glob)
            if name is None:
                globs.append(glob)
            else:
                names.add(name)
        return frozenset(keys & names) | {key for key in keys if any(matches(glob, key) for glob in globs)}

    @property
    def writes_every_key(self) -> bool:
        """Whether some command may write any key there is; one that nobody knows here counts as one that writes."""
        unknown = any(word.partition("|")[0] not in LATER for word in self.unknown)
        writes = unknown or not self.granted.commands.isdisjoint(BUILT_IN.categories["write"])
        return writes and any(not glob.strip("*") for glob in self._globs("W"))

    @property
    def whole_server(self) -> frozenset[str]:
        """Commands that act on the whole server, those of later versions among them where they are granted by name."""
        later = {word for word in self.unknown if word.partition("|")[0] in LATER}
        return self.granted.commands & WHOLE_SERVER | later

    def _globs(self, access: Access) -> Iterable[str]:
        for pattern in self.keys:
            flags, _, glob = pattern.partition("~")
            if not flags or access in flags:
                yield glob
