"""Answers to XADD that are cut off."""

from mqinfra.model.errors import Bug
from mqinfra.providers.base.verification.blind import BlindProducer, SendAgain
from mqinfra.providers.base.verification.procedure import Trial
from mqinfra.providers.redis.verification.place import StreamPlace
from mqinfra.providers.redis.verification.procedures.asking import clone_of
from mqinfra.providers.redis.verification.producer import StreamProducer


class CutAnswers(SendAgain):
    """With ids that the stream remembers, where that is declared (Redis 8.6); else an entry is there again."""

    def producer(self, trial: Trial) -> tuple[BlindProducer, bool]:
        """One that gives ids where the stream is declared to remember them."""
        if not isinstance(trial.place, StreamPlace):
            raise Bug(f"not a stream: {trial.place.address}")
        ground, once = clone_of(trial), trial.place.remembers
        return StreamProducer(ground.node(), ground.name, who="mqinfra-verify" if once else ""), once
