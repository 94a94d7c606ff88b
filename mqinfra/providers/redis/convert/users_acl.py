"""ACL files of Redis and Valkey, and the `user` lines of redis.conf."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.providers.base.converting.converter import Converter, Entry
from mqinfra.providers.base.converting.foreign import Foreign, Part, only

_HASHES = (
    "passwords and their hashes are never copied; a user keeps those that it has, or say `passwords: [{env: NAME}]`"
)
_UNSAFE = "payloads of RESTORE are checked for every user here"
_WORD = re.compile(r"\([^)]*\)|\S+")
_IGNORED = ("sanitize-payload", "resetpass")


class UsersAclConverter(Converter):
    """Users line by line; rules are carried out in their order, as the server does."""

    name = "users-acl"
    title = "ACL files of Redis and Valkey (`users.acl`)"

    @override
    def detects(self, document: Foreign) -> bool:
        return document.lines and any(_is_user(part) for part in document.root.each())

    @override
    def convert(self, documents: Sequence[Foreign]) -> Iterable[Entry]:
        for document in documents:
            for line in document.root.each():
                if _is_user(line):
                    yield _user(line)
                elif str(line.value).lstrip().startswith("#"):
                    line.take()


_WHOLE = {
    "allkeys": ("keys", ("~*",)),
    "~*": ("keys", ("~*",)),
    "resetkeys": ("keys", ()),
    "allchannels": ("channels", ("&*",)),
    "&*": ("channels", ("&*",)),
    "resetchannels": ("channels", ()),
    "allcommands": ("commands", ("+@all",)),
    "+@all": ("commands", ("+@all",)),
    "nocommands": ("commands", ()),
    "-@all": ("commands", ()),
}
"""Rules that make void what was said before them of keys, channels or commands."""
_DATABASES: Mapping[str, str] = {"alldbs": "all", "resetdbs": ""}


def _is_user(line: Part) -> bool:
    words = str(line.value).split(maxsplit=2)
    return len(words) > 1 and words[0].lower() == "user"


@dataclass
class _Rules:
    """What a user, or one of its selectors, may do so far."""

    commands: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    databases: JsonValue = None

    def take(self, word: str) -> bool:
        """Carry a rule out; false when it is none of these."""
        lower = word.lower()
        whole = _WHOLE.get(lower)
        if whole is not None:
            name, value = whole
            setattr(self, name, list(value))
        elif lower in _DATABASES or lower.startswith("db="):
            numbers = lower.removeprefix("db=").split(",")
            self.databases = _DATABASES.get(lower) or [int(number) for number in numbers if number.isdecimal()]
        elif word[0] in "~%":
            self.keys.append(word)
        elif word[0] == "&":
            self.channels.append(word)
        elif word[0] in "+-":
            self.commands.append(lower if "|" not in word else word)
        else:
            return False
        return True

    def data(self) -> dict[str, JsonValue]:
        """As an entry has them."""
        given: dict[str, Any] = {"commands": self.commands, "keys": self.keys, "channels": self.channels}
        return only({**given, "databases": self.databases})


def _user(line: Part) -> Entry:
    _, name, *rest = str(line.take()).split(maxsplit=2)
    rules, selectors = _Rules(), list[_Rules]()
    enabled = nopass = False
    for word in _WORD.findall(rest[0]) if rest else ():
        lower = word.lower()
        if word.startswith("("):
            selectors.append(_selector(line, word))
        elif lower == "reset":
            rules, selectors, enabled, nopass = _Rules(), [], False, False
        elif lower == "clearselectors":
            selectors = []
        elif lower in ("on", "off"):
            enabled = lower == "on"
        elif lower == "nopass":
            nopass = True
        elif lower == "skip-sanitize-payload":
            line.lose(_UNSAFE)
        elif word[0] in ">#":
            nopass = False
            line.lose(_HASHES)
        elif lower == "resetpass":
            nopass = False
        elif lower not in _IGNORED and word[0] not in "<!" and not rules.take(word):
            line.lose("it has a word that is no rule of an ACL")
    data: dict[str, JsonValue] = {"enabled": enabled, "nopass": nopass, **rules.data()}
    data["selectors"] = [selector.data() for selector in selectors]
    return Entry("users", (name,), only(data), line)


def _selector(line: Part, word: str) -> _Rules:
    rules = _Rules()
    for inner in _words(word):
        if not rules.take(inner):
            line.lose("it has a word in a selector that is no rule of one")
    return rules


def _words(selector: str) -> Iterator[str]:
    yield from selector.strip("()").split()
