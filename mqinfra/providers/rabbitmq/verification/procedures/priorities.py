"""Messages of several priorities, sent before anybody consumes."""

import time
from dataclasses import replace

from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.rabbitmq.verification.own import ground_of, numbered, recorded
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS

CLASSIC, STRICT, RATIO = "classic", "strict", "two to one"
PRIORITY = "priority"
_EACH = 6
_WAIT = 2.0
_QUORUM_MOST = 31


class Priorities(Procedure):
    """Sends all, waits until all are ready, and consumes with nothing ahead: else the first go out before the rest."""

    name = "priorities"

    def carry_out(self, trial: Trial) -> None:
        """Write down each message's priority, send, wait for the depth, and consume one by one."""
        ground = ground_of(trial)
        most = ground.place.arguments.get("x-max-priority")
        highest = most if isinstance(most, int) else _QUORUM_MOST
        version = ground.client.version_tuple
        model = CLASSIC if ground.place.type == CLASSIC else STRICT if version >= (4, 3) else RATIO
        levels = [1, None, highest, highest // 2, highest + 5] if model != RATIO else [1, 9]
        sent = [
            replace(message, priority=levels[message.number % len(levels)])
            for message in numbered(trial, PRIORITY, _EACH * len(levels), ground.place.keys)
        ]
        trial.notes.observe(
            SETTINGS,
            {"model": model, "most": highest, "priorities": {one.uid: one.priority for one in sent}},
        )
        with trial.ground.producer() as producer:
            producer.send(sent, trial.left)
        end = time.monotonic() + min(_WAIT, trial.left)
        while (trial.ground.depth() or 0) < len(sent) and time.monotonic() < end:
            time.sleep(_WAIT / 40)
        with recorded(trial, ground.consumer_ahead(1), "consumer") as consumer:
            while came := consumer.receive(1, min(_WAIT / 2, trial.left)):
                consumer.accept(came)
