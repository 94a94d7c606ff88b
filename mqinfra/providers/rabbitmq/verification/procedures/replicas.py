"""Where a queue lives, and which of its replicas are there."""

from pydantic import JsonValue

from mqinfra.model.errors import Bug
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.rabbitmq.api.call import RabbitFault
from mqinfra.providers.rabbitmq.verification.live import LiveVhost, arguments_of, type_of
from mqinfra.providers.rabbitmq.verification.own import client_of
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS


class Replicas(Procedure):
    """Reads a queue and the nodes."""

    name = "replicas"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Write down what the server says of them."""
        place = trial.place
        if not isinstance(place, QueuePlace):
            raise Bug(f"not a queue: {place.address}")
        client = client_of(trial)
        row = LiveVhost(client, place.vhost).queue(place.name)
        if row is None:
            return
        nodes = client.get("nodes", columns="name,running")
        told: dict[str, JsonValue] = {
            "type": type_of(row),
            "durable": bool(row.get("durable")),
            "asked": arguments_of(row).get("x-quorum-initial-group-size"),
            "members": _names(row.get("members")),
            "online": _names(row.get("online")),
            "nodes": None if isinstance(nodes, RabbitFault) or not isinstance(nodes, list) else len(nodes),
        }
        trial.notes.observe(SETTINGS, told)


def _names(told: object) -> list[JsonValue] | None:
    return [str(name) for name in told] if isinstance(told, list) else None
