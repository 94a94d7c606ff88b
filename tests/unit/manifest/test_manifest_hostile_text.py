"""Text made to crash, exhaust or confuse: each is refused soon, with a place."""

import pytest
import yaml

from mqinfra.manifest.text import reader
from mqinfra.manifest.text.encoding import decode
from mqinfra.manifest.text.limits import Limits
from mqinfra.manifest.text.node import Document
from mqinfra.manifest.text.reader import read
from mqinfra.model.diagnostic import Diagnostic


@pytest.fixture(params=["libyaml", "pure"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both parsers: installations without libyaml fall back to PyYAML's own."""
    if request.param == "pure":
        monkeypatch.setattr(reader, "PARSER", yaml.SafeLoader)
        monkeypatch.setattr(reader, "CHECKS_ESCAPES", False)
    return str(request.param)


def load(content: bytes | str, limits: Limits | None = None) -> tuple[list[Document], list[Diagnostic]]:
    source, problem = decode("t.yaml", content.encode() if isinstance(content, str) else content)
    found: list[Diagnostic] = []
    documents = read(source, limits or Limits(), found)
    return documents, [problem] if problem is not None else found


def only(content: bytes | str, limits: Limits | None = None) -> Diagnostic:
    found = load(content, limits)[1]
    assert len(found) == 1, found
    return found[0]


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
MERGE_BOMB = "a0: &a0 {k: 1}\n" + "".join(f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 30))


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[" * 100_000, "the file has more than 64 levels of nesting"),
        ("{a: " * 100_000, "the file has more than 64 levels of nesting"),
        ("- " * 100_000, "the file has more than 64 levels of nesting"),
        ("? " * 100_000, "the file has more than 64 levels of nesting"),
        (BOMB, "the file has more than 3,000,000 keys and values"),
        (MERGE_BOMB, "the file has more than 3,000,000 keys and values"),
        ("a: &a [*a]\n", "`*a` is inside `&a` itself"),
        ("a: &a {<<: *a}\n", "`*a` is inside `&a` itself"),
    ],
    ids=["brackets", "braces", "dashes", "keys", "aliases", "merges", "recursion", "recursive merge"],
)
def test_bombs_are_refused_while_parsing(content: str, message: str) -> None:
    documents, found = load(content)
    assert message in [item.message for item in found]
    assert len(documents) <= 1


@pytest.mark.parametrize(
    ("content", "limits", "message"),
    [
        ("a: [1, 2, 3]\n", Limits(nodes=4), "the file has more than 4 keys and values"),
        ("a: &a 1\nb: [*a, *a]\n", Limits(aliases=1), "the file has more than 1 aliases"),
        ("a: " + "x" * 300, Limits(scalar=250), "the file has more than 250 characters in one value"),
        ("a: &a {b: 1, c: 2}\nd: {<<: *a}\n", Limits(nodes=12), "the file has more than 12 keys and values"),
    ],
)
def test_a_limit_is_named_with_the_way_to_raise_it(content: str, limits: Limits, message: str) -> None:
    found = only(content, limits)
    assert (found.code, found.message) == ("MQ104", message)
    assert "mqinfra.yaml" in found.help[0]


@pytest.mark.parametrize(
    ("content", "place", "message", "help_"),
    [
        (b"\xef\xbb\xbfa: 1\n", "1:1", "the file starts with a byte order mark (byte 0)", "without a byte order mark"),
        ("a: 1\n".encode("utf-16"), "1:1", "the file is UTF-16, not UTF-8 (byte 0)", "UTF-8"),
        ("apiVersion: 1\n".encode("utf-16-le"), "1:1", "the file is UTF-16, not UTF-8 (byte 0)", "UTF-8"),
        ("apiVersion: 1\n".encode("utf-32-be"), "1:1", "the file is UTF-32, not UTF-8 (byte 0)", "UTF-8"),
        (b"a: 1\nb: caf\xe9 x\n", "2:7", "byte 0xE9 is not UTF-8 (byte 11)", "Windows-1252 or Latin-1 (`\u00e9`)"),
        (b"a: 1\nb: \xed\xa0\x80\n", "2:4", "a lone surrogate is not a character (byte 8)", "CESU-8"),
        (b"a: 1\nb: \xe2\x82", "2:4", "the last character is cut off (byte 8)", "completely"),
        (b"a: 1\nb: x\x00y\n", "2:5", "a NUL is not allowed in YAML (byte 9)", "binary"),
        (b"a: \xc3\xa9\x1b[31m\n", "1:5", "the control character U+001B is not allowed in YAML (byte 5)", "escape"),
    ],
)
def test_bytes_that_are_no_text_are_named_by_offset_and_guess(
    content: bytes, place: str, message: str, help_: str
) -> None:
    found = only(content)
    assert (found.code, found.message) == ("MQ102", message)
    assert str(found.span) == f"t.yaml:{place}"
    assert help_ in found.help[0]


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        ('a: "open\nb: 1\n', "1:4", "this quote is never closed"),
        ("a: 'open\n---\nb: 1\n", "1:4", "this quote is not closed before the next document begins"),
        ("a:\n\tb: 1\n", "2:1", "a tab can't indent or separate"),
        ("a: @b\n", "1:4", "a value can't start with `@`"),
        ("a: `b`\n", "1:4", "a value can't start with a backtick"),
        ("a: %b\n", "1:4", "a value can't start with `%`"),
        ("a: b: c\n", "1:5", "a `:` is not expected here"),
        ("a: [1, 2\nb: 3\n", "1:4", "this `[` is never closed"),
        ("a: {b: 1\n", "1:4", "this `{` is never closed"),
        ("a: [1 2: 3, {]\n", "1:14", "a value is missing here"),
        ("a: {b: 1 c: 2}\n", "1:11", "a comma or `}` is missing here"),
        ("a:\n  b: 1\n c: 2\n", "3:2", "this line does not fit the mapping it is in"),
        ("a:\n- b\nc\n", "3:1", "a `:` is missing after this key"),
        ('a: "\\q"\n', "1:5", "this escape is not known"),
        ('a: "\\x4"\n', "1:7", "this escape needs more hexadecimal digits"),
        ('a: "\\uD800"\n', "1:7", "not a Unicode character"),
        ("a: *\n", "1:4", "a name is missing after `&` or `*`"),
        ("a: !x!y 1\n", "1:4", "unknown tag"),
        ("a: 1\n b: 2\n", "2:3", "a `:` is not expected here"),
        ("%YAML 3.0\n---\na: 1\n", "1:1", "this YAML version is not supported"),
    ],
)
def test_errors_of_syntax_point_at_what_has_to_be_mended(content: str, place: str, message: str, parser: str) -> None:
    found = only(content)
    assert found.code == "MQ101"
    if parser == "libyaml":  # the other one stops a few characters off, and sometimes at another complaint
        assert (found.message, str(found.span)) == (message, f"t.yaml:{place}")


def test_documents_before_an_error_are_read() -> None:
    documents, found = load('a: 1\n---\nb: "\n')
    assert [document.root for document in documents] == [{"a": 1}]
    assert len(found) == 1
