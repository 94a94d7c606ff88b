"""Documents of other tools, which remember what was read of them.

Whoever converts one takes out of it what mqinfra can say. What nobody took, nobody carries over, and it is listed: no
converter can forget to say so, and several may share a document of which each knows a part.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.model.span import Span

Steps = tuple[str | int, ...]
"""A place in a document: keys of mappings and positions in lists, from its root."""

UNKNOWN = "there is no counterpart for it"
NOT_A_NUMBER = "it is not a whole number"
NOT_A_MAPPING = "it is not a mapping"


@dataclass(frozen=True, slots=True)
class Lost:
    """What was not carried over.

    Attributes:
        steps: where it stands.
        why: why not. It quotes no values, which may be secrets.
    """

    steps: Steps
    why: str


class Foreign:
    """One document of another tool's file.

    Attributes:
        file: its path, as the user typed it.
        data: what it says; the lines of a file that is no YAML.
        lines: it is no YAML or JSON, and `data` holds its lines.
    """

    def __init__(
        self, file: str, data: JsonValue, locate: Callable[[Steps], Span | None], *, lines: bool = False
    ) -> None:
        """Take a document; `locate` finds the line of a place, where there are lines."""
        self.file, self.data, self.lines = file, data, lines
        self._locate = locate
        self._read: set[Steps] = set()
        self._touched: set[Steps] = set()
        self._lost: dict[Steps, list[str]] = {}

    @property
    def root(self) -> "Part":
        """The whole document."""
        return Part(self, (), self.data)

    @property
    def touched(self) -> bool:
        """Whether anything was read of it."""
        return bool(self._touched)

    def at(self, steps: Steps) -> JsonValue:
        """What stands at a place; None where there is nothing."""
        value = self.data
        for step in steps:
            if isinstance(value, dict):
                value = value.get(str(step))
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def span(self, steps: Steps) -> Span | None:
        """The line of a place, or of what is around it; None where places have no lines."""
        return self._locate(steps)

    def mark(self, steps: Steps) -> None:
        """Note that a place was read, with all that it holds."""
        self._read.add(steps)
        for length in range(len(steps), -1, -1):
            if steps[:length] in self._touched:
                break
            self._touched.add(steps[:length])

    def lose(self, steps: Steps, why: str) -> None:
        """Note that a place was understood, and is not carried over."""
        self.mark(steps)
        reasons = self._lost.setdefault(steps, [])
        if why not in reasons:
            reasons.append(why)

    @property
    def lost(self) -> list[Lost]:
        """What is not carried over, in the order of the document; places that nobody read, too."""
        found = [Lost(steps, why) for steps, reasons in self._lost.items() for why in reasons]
        found += [Lost(steps, UNKNOWN) for steps in self._unread((), self.data)]
        order = {steps: number for number, steps in enumerate(_all(self.data))}
        return sorted(found, key=lambda one: order.get(one.steps, len(order)))

    def _unread(self, steps: Steps, value: JsonValue) -> Iterator[Steps]:
        if steps in self._read or value is None or value in ("", [], {}):
            return
        if steps not in self._touched or not isinstance(value, dict | list):
            yield steps
            return
        for step, inner in _inner(value):
            yield from self._unread((*steps, step), inner)


class Part:
    """A place in a document, and what stands there: None where there is nothing.

    Attributes:
        document: the document.
        steps: the place.
        value: what stands there. To look at it is not to read it: see `take`.
    """

    __slots__ = ("document", "steps", "value")

    def __init__(self, document: Foreign, steps: Steps, value: JsonValue) -> None:
        self.document, self.steps, self.value = document, steps, value

    def __bool__(self) -> bool:
        return self.value is not None

    def at(self, *keys: str) -> "Part":
        """A place below, by the keys that lead there; of nothing where one is missing."""
        value = self.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return Part(self.document, (*self.steps, *keys), value)

    def items(self) -> Iterator[tuple[str, "Part"]]:
        """The entries of a mapping; of nothing else there are any."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield str(key), Part(self.document, (*self.steps, key), value)

    def each(self) -> Iterator["Part"]:
        """The items of a list; of nothing else there are any."""
        if isinstance(self.value, list):
            for number, value in enumerate(self.value):
                yield Part(self.document, (*self.steps, number), value)

    def find(self, key: str) -> "Part | None":
        """The first place below with a key; None where there is none."""
        if isinstance(self.value, dict) and key in self.value:
            return self.at(key)
        inner = (*(part for _, part in self.items()), *self.each())
        return next((found for part in inner if (found := part.find(key)) is not None), None)

    def take(self) -> JsonValue:
        """Read what stands here, whole."""
        self.document.mark(self.steps)
        return self.value

    def skip(self, *keys: str) -> None:
        """Read what means nothing for a topology, such as a status; without keys, all that stands here."""
        for part in [self.at(key) for key in keys] if keys else [self]:
            part.take()

    def lose(self, why: str, *keys: str) -> None:
        """Say why what stands here, or at keys below, is not carried over. Where there is nothing, nothing is lost."""
        for part in [self.at(key) for key in keys] if keys else [self]:
            if part.value is not None and part.value not in ("", [], {}):
                self.document.lose(part.steps, why)

    def text(self, *keys: str) -> str | None:
        """Read a text; numbers and flags as they are written."""
        part = self.at(*keys)
        value = part.value
        if isinstance(value, dict | list):
            part.lose("it is not a text")
            return None
        part.take()
        return None if value is None else written(value)

    def number(self, *keys: str) -> int | None:
        """Read a whole number, also one that stands in quotes."""
        part = self.at(*keys)
        if part.value is None or part.value == "":
            return None
        number = whole(part.value)
        if number is None:
            part.lose(NOT_A_NUMBER)
        else:
            part.take()
        return number

    def decimal(self, *keys: str) -> int | float | None:
        """Read a number, also one that stands in quotes; a whole one as such."""
        part = self.at(*keys)
        if part.value is None or part.value == "":
            return None
        try:
            number = float(part.value) if isinstance(part.value, str | int | float) else math.nan
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or isinstance(part.value, bool):
            part.lose("it is not a number")
            return None
        part.take()
        return int(number) if number.is_integer() else number

    def flag(self, *keys: str) -> bool | None:
        """Read a flag, also by the words that older YAML has for one."""
        part = self.at(*keys)
        if part.value is None:
            return None
        word = str(part.value).lower()
        if word not in _FLAGS:
            part.lose("it is neither true nor false")
            return None
        part.take()
        return _FLAGS[word]

    def mapping(self, *keys: str) -> dict[str, JsonValue]:
        """Read a mapping, whole."""
        part = self.at(*keys)
        if not part or part.value in ([], ""):
            return {}
        if not isinstance(part.value, dict):
            part.lose(NOT_A_MAPPING)
            return {}
        part.take()
        return dict(part.value)

    def texts(self, *keys: str) -> list[str]:
        """Read a list of texts, or one text."""
        part = self.at(*keys)
        if isinstance(part.value, list):
            found = [one.text() for one in part.each()]
            part.take()
            return [text for text in found if text is not None]
        text = part.text()
        return [] if text is None else [text]


_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def written(value: str | float) -> str:
    """A scalar as a file says it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def whole(value: JsonValue) -> int | None:
    """The whole number that a value is; None of anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    try:
        return int(str(value).replace("_", ""))
    except ValueError:
        return None


def only(given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The fields of an entry without those that nobody said."""
    return {key: value for key, value in given.items() if value is not None and value not in ([], {})}


def _inner(value: Mapping[str, JsonValue] | Sequence[JsonValue]) -> Iterable[tuple[str | int, JsonValue]]:
    return value.items() if isinstance(value, Mapping) else enumerate(value)


def _all(value: JsonValue, steps: Steps = ()) -> Iterator[Steps]:
    yield steps
    if isinstance(value, dict | list):
        for step, inner in _inner(value):
            yield from _all(inner, (*steps, step))
