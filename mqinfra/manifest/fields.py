"""Reading our own documents field by field: known names, right types, nothing ignored.

Separate from `binding`, which reads resources: projects and topologies keep their nodes, so that layers can point
back at the text; a pydantic model would drop the places.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from mqinfra.manifest import codes
from mqinfra.manifest.node import Map, Seq
from mqinfra.manifest.scalar import describe
from mqinfra.manifest.source import Place
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.setting import did_you_mean

T = TypeVar("T")


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

    def flag(self, name: str) -> bool:
        """`true` or `false`; false when it is not there."""
        return self._typed(name, bool, "`true` or `false`") or False

    def only(self, known: Iterable[str]) -> None:
        """Report every key that is not among the known ones."""
        names = tuple(known)
        for key, _, place, _ in self.node.entries():
            if key not in names:
                message = f"`{key}` is no field of {self.what}"
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


def wrong_type(place: Place, name: str, described: str, value: object) -> Diagnostic:
    """Say what type a value should have; a number or truth value where text belongs is best quoted."""
    hint = ""
    if described == "text" and isinstance(value, int | float):
        written = place.written or str(value)
        hint = f'quote it: "{written}"'
        given = f"`{written}` is read as {'a truth value' if isinstance(value, bool) else f'the number {value}'}"
        return place.report(codes.WRONG_VALUE, f"{name} is text, but {given}", help=hint)
    return place.report(codes.WRONG_VALUE, f"{name} is {described}, not {describe(value)}", help=hint)
