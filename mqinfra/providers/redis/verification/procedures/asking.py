"""What procedures of Redis find in a trial."""

from mqinfra.model.errors import Bug
from mqinfra.providers.base.verification.procedure import Trial
from mqinfra.providers.redis.api.client import RedisClient
from mqinfra.providers.redis.verification.ground import CloneGround
from mqinfra.providers.redis.verification.messenger import RedisMessenger


def client_of(trial: Trial) -> RedisClient:
    """The deployment of a trial."""
    if not isinstance(trial.messenger, RedisMessenger):
        raise Bug(f"a procedure of Redis on another broker: {trial.place.address}")
    return trial.messenger.client


def clone_of(trial: Trial) -> CloneGround:
    """The copy of a trial, without the history around it."""
    if not isinstance(trial.bare, CloneGround):
        raise Bug(f"a procedure of Redis on another broker's ground: {trial.place.address}")
    return trial.bare
