"""The kind `parameters`: runtime parameters of vhosts, such as shovels and federation upstreams."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.names import NameAt
from mqinfra.model.reading import Facts
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Spec
from mqinfra.providers.base.capabilities import DryRun
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import KindReading, Objection
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.rabbitmq import names
from mqinfra.providers.rabbitmq.io.list_all import rows_of
from mqinfra.providers.rabbitmq.io.listing import Row, with_unseen
from mqinfra.providers.rabbitmq.kinds.valued import ValuedKind
from mqinfra.providers.rabbitmq.spec import vhost as vhost_spec
from mqinfra.providers.rabbitmq.spec.parameter import KIND, OTHER_KINDS, PLUGINS, ParameterSpec, parameter_problem
from mqinfra.providers.rabbitmq.spec.paths import name_problem, path_problem

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient


class ParameterKind(ValuedKind, DryRun["RabbitClient"]):
    """Runtime parameters."""

    name = KIND
    title = "parameter"
    spec = ParameterSpec
    entry = ParameterSpec
    placement = Placement(nested_in=vhost_spec.KIND, name_depth=2)
    put = "PUT /api/parameters/{component}/{vhost}/{name}"
    delete = "DELETE /api/parameters/{component}/{vhost}/{name}"
    listed = "parameters"
    in_path = (NameAt((), (names.VHOSTS,)),)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """A component, which has to be none of those that are kinds of their own, and a name."""
        problem = path_problem(address, ("VHOST", "COMPONENT", "NAME"))
        if problem is not None:
            return problem
        component = address.path[1]
        if component in OTHER_KINDS:
            return Problem(f"`{component}` has its own section in manifests", OTHER_KINDS[component])
        problem = name_problem(component, "component", reserved=())
        return problem or name_problem(address.name, self.title, reserved=())

    def segments(self, address: Address) -> tuple[str, ...]:
        """Component first, then the vhost."""
        vhost, component, name = address.path
        return ("parameters", component, vhost, name)

    def path_of(self, row: Row) -> tuple[str, ...] | None:
        """Vhost first, then the component; policies and limits are read elsewhere."""
        component = str(row["component"])
        return None if component in OTHER_KINDS else (str(row["vhost"]), component, str(row["name"]))

    @override
    def read(self, client: "RabbitClient", wanted: Iterable[Address] | None, context: ClusterContext) -> KindReading:
        """Read all of them with one list, from which only an administrator gets those of every vhost."""
        asked = None if wanted is None else list(wanted)
        found = super().read(client, asked, context)
        return with_unseen(client, asked, found, whole="administrator" in client.tags)

    @override
    def simulate(self, change: Change, live: Spec | None, facts: Facts) -> Spec | Problem | None:
        """Refuse what the plugins that come with the server refuse."""
        after = super().simulate(change, live, facts)
        problem = parameter_problem(change.address.path[1], after) if isinstance(after, ParameterSpec) else None
        return problem or after

    @override
    def dry_run(self, client: "RabbitClient", changes: Sequence[Change], context: ClusterContext) -> list[Objection]:
        """Refuse what `simulate` refuses, and components whose plugin is off."""
        written = [change for change in changes if change.action is not Action.DELETE]
        enabled = _plugins(client) if any(change.address.path[1] in PLUGINS for change in written) else None
        objections: list[Objection] = []
        for change in written:
            component = change.address.path[1]
            problem = self.simulate(change, None, context.facts)
            if isinstance(problem, Problem):
                objections.append(Objection(change.address, problem, problem.path))
            elif enabled is not None and component in PLUGINS and PLUGINS[component] not in enabled:
                objections.append(Objection(change.address, _plugin_off(component)))
        return objections


def _plugin_off(component: str) -> Problem:
    plugin = PLUGINS[component]
    return Problem(
        f"unknown component `{component}` on the server: the plugin `{plugin}` is not enabled",
        f"`rabbitmq-plugins enable {plugin}`",
    )


def _plugins(client: "RabbitClient") -> frozenset[str] | None:
    """Plugins that are on on every running node; None where the caller may not look, or nodes have not said yet."""
    rows = rows_of(client.get("nodes", columns="name,running,enabled_plugins"))
    said = [row["enabled_plugins"] for row in rows if isinstance(row.get("enabled_plugins"), list)]
    return frozenset.intersection(*map(frozenset, said)) if said else None
