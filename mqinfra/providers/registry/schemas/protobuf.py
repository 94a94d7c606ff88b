"""Protobuf: a schema compiled by protoc (of grpcio-tools) to descriptors, with the places of its parts."""

import base64
import json
import re
import select
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING, Any

from mqinfra.model.frozen import dataclass
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError, Spot, UncheckedError

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

MAIN = "mqinfra_main.proto"
_PATIENCE = 30.0
_ERROR = re.compile(r"^(?P<file>[^:\n]+?)(?::(?P<line>\d+):(?P<column>\d+))?: (?P<reason>.+)$", re.MULTILINE)
_TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[\w.]+|[^\s\w]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ProtobufDocument:
    """A schema that was compiled.

    Attributes:
        file: its descriptor.
        everything: descriptors of it and of all that it imports.
        spots: where messages, fields and values stand, by the path that SourceCodeInfo gives them.
    """

    file: "FileDescriptorProto"
    everything: "FileDescriptorSet"
    spots: Mapping[tuple[int, ...], Spot]


def tokens(text: str) -> tuple[str, ...]:
    """A schema without its blanks; comments are kept, since registries keep them."""
    return tuple(match[0] for match in _TOKEN.finditer(text))


def available() -> bool:
    """Whether the compiler is installed."""
    return find_spec("grpc_tools") is not None


def read(schema: Schema) -> ProtobufDocument:
    """Compile a schema.

    Raises:
        SchemaError: it is no Protobuf schema.
        UncheckedError: there is no compiler, or it refers to what is not known here.
    """
    if not available():
        raise UncheckedError("the compiler of Protobuf is not installed: `pip install 'mqinfra[schemas]'`")
    if schema.missing:
        raise UncheckedError(f"the schema behind `{min(schema.missing)}` is not known here")
    for name in schema.references:
        if name.startswith("/") or ".." in name.split("/") or "\0" in name or not name:
            raise SchemaError(f"a reference can't be called `{name}`: an import is a path without `..`")
    return _compiled(schema.text, tuple(sorted(schema.references.items())))


@cache
def _compiled(text: str, references: tuple[tuple[str, str], ...]) -> ProtobufDocument:
    from google.protobuf.descriptor_pb2 import FileDescriptorSet  # noqa: PLC0415 - only with Protobuf schemas

    answer = _worker().ask({"files": {**dict(references), MAIN: text}, "main": MAIN})
    if "set" not in answer:
        raise _error(answer.get("errors", ""))
    everything = FileDescriptorSet.FromString(base64.b64decode(answer["set"]))
    file = next(one for one in everything.file if one.name == MAIN)
    spots = {
        tuple(one.path): Spot(one.span[0] + 1, one.span[1] + 1) for one in file.source_code_info.location if one.span
    }
    return ProtobufDocument(file, everything, spots)


def _error(said: str) -> SchemaError:
    found = [match for match in _ERROR.finditer(said) if "warning:" not in match["reason"].lower()]
    first = next((match for match in found if match["file"] == MAIN and match["line"]), found[0] if found else None)
    if first is None:
        return SchemaError("it is not a valid Protobuf schema")
    spot = Spot(int(first["line"] or 0), int(first["column"] or 0)) if first["file"] == MAIN else Spot()
    reason = first["reason"].rstrip(".")
    where = "" if first["file"] == MAIN else f" (in `{first['file']}`)"
    return SchemaError(f"it is not a valid Protobuf schema: {reason}{where}", spot)


class _Worker:
    """The process that compiles; started once, and gone with ours, whose end it reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def ask(self, job: Mapping[str, Any]) -> dict[str, str]:
        """Have something compiled.

        Raises:
            UncheckedError: the compiler broke down.
        """
        with self._lock:
            try:
                return self._answer(json.dumps(job) + "\n")
            except (OSError, ValueError):
                self._drop()
                raise UncheckedError("the compiler of Protobuf broke down") from None

    def _answer(self, line: str) -> dict[str, str]:
        into, out = self._pipes()
        into.write(line)
        into.flush()
        ready, _, _ = select.select([out], [], [], _PATIENCE)
        answer = out.readline() if ready else ""
        if not answer:
            raise OSError("no answer")
        found: dict[str, str] = json.loads(answer)
        return found

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        if self._process is None or self._process.poll() is not None:
            words = [sys.executable, "-m", "mqinfra.providers.registry.schemas.protoc_worker"]
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no word of it is anybody's input
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
        if self._process.stdin is None or self._process.stdout is None:
            raise OSError("no pipes")
        return self._process.stdin, self._process.stdout

    def _drop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._drop()


@cache
def _worker() -> _Worker:
    import atexit  # noqa: PLC0415 - only where there is a process to end

    worker = _Worker()
    atexit.register(worker.close)
    return worker
