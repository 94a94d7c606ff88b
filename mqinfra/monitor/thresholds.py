"""The numbers by which states are told apart where no promise says other ones."""

from mqinfra.model.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When something counts as what.

    Attributes:
        patience: seconds for which nothing may move. Consumers commit every 5 seconds unless told otherwise, and
            RabbitMQ renews its statistics every 5; so twice that.
        rebalancing: seconds that a group may take to share its partitions out: more than a new member of an empty group
            waits for others, and than a restart takes.
        held: seconds after which what was taken and not acknowledged counts as left lying.
        behind: seconds of arrivals that may wait at any time: what comes between two commits, and while one restarts.
        few: messages that may wait where nobody knows how many arrive.
        steady: how steadily a backlog has to grow or shrink, from 0 to 1: the share of pairs of samples in the order
            of time, less that of those against it. One dip in a hundred samples does not hide that it grows.
        share: the part of what arrives by which a backlog has to grow.
        full: the share of the length that something may have from which it is about to lose messages.
    """

    patience: float = 10.0
    rebalancing: float = 20.0
    held: float = 60.0
    behind: float = 15.0
    few: int = 100
    steady: float = 0.6
    share: float = 0.05
    full: float = 0.9


DEFAULT = Thresholds()
EAGER = Thresholds(patience=0.0, rebalancing=0.0)
"""What would count as bad if it stayed so: as long as something is only that, one looks further."""
