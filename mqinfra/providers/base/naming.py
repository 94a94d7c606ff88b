"""Finding the names in an entry as it is written, whatever else stands there by mistake."""

from collections.abc import Iterator, Mapping
from typing import Any

from mqinfra.model.names import PLAIN, NameAt, NameForm
from mqinfra.model.span import Path


def names_at(data: object, path: Path, *kinds: str, form: NameForm = PLAIN, begins: bool = False) -> Iterator[NameAt]:
    """Give the places of names in a field that holds one, or a list of them; mappings such as external ones are none.

    Args:
        data: the entry, or the part of it at all but the last step of the path.
        path: the field.
        kinds: what they may be names of.
        form: how texts hold them.
        begins: the texts are what names begin with.
    """
    value = data.get(path[-1]) if isinstance(data, Mapping) else None
    if isinstance(value, str):
        yield NameAt(path, kinds, form, begins)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            if isinstance(item, str):
                yield NameAt((*path, str(index)), kinds, form, begins)


def part(data: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """A mapping in an entry; empty where it is none."""
    value = data.get(field)
    return value if isinstance(value, Mapping) else {}
