"""How patient an apply is."""

from dataclasses import replace
from typing import Self

from mqinfra.model.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient an apply is; seconds.

    Attributes:
        settle: how long to look for what the broker accepted while nothing more of it is seen; metadata travels,
            deletes are asynchronous, and a broker with 10,000 topics takes minutes to learn as many more with
            settings of their own (Kafka's LogManager looks through all logs for each).
        lost: how long to look for what may have been lost, before it is sent again.
        first_wait: first pause between two looks; it doubles.
        longest_wait: longest pause between two looks.
        attempts: how often a change is sent at most.
        gradual: how long to wait for what goes on for long.
    """

    settle: float = 30.0
    lost: float = 2.0
    first_wait: float = 0.02
    longest_wait: float = 1.0
    attempts: int = 4
    gradual: float = 60.0

    @classmethod
    def within(cls, timeout: float) -> Self:
        """The pace of a user who waits `timeout` seconds for an answer: nothing else takes longer than that either."""
        usual = cls()
        return replace(usual, settle=max(usual.lost, min(usual.settle, timeout)), gradual=timeout)
