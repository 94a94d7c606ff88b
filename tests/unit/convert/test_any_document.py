"""Whatever a document of another tool lacks or says otherwise: a converter makes entries and losses of it, no error."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mqinfra.convert.conversion import convert
from mqinfra.convert.reading import read_file
from mqinfra.model.errors import UserError
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.converting.foreign import Foreign
from tests.cli.test_convert import CASES, FORMATS, inputs

WRONG: tuple[Any, ...] = (None, "", "text", -7, 1.5, True, [], ["a"], {}, {"a": "b"}, [{"a": []}])


def plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    return [plain(item) for item in node] if isinstance(node, list) else node


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, (*path, key))


def changed(data: Any, path: tuple[Any, ...], value: Any, *, gone: bool) -> Any:
    whole = copy.deepcopy(data)
    node = whole
    for step in path[:-1]:
        node = node[step]
    if gone:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return whole


def variants(documents: list[tuple[str, Any, bool]]) -> Iterator[list[Foreign]]:
    """The documents with one place of one of them gone, or of another kind, in turn."""
    for number, (_, data, _) in enumerate(documents):
        for index, path in enumerate(places(data)):
            gone, value = index % 4 == 0, WRONG[index % len(WRONG)]
            some = [
                (file, changed(data, path, value, gone=gone) if at == number else other, lines)
                for at, (file, other, lines) in enumerate(documents)
            ]
            yield [Foreign(file, one, lambda _: None, lines=lines) for file, one, lines in some]


@pytest.mark.parametrize("form", FORMATS)
def test_no_document_stops_a_converter(form: str) -> None:
    read = [document for name in inputs(form) for document in read_file(CASES / Path(name))]
    documents = [(one.file, plain(one.data), one.lines) for one in read]
    tried = 0
    for some in variants(documents):
        try:
            done = convert(some, installed())
        except UserError:
            continue  # nothing is left that says which format it is
        tried += 1
        assert all(found.message for found in done.lost)
    assert tried > 4
