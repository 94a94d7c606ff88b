"""The kind `globalParameters`: named values that belong to no vhost."""

from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.kinds.valued import ValuedKind
from mqinfra.providers.rabbitmq.records.names import own_parameter
from mqinfra.providers.rabbitmq.spec.parameter import GLOBAL_KIND, GlobalParameterSpec
from mqinfra.providers.rabbitmq.spec.paths import name_problem, path_problem

_OWN = {
    "cluster_name": "it is the cluster's name, which `rabbitmqctl set_cluster_name` changes",
    "cluster_tags": "it comes from `cluster_tags` in rabbitmq.conf",
}


class GlobalParameterKind(ValuedKind):
    """Global parameters."""

    name = GLOBAL_KIND
    title = "global parameter"
    spec = GlobalParameterSpec
    entry = GlobalParameterSpec
    put = "PUT /api/global-parameters/{name}"
    delete = "DELETE /api/global-parameters/{name}"
    listed = "global-parameters"

    @override
    def internal(self, address: Address) -> str | None:
        """What the server keeps there for itself, such as `internal_cluster_id`, and what mqinfra does."""
        if address.name.startswith("internal_"):
            return "names that begin with `internal_` are the server's own"
        return _OWN.get(address.name) or own_parameter(address.name)

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """RabbitMQ takes any name but an empty one; the management API can't reach all of them."""
        return path_problem(address, ("NAME",)) or name_problem(address.name, self.title, reserved=())

    def segments(self, address: Address) -> tuple[str, ...]:
        """Just the name."""
        return ("global-parameters", address.name)

    def path_of(self, row: Row) -> tuple[str, ...] | None:
        """Just the name."""
        return (str(row["name"]),)
