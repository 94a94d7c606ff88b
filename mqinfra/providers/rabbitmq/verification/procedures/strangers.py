"""Somebody without rights tries to publish, consume and declare on a copy; somebody with rights does it first."""

import secrets
import time
from dataclasses import replace

from pika import spec

from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.operation import Known
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault
from mqinfra.providers.rabbitmq.api.channel import Channel
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.verification.ground import QueueGround
from mqinfra.providers.rabbitmq.verification.line import BROKEN, CONNECT, GOODBYE, Line
from mqinfra.providers.rabbitmq.verification.own import ground_of

ENTERS = "the stranger enters the vhost"
ALLOWED, DENIED = "with rights", "without rights"
ACTS = ("publish", "consume", "declare")
_STRANGER = "s"
_NOTHING = "^$"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that takes a right.

    Attributes:
        act: `publish`, `consume` or `declare`.
        target: the name of the exchange or queue.
    """

    act: str
    target: str


class Strangers(Procedure):
    """Makes a user that may do nothing for as long as this takes."""

    name = "strangers"

    def carry_out(self, trial: Trial) -> None:
        """Try as ourselves, then as the user; each try has a connection of its own.

        Raises:
            UserError: the user can't be made.
        """
        ground = ground_of(trial)
        name, password = ground.blueprint.name("nobody", _STRANGER), secrets.token_urlsafe(24)
        client, vhost = ground.client, ground.place.vhost
        rights = dict.fromkeys(("configure", "write", "read"), _NOTHING)
        try:
            _written(client, Call("PUT", ("users", name), body={"password": password, "tags": ""}))
            _written(client, Call("PUT", ("permissions", vhost, name), body={**rights}))
            stranger = replace(ground.line, broker=replace(ground.line.broker, login=(name, password)))
            for one in _attempts(ground):
                tried(trial, ground.line, ALLOWED, one, one.act)
            self._enter(trial, stranger, name)
            for one in _attempts(ground):
                tried(trial, stranger, DENIED, one, one.act)
        finally:
            _written(client, Call("DELETE", ("users", name)))

    @staticmethod
    def _enter(trial: Trial, line: Line, name: str) -> None:
        try:
            line.open().close(GOODBYE)
        except BROKEN as error:
            trial.notes.tried(ENTERS, Known.FAILED, str(error), seen=name)
        else:
            trial.notes.tried(ENTERS, Known.OK, seen=name)


def _attempts(ground: QueueGround) -> list[Attempt]:
    own = ground.blueprint.name(f"{time.monotonic_ns()}", _STRANGER)
    return [Attempt(act, target) for act, target in zip(ACTS, (ground.entry, ground.name, own), strict=True)]


def _written(client: RabbitClient, call: Call) -> None:
    [answer] = client.send([call])
    if isinstance(answer, RabbitFault) and not (call.method == "DELETE" and answer.absent):
        message = f"a user without rights can't be created or deleted: {answer.message}"
        raise UserError([NOT_READ.at(message, address=client.where, help=answer.help)])


def tried(trial: Trial, line: Line, who: str, attempt: Attempt, subject: str = "") -> None:
    """Try an act by a connection of its own, and write down what came of it.

    Args:
        trial: where it is written down.
        line: as whom.
        who: what that is called in the history.
        attempt: what is tried.
        subject: what it is called in the history; its act and target unless said.
    """
    told = f"{subject or f'{attempt.act} {attempt.target}'} {who}"
    try:
        channel = line.open(CONNECT)
    except BROKEN as error:
        trial.notes.tried(told, Known.UNKNOWN, f"no connection: {error}")
        return
    try:
        channel.allow(GOODBYE)
        _do(channel, attempt)
    except BROKEN as error:
        trial.notes.tried(told, Known.FAILED, str(error))
    else:
        trial.notes.tried(told, Known.OK)
    finally:
        channel.allow(GOODBYE)
        channel.close()


def _do(channel: Channel, attempt: Attempt) -> None:
    if attempt.act == "publish":
        channel.confirm()
        channel.settle(channel.publish(attempt.target, [("", b"", spec.BasicProperties())]))
    elif attempt.act == "consume":
        channel.take_from(attempt.target, 1)
    else:
        channel.declare_exclusive(attempt.target, {})
