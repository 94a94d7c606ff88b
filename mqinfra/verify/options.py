"""How a run is made, as the caller says."""

from dataclasses import field

from mqinfra.model.frozen import dataclass
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.place import NO_LAB, NOTHING_PROMISED, Lab, Promised
from mqinfra.providers.base.verification.procedure import Amount
from mqinfra.verify.lists import Wish

PRODUCTION_RATE = 500
"""Messages per second that a procedure sends at most on an environment that is marked production."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is made.

    Attributes:
        mode: how near it may come.
        wishes: what is asked for; nothing for all.
        seed: what messages are made from.
        amount: how much is sent.
        promised: what every resource that messages go through has to hold under load.
        lab: what may be done to the brokers.
        slow: what takes minutes is done too.
        reach: canaries through real exchanges may get to queues in use.
        production: the environment is marked production: load is offered only where the caller asks for a rate.
    """

    mode: Mode
    wishes: tuple[Wish, ...] = ()
    seed: int = 0
    amount: Amount = field(default_factory=Amount)
    promised: Promised = NOTHING_PROMISED
    lab: Lab = NO_LAB
    slow: bool = False
    reach: bool = False
    production: bool = False
