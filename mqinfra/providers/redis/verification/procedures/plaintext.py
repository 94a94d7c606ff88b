"""Whether servers that are reached by TLS take commands without it, on the same port or on another."""

from mqinfra.model.judgement import Mode
from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.replies import pairs
from mqinfra.providers.redis.verification.connection import PATIENCE, own
from mqinfra.providers.redis.verification.procedures.asking import client_of

CONTROL, PLAIN, PORT = "answers by TLS: ", "answers without TLS: ", "plain port of "
_NOT_TOLD = "the server does not tell"


class Plaintext(Procedure):
    """One PING without TLS per server, beside one with it, and the server's own word on a plain port."""

    name = "plaintext"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Ask each server."""
        for node in client_of(trial).nodes:
            with own(node) as by_tls:
                reply = by_tls.send([("PING",)])[0]
                trial.notes.tried(CONTROL + node.name, _answered(reply), _error(reply))
                trial.notes.observe(PORT + node.name, _plain_port(by_tls))
            plain = node.in_plain(PATIENCE)
            try:
                reply = plain.send([("PING",)])[0]
                trial.notes.tried(PLAIN + node.name, _answered(reply), _error(reply))
            finally:
                plain.close()


def _answered(reply: object) -> Known:
    """Any answer counts, be it a refusal: somebody on the way could have read the password."""
    return Known.FAILED if isinstance(reply, Fault) and reply.lost else Known.OK


def _error(reply: object) -> str:
    return reply.message if isinstance(reply, Fault) else ""


def _plain_port(node: Node) -> str:
    reply = node.send([("CONFIG", "GET", "port")])[0]
    return _NOT_TOLD if isinstance(reply, Fault) else str(pairs(reply).get("port", _NOT_TOLD))
