"""Where entries of Redis hold names: of streams, channels and users. Within a hash tag a prefix stays in the tag."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mqinfra.model.frozen import dataclass
from mqinfra.model.names import Affix, NameAt, NameForm, PlainName, no_suffix, without
from mqinfra.model.setting import Problem
from mqinfra.providers.base.naming import names_at
from mqinfra.providers.redis.acl.glob import escaped, name_of
from mqinfra.providers.redis.addresses import DEFAULT, STREAMS, USERS

CHANNELS = "channels"
USER = PlainName(own=(DEFAULT,))
_TAGGED = re.compile(r"\{([^{}]+)\}(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Key(NameForm):
    """A key. Of one that begins with a hash tag, the tag is what takes a prefix or suffix: its slot stays one."""

    def with_affix(self, text: str, affix: Affix, *, begins: bool) -> str | Problem:
        if not text or affix.keeps(text):
            return text
        tagged = _TAGGED.fullmatch(text)
        if tagged is not None:
            return f"{{{affix.prefix}{tagged[1]}{affix.suffix}}}{tagged[2]}"
        if begins and affix.suffix:
            return no_suffix(text)
        if begins and text.startswith("{"):
            return "{" + affix.prefix + text[1:]
        return f"{affix.prefix}{text}{affix.suffix}"

    def without_affix(self, text: str, affix: Affix, *, begins: bool) -> str:
        if affix.keeps(text):
            return text
        tagged = _TAGGED.fullmatch(text)
        if tagged is not None:
            return f"{{{without(tagged[1], affix)}}}{tagged[2]}"
        if begins and text.startswith("{"):
            return "{" + without(text[1:], affix, begins=True)
        return without(text, affix, begins=begins)


KEY = _Key()


@dataclass(frozen=True, slots=True)
class _Glob(NameForm):
    """A pattern of keys or channels behind its sign: `~orders:*`, `%R~orders:*`, `&orders:*`."""

    sign: str

    def with_affix(self, text: str, affix: Affix, *, begins: bool) -> str | Problem:  # noqa: ARG002 - it says so itself
        head, sign, glob = text.partition(self.sign)
        name = name_of(glob)
        if name is not None:
            whole = KEY.with_affix(name, affix, begins=False)
            return whole if isinstance(whole, Problem) else head + sign + escaped(whole)
        if not sign or glob[:1] in ("*", "?", "["):
            return Problem(
                f"`{text}` covers names of other environments too: this one gives names a prefix or suffix",
                f"begin it with what the names begin with: `{head}{sign or self.sign}orders:*`",
            )
        begun = KEY.with_affix(glob, Affix(escaped(affix.prefix), escaped(affix.suffix), affix.kept), begins=True)
        return begun if isinstance(begun, Problem) else head + sign + begun

    def without_affix(self, text: str, affix: Affix, *, begins: bool) -> str:  # noqa: ARG002 - it says so itself
        head, sign, glob = text.partition(self.sign)
        name = name_of(glob)
        if name is not None:
            return head + sign + escaped(KEY.without_affix(name, affix, begins=False))
        plain = Affix(escaped(affix.prefix), escaped(affix.suffix), affix.kept)
        return head + sign + KEY.without_affix(glob, plain, begins=True)


_KEYS, _CHANNELS = _Glob("~"), _Glob("&")


def in_stream(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """The stream of its dead letters."""
    letters = data.get("deadLetter")
    return names_at(letters, ("deadLetter", "name"), STREAMS, form=KEY)


def in_user(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """What it may use, by itself and by each selector."""
    some = data.get("selectors")
    selectors = enumerate(some) if isinstance(some, list | tuple) else ()
    for rules, path in ((data, ()), *((one, ("selectors", str(index))) for index, one in selectors)):
        yield from names_at(rules, (*path, "keys"), STREAMS, form=_KEYS)
        yield from names_at(rules, (*path, "channels"), CHANNELS, form=_CHANNELS)


def in_access(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """Whom it is for, and the streams that it names; what others own is a mapping."""
    yield from names_at(data, ("user",), USERS, form=USER)
    for field in ("consumes", "publishes"):
        yield from names_at(data, (field,), STREAMS, form=KEY)
