"""Reading files of other tools: YAML with the lines of everything, JSON with paths, and what is neither as lines.

JSON is read as JSON and not as the YAML that it nearly is: tools write escapes and tabs that YAML refuses.
"""

import json
from pathlib import Path

from pydantic import JsonValue

from mqinfra.convert.codes import UNKNOWN_FORMAT
from mqinfra.manifest.text.encoding import decode
from mqinfra.manifest.text.limits import Limits
from mqinfra.manifest.text.node import Map, Seq
from mqinfra.manifest.text.reader import read
from mqinfra.manifest.text.source import Place
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.span import Span
from mqinfra.providers.base.converting.foreign import Foreign, Steps

_YAML = (".yaml", ".yml")
_LOOKED_INTO = (*_YAML, ".json", ".acl", ".tfstate")
_TERRAFORM = (".tf", ".tofu")


def files_below(path: Path) -> list[Path]:
    """The files that a path stands for: itself, or of a folder those that tools write, sorted.

    Raises:
        UserError: there are none.
    """
    if not path.is_dir():
        return [path]
    found = [file for file in sorted(path.rglob("*")) if file.suffix in _LOOKED_INTO and file.is_file()]
    if not found:
        message = f"there is nothing in `{path}` that `convert` reads"
        raise UserError([UNKNOWN_FORMAT.at(message, help=f"it looks for files that end in {', '.join(_LOOKED_INTO)}")])
    return found


def read_file(path: Path) -> list[Foreign]:
    """Read the documents of a file.

    Raises:
        UserError: it can't be read, or holds nothing.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError([UNKNOWN_FORMAT.at(f"`{path}` can't be read: {error.strerror}")]) from None
    if path.suffix in _TERRAFORM:
        hint = "write it as JSON: terraform show -json > state.json"
        raise UserError([UNKNOWN_FORMAT.at(f"`{path}` is Terraform's own language, which is not read", help=hint)])
    source, problem = decode(str(path), content.removeprefix(b"\xef\xbb\xbf"))
    if problem is not None:
        raise UserError([problem])
    text = source.text
    if path.suffix not in _YAML and text.lstrip()[:1] in ("{", "["):
        return _json(path, text)
    found: list[Diagnostic] = []
    documents = read(source, Limits(), found)
    roots = [(document.root, document.place) for document in documents if isinstance(document.root, Map | Seq)]
    if path.suffix not in _YAML and not roots:
        return [_lines(path, text)]
    if found:
        raise UserError(found)
    return [Foreign(str(path), root, _Located(root, place)) for root, place in roots]


def _json(path: Path, text: str) -> list[Foreign]:
    try:
        data: JsonValue = json.loads(text)
    except ValueError as error:
        raise UserError([UNKNOWN_FORMAT.at(f"`{path}` is not JSON: {error}")]) from None
    return [Foreign(str(path), data, lambda _: None)]


def _lines(path: Path, text: str) -> Foreign:
    def locate(steps: Steps) -> Span:
        return Span(str(path), int(steps[0]) + 1 if steps else 1, 1)

    return Foreign(str(path), list(text.splitlines()), locate, lines=True)


class _Located:
    """Finds the lines of a YAML document."""

    def __init__(self, root: Map | Seq, place: Place) -> None:
        self._root, self._place = root, place

    def __call__(self, steps: Steps) -> Span:
        node: object = self._root
        place = self._place
        for step in steps:
            if isinstance(node, Map) and step in node:
                place = node.key_place(str(step))
                node = node[str(step)]
            elif isinstance(node, Seq) and isinstance(step, int) and step < len(node):
                place = node.place(step)
                node = node[step]
            else:
                break
        return place.span
