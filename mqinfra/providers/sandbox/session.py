"""The sandbox's session: live state in a file, changed through the kinds' own model of their broker.

Every request is one atomic replace of the file, so a kill at any point leaves what some prefix of the requests made.
No symbolic link between the project's folder and the file is followed.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from pydantic import JsonValue, TypeAdapter

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.reading import Coverage, Facts, Figures, Live, Reading, Source
from mqinfra.model.record import Owner
from mqinfra.model.setting import Problem
from mqinfra.providers.base import codes, disk
from mqinfra.providers.base.capabilities import rests_on
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.records import Lock, Unlocked
from mqinfra.providers.base.request import Accepted, Refused, Request, Result
from mqinfra.providers.base.snapshot import Snapshot, SnapshotError
from mqinfra.providers.sandbox.model_session import ModelSession

_CHUNKS = 8
_CHUNK = 1000


class SandboxSession(ModelSession):
    """A cluster of the sandbox."""

    def __init__(
        self,
        path: Path,
        snapshot: Snapshot,
        kinds: Mapping[str, Kind[Any]],
        reread: Callable[[], Snapshot] | None = None,
        *,
        root: Path | None = None,
    ) -> None:
        super().__init__(snapshot.reading.alias, kinds, snapshot)
        self._path, self._reread, self._root = path, reread, root
        self._seen = _stamp(path)

    @classmethod
    def open(
        cls, path: Path, alias: str, broker: str, facts: Facts, catalogue: Catalogue, *, root: Path | None = None
    ) -> "SandboxSession":
        """Open a sandbox; one that was never written to is empty.

        Args:
            path: its file.
            alias: the cluster's alias.
            broker: the broker's type.
            facts: what it says of itself.
            catalogue: known brokers and kinds.
            root: folder below which no symbolic link is followed; the file's own when there is none.

        Raises:
            UserError: the file can't be read, or is no sandbox of this broker.
        """
        read = partial(_read, path, alias, broker, facts, catalogue, root=root)
        seen = _stamp(path)
        session = cls(path, read(), catalogue.providers[broker].kinds, read, root=root)
        session._seen = seen  # of before the reading, should somebody write in between
        return session

    def figures(self, addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Give the figures in the file; a sandbox resource without any is empty and unused."""
        known = {address: self.snapshot.figures.get(address, Figures()) for address in addresses}
        return {address: Figures(found.messages or 0, found.consumers or ()) for address, found in known.items()}

    def requests(self, changes: Sequence[Change]) -> list[Request]:
        """One request per batch: the sandbox takes changes as they are."""
        size = max(_CHUNK, -(-len(changes) // _CHUNKS))
        return [
            Request(changes[start].address.kind, "sandbox", _Bodies(changes[start : start + size]))
            for start in range(0, len(changes), size)
        ]

    def send(self, request: Request) -> Mapping[Address, Result]:
        """Do what the broker would do, and write the file once."""
        resources = dict(self.snapshot.reading.resources)
        figures = dict(self.snapshot.figures)
        serial, results = self.snapshot.serial, dict[Address, Result]()
        for address, body in request.body.items():
            change = _changes().validate_python(body)
            answer = self.simulate(change)
            if isinstance(answer, Problem):
                results[address] = Refused(answer.message, (answer.help,) if answer.help else ())
                continue
            results[address] = Accepted()
            if answer is None:
                for lost in (address, *self._gone_with(address, resources)):
                    resources.pop(lost, None)
                    figures.pop(lost, None)
                continue
            if not answer.identity:
                serial += 1
                answer = Live(answer.spec, f"sandbox-{serial}", answer.inherited)
            resources[address] = answer
        reading = self.snapshot.reading
        problem = self._write(
            Snapshot(
                Reading(
                    alias=self.alias,
                    type=self.type,
                    facts=reading.facts,
                    source=reading.source,
                    coverage=reading.coverage,
                    resources=resources,
                ),
                figures,
                serial,
            )
        )
        if problem is not None:  # as it is a broker's own trouble when it can't keep what it was told
            refused = Refused(problem.message, problem.help)
            return {address: refused if isinstance(result, Accepted) else result for address, result in results.items()}
        return results

    @contextmanager
    def lock(self, owner: Owner, holder: str, timeout: float) -> Iterator[Lock]:  # noqa: ARG002 - one file, one lock
        """Hold a file lock (flock); the kernel drops it with the process.

        Raises:
            UserError: with exit code 6 when another process keeps it for longer than `timeout` seconds.
        """
        path = self._path.with_suffix(".lock")
        with ExitStack() as stack:
            try:
                self._hold(path, holder, timeout, stack)
            except OSError as error:
                raise UserError([_unwritable(path, error, self.alias)]) from None
            # Whoever held the lock until now may have written.
            if self._reread is not None and _stamp(self._path) != self._seen:
                self._snapshot = self._reread()
            yield Unlocked()

    def _hold(self, path: Path, holder: str, timeout: float, stack: ExitStack) -> None:
        """Lock the file for as long as the stack is open, and write into it who did.

        Raises:
            OSError: it can't be opened or written.
            UserError: somebody else keeps it.
        """
        with _folder(path, self._root, make=True) as folder:
            descriptor = disk.open_in(folder, path.name, os.O_RDWR | os.O_CREAT | os.O_APPEND, path)
        file = stack.enter_context(os.fdopen(descriptor, "a+", encoding="utf-8"))
        deadline = time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    file.seek(0)
                    raise _held(file.read().strip(), self.alias) from None
                time.sleep(min(0.1, max(0.0, deadline - time.monotonic())))
        file.truncate(0)
        file.write(holder)
        file.flush()

    def _gone_with(self, gone: Address, resources: Mapping[Address, Live]) -> list[Address]:
        """What the broker drops with a resource: whatever rests on it, and what rests on that."""
        lost = [a for a in resources if a.cluster == gone.cluster and gone in rests_on(self.kinds[a.kind], a)]
        return [*lost, *(deeper for address in lost for deeper in self._gone_with(address, resources))]

    def _write(self, snapshot: Snapshot) -> Diagnostic | None:
        """Keep a state; when it can't be written, say why, and go on with the one from before."""
        try:
            from mqinfra.providers.base.snapshot_file import to_json  # noqa: PLC0415 - only what writes needs it

            with _folder(self._path, self._root, make=True) as folder:
                disk.replace_in(folder, self._path.name, to_json({self.alias: snapshot}))
        except OSError as error:
            return _unwritable(self._path, error, self.alias)
        self._snapshot, self._seen = snapshot, _stamp(self._path)
        return None


@cache
def _changes() -> TypeAdapter[Change]:
    """How changes stand in the bodies of requests. Made when the first is sent, since making it takes long."""
    return TypeAdapter(Change)


class _Bodies(Mapping[Address, Mapping[str, JsonValue]]):
    """Changes as bodies of a request, each written out when it is asked for: all at once they outweigh the plan."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._changes = {change.address: change for change in changes}

    def __getitem__(self, address: Address) -> Mapping[str, JsonValue]:
        body: Mapping[str, JsonValue] = _changes().dump_python(
            self._changes[address], mode="json", by_alias=True, exclude_defaults=True
        )
        return body

    def __iter__(self) -> Iterator[Address]:
        return iter(self._changes)

    def __len__(self) -> int:
        return len(self._changes)


def _folder(path: Path, root: Path | None, *, make: bool) -> AbstractContextManager[int]:
    """Open the folder of a file, through no link below the root."""
    root = root or path.parent
    return disk.folder_below(root, path.parent.relative_to(root).parts, make=make)


def _read(path: Path, alias: str, broker: str, facts: Facts, catalogue: Catalogue, *, root: Path | None) -> Snapshot:
    everything = dict.fromkeys(catalogue.providers[broker].kinds, Coverage.COMPLETE)
    empty = Reading(alias=alias, type=broker, facts=facts, source=Source.SANDBOX, coverage=everything)
    try:
        with _folder(path, root, make=False) as folder:
            descriptor = disk.open_in(folder, path.name, os.O_RDONLY, path)
        with os.fdopen(descriptor, encoding="utf-8") as file:
            from mqinfra.providers.base.snapshot_file import from_json  # noqa: PLC0415 - only where there is a file

            held = from_json(file.read(), catalogue)
    except FileNotFoundError:
        return Snapshot(empty)
    except (OSError, UnicodeDecodeError, SnapshotError) as error:
        raise _unusable(path, disk.reason(error) if isinstance(error, OSError) else str(error), alias) from None
    if set(held) != {alias} or held[alias].reading.type != broker:
        raise _unusable(path, f"it is not the sandbox of {broker} cluster `{alias}`", alias)
    reading = replace(empty, resources=held[alias].reading.resources)
    return Snapshot(reading, held[alias].figures, held[alias].serial)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What differs between two versions of a file; None while there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _unusable(path: Path, why: str, alias: str) -> UserError:
    return UserError(
        [
            codes.SNAPSHOT_FILE.at(
                f"the sandbox file `{path}` can't be used: {why}",
                address=alias,
                help="fix its permissions, or delete it to begin with an empty sandbox",
            )
        ]
    )


def _unwritable(path: Path, error: OSError, alias: str) -> Diagnostic:
    return codes.SANDBOX_FILE.at(
        f"the sandbox file `{path}` can't be written: {disk.reason(error)}", address=alias, help=disk.advice(error)
    )


def _held(holder: str, alias: str) -> UserError:
    return UserError(
        [
            codes.LOCKED.at(
                f"another apply is running on the sandbox: {holder or 'unknown holder'}",
                address=alias,
                help="wait for it, or give --lock-timeout more seconds",
            )
        ],
        ExitCode.LOCKED,
    )
