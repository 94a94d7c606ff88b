"""Reading our own documents field by field: known names, right types, nothing ignored.

Separate from `binding`, which reads resources: projects and topologies keep their nodes, so that layers can point
back at the text; a pydantic model would drop the places.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from mqinfra.manifest import codes
from mqinfra.manifest.text.node import Map, Seq
from mqinfra.manifest.text.scalar import describe, is_text
from mqinfra.manifest.text.source import Place
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.selector import Selector
from mqinfra.model.setting import Problem, did_you_mean

T = TypeVar("T")


NO_ENVIRONMENT = "the project has no environment {}"


class Fields:
    """One mapping of a document.

    Attributes:
        node: the mapping.
        place: where it is named, for what is missing in it.
        what: what it is, for messages: `a Topology`.
        found: where findings go.
    """

    def __init__(self, node: Map, place: Place, what: str, found: list[Diagnostic]) -> None:
        self.node, self.place, self.what, self.found = node, place, what, found

    def text(self, name: str, *, required: bool = False) -> str | None:
        """A text."""
        value = self._typed(name, str, "text", required=required)
        if value == "" and required:
            self.report(name, codes.WRONG_VALUE, f"`{name}` is empty")
            return None
        return value

    def mapping(self, name: str, *, required: bool = False) -> Map | None:
        """A mapping."""
        return self._typed(name, Map, "a mapping", required=required)

    def texts(self, name: str, *, required: bool = False) -> list[tuple[str, Place]]:
        """A list of texts, with the place of each."""
        items = self._typed(name, Seq, "a list", required=required)
        texts: list[tuple[str, Place]] = []
        for item, place in items.entries() if items is not None else ():
            if isinstance(item, str):
                texts.append((item, place))
            else:
                self.found.append(wrong_type(place, f"an item of `{name}`", "text", item))
        return texts

    def mappings(self, name: str) -> list[tuple[Map, Place]]:
        """A list of mappings, with the place of each."""
        items = self._typed(name, Seq, "a list")
        maps: list[tuple[Map, Place]] = []
        for item, place in items.entries() if items is not None else ():
            if isinstance(item, Map):
                maps.append((item, place))
            else:
                self.found.append(wrong_type(place, f"an item of `{name}`", "a mapping", item))
        return maps

    def selector(self, name: str, *, required: bool = False) -> Selector | None:
        """A text that is a selector."""
        text = self.text(name, required=required)
        return read_selector(text, self.node.value_place(name), self.found) if text is not None else None

    def among(self, name: str, known: Iterable[str], message: str) -> list[str]:
        """A list of texts of which only some are known; the others are reported.

        Args:
            name: the field.
            known: the texts that may stand there.
            message: what to say of another one, with `{}` for it.
        """
        words = tuple(known)
        here: list[str] = []
        for text, place in self.texts(name):
            if text in words:
                here.append(text)
            else:
                self.found.append(
                    place.report(codes.WRONG_VALUE, message.format(f"`{text}`"), help=did_you_mean(text, words))
                )
        return here

    def until(self, name: str, today: date, longest: int, *, example: int, required: bool = False) -> date | None:
        """A last day, not too far ahead.

        Args:
            name: the field.
            today: the runner's UTC date.
            longest: days ahead of today at the most.
            example: days ahead of a day to show as an example.
            required: it has to be there.
        """
        text = self.text(name, required=required)
        if text is None:
            return None
        latest = today + timedelta(days=longest)
        try:
            until = date.fromisoformat(text)
        except ValueError:
            hint = f"write a date as YYYY-MM-DD, such as {today + timedelta(days=example)}"
            self.report(name, codes.WRONG_VALUE, f"`{name}` is not a date: `{text}`", hint)
            return None
        if until > latest:
            message = f"`{name}: {until}` is more than {longest} days ahead"
            self.report(name, codes.WRONG_VALUE, message, f"the latest day allowed today is {latest}")
            return None
        return until

    def flag(self, name: str) -> bool:
        """`true` or `false`; false when it is not there."""
        return self._typed(name, bool, "`true` or `false`") or False

    def only(self, known: Iterable[str]) -> None:
        """Report every key that is not among the known ones."""
        names = tuple(known)
        for key, _, place, _ in self.node.entries():
            if key not in names:
                message = f"`{key}`: unknown field of {self.what}"
                self.found.append(place.report(codes.UNKNOWN_FIELD, message, help=did_you_mean(key, names)))

    def report(self, name: str, code: Code, message: str, hint: str = "") -> None:
        """Report something about the value of a field that is there."""
        self.found.append(self.node.value_place(name).report(code, message, help=hint))

    def _typed(self, name: str, wanted: type[T], described: str, *, required: bool = False) -> T | None:
        value: Any = self.node.get(name)
        if isinstance(value, wanted):
            return value
        if value is not None:
            self.found.append(wrong_type(self.node.value_place(name), f"`{name}`", described, value))
        elif required:
            place = self.node.key_place(name) if name in self.node else self.place
            message = f"`{name}` is missing in {self.what}" if name not in self.node else f"`{name}` is empty"
            self.found.append(place.report(codes.MISSING_FIELD, message))
        return None


def read_selector(text: str, place: Place, found: list[Diagnostic]) -> Selector | None:
    """Read a selector; None when it is none, which is reported at its place."""
    selector = Selector.parse(text)
    if isinstance(selector, Problem):
        found.append(place.report(codes.OVERRIDE, selector.message, help=selector.help))
        return None
    return selector


def wrong_type(place: Place, name: str, described: str, value: object, help: str = "") -> Diagnostic:  # noqa: A002
    """Say what type a value should have; a number or boolean where text belongs is best quoted.

    Args:
        place: the value.
        name: what it is the value of, in backticks.
        described: what it should be.
        value: what it is.
        help: how to write it, where it is no scalar.
    """
    given = describe(value)
    if described == "text" and isinstance(value, int | float):
        written = place.written or str(value)
        given = f"{'the boolean' if isinstance(value, bool) else 'the number'} {given}"
        by_variable = "${" in written
        help = "write the variable's own value in quotes" if by_variable else f'quote it: "{written}"'  # noqa: A001
    elif described == "a list" and not isinstance(value, Mapping) and value is not None:
        help = help or f"write [{place.written or describe(value).strip('`')}]"  # noqa: A001
    return place.report(codes.WRONG_VALUE, f"{name} must be {described}, got {given}", help=help)


def mapping_of(name: str, items: Seq) -> str:
    """The line to write where a list stands and a mapping by name belongs, for the first item that has a name."""
    fields = next((item for item in items if isinstance(item, Map) and isinstance(item.get("name"), str)), None)
    if fields is not None:
        rest = [key for key in fields if key != "name"]
        shown = ", ".join(f"{key}: {_inline(fields[key])}" for key in rest[:_SHOWN]) + (
            ", ..." if rest[_SHOWN:] else ""
        )
        return f"write each by its name: `{name}: {{{_inline(fields['name'])}: {{{shown}}}}}`"
    first = next((item for item in items if isinstance(item, str)), "NAME")
    return f"write each by its name: `{name}: {{{_inline(first)}: {{}}}}`"


_SHOWN = 3


def _inline(value: object) -> str:
    """A value as it stands in a flow mapping, shortened to its kind where it is no scalar."""
    if isinstance(value, Map):
        return "{...}"
    if isinstance(value, Seq):
        return "[...]"
    plain = isinstance(value, str) and is_text(value) and not any(mark in value for mark in ",[]{}:#&*!|>'\"%@` ")
    return str(value) if plain else json.dumps(value, ensure_ascii=False)
