"""The classes that guards rest on, as they are now: read before the first write of an apply, and before each wave.

A plan that saw an empty queue must not cut, delete or recreate a full one.
"""

from collections.abc import Mapping, Sequence

from mqinfra.engine.fingerprint import classes
from mqinfra.engine.losses import classes_of
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.reading import Figures
from mqinfra.providers.base.session import Session

_OF_FIGURES = ("messages", "consumers", "positions")


def classes_now(session: Session, changes: Sequence[Change]) -> dict[Address, Mapping[str, str]]:
    """Read the classes of the guards of some changes, in bulk; changes without a guard are left out.

    Raises:
        UserError: the cluster could not be read.
    """
    guarded = [change for change in changes if change.guard]
    weighed = [change.address for change in guarded if not change.guard.keys().isdisjoint(_OF_FIGURES)]
    figures: Mapping[Address, Figures] = session.figures(weighed) if weighed else {}
    losses = list(dict.fromkeys(loss for change in guarded for loss in change.losses))
    counted = session.count(losses) if losses else {}
    return {
        change.address: {
            **classes(figures.get(change.address, Figures()), (name for name in _OF_FIGURES if name in change.guard)),
            **classes_of(change.losses, counted),
        }
        for change in guarded
    }
