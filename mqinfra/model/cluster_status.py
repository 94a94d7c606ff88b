"""What can be told of the records and the lock on one cluster."""

from dataclasses import field

from mqinfra.model.frozen import dataclass
from mqinfra.model.record import Inventory


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """What one cluster says.

    Attributes:
        alias: its alias.
        inventory: what the records say.
        rights: what reading and writing them needs, for people.
        running: of the last apply, when it has no end: who holds the lock, or that it was killed; empty otherwise.
        unreachable: why the cluster could not be opened; empty when it was.
    """

    alias: str
    inventory: Inventory = field(default_factory=Inventory)
    rights: tuple[str, ...] = ()
    running: str = ""
    unreachable: str = ""
