"""The kind `configuration`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.holding import Holding
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Coverage, Facts, Live
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec
from mqinfra.providers.base.capabilities import DryRun
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import Kind, KindReading, Objection
from mqinfra.providers.base.prevailing import Prevailing
from mqinfra.providers.base.request import Accepted, Request, Result
from mqinfra.providers.registry.api.call import Call, RegistryFault
from mqinfra.providers.registry.compatibility.levels import Level
from mqinfra.providers.registry.configuration.spec import KIND, WHOLE, ConfigurationSpec
from mqinfra.providers.registry.dialects import LEVEL, MODE
from mqinfra.providers.registry.words import WRITABLE

if TYPE_CHECKING:
    from mqinfra.providers.registry.client import RegistryClient

_CONFIG, _MODE, _DELETE = "PUT /config", "PUT /mode", "DELETE /config"


class ConfigurationKind(Kind["RegistryClient"], DryRun["RegistryClient"], Prevailing):
    """What holds for the whole registry, or for a context."""

    broker = "registry"
    name = KIND
    title = "configuration"
    holding = Holding.SETTINGS
    spec = ConfigurationSpec
    entry = ConfigurationSpec
    in_path = (NameAt((), ()),)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """It is `global`, or a context."""
        name = address.name
        if (
            len(address.path) == 1
            and not address.pairs
            and (name == WHOLE or (name[:2] == ":." and name[2:].strip(":")))
        ):
            return None
        return Problem(
            f"`{name}` is neither `{WHOLE}` nor a context", f"write `{WHOLE}`, or a context such as `:.payments:`"
        )

    @override
    def requests(self, changes: Sequence[Change], facts: Facts) -> list[Request]:
        """Modes and levels, each with one call."""
        bodies: dict[str, dict[Address, Mapping[str, JsonValue]]] = {_CONFIG: {}, _MODE: {}, _DELETE: {}}
        for change in changes:
            if change.action is Action.DELETE:
                bodies[_DELETE][change.address] = {}
                continue
            spec = change.wanted(ConfigurationSpec)
            level: dict[str, JsonValue] = {}
            if spec.compatibility is not None:
                level["compatibility"] = spec.compatibility
            if spec.normalize is not None:
                level["normalize"] = spec.normalize
            changed = {one.path[0] for one in change.differences}
            if level and changed & {"compatibility", "normalize"}:
                bodies[_CONFIG][change.address] = level
            if spec.mode is not None and "mode" in changed:
                bodies[_MODE][change.address] = {"mode": spec.mode}
        return [Request(self.name, api, body) for api, body in bodies.items() if body]

    @override
    def dry_run(self, client: "RegistryClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """The whole registry has a configuration as long as there is one."""
        problem = Problem("what holds for the whole registry can be changed, and not deleted")
        return [
            Objection(one.address, problem)
            for one in changes
            if one.action is Action.DELETE and one.address.name == WHOLE
        ]

    @override
    def prevailing(self, facts: Facts, specs: Mapping[Address, Spec]) -> Facts:
        """The level and the mode of the whole registry are those of all subjects without one."""
        for address, spec in specs.items():
            if address.name == WHOLE:
                whole = ConfigurationSpec.narrow(spec)
                said = {LEVEL: whole.compatibility, MODE: whole.mode}
                traits = {**facts.traits, **{name: word for name, word in said.items() if word is not None}}
                facts = facts.model_copy(update={"traits": traits})
        return facts

    @override
    def prevailing_first(self, facts: Facts, specs: Mapping[Address, Spec]) -> Facts:
        """A mode that closes the registry is set after the schemas of the plan are registered, and a level with it."""
        some = {address: ConfigurationSpec.narrow(spec) for address, spec in specs.items()}
        opened = {
            address: spec if spec.mode in WRITABLE else spec.model_copy(update=_left_for_later(spec, facts))
            for address, spec in some.items()
        }
        return self.prevailing(facts, opened)

    @override
    def inherited(self, facts: Facts) -> Mapping[Path, JsonValue]:
        """What a fresh registry has."""
        return {("mode",): "READWRITE"}

    @override
    def read(self, client: "RegistryClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read each; of a registry that is asked for everything, the whole and its contexts."""
        everything = wanted is None
        addresses = list(wanted) if wanted is not None else self._all(client, context.alias)
        resources: dict[Address, Live] = {}
        denied: dict[Address, str] = {}
        for address in addresses:
            found = self._one(client, address)
            if isinstance(found, Live):
                resources[address] = found
            elif found is not None:
                denied[address] = found.message
        return KindReading(resources, denied, Coverage.COMPLETE if everything else Coverage.NAMED)

    def _all(self, client: "RegistryClient", alias: str) -> list[Address]:
        found = client.get("contexts") if client.dialect.has_contexts else None
        names = [str(name) for name in found] if isinstance(found, list) else []
        contexts = [f":{name.strip(':')}:" for name in names if name.strip(":.")]
        return [Address(alias, self.name, (name,)) for name in (WHOLE, *contexts)]

    def _one(self, client: "RegistryClient", address: Address) -> Live | RegistryFault | None:
        rest = () if address.name == WHOLE else (address.name,)
        level, mode = client.get("config", *rest), client.get("mode", *rest)
        if isinstance(level, RegistryFault):
            return None if level.absent else level
        data: dict[str, Any] = {}
        if isinstance(level, dict):
            data["compatibility"] = level.get("compatibilityLevel") or level.get("compatibility")
            if isinstance(level.get("normalize"), bool):
                data["normalize"] = level["normalize"]
        if isinstance(mode, dict):
            data["mode"] = mode.get("mode")
        kept = {name: value for name, value in data.items() if value is not None}
        return Live(ConfigurationSpec.model_validate(kept))

    @override
    def run(self, client: "RegistryClient", request: Request, context: ClusterContext) -> Mapping[Address, Result]:
        """Make the calls, one after the other: there are few."""
        results: dict[Address, Result] = {}
        for address, body in request.body.items():
            rest = () if address.name == WHOLE else (address.name,)
            method, _, word = request.api.partition(" /")
            query = {"force": "true"} if body.get("mode") == "IMPORT" else {}
            answer = client.send(Call(method, (word, *rest), query, dict(body) if body else None))
            if isinstance(answer, RegistryFault):
                gone = method == "DELETE" and answer.absent
                results[address] = Accepted("it was already gone") if gone else answer.result()
            else:
                results[address] = Accepted()
            if method == "DELETE":
                client.send(Call("DELETE", ("mode", *rest)))
        return results


def _left_for_later(spec: ConfigurationSpec, facts: Facts) -> Mapping[str, None]:
    """What of a configuration that closes the registry, or says nothing of that, does not hold for schemas before it.

    A level that it tightens is looked at all the same: what is registered is to pass it.
    """
    now, then = Level.read(facts.traits.get(LEVEL)), Level.read(spec.compatibility)
    loosens = spec.mode is not None and now is not None and then is not None and not then.as_strict_as(now)
    return {"mode": None, **({"compatibility": None} if loosens else {})}
