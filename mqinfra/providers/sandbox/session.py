"""The sandbox's session: live state in a file, changed through the kinds' own model of their broker.

Every request is one atomic replace of the file, so a kill at any point leaves what some prefix of the requests made.
No symbolic link between the project's folder and the file is followed.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from threading import Lock as Mutex
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue, TypeAdapter

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import Bug, UserError
from mqinfra.model.reading import Coverage, Facts, Figures, Live, Reading, Source
from mqinfra.model.record import Owner
from mqinfra.model.setting import Problem
from mqinfra.providers.base import codes, disk
from mqinfra.providers.base.capabilities import Weighed, rests_on
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.records import Lock, RecordStore, Stored
from mqinfra.providers.base.request import Accepted, Refused, Request, Result
from mqinfra.providers.base.snapshot import Snapshot, SnapshotError
from mqinfra.providers.sandbox.lock import file_lock
from mqinfra.providers.sandbox.model_session import ModelSession
from mqinfra.providers.sandbox.records import SandboxStore

if TYPE_CHECKING:
    from mqinfra.providers.base.snapshot_file import Specs

_CHUNKS = 2
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
        self._specs: Specs = {}

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
        return {address: self._figures(address) for address in addresses}

    def _figures(self, address: Address) -> Figures:
        found = self.snapshot.figures.get(address, Figures())
        kind, live = self.kinds[address.kind], self.snapshot.reading.resources.get(address)
        held = kind.positions_in(live.spec) if isinstance(kind, Weighed) and live is not None else 0
        return Figures(found.messages or 0, found.consumers or (), positions=found.positions or held)

    def requests(self, changes: Sequence[Change]) -> list[Request]:
        """One request per batch: the sandbox takes changes as they are."""
        size = max(_CHUNK, -(-len(changes) // _CHUNKS))
        return [
            Request(
                changes[start].address.kind,
                "sandbox",
                {change.address: _Body(change) for change in changes[start : start + size]},
            )
            for start in range(0, len(changes), size)
        ]

    def send(self, request: Request) -> Mapping[Address, Result]:
        """Do what the broker would do, and write the file once."""
        with _mutex(self._path):
            return self._sent(request)

    def _sent(self, request: Request) -> Mapping[Address, Result]:
        try:
            self._refresh()  # what somebody wrote without the lock is not undone
        except UserError as error:
            return dict.fromkeys(request.body, Refused(error.diagnostics[0].message, error.diagnostics[0].help))
        resources = dict(self.snapshot.reading.resources)
        figures = dict(self.snapshot.figures)
        serial, results = self.snapshot.serial, dict[Address, Result]()
        facts = self.prevailing()
        for address, body in request.body.items():
            if not isinstance(body, _Body):
                raise Bug("a request that this session did not make was sent to a sandbox")
            answer = self.simulate(body.change, facts)
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
        changed = Reading(
            alias=self.alias,
            type=self.type,
            facts=reading.facts,
            source=reading.source,
            coverage=reading.coverage,
            resources=resources,
        )
        problem = self._write(replace(self.snapshot, reading=changed, figures=figures, serial=serial))
        if problem is not None:  # as it is a broker's own trouble when it can't keep what it was told
            refused = Refused(problem.message, problem.help)
            return {address: refused if isinstance(result, Accepted) else result for address, result in results.items()}
        return results

    def records(self, owner: Owner) -> RecordStore | None:
        """Keep records in the sandbox's own file, beside its state."""
        return SandboxStore(owner, self._place(), self._held_records, self._save_records)

    def _held_records(self) -> Mapping[Owner, Stored]:
        """The records of all owners, as the file has them now.

        Raises:
            UserError: the file can't be read.
        """
        self._refresh()
        return self.snapshot.records

    def _save_records(self, owner: Owner, texts: Mapping[str, str]) -> None:
        """Put an owner's records in place of those that it had; all else in the file stays as it is.

        Raises:
            UserError: the file can't be written.
        """
        with _mutex(self._path):
            self._refresh()  # the sandbox may keep records of another cluster too, through a session of their own
            records = {**self.snapshot.records, owner: Stored(exists=True, texts=texts)}
            problem = self._write(replace(self.snapshot, records=records))
        if problem is not None:
            raise UserError([problem])

    @contextmanager
    def lock(self, owner: Owner, holder: str, timeout: float) -> Iterator[Lock]:
        """Hold a file lock (flock), one for all owners' records of a cluster; the kernel drops it with the process.

        Raises:
            UserError: with exit code 6 when another process keeps it for longer than `timeout` seconds.
        """
        path = self._path.with_suffix(f".{owner.kept}.lock" if owner.kept else ".lock")
        with ExitStack() as stack:
            try:
                folder = stack.enter_context(_folder(path, self._root, make=True))
                lock = stack.enter_context(file_lock(folder, path, holder, timeout, self.alias))
            except OSError as error:
                raise UserError([_unwritable(path, error, self.alias)]) from None
            self._refresh()  # whoever held the lock until now may have written
            yield lock

    def _refresh(self) -> None:
        """Read the file again if somebody else has written it.

        Raises:
            UserError: it can't be read.
        """
        seen = _stamp(self._path)
        if self._reread is not None and seen != self._seen:
            self._snapshot, self._seen = self._reread(), seen

    def _place(self) -> str:
        """The file, for people, who know their project's folder."""
        return f"file `{self._path.relative_to(self._root or self._path.parent)}`"

    def _gone_with(self, gone: Address, resources: Mapping[Address, Live]) -> list[Address]:
        """What the broker drops with a resource: whatever rests on it, and what rests on that."""
        lost = [a for a in resources if a.cluster == gone.cluster and gone in rests_on(self.kinds[a.kind], a)]
        return [*lost, *(deeper for address in lost for deeper in self._gone_with(address, resources))]

    def _write(self, snapshot: Snapshot) -> Diagnostic | None:
        """Keep a state; when it can't be written, say why, and go on with the one from before."""
        try:
            from mqinfra.providers.base.snapshot_file import to_json  # noqa: PLC0415 - only what writes needs it

            with _folder(self._path, self._root, make=True) as folder:
                disk.replace_in(folder, self._path.name, to_json({self.alias: snapshot}, specs=self._specs))
        except OSError as error:
            return _unwritable(self._path, error, self.alias)
        self._snapshot, self._seen = snapshot, _stamp(self._path)
        return None


@cache
def _mutex(path: Path) -> Mutex:  # noqa: ARG001 - one for each path
    """What keeps the sessions of one process on a file from writing over each other: each writes all of it."""
    return Mutex()


@cache
def _changes() -> TypeAdapter[Change]:
    """How changes are shown as the bodies of requests. Made when the first is, since making it takes long."""
    return TypeAdapter(Change)


class _Body(Mapping[str, JsonValue]):
    """A change as the body of a request: written as JSON only where somebody reads it, since sending it does not."""

    __slots__ = ("change",)

    def __init__(self, change: Change) -> None:
        self.change = change

    def _json(self) -> Mapping[str, JsonValue]:
        body: Mapping[str, JsonValue] = _changes().dump_python(
            self.change, mode="json", by_alias=True, exclude_defaults=True
        )
        return body

    def __getitem__(self, name: str) -> JsonValue:
        return self._json()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._json())

    def __len__(self) -> int:
        return len(self._json())


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
    return replace(held[alias], reading=reading)


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
