"""What a change rests on, digested when a plan is made: the resource's identity, the compared fields, guards' classes.

Counts are not in it, so traffic makes nothing stale.
"""

from collections.abc import Iterable

from mqinfra.model.change import Action, Change
from mqinfra.model.loss import NONE, SOME
from mqinfra.model.plan import digest_of
from mqinfra.model.reading import Figures

NOTHING = digest_of({"identity": "", "before": None, "guard": {}})
"""The fingerprint of every create: it rests on nothing being there."""


def fingerprint(change: Change) -> str:
    """Digest what a change rests on."""
    before = dict(change.before) if change.before is not None and change.action is not Action.DELETE else None
    if not change.identity and before is None and not change.guard:
        return NOTHING
    return digest_of({"identity": change.identity, "before": before, "guard": dict(change.guard)})


def classes(figures: Figures, names: Iterable[str]) -> dict[str, str]:
    """Reduce figures to the classes that guards use: `{"messages": "none"}`. Unknown counts as some."""
    found = {
        "messages": NONE if figures.messages == 0 else SOME,
        "consumers": NONE if figures.consumers == () else SOME,
        "positions": NONE if figures.positions == 0 else SOME,
    }
    return {name: found[name] for name in names}
