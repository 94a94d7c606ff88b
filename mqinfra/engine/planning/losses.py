"""What changes destroy besides deleting: counted, and held against what `allowed:` consents to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain

from mqinfra.engine.consent import digest_of_line
from mqinfra.engine.grouping import on_clusters
from mqinfra.engine.losses import finished, weigh_losses
from mqinfra.engine.planning.asking import asking
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.loss import Counted, Loss
from mqinfra.providers.base.capabilities import Losing, having
from mqinfra.providers.base.losses import LossView

_CONSUMERS = "consumers"


@contextmanager
def count_losses(state: Planning) -> Iterator[None]:
    """Count what changes destroy besides deleting, and block what nobody consented to.

    The brokers count while whoever enters the context does what asks no cluster and looks at no cost.
    """
    losses = {
        alias: some for alias, changes in on_clusters(state.changes).items() if (some := _losses(state, alias, changes))
    }
    with asking({alias: partial(_counted, state, alias, some) for alias, some in losses.items()}) as answers:
        yield
        for alias, answer in answers.items():
            _weigh(state, alias, losses[alias], answer.result())
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


def _losses(state: Planning, alias: str, changes: Mapping[Address, Change]) -> Mapping[Address, Sequence[Loss]]:
    reading = state.survey.readings[alias]
    speaking = having(state.survey.sessions[alias].kinds, Losing).values()
    losses: dict[Address, list[Loss]] = defaultdict(list)
    if speaking:
        view = LossView(changes, {**reading.neighbours, **reading.resources}, reading.facts)
        for one in speaking:
            for address, loss in one.losses(view):
                losses[address].append(loss)
    return losses


def _counted(state: Planning, alias: str, losses: Mapping[Address, Sequence[Loss]]) -> Mapping[Loss, Counted]:
    return state.survey.sessions[alias].count(list(dict.fromkeys(chain.from_iterable(losses.values()))))


def _weigh(
    state: Planning, alias: str, losses: Mapping[Address, Sequence[Loss]], counted: Mapping[Loss, Counted]
) -> None:
    kinds = state.survey.sessions[alias].kinds
    for address, some in losses.items():
        change, kind = state.changes[address], kinds[address.kind]
        state.put(weigh_losses(change, some, counted, state.desired, kind, state.options.today))
