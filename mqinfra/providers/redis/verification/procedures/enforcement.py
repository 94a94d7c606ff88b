"""A user that nobody granted anything tries what this session may, on a copy."""

import secrets

from mqinfra.model.errors import Bug
from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.verification.canary import run_of
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.redis.api.node import Node
from mqinfra.providers.redis.api.resp import Call, Reply
from mqinfra.providers.redis.verification.connection import PATIENCE
from mqinfra.providers.redis.verification.ground import CloneGround
from mqinfra.providers.redis.verification.procedures.asking import clone_of

MADE, IDENTITY = "make a user", "who the server takes it for"
CONTROL = "as this session"
_GROUP = "enforced"


class Enforcement(Procedure):
    """Each act first by the stranger, then by this session, so that a refusal is no typing mistake."""

    name = "enforcement"

    def carry_out(self, trial: Trial) -> None:
        """Make the user, try, and delete it."""
        ground = clone_of(trial)
        run = run_of(ground.name)
        if run is None:
            raise Bug(f"a copy without a run: {ground.name}")
        user, password = run.name(f"nobody-{secrets.token_hex(4)}"), secrets.token_hex(16)
        node = ground.node()
        made = node.send([("ACL", "SETUSER", user, "reset", "on", f">{password}", "+acl|whoami")])[0]
        trial.notes.tried(MADE, _known(made), _error(made))
        if isinstance(made, Fault):
            return
        try:
            _try(trial, ground, node, user, password)
        finally:
            node.send([("ACL", "DELUSER", user)])


def acts(stream: str) -> dict[str, Call]:
    """What is tried."""
    return {
        "add": ("XADD", stream, "*", "by", "a stranger"),
        "read": ("XRANGE", stream, "-", "+", "COUNT", "1"),
        "consume": ("XREADGROUP", "GROUP", _GROUP, "c", "COUNT", "1", "STREAMS", stream, ">"),
        "trim": ("XTRIM", stream, "MAXLEN", "1000"),
    }


def _try(trial: Trial, ground: CloneGround, node: Node, user: str, password: str) -> None:
    ground.ask([("XGROUP", "CREATE", ground.name, _GROUP, "0")])
    stranger = node.as_user(user, password, PATIENCE)
    try:
        who = stranger.send([("ACL", "WHOAMI")])[0]
        trial.notes.observe(
            IDENTITY, "itself" if who == user else str(who if not isinstance(who, Fault) else who.message)
        )
        for name, call in acts(ground.name).items():
            for whose, by in ((f"{name} as a stranger", stranger), (f"{name} {CONTROL}", node)):
                reply = by.send([call])[0]
                trial.notes.tried(whose, _known(reply), _error(reply))
    finally:
        stranger.close()


def _known(reply: Reply) -> Known:
    if not isinstance(reply, Fault):
        return Known.OK
    return Known.FAILED if reply.denied else Known.UNKNOWN


def _error(reply: Reply) -> str:
    return reply.message if isinstance(reply, Fault) else ""
