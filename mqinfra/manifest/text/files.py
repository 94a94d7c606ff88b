"""Reading files: which manifests there are, and their bytes. The manifest layer touches the disk here alone."""

import codecs
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from mqinfra.manifest import codes
from mqinfra.manifest.text.encoding import decode
from mqinfra.manifest.text.limits import Limits
from mqinfra.manifest.text.node import Document
from mqinfra.manifest.text.reader import read
from mqinfra.manifest.text.source import Place, Source
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.setting import closest
from mqinfra.model.span import Span

_ENDINGS = (".yaml", ".yml")


class Files:
    """Reads the files of one project.

    Attributes:
        root: the project's folder, without symbolic links in its path.
        limits: what a file may hold.
        found: where findings go.
        broken: a file could not be read to its end, so that something may be missing.
    """

    def __init__(self, root: Path, limits: Limits, found: list[Diagnostic]) -> None:
        self.root, self.limits, self.found = root, limits, found
        self.broken = False
        self._real: dict[str, str] = {}

    def documents(self, path: Path, asked: Place | None = None) -> list[Document]:
        """Read a file's documents; nothing when it can't be read.

        Args:
            path: the file.
            asked: where the file is named, for the finding when it can't be opened.
        """
        shown = self.shown(path)
        try:
            content = _content(path, self.limits.bytes)
        except OSError as error:
            self._unreadable(shown, error.strerror or "it can't be opened", asked)
            return []
        if content is None:
            self._unreadable(shown, "it is not a regular file", asked)
            return []
        if len(content) > self.limits.bytes:
            message = f"the file has more than {self.limits.bytes:,} bytes"
            hint = "raise `limits: {bytes: ...}` in mqinfra.yaml if this is intended"
            self.found.append(codes.LIMIT.at(message, span=Span(shown, 1, 1), help=hint))
            self.broken = True
            return []
        source, problem = decode(shown, content)
        before = len(self.found)
        documents = read(source, self.limits, self.found)
        if problem is not None:
            # Where text was cut off, what the parser says of the cut is no news, nor what is missing in its document.
            del self.found[before:]
            self.found.append(problem)
            documents = documents if content.startswith(codecs.BOM_UTF8) else documents[:-1]
        self.broken |= len(self.found) > before
        return documents

    def text(self, named: str, place: Place) -> Source | None:
        """Read a file that an entry names, relative to its manifest; None when it can't be read, which is reported."""
        folder = os.path.dirname(place.source.file)  # noqa: PTH120 - a path as it is shown, and no file yet
        path = self.inside(os.path.normpath(os.path.join(folder, named)) if named else named, place)  # noqa: PTH118
        if path is None:
            return None
        shown = self.shown(path)
        try:
            content = _content(path, self.limits.bytes)
        except OSError as error:
            self._unreadable(shown, error.strerror or "it can't be opened", place)
            return None
        if content is None:
            self._unreadable(shown, "it is not a regular file", place)
            return None
        if len(content) > self.limits.bytes:
            self._unreadable(shown, f"it has more than {self.limits.bytes:,} bytes", place)
            return None
        try:
            return Source(shown, content.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            self._unreadable(shown, f"it is not UTF-8 (byte {error.start + 1})", place)
            return None

    def manifests(self, asked: list[tuple[str, Place]], without: frozenset[Path]) -> list[Path]:
        """List the manifest files behind `manifests:`, each once, sorted; those in `without` are left out."""
        files: dict[Path, Path] = {}
        for text, place in asked:
            path = self.inside(text, place)
            if path is None:
                continue
            listed = list(self._below(path, place, set())) if path.is_dir() else [path]
            if not listed:
                message = f"there are no manifests in `{text}`"
                hint = f"files end in {' or '.join(_ENDINGS)}"
                self.found.append(place.report(codes.FILE, message, help=hint, severity=Severity.WARNING))
            for file in listed:
                real = Path(os.path.realpath(file))
                if real not in without:
                    files.setdefault(real, file)
                if len(files) > self.limits.files:
                    message = f"the project has more than {self.limits.files:,} manifest files"
                    hint = "raise `limits: {files: ...}` in mqinfra.yaml if this is intended"
                    self.found.append(place.report(codes.LIMIT, message, help=hint))
                    return []
        return sorted(files.values(), key=lambda file: file.parts)

    def inside(self, text: str, place: Place) -> Path | None:
        """Find a path that must lie inside the project's folder, also behind symbolic links."""
        if "\0" in text or not text:
            self.found.append(place.report(codes.FILE, "not a path"))
            self.broken = True
            return None
        path = self.root / text
        if not self._within(str(path)):
            message = f"`{text}` is outside the project's folder"
            hint = "manifests must be inside the folder of mqinfra.yaml, also behind symbolic links"
            self.found.append(place.report(codes.FILE, message, help=hint))
        else:
            try:
                path.stat()
            except FileNotFoundError:
                hint = self._similar(path, text)
                self.found.append(place.report(codes.FILE, f"`{text}` does not exist", help=hint))
            except OSError as error:  # no right to look, or no path: too long, or through a file
                why = error.strerror or "it can't be accessed"
                self.found.append(place.report(codes.FILE, f"`{text}` can't be read: {why}"))
            else:
                return Path(os.path.normpath(path))
        self.broken = True
        return None

    def _within(self, path: str) -> bool:
        """Whether a path leads into the project's folder; each folder is looked up once for all of its files."""
        folder, name = os.path.split(path)
        if name in ("", ".", "..") or os.path.islink(path):  # noqa: PTH114 - as below
            real = os.path.realpath(path)
        else:
            if folder not in self._real:
                self._real[folder] = os.path.realpath(folder)
            real = os.path.join(self._real[folder], name)  # noqa: PTH118 - a Path would cost more than all the rest
        root = str(self.root)
        return real == root or real.startswith(root.rstrip("/") + "/")

    @staticmethod
    def _similar(path: Path, text: str) -> str:
        """Suggest what stands beside a path that does not exist; nothing where nobody can look."""
        try:
            names = sorted(entry.name for entry in os.scandir(path.parent) if not entry.name.startswith("."))
        except OSError:
            return ""
        better = closest(path.name, names)
        return f"did you mean `{text[: text.rindex(path.name)]}{better}`?" if better and path.name in text else ""

    def shown(self, path: Path) -> str:
        """A path as the user would type it: relative to the project's folder where it lies inside."""
        if path == self.root:
            return "."
        return str(path).removeprefix(str(self.root).rstrip("/") + "/")

    def _below(self, folder: Path, place: Place, seen: set[Path]) -> Iterator[Path]:
        real = Path(os.path.realpath(folder))
        if real in seen:
            return
        seen.add(real)
        try:
            names = sorted(entry.name for entry in os.scandir(folder))
        except OSError as error:
            self._unreadable(self.shown(folder), error.strerror or "it can't be listed", place)
            return
        for name in names:
            path = folder / name
            if name.startswith("."):
                continue
            if path.is_dir():
                if self.inside(self.shown(path), place) is not None:
                    yield from self._below(path, place, seen)
            elif name.endswith(_ENDINGS) and self.inside(self.shown(path), place) is not None:
                yield path

    def _unreadable(self, shown: str, why: str, asked: Place | None) -> None:
        message = f"`{shown}` can't be read: {why}"
        self.found.append(asked.report(codes.FILE, message) if asked is not None else codes.FILE.at(message))
        self.broken = True


def _content(path: Path, most: int) -> bytes | None:
    """Up to one byte more than allowed; None when it is no regular file. Opening a FIFO must not wait."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(most + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
