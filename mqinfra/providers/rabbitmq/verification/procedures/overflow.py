"""More messages than a queue may hold."""

import time
from collections.abc import Mapping

from pydantic import JsonValue

from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.rabbitmq.verification.own import ground_of, lowered, numbered
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS

MOST = 100
"""Messages that a copy holds at most."""
SIZE = 500
"""Bytes of a body where bytes are limited."""
LENGTH, BYTES = "max-length", "max-length-bytes"
_SETTLES = 0.5
"""Seconds in which a queue has dropped what it drops."""


class Overflow(Procedure):
    """Fills a copy that holds no more than a few messages, and a tenth more."""

    name = "overflow"

    def carry_out(self, trial: Trial) -> None:
        """Send one by one, as a queue may refuse some, and see what is left and what became a dead letter."""
        place = ground_of(trial).place
        limit = limit_of(place.wanted)
        overflow = str(place.wanted.get("overflow", "drop-head"))
        trial.notes.observe(
            SETTINGS,
            {
                "limit": limit,
                "exact": LENGTH in place.wanted,
                "overflow": overflow,
                "deadLetters": place.dead_letters,
            },
        )
        settings: dict[str, JsonValue] = {}
        for key, most in ((LENGTH, MOST), (BYTES, MOST * SIZE)):
            if isinstance(live := place.settings.get(key), int):
                settings[key] = min(live, most)
        with lowered(trial, settings) as ground:
            with ground.producer() as producer:
                for message in numbered(trial, "fill", limit + max(2, limit // 10), place.keys, SIZE):
                    producer.send([message], trial.left)
            time.sleep(_SETTLES)
            for _ in ground.drain(max(1.0, trial.left)):
                pass
            for _ in ground.drain_dead(max(1.0, trial.left)):
                pass


def limit_of(settings: Mapping[str, JsonValue]) -> int:
    """How many messages a copy holds: of both limits, the one that is reached first."""
    limits = []
    if isinstance(length := settings.get(LENGTH), int):
        limits.append(min(length, MOST))
    if isinstance(size := settings.get(BYTES), int):
        limits.append(min(size, MOST * SIZE) // SIZE)
    return min(limits, default=MOST)
