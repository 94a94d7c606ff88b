"""Records in pages: which text stands on which page, and what a page looks like as a global parameter.

Pure. A text stays on its page while it exists, so that a save writes the pages of what changes, and no others.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass

MOST_RECORDS = 500
MOST_CHARACTERS = 2**20
"""Characters of keys and texts after which nothing more comes to a page: servers take bodies of 8 MB (3.10)."""
_LARGEST = 2**26
"""Bytes that a page may grow to when it is unpacked: anybody with the tag `policymaker` may write one."""
_ENCODING = "zlib+base64"

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of one owner.

    Attributes:
        values: global parameters as the server has them, by number.
        texts: what each holds; a page that can't be read holds nothing, and is left alone.
        unreadable: numbers of pages that can't be read.
    """

    values: Mapping[int, JsonValue] = field(default_factory=lambda: MappingProxyType({}))
    texts: Mapping[int, Texts] = field(default_factory=lambda: MappingProxyType({}))
    unreadable: frozenset[int] = frozenset()

    @classmethod
    def read(cls, values: Mapping[int, JsonValue]) -> "Pages":
        """Unpack pages."""
        texts: dict[int, Texts] = {}
        unreadable: set[int] = set()
        for number in sorted(values):
            found = unpacked(values[number])
            if found is None:
                unreadable.add(number)
            else:
                texts[number] = found
        return cls(values, texts, frozenset(unreadable))

    def everything(self) -> dict[str, str]:
        """All texts by key. Two applies without a lock may leave a key on two pages; then the first page's counts."""
        found: dict[str, str] = {}
        for number in sorted(self.texts, reverse=True):
            found.update(self.texts[number])
        return found

    def with_values(self, changed: Mapping[int, JsonValue], texts: Mapping[int, Texts]) -> "Pages":
        """The pages after some were written; one without texts was deleted."""
        gone = {number for number, some in texts.items() if not some}
        return Pages(
            {number: value for number, value in {**self.values, **changed}.items() if number not in gone},
            {number: some for number, some in {**self.texts, **texts}.items() if some},
            self.unreadable,
        )

    def rewritten(self, changes: Mapping[str, str | None]) -> dict[int, Texts]:
        """Say which pages become otherwise by changes, None removing a text, and what stands on them then.

        A page without texts is to be deleted.
        """
        draft = _Draft(self)
        homes: dict[str, list[int]] = {}
        for number in sorted(self.texts):
            for key in changes.keys() & self.texts[number].keys():
                homes.setdefault(key, []).append(number)
        new: dict[str, str] = {}
        for key, text in changes.items():
            on = homes.get(key, [])
            if text is not None and not on:
                new[key] = text
            elif text is not None:
                draft.put(on[0], key, text)
                on = on[1:]
            for number in on:
                draft.drop(number, key)
        draft.place(new)
        return draft.after


class _Draft:
    """Pages on their way to what they become."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._after: dict[int, dict[str, str]] = {}

    @property
    def after(self) -> dict[int, Texts]:
        """The pages that are no longer what they were."""
        return {number: some for number, some in self._after.items() if some != self._pages.texts.get(number)}

    def put(self, number: int, key: str, text: str) -> None:
        self._open(number)[key] = text

    def drop(self, number: int, key: str) -> None:
        del self._open(number)[key]

    def place(self, new: Texts) -> None:
        """Give new texts pages: those that are written anyway, then those with room for many or all, then new ones."""
        waiting = list(new.items())
        known = sorted(
            self._pages.texts, key=lambda number: (number not in self._after, len(self._now(number)), number)
        )
        for number in known:
            if not waiting:
                return
            room = MOST_RECORDS - len(self._now(number))
            if number in self._after or room >= min(len(waiting), MOST_RECORDS // 2):
                waiting = self._fill(number, waiting)
        number = 0
        while waiting:
            number += 1
            if number not in self._pages.texts and number not in self._pages.unreadable:
                waiting = self._fill(number, waiting)

    def _fill(self, number: int, waiting: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Put as many on a page as it takes; the others. An empty page takes any one."""
        texts = self._now(number)
        room = MOST_RECORDS - len(texts)
        letters = MOST_CHARACTERS - sum(len(key) + len(text) for key, text in texts.items())
        taken = 0
        for key, text in waiting[: max(0, room)]:
            letters -= len(key) + len(text)
            if letters < 0 and (texts or taken):
                break
            self.put(number, key, text)
            taken += 1
        return waiting[taken:]

    def _now(self, number: int) -> Texts:
        return self._after.get(number, self._pages.texts.get(number, {}))

    def _open(self, number: int) -> dict[str, str]:
        if number not in self._after:
            self._after[number] = dict(self._pages.texts.get(number, {}))
        return self._after[number]


def packed(texts: Texts) -> JsonValue:
    """A page as a global parameter. It is kept in memory on every node, so that it is made small."""
    data = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return {"encoding": _ENCODING, "texts": base64.b64encode(zlib.compress(data, 1)).decode()}


def unpacked(value: JsonValue) -> Texts | None:
    """The texts of a page; None where it can't be told what it holds."""
    if not isinstance(value, dict) or value.get("encoding") != _ENCODING:
        return None
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(str(value.get("texts")), validate=True), _LARGEST)
        if not unpacker.eof:
            return None
        texts = json.loads(data.decode("utf-8", "surrogatepass"))
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return None
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        return None
    return texts
