"""How each server keeps entries and users over a restart, read and not tried."""

from pydantic import JsonValue

from mqinfra.model.errors import UserError
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.redis.api import server
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.replies import pairs
from mqinfra.providers.redis.verification.connection import own
from mqinfra.providers.redis.verification.place import UserPlace
from mqinfra.providers.redis.verification.procedures.asking import client_of

DATA, USERS = "data on ", "users on "
_SETTINGS = ("appendonly", "appendfsync", "save", "min-replicas-to-write")


class Persistence(Procedure):
    """One observation per server: its settings, or None where they may not be read."""

    name = "persistence"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Read settings of masters; for a user, how every server keeps users."""
        client = client_of(trial)
        if isinstance(trial.place, UserPlace):
            for node in client.nodes:
                with own(node) as asked:
                    trial.notes.observe(USERS + node.name, _users(asked))
        else:
            for node in client.masters:
                with own(node) as asked:
                    trial.notes.observe(DATA + node.name, _data(asked))


def _data(node: Node) -> JsonValue:
    found: dict[str, JsonValue] = {}
    for name in _SETTINGS:
        reply = node.read([("CONFIG", "GET", name)])[0]
        if isinstance(reply, Fault):
            if reply.denied:
                return None
            raise UserError([reply.unread(f"from `{node.name}`", node.where)])
        found[name] = str(pairs(reply).get(name, ""))
    return found


def _users(node: Node) -> JsonValue:
    told = server.about(node.read(server.ASK))
    return {"kept": told.persistence, "saved": told.saved, "failed": told.failed}
