"""What the kinds of a folder have in common: where a resource is, how it is read, and which calls change it."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.reading import Coverage, Facts, Figures, Live
from mqinfra.providers.base.capabilities import Weighed
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.disk import reason
from mqinfra.providers.base.kind import Kind, KindReading
from mqinfra.providers.base.request import Accepted, Refused, Request, Result
from mqinfra_spool.folder import Folder, Place

MAKE, CHANGE, REMOVE = "make", "change", "remove"
_APIS = {Action.CREATE: MAKE, Action.DELETE: REMOVE}


class FolderKind(Kind[Folder]):
    """A kind whose resources are folders."""

    broker = "spool"

    def place(self, address: Address) -> Place:
        """Where a resource is."""
        return address.path

    @abstractmethod
    def addresses(self, client: Folder, alias: str) -> list[Address]:
        """All that there are."""

    @override
    def read(self, client: Folder, wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read the settings of each."""
        try:
            addresses = self.addresses(client, context.alias) if wanted is None else wanted
        except OSError as error:
            return KindReading({}, coverage=Coverage.DENIED, unseen={(): reason(error)})
        resources: dict[Address, Live] = {}
        denied: dict[Address, str] = {}
        for address in addresses:
            try:
                found = client.find(self.place(address))
            except OSError as error:
                denied[address] = reason(error)
                continue
            if found is not None:
                spec = self.spec.model_validate({**found.settings, **dict(address.pairs)})
                resources[address] = Live(spec, found.id, self.inherited(context.facts))
        return KindReading(resources, denied, Coverage.COMPLETE if wanted is None else Coverage.NAMED)

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """One call of each sort, with what each resource sets."""
        bodies: dict[str, dict[Address, Mapping[str, JsonValue]]] = {MAKE: {}, CHANGE: {}, REMOVE: {}}
        for change in changes:
            bodies[_APIS.get(change.action, CHANGE)][change.address] = change.after or {}
        return [Request(self.name, api, body) for api, body in bodies.items() if body]

    @override
    def run(self, client: Folder, request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Do it. What the operating system says against it is the broker's refusal."""
        results: dict[Address, Result] = {}
        for address, settings in request.body.items():
            place = self.place(address)
            try:
                if request.api == MAKE:
                    client.make(place, settings)
                elif request.api == CHANGE:
                    client.change(place, settings)
                else:
                    client.remove(place)
                results[address] = Accepted()
            except OSError as error:
                results[address] = Refused(reason(error), conflict=isinstance(error, FileExistsError))
        return results


class HoldingKind(FolderKind, Weighed[Folder]):
    """A kind whose resources hold messages, so that deleting one with messages in it needs consent."""

    @override
    def figures(self, client: Folder, addresses: Sequence[Address]) -> Mapping[Address, Figures]:
        """Count the messages; nobody keeps a folder open for long."""
        return {address: Figures(client.messages(self.place(address)), ()) for address in addresses}
