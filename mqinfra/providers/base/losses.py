"""What kinds look at to say what their changes destroy, and the plain way to count it."""

from collections.abc import Mapping

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.frozen import dataclass
from mqinfra.model.loss import ALL, LATER, Counted, Loss
from mqinfra.model.reading import Facts, Figures, Live


@dataclass(frozen=True, slots=True)
class LossView:
    """What a kind looks at to say what its changes destroy.

    Attributes:
        changes: all changes of the plan on one cluster.
        live: everything that was seen on it, neighbours in passing included.
        facts: what the cluster says of itself.
    """

    changes: Mapping[Address, Change]
    live: Mapping[Address, Live]
    facts: Facts


def counted_by_figures(loss: Loss, figures: Figures) -> Counted:
    """Count by how many messages a resource holds: exact where it is known how many stay, else an upper bound."""
    if loss.keeps == LATER:
        return Counted()
    held = 0 if loss.keeps == ALL else figures.messages
    if held is None:
        return Counted(details=figures.details)
    if loss.keeps is not None:
        return Counted(max(0, held - loss.keeps))
    return Counted(held, exact=held == 0)
