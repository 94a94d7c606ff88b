"""Addresses: the one way to name a resource, in manifests, plans, selectors, messages and files.

`ALIAS/KIND/SEGMENT[/SEGMENT...]`. A resource without a name of its own is named by sorted pairs, which are always
the last segment: `kafka/quotas/client-id=web,user=billing`. Inside a segment `/ % , = *`, blanks and control
characters are percent-encoded as UTF-8, so that `parse(str(address)) == address` for every name a broker allows.
"""

import re
import threading
from dataclasses import FrozenInstanceError
from functools import lru_cache
from operator import attrgetter
from typing import Any, NoReturn, Self, cast
from urllib.parse import unquote
from weakref import ReferenceType, ref

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

Pairs = tuple[tuple[str, str], ...]

_HIDDEN = r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff"
"""Blanks, control characters and surrogates. One by one, as a search for `\\s` takes three times as long."""
_SAFE = re.compile(rf"[^/%,=*{_HIDDEN}]*")
_SAFE_PAIRS = re.compile(rf"[^/%*{_HIDDEN}]*")
_ENCODED = re.compile(rf"[/%,=*{_HIDDEN}]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9][\w./%=:-]*[\w/%=-]", re.ASCII)
_ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class AddressError(ValueError):
    """Text that is no address. The message says why, for a person."""


class Address:
    """Names one resource on one cluster.

    There is one object for each address, whoever makes it: addresses are the keys of nearly every table, and are
    compared and looked up as the objects they are, which takes a third of the time. One that nobody holds is forgotten.

    Attributes:
        cluster: alias of the cluster.
        kind: plural kind, as in the manifest: `topics`.
        path: names, from the outermost (a vhost) to the resource's own; may be empty where `pairs` name it.
        pairs: sorted key-value pairs of a resource that has no name.
        text: the canonical text, also what `str` gives.
    """

    __slots__ = ("__weakref__", "cluster", "kind", "pairs", "path", "text")

    cluster: str
    kind: str
    path: tuple[str, ...]
    pairs: Pairs
    text: str

    def __new__(cls, cluster: str, kind: str, path: tuple[str, ...] = (), pairs: Pairs = ()) -> Self:
        """Make an address; see the attributes, but for the order of `pairs`.

        Raises:
            AddressError: there is neither a path nor a pair, or a key stands twice.
        """
        if not path and not pairs:
            raise AddressError("an address needs a name after the kind")
        parts = [cluster, kind]
        if path:
            plain = _SAFE.fullmatch("".join(path))  # looked at once: most names need no escapes
            parts += path if plain else map(_encode, path)
        if pairs:
            if not _in_order(pairs):
                pairs = tuple(sorted(pairs))
                if len(dict(pairs)) != len(pairs):
                    raise AddressError(f"duplicate key in `{_format_pairs(pairs)}`")
            parts.append(_format_pairs(pairs))
        text = "/".join(parts)
        known = _known(text)
        if known is not None:
            return cast("Self", known)
        made = object.__new__(_Open)
        made.cluster, made.kind, made.path, made.pairs, made.text = cluster, kind, path, pairs, text
        made.__class__ = cls  # type: ignore[assignment] # mypy takes it for another one; from here on it is frozen
        return cast("Self", _first(made))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot change field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __reduce__(self) -> tuple[type["Address"], tuple[str, str, tuple[str, ...], Pairs]]:
        return Address, (self.cluster, self.kind, self.path, self.pairs)

    def __repr__(self) -> str:
        return f"Address({self.cluster!r}, {self.kind!r}, {self.path!r}, {self.pairs!r})"

    def on(self, cluster: str) -> "Address":
        """The same on another cluster."""
        return Address(cluster, self.kind, self.path, self.pairs)

    @property
    def name(self) -> str:
        """The resource's own name as the broker knows it; for pairs, their text."""
        return self.path[-1] if not self.pairs else _format_pairs(self.pairs)

    @property
    def key(self) -> str:
        """The canonical text without the alias, which stays when the cluster's alias changes."""
        return self.text.partition("/")[2]

    @property
    def yaml_key(self) -> str:
        """The canonical text as a key of a line to paste, quoted where it would else be read as something else."""
        return self.text if _PLAIN_KEY.fullmatch(self.text) else "'" + self.text.replace("'", "''") + "'"

    def __str__(self) -> str:
        return self.text

    def __lt__(self, other: "Address") -> bool:
        return self.text < other.text

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: type[Any], _handler: GetCoreSchemaHandler) -> CoreSchema:
        """In JSON an address is its text."""
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, Address) else cls.parse(str(value)),
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read the canonical text.

        Raises:
            AddressError: the text has fewer than three segments, a broken escape, an empty alias or kind, or a
                character that has to be encoded.
        """
        parts = text.split("/")
        if len(parts) < 3:
            raise AddressError(f"`{text}` is not a valid address; write ALIAS/KIND/NAME")
        cluster, kind, *rest = parts
        for word, what in ((cluster, "cluster alias"), (kind, "kind")):
            if not _ALIAS.fullmatch(word):
                raise AddressError(f"`{text}` is not a valid address: `{word}` is not a {what}")
        for segment in rest:
            _check_segment(segment, text)
        *names, last = rest
        named_by_pairs = "=" in last
        if any("=" in segment or "," in segment for segment in (names if named_by_pairs else rest)):
            raise AddressError(f"`{text}` is not a valid address: `,` and `=` in a name are written %2C and %3D")
        if not named_by_pairs:
            return cls(cluster, kind, tuple(map(_decode, rest)))
        pairs = tuple(_parse_pair(pair, text) for pair in last.split(","))
        if len({key for key, _ in pairs}) != len(pairs):
            raise AddressError(f"`{text}` is not a valid address: duplicate key in `{last}`")
        return cls(cluster, kind, tuple(map(_decode, names)), pairs)


text_of = attrgetter("text")
"""The canonical text of an address, to sort many by: their own `<` takes many times as long."""


class _Open(Address):
    """What an address is while it is made: to set a field of one takes four times as long."""

    __slots__ = ()
    __setattr__ = object.__setattr__  # type: ignore[assignment] # that of an address never returns


class _Table:
    """The addresses that somebody holds, by their text; those that nobody does are swept out now and then."""

    def __init__(self) -> None:
        self.held: dict[str, ReferenceType[Address]] = {}
        self._adding, self._full = threading.Lock(), _FEW

    def get(self, text: str) -> Address | None:
        """The one object; None where there is none yet."""
        held = self.held.get(text)
        return None if held is None else held()

    def first(self, made: Address) -> Address:
        """The object for an address that was not there: this, or that of another thread which was faster."""
        with self._adding:
            known = self.get(made.text)
            if known is not None:
                return known
            if len(self.held) >= self._full:
                # As many again may come before the next sweep, so that each costs one look on average.
                self.held = {text: held for text, held in self.held.items() if held() is not None}
                self._full = max(_FEW, 2 * len(self.held))
            self.held[made.text] = ref(made)
            return made


_FEW = 10_000
_TABLE = _Table()
_known, _first = _TABLE.get, _TABLE.first


def _encode(segment: str) -> str:
    if _SAFE.fullmatch(segment):
        return segment
    if segment.isascii():
        return segment.translate(_ESCAPES)
    return _ENCODED.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass")), segment
    )


_ESCAPES = {code: f"%{code:02X}" for code in range(128) if _ENCODED.match(chr(code))}
_encode_key = lru_cache(2**8)(_encode)
"""Few words are keys, and each of a great many addresses has the same."""


def _decode(segment: str) -> str:
    return unquote(segment, errors="surrogatepass") if "%" in segment else segment


def _in_order(pairs: Pairs) -> bool:
    """Tell whether each key is greater than the one before it."""
    before = ""
    for key, _ in pairs:
        if key <= before:
            return False
        before = key
    return True


def _format_pairs(pairs: Pairs) -> str:
    text = ",".join(map("=".join, pairs))
    # Few names need escapes: then there are as many signs as between keys and values, and between pairs.
    if _SAFE_PAIRS.fullmatch(text) and text.count("=") == len(pairs) == text.count(",") + 1:
        return text
    return ",".join([f"{_encode_key(key)}={_encode(value)}" for key, value in pairs])


def _parse_pair(text: str, whole: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or "=" in value:
        raise AddressError(f"`{whole}` is not a valid address: `{text}` must be KEY=VALUE")
    return _decode(key), _decode(value)


def _check_segment(segment: str, whole: str) -> None:
    if _BAD_ESCAPE.search(segment):
        raise AddressError(f"`{whole}` is not a valid address: a `%` in a name is written %25")
    try:
        _decode(segment)
    except UnicodeDecodeError:
        raise AddressError(f"`{whole}` is not a valid address: `{segment}` does not decode to UTF-8") from None
    if "*" in segment:
        raise AddressError(f"`{whole}` is not a valid address but a pattern: a `*` in a name is written %2A")
    if _SAFE.fullmatch(segment.replace("%", "").replace(",", "").replace("=", "")) is None:
        raise AddressError(f"`{whole}` is not a valid address: write blanks and control characters as %20 and the like")
