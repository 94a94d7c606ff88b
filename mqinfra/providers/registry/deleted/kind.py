"""Subjects that were deleted, and can only be deleted for good: then their schemas are gone, and what ids mean."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Coverage, Facts, Figures, Live
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Spec
from mqinfra.model.story import Told
from mqinfra.providers.base.capabilities import DryRun, Weighed
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import Kind, KindReading, Objection
from mqinfra.providers.base.request import Accepted, Request, Result
from mqinfra.providers.base.telling import Scene, Telling
from mqinfra.providers.registry import names
from mqinfra.providers.registry.api.call import Answer, Call

if TYPE_CHECKING:
    from mqinfra.providers.registry.client import RegistryClient

KIND = "deletedSubjects"
_DELETE = "DELETE /subjects?permanent=true"
_NOT_DECLARED = Problem(
    "what was deleted can't be declared: it can only be deleted for good",
    "write it under `removed:`, with `evenIf: [messages]` and `until`; to have it back, declare it under `subjects`",
)
_UNKNOWN = Figures(
    messages=None,
    consumers=(),
    details=("records with the ids of its schemas can no longer be read, and nobody can tell whether there are any",),
)


class DeletedSpec(Spec):
    """A subject that was deleted, and not for good. Only `removed:` can name it: it is then deleted for good.

    Attributes:
        versions: numbers of the versions that it had.
    """

    versions: tuple[int, ...] = ()


class DeletedKind(Kind["RegistryClient"], DryRun["RegistryClient"], Weighed["RegistryClient"], Telling):
    """Subjects that were deleted."""

    broker = "registry"
    name = KIND
    title = "deleted subject"
    spec = DeletedSpec
    entry = DeletedSpec
    in_path = (NameAt((), (names.SUBJECTS,), names.SUBJECT),)

    @override
    def told(self, changes: Iterable[Change], scene: Scene) -> Iterable[tuple[Address, Told]]:
        """Which versions are gone for good: nothing else tells what was there."""
        for change in changes:
            versions = (change.before or {}).get("versions")
            if change.action is Action.DELETE and isinstance(versions, list):
                yield change.address, Told(f"versions {', '.join(map(str, versions))}")

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """Delete for good."""
        going = {change.address: dict[str, str]() for change in changes if change.action is Action.DELETE}
        return [Request(self.name, _DELETE, going)] if going else []

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Refuse everything but deletes; a sandbox remembers nothing that was deleted."""
        return None if change.after is None else _NOT_DECLARED

    @override
    def dry_run(self, client: "RegistryClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Refuse everything but deletes."""
        return [Objection(one.address, _NOT_DECLARED) for one in changes if one.after is not None]

    @override
    def figures(self, client: "RegistryClient", addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Nobody can tell which records carry the ids, so that consent is needed as for data."""
        return dict.fromkeys(addresses, _UNKNOWN)

    @override
    def read(self, client: "RegistryClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read the named ones; of a registry that is asked for everything none, since none can be declared."""
        addresses = list(wanted) if wanted is not None else []
        if not addresses:
            return KindReading({}, coverage=Coverage.COMPLETE if wanted is None else Coverage.NAMED)
        deleted = client.subjects(deleted=True)
        names = set(deleted) if isinstance(deleted, list) else set()
        live = client.subjects()
        gone = names - (set(live) if isinstance(live, list) else set())
        denied = {} if isinstance(deleted, list) else dict.fromkeys(addresses, deleted.message)
        return KindReading({one: _live(client, one) for one in addresses if one.name in gone}, denied)

    @override
    def run(self, client: "RegistryClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Make the calls."""
        addresses = list(request.body)
        return dict(zip(addresses, client.each(addresses, lambda one: _delete(client, one)), strict=True))


def _live(client: "RegistryClient", address: Address) -> Live:
    found = client.get("subjects", address.name, "versions", deleted="true")
    numbers = sorted(one for one in found if isinstance(one, int)) if isinstance(found, list) else []
    return Live(DeletedSpec(versions=tuple(numbers)))


def _delete(client: "RegistryClient", address: Address) -> Result:
    answer = client.send(Call("DELETE", ("subjects", address.name), {"permanent": "true"}))
    if isinstance(answer, Answer):
        return Accepted()
    return Accepted("it was already gone") if answer.absent else answer.result()
