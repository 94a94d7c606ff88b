"""YAML to nodes in one pass over the parser's events, with every guard inside the loop.

Separate from what the nodes mean. PyYAML's composer is not used: it crashes on deep nesting, expands merge keys
without bound, drops duplicate keys silently and reads `no` as false.
"""

import re
from collections.abc import Callable
from typing import Any

import yaml

from mqinfra.manifest import codes
from mqinfra.manifest.text.events import CHECKS_ESCAPES, PARSER, AliasEvent, Event, NodeEvent, ScalarEvent
from mqinfra.manifest.text.frame import DROPPED, EXPECTED, ITEM, MERGE, Frame, Marker
from mqinfra.manifest.text.limits import Limits
from mqinfra.manifest.text.node import Document, Map, Seq
from mqinfra.manifest.text.scalar import NumberTooLargeError, describe, resolve
from mqinfra.manifest.text.source import LINE_SHIFT, MAX_WIDTH, WIDTH_BITS, Place, Source
from mqinfra.manifest.text.syntax import translate, unquoted
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic

_TEXT_TAGS = frozenset(("!", "tag:yaml.org,2002:str"))
_MAP_TAGS = frozenset(("!", "tag:yaml.org,2002:map"))
_SEQ_TAGS = frozenset(("!", "tag:yaml.org,2002:seq"))
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Stop(Exception):  # noqa: N818 - ends the reading of one file, caught in `read`
    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def read(source: Source, limits: Limits, found: list[Diagnostic]) -> list[Document]:
    """Read the documents of a file; what is wrong is appended to `found`.

    An error of syntax ends the file, and the documents before it are kept.
    """
    reader = _Reader(source, limits, found)
    try:
        reader.run(PARSER(source.text))
    except _Stop as stop:
        found.append(stop.diagnostic)
    except yaml.YAMLError as error:
        problem = translate(error, source)
        # What follows a name with brackets that is not quoted was said with the name.
        named = [item for item in found if item.code == codes.KEY.id and item.span and problem.span]
        if not any(item.span.line == problem.span.line for item in named if item.span and problem.span):
            found.append(problem)
    return reader.documents


class _Reader:
    def __init__(self, source: Source, limits: Limits, found: list[Diagnostic]) -> None:
        self.source, self.limits, self.found = source, limits, found
        self.documents: list[Document] = []
        self.stack: list[Frame] = []
        self.top: Frame | None = None
        self.count = self.aliases = 0
        self.line, self.line_at = 0, 0
        self.anchors: dict[str, tuple[Any, int] | None] = {}
        self.plain: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self.surrogates = not CHECKS_ESCAPES and re.search(r"\\[uU]0*[dD][89a-fA-F]", source.text) is not None

    def run(self, parser: Any) -> None:  # noqa: ANN401 - the C parser and Python's share no type
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.MappingStartEvent: self.start_map,
            yaml.SequenceStartEvent: self.start_seq,
            yaml.MappingEndEvent: self.end,
            yaml.SequenceEndEvent: self.end,
            yaml.AliasEvent: self.alias,
            yaml.DocumentStartEvent: self.start_document,
        }
        next_event, handler_of, most = parser.get_event, handlers.get, self.limits.nodes
        scalar, scalar_event = self.scalar, yaml.ScalarEvent
        while True:
            event = next_event()
            kind = event.__class__
            if kind is scalar_event:
                scalar(event)
            elif (handler := handler_of(kind)) is not None:
                handler(event)
            elif kind is yaml.StreamEndEvent:
                return
            if self.count > most:
                raise self.too_much("nodes", most, "keys and values", event)

    # --- events

    def start_document(self, _event: Event) -> None:
        self.anchors = {}

    def scalar(self, event: ScalarEvent) -> None:
        self.count += 1
        text = event.value
        start, end = event.start_mark, event.end_mark
        line, column = start.line, start.column
        if line != self.line:
            self.line, self.line_at = line, line << LINE_SHIFT
        if end.line == line:
            width = end.column - column
            if width > MAX_WIDTH:  # noqa: PLR1730 - a call of `min` for each scalar takes longer than all the rest here
                width = MAX_WIDTH
            at = self.line_at | (column << WIDTH_BITS | width)
        else:
            at = self.line_at | column << WIDTH_BITS
            self.source.ends[at] = end.line - (end.column == 0)
        if event.style or event.tag is not None or len(text) > 200 or self.surrogates:
            value = self.unusual(event, text, at)
        elif text in self.plain:
            value = self.plain[text]
        else:
            value = self.plain[text] = self.resolved(text, at)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, 1)
        top = self.top
        if top is None or top.key is not EXPECTED:
            self.add(value, at)
        elif value.__class__ is str and value not in top.node and value != "<<":
            top.key = value
            top.places.append(at)
        else:
            self.odd_key(top, value, text, at, plain=not event.style)

    def start_map(self, event: NodeEvent) -> None:
        if event.tag is not None and event.tag not in _MAP_TAGS:
            self.unknown_tag(event)
        self.open(event, Map(self.source, 0), EXPECTED)

    def start_seq(self, event: NodeEvent) -> None:
        if event.tag is not None and event.tag not in _SEQ_TAGS:
            self.unknown_tag(event)
        self.open(event, Seq(self.source, 0), ITEM)

    def end(self, _event: Event) -> None:
        frame = self.stack.pop()
        self.top = self.stack[-1] if self.stack else None
        if frame.merges is not None:
            self.merge(frame)
        places = self.source.places
        at = len(places)
        places.extend(frame.places)
        node = frame.node
        node.at = at
        if frame.anchor is not None:
            self.anchors[frame.anchor] = (node, self.count - frame.before)
        self.add(node, frame.at)

    def alias(self, event: AliasEvent) -> None:
        self.aliases += 1
        at = self.place(event)
        if self.aliases > self.limits.aliases:
            raise self.too_much("aliases", self.limits.aliases, "aliases", event)
        known = self.anchors.get(event.anchor, EXPECTED)
        value = None
        if known is None:
            self.report(codes.ALIAS, at, f"`*{event.anchor}` is inside `&{event.anchor}` itself", "write it out")
        elif isinstance(known, Marker):
            self.report(codes.ALIAS, at, f"there is no `&{event.anchor}` before this alias", "quote it to mean text")
        else:
            value = known[0]
            self.count += known[1]
        top = self.top
        if top is not None and top.key is EXPECTED:
            self.odd_key(top, value, str(value), at, plain=False)
        else:
            self.add(value, at)

    # --- building

    def open(self, event: NodeEvent, node: Map | Seq, key: Marker) -> None:
        before = self.count
        self.count += 1
        if len(self.stack) >= self.limits.depth:
            raise self.too_much("depth", self.limits.depth, "levels of nesting", event)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        mark = event.start_mark
        at = (mark.line << LINE_SHIFT) | (mark.column << WIDTH_BITS)
        self.top = Frame(at, event.anchor, before, node, key)
        self.stack.append(self.top)

    def odd_key(self, frame: Frame, key: Any, written: str, at: int, *, plain: bool) -> None:  # noqa: ANN401
        """Take something else than a new name, or an alias, as the key of the entry that begins."""
        if plain and written == "<<":
            frame.key = MERGE
            return
        if key.__class__ is not str:
            if isinstance(key, dict | list):
                self.not_a_key(key, at)
                frame.key = DROPPED
                return
            name = "an empty key" if not written else f"the key `{written}` is {_type_name(key)}, not text"
            self.report(codes.KEY, at, name, f'quote it to mean the name: "{written}"')
            key = written
        if key in frame.node:
            self.duplicate(frame, key, at)
            frame.key = DROPPED
            return
        frame.key = key
        frame.places.append(at)

    def add(self, value: Any, at: int) -> None:  # noqa: ANN401 - any node
        """Put a finished value where it belongs."""
        frame = self.top
        if frame is None:
            self.documents.append(Document(value, Place(self.source, at)))
            return
        key = frame.key
        if key is ITEM:
            frame.node.append(value)
        elif key.__class__ is str:
            frame.node[key] = value
            frame.key = EXPECTED
        else:
            self.odd_value(frame, value, at)
            return
        frame.places.append(at)

    def odd_value(self, frame: Frame, value: Any, at: int) -> None:  # noqa: ANN401 - any node
        """Take what follows no name."""
        key, frame.key = frame.key, EXPECTED
        if key is MERGE:
            frame.merges = [*(frame.merges or ()), (value, at)]
        elif key is EXPECTED:
            self.not_a_key(value, at)
            frame.key = DROPPED

    def merge(self, frame: Frame) -> None:
        """Add what `<<` brings: keys that are not there yet, from the first mapping that has them."""
        values, places = frame.node, frame.places
        for merged, at in frame.merges or ():
            for part in merged if isinstance(merged, Seq) else (merged,):
                if not isinstance(part, Map):
                    self.report(codes.MERGE, at, f"`<<` takes a mapping, not {describe(part)}", "write `<<: *anchor`")
                    continue
                self.count += len(part)
                if self.count > self.limits.nodes:
                    raise self.limit("nodes", self.limits.nodes, "keys and values", at)
                for key, value, key_place, value_place in part.entries():
                    if key not in values:
                        values[key] = value
                        places += (key_place.at, value_place.at)

    def unusual(self, event: ScalarEvent, text: str, at: int) -> Any:  # noqa: ANN401 - any scalar
        """A scalar that is quoted, tagged or long."""
        if len(text) > self.limits.scalar:
            raise self.limit("scalar", self.limits.scalar, "characters in one value", at)
        if self.surrogates and _SURROGATE.search(text):
            self.report(codes.MALFORMED, at, "not a Unicode character", "write the character itself")
            return ""
        if event.tag is not None and event.tag not in _TEXT_TAGS:
            self.unknown_tag(event)
        if event.style or event.tag in _TEXT_TAGS:
            return self.texts.setdefault(text, text)
        return self.resolved(text, at)

    def resolved(self, text: str, at: int) -> Any:  # noqa: ANN401 - any scalar
        try:
            return resolve(text)
        except NumberTooLargeError:
            shown = text if len(text) <= 24 else f"{text[:20]}..."
            self.report(codes.NUMBER, at, f"the number `{shown}` is too large", "quote it to mean text")
            return None

    # --- findings

    def place(self, event: Event) -> int:
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else 0
        return (start.line << LINE_SHIFT) | (start.column << WIDTH_BITS) | min(width, MAX_WIDTH)

    def report(self, code: Code, at: int, message: str, hint: str = "") -> None:
        self.found.append(Place(self.source, at).report(code, message, help=hint))

    def not_a_key(self, value: Any, at: int) -> None:  # noqa: ANN401 - a mapping or list
        name = unquoted(self.source, at)
        hint = f"quote a name that contains brackets: {name}" if name else "write a name"
        self.report(codes.KEY, at, f"a key must be text, got {describe(value)}", hint)

    def duplicate(self, frame: Frame, key: str, at: int) -> None:
        if frame.index is None:
            frame.index = {}
        if key not in frame.index:
            frame.index.update((known, index) for index, known in enumerate(frame.node))
        first = Place(self.source, frame.places[2 * frame.index[key]])
        self.found.append(
            Place(self.source, at).report(
                codes.DUPLICATE,
                f"duplicate key `{key}`",
                help="remove one of the two",
                related=(first.related("first here"),),
            )
        )

    def unknown_tag(self, event: NodeEvent) -> None:
        tag = str(event.tag).removeprefix("tag:yaml.org,2002:")
        shown = f"!!{tag}" if tag != event.tag else tag
        start = event.start_mark
        at = (start.line << LINE_SHIFT) | (start.column << WIDTH_BITS)
        self.report(codes.TAG, at, f"unknown tag `{shown}`", "remove it; manifests are plain data")

    def too_much(self, name: str, most: int, what: str, event: Event) -> _Stop:
        return self.limit(name, most, what, self.place(event))

    def limit(self, name: str, most: int, what: str, at: int) -> _Stop:
        return _Stop(
            Place(self.source, at).report(
                codes.LIMIT,
                f"the file has more than {most:,} {what}",
                help=f"raise `limits: {{{name}: ...}}` in mqinfra.yaml if this is intended",
            )
        )


def _type_name(key: object) -> str:
    return "null" if key is None else "a boolean" if isinstance(key, bool) else "a number"
