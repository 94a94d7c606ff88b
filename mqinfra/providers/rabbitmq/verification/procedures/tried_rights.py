"""A declared user tries, with its own password, to publish, consume and declare on canaries, after this session did.

Everything that it tries is harmless where it is allowed by mistake.
"""

from collections.abc import Iterator
from dataclasses import replace

from mqinfra.model.errors import Bug
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.rabbitmq.api.conversation import ClosedError
from mqinfra.providers.rabbitmq.verification.line import BROKEN, GOODBYE, Line
from mqinfra.providers.rabbitmq.verification.own import ground_of, messenger_of
from mqinfra.providers.rabbitmq.verification.principal import PrincipalPlace, covers
from mqinfra.providers.rabbitmq.verification.procedures.strangers import Attempt, tried

ENTERS = "the user enters the vhost"
CONTROL, UNDECLARED, DECLARED = "as this session", "without a declared right", "with a declared right"


class TriedRights(Procedure):
    """Each act on each canary, by this session and by the user."""

    name = "tried rights"

    def carry_out(self, trial: Trial) -> None:
        """Log in once, so that a wrong password locks nobody out, and try."""
        place = trial.place
        if not isinstance(place, PrincipalPlace) or place.password is None:
            raise Bug(f"not a user with a password: {place.address}")
        ground = ground_of(trial)
        password = messenger_of(trial).secrets(place.password).reveal()
        user = replace(ground.line, broker=replace(ground.line.broker, login=(place.name, password)))
        if not _enters(trial, user, place.name):
            return
        for right, attempt in _attempts(trial):
            tried(trial, ground.line, CONTROL, attempt)
            whose = DECLARED if covers(place.rights[right], attempt.target) else UNDECLARED
            tried(trial, user, whose, attempt)


def _attempts(trial: Trial) -> Iterator[tuple[str, Attempt]]:
    """What is tried, with the right that it needs on the target."""
    blueprint = ground_of(trial).blueprint
    for exchange in blueprint.exchanges:
        yield "write", Attempt("publish", exchange)
    for queue in blueprint.queues:
        yield "read", Attempt("consume", queue)
    for queue in blueprint.queues:
        yield "configure", Attempt("declare", f"{queue}.own")


def _enters(trial: Trial, line: Line, user: str) -> bool:
    try:
        line.open().close(GOODBYE)
    except ClosedError as error:
        trial.notes.tried(ENTERS, Known.FAILED, str(error), seen=user)
    except BROKEN as error:
        trial.notes.tried(ENTERS, Known.UNKNOWN, str(error) or type(error).__name__, seen=user)
    else:
        trial.notes.tried(ENTERS, Known.OK, seen=user)
        return True
    return False
