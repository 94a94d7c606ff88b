"""What changes destroy besides deleting: counted, and held against what `allowed:` consents to."""

from collections import defaultdict
from dataclasses import replace
from itertools import chain

from mqinfra.engine.consent import digest_of_line
from mqinfra.engine.losses import finished, weigh_losses
from mqinfra.engine.planning.state import Planning, by_cluster
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.loss import Loss
from mqinfra.providers.base.capabilities import Losing, having
from mqinfra.providers.base.losses import LossView

_CONSUMERS = "consumers"


def count_losses(state: Planning) -> None:
    """Count what changes destroy besides deleting, and block what nobody consented to."""
    for alias, changes in by_cluster(state.changes.values()).items():
        _count(state, alias, {change.address: change for change in changes})
    state.diagnostics += finished(state.desired, state.changes, state.options.today, state.survey.readings)


def note_consents_to_creates(state: Planning) -> None:
    """Note the lines that stand at what is created and consent to what that does to clients: an apply uses them up.

    What is created destroys nothing that could be counted; that it cuts somebody off, rules say.
    """
    for address, line in state.desired.allowed.items():
        change = state.changes.get(address)
        counts = _CONSUMERS in line.even_if and not line.over(state.options.today)
        if change is not None and change.action is Action.CREATE and counts:
            digest = digest_of_line(address, line)
            state.changes[address] = replace(change, consents=(*change.consents, digest))


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
