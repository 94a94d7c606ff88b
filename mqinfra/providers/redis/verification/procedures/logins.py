"""Logins that have to be refused: few, as servers and their guards may count them."""

import secrets

from mqinfra.model.judgement import Mode
from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.resp import Reply
from mqinfra.providers.redis.verification.connection import PATIENCE, own
from mqinfra.providers.redis.verification.place import UserPlace
from mqinfra.providers.redis.verification.procedures.asking import client_of

WRONG_PASSWORD, UNKNOWN_USER, NO_LOGIN = (
    "log in with a wrong password",
    "log in as an unknown user",
    "work without a login",
)
CONTROL = "work as this session"
_CODES = ("WRONGPASS", "NOAUTH", "NOPERM")


class Logins(Procedure):
    """One wrong password per declared user; for the deployment a user that nobody has, and no login at all."""

    name = "logins"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Try each once."""
        client = client_of(trial)
        node = client.masters[0]
        self._control(trial, node)
        wrong = secrets.token_hex(16)
        if isinstance(trial.place, UserPlace):
            self._try(trial, node, WRONG_PASSWORD, ("AUTH", trial.place.name, wrong))
        else:
            self._try(trial, node, UNKNOWN_USER, ("AUTH", f"nobody-{secrets.token_hex(4)}", wrong))
            self._try(trial, node, NO_LOGIN, None)

    @staticmethod
    def _control(trial: Trial, node: Node) -> None:
        with own(node) as other:
            reply = other.send([("ACL", "WHOAMI")])[0]
            trial.notes.tried(
                CONTROL, _known(reply), _error(reply), seen=None if isinstance(reply, Fault) else str(reply)
            )

    @staticmethod
    def _try(trial: Trial, node: Node, subject: str, login: tuple[str, ...] | None) -> None:
        other = node.as_user(None, None, PATIENCE)
        try:
            # Who does not log in is `default`, and may do what that may; ACL WHOAMI needs a login or `nopass`.
            reply = other.send([login or ("ACL", "WHOAMI")])[0]
            seen = None if login is not None or isinstance(reply, Fault) else str(reply)
            trial.notes.tried(subject, _known(reply), _error(reply), seen=seen)
        finally:
            other.close()


def _known(reply: Reply) -> Known:
    if not isinstance(reply, Fault):
        return Known.OK
    return Known.FAILED if reply.denied or reply.message.startswith(_CODES) else Known.UNKNOWN


def _error(reply: Reply) -> str:
    return reply.message if isinstance(reply, Fault) else ""
