"""What changes destroy besides deleting: counted, and held against what `allowed:` consents to."""

from collections import defaultdict
from itertools import chain

from mqinfra.engine.losses import finished, weigh_losses
from mqinfra.engine.planning.state import Planning, by_cluster
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.loss import Loss
from mqinfra.providers.base.capabilities import Losing, having
from mqinfra.providers.base.losses import LossView


def count_losses(state: Planning) -> None:
    """Count what changes destroy besides deleting, and block what nobody consented to."""
    for alias, changes in by_cluster(state.changes.values()).items():
        _count(state, alias, {change.address: change for change in changes})
    state.diagnostics += finished(state.desired, state.changes, state.options.today, state.survey.readings)


def _count(state: Planning, alias: str, changes: dict[Address, Change]) -> None:
    session, reading = state.survey.sessions[alias], state.survey.readings[alias]
    speaking = having(session.kinds, Losing).values()
    if not speaking:
        return
    view = LossView(changes, {**reading.neighbours, **reading.resources}, reading.facts)
    losses: dict[Address, list[Loss]] = defaultdict(list)
    for one in speaking:
        for address, loss in one.losses(view):
            losses[address].append(loss)
    counted = session.count(list(dict.fromkeys(chain.from_iterable(losses.values())))) if losses else {}
    for address, some in losses.items():
        kind = session.kinds[address.kind]
        state.put(weigh_losses(changes[address], some, counted, state.desired, kind, state.options.today))
