"""Messages that nobody consumes, watched until they expire."""

import time

from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.rabbitmq.verification.own import ground_of, lowered, numbered
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS

MOST_MS = 1_500
"""Milliseconds that messages live on a copy at most."""
_MANY = 5
_LOOK = 0.05
_AFTER = 2.5
"""Seconds after their time for which messages are watched."""


class Expiry(Procedure):
    """Sends to a copy on which messages live no longer than a moment, and looks at its depth until they are gone."""

    name = "expiry"

    def carry_out(self, trial: Trial) -> None:
        """Send, watch, and see what is left and what became a dead letter."""
        place = ground_of(trial).place
        live, wanted = place.settings.get("message-ttl"), place.wanted.get("message-ttl")
        settings = {"message-ttl": min(live, MOST_MS)} if isinstance(live, int) else {}
        ttl = min(wanted, MOST_MS) if isinstance(wanted, int) else MOST_MS
        trial.notes.observe(SETTINGS, {"ttl": ttl, "deadLetters": place.dead_letters})
        with lowered(trial, settings) as ground:
            with ground.producer() as producer:
                producer.send(numbered(trial, "expire", _MANY, place.keys), trial.left)
            end = time.monotonic() + ttl / 1_000 + _AFTER
            while ground.depth() and time.monotonic() < end and trial.left:
                time.sleep(_LOOK)
            for _ in ground.drain(max(1.0, trial.left)):
                pass
            for _ in ground.drain_dead(max(1.0, trial.left)):
                pass
