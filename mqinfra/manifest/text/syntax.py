"""What the YAML parsers complain about, in words that say what to do. A table, kept apart from the reader's loop.

libyaml and PyYAML's own parser word things differently; each row names a part of the text that both use, or a row of
its own. An unknown complaint keeps the parser's words.
"""

import re
from typing import NamedTuple

import yaml

from mqinfra.manifest.codes import MALFORMED
from mqinfra.manifest.text.events import Mark
from mqinfra.manifest.text.source import LINE_SHIFT, Place, Source, place
from mqinfra.model.diagnostic import Diagnostic


class _Complaint(NamedTuple):
    problem: str
    message: str
    help: str
    opening: bool = False


_COMPLAINTS = (
    _Complaint(
        "unexpected end of stream",
        "this quote is never closed",
        "add the closing quote; inside single quotes a quote is written twice",
        opening=True,
    ),
    _Complaint(
        "found unexpected document",
        "this quote is not closed before the next document begins",
        "add the closing quote",
        opening=True,
    ),
    _Complaint(
        "invalid Unicode character escape",
        "not a Unicode character",
        "write the character itself, or one \\U escape instead of a surrogate pair",
    ),
    _Complaint(
        "unknown escape character",
        "this escape is not known",
        "use single quotes, in which a backslash is a plain character",
    ),
    _Complaint("hexdec", "this escape needs more hexadecimal digits", "\\x takes 2, \\u takes 4, \\U takes 8 digits"),
    _Complaint("hexadecimal", "this escape needs more hexadecimal digits", "\\x takes 2, \\u 4, \\U 8 digits"),
    _Complaint(
        "mapping values are not allowed",
        "a `:` is not expected here",
        "quote a value that contains `: `; or check whether the line before lacks its `:`, or this one is indented "
        "wrongly",
    ),
    _Complaint(
        "could not find expected ':'",
        "a `:` is missing after this key",
        "write `key: value`; a key and its `:` must be on one line",
        opening=True,
    ),
    _Complaint(
        "did not find expected '-'",
        "this line does not fit the list it is in",
        "start it with `- `, or indent it like the key that it belongs to",
    ),
    _Complaint(
        "did not find expected key",
        "this line does not fit the mapping it is in",
        "indent it like its neighbours; write `key: value`",
    ),
    _Complaint(
        "expected <block end>",
        "this line does not fit what it is in",
        "indent it like its neighbours",
    ),
    _Complaint(
        "did not find expected node content", "a value is missing here", "write a value, or remove the comma or bracket"
    ),
    _Complaint("expected the node content", "a value is missing here", "write a value, or remove the comma or bracket"),
    _Complaint("block sequence entries are not allowed", "a list can't begin here", "put `- ` on a line of its own"),
    _Complaint("sequence entries are not allowed", "a list can't begin here", "put `- ` on a line of its own"),
    _Complaint("undefined tag handle", "unknown tag", "remove it; manifests are plain data"),
    _Complaint("<document start>", "text goes on after the end of the document", "separate documents with `---`"),
    _Complaint(
        "alphabetic or numeric",
        "a name is missing after `&` or `*`",
        "quote the value to mean the character",
        opening=True,
    ),
    _Complaint("incompatible YAML document", "this YAML version is not supported", "remove the %YAML line"),
    _Complaint("could not find expected directive name", "a value can't start with `%`", "quote it"),
)
_STARTS = {
    "\t": ("a tab can't indent or separate", "use spaces"),
    "@": ("a value can't start with `@`", "quote it"),
    "`": ("a value can't start with a backtick", "quote it"),
    "%": ("a value can't start with `%`", "quote it"),
}


_CLOSED = re.compile(r"(?:\{[^{}\[\]]*\}|\[[^{}\[\]]*\])$")
_LONGEST_NAME = 200
_BRACKETED = re.compile(r"(?:\{[^{}\[\]\n]*\}|\[[^{}\[\]\n]*\])[^\s,{}\[\]\"']*")


def translate(error: yaml.YAMLError, source: Source) -> Diagnostic:
    """Turn a parser's error into a diagnostic at the place that has to be mended."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Place(source, 0).report(MALFORMED, f"invalid YAML: {_first_line(str(error))}")
    problem = error.problem or "it cannot be read"
    if "',' or " in problem and error.problem_mark is not None and error.context_mark is not None:
        return _bracket(error.context_mark, error.problem_mark, source)
    mark = error.problem_mark or error.context_mark
    found = next((row for row in _COMPLAINTS if row.problem in problem), None)
    if found is not None and found.opening and error.context_mark is not None:
        mark = error.context_mark
    at = Place(source, place(mark.line, mark.column) if mark is not None else 0)
    opened = _opened(source, at)
    name = unquoted(source, opened.at) if opened is not None else ""
    if opened is not None and name:
        hint = f"quote a name that contains brackets: {name}"
        return opened.report(MALFORMED, "text follows a closing bracket", help=hint)
    character = _character(source, at)
    message, hint = f"invalid YAML: {problem}", ""
    if found is not None:
        message, hint = found.message, found.help
    if "cannot start any token" in problem or "tab" in problem:
        message, hint = _STARTS.get("\t" if "tab" in problem else character, (message, "quote the value"))
    return at.report(MALFORMED, message, help=hint)


def _opened(source: Source, at: Place) -> Place | None:
    """Where the bracket opens that is closed right before a place, on the same line; None when none is."""
    offset = source.offset(at.at)
    start = source.text.rfind("\n", 0, offset) + 1
    before = source.text[start:offset]
    closed = _CLOSED.search(before)
    line = at.at >> LINE_SHIFT
    return Place(source, place(line, closed.start())) if closed is not None else None


def unquoted(source: Source, at: int) -> str:
    """The name in quotes that begins at a place with a bracket, such as `{shop}:orders`; empty when none does."""
    offset = source.offset(at)
    line = source.text[offset : offset + _LONGEST_NAME].partition("\n")[0]
    name = _BRACKETED.match(line)
    return f'"{name[0].removesuffix(":")}"' if name is not None and name[0].removesuffix(":")[-1] not in "]}" else ""


def _bracket(opened: Mark, stopped: Mark, source: Source) -> Diagnostic:
    """A bracket that is not closed on its line is mended there; else what is wrong is where the parser stopped."""
    opening, here = Place(source, place(opened.line, opened.column)), Place(source, place(stopped.line, stopped.column))
    bracket = _character(source, opening) or "{"
    closing = "]" if bracket == "[" else "}"
    if opened.line != stopped.line:
        hint = "close it, or quote the value when the bracket is a part of it"
        return opening.report(MALFORMED, f"this `{bracket}` is never closed", help=hint)
    variable = source.text[: source.offset(here.at)].endswith("$")
    hint = 'quote a variable inside brackets: "${name}"' if variable else "quote a value that contains a bracket"
    message = f"a comma or `{closing}` is missing here"
    return here.report(MALFORMED, message, help=hint, related=(opening.related("opened here"),))


def _character(source: Source, at: Place) -> str:
    offset = source.offset(at.at)
    return source.text[offset : offset + 1]


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
