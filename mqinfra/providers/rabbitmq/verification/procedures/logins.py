"""Logins that must not work: a user that is not there, and none at all. Ours comes first."""

import secrets
import time
from dataclasses import replace

from mqinfra.model.judgement import Mode
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.rabbitmq.api.amqp import Broker
from mqinfra.providers.rabbitmq.api.conversation import ClosedError, Introduction
from mqinfra.providers.rabbitmq.verification.line import BROKEN, CONNECT
from mqinfra.providers.rabbitmq.verification.own import client_of

OURS, UNKNOWN, ANONYMOUS = "our own login", "an unknown user", "an anonymous client (SASL ANONYMOUS)"


class Logins(Procedure):
    """Two tries with wrong logins at most, so that nobody is locked out."""

    name = "logins"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Log in as ourselves, as a random user, and as nobody."""
        broker = client_of(trial).broker
        _try(trial, broker, OURS)
        stranger = (f"mqinfra-nobody-{secrets.token_hex(4)}", secrets.token_urlsafe(16))
        _try(trial, replace(broker, login=stranger), UNKNOWN)
        _try(trial, broker, ANONYMOUS, Introduction("mqinfra verify", mechanism="ANONYMOUS"))


def _try(trial: Trial, broker: Broker, who: str, introduction: Introduction | None = None) -> None:
    said = introduction or Introduction("mqinfra verify")
    try:
        broker.converse(broker.lock_vhost, time.monotonic() + CONNECT, said).close()
    except ClosedError as error:
        trial.notes.tried(who, Known.FAILED, str(error), seen=error.code)
    except BROKEN as error:
        trial.notes.tried(who, Known.UNKNOWN, str(error) or type(error).__name__)
    else:
        trial.notes.tried(who, Known.OK)
