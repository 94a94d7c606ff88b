"""The brokers' own word on what is selected and not blocked yet."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from mqinfra.engine import codes
from mqinfra.engine.grouping import by_cluster
from mqinfra.engine.planning.asking import asking
from mqinfra.engine.planning.rights import lacks, unchecked, without_held
from mqinfra.engine.planning.state import Planning
from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.kind import Objection


@contextmanager
def dry_run(state: Planning, selected: Sequence[Change]) -> Iterator[None]:
    """Ask the brokers whether they would take the changes, and block what they would refuse.

    They are asked side by side, while whoever enters the context does what asks no cluster; when it is left, all have
    answered. For thousands of changes they take about as long as putting the plan in order.
    """
    asked = by_cluster(without_held(selected, state.errors()))
    with asking(
        {alias: partial(state.survey.sessions[alias].dry_run, some) for alias, some in asked.items()}
    ) as answers:
        yield
        for alias, answer in answers.items():
            _note(state, alias, answer.result())


def _note(state: Planning, alias: str, objections: Sequence[Objection]) -> None:
    read = state.survey.readings[alias].resources
    state.outdated |= {item.address: read.get(item.address) for item in objections if item.outdated}
    state.diagnostics += [_refused(state, item) for item in objections if not (item.unchecked or item.lacking)]
    state.diagnostics += lacks(state, alias, objections)
    state.diagnostics += unchecked(alias, [item for item in objections if item.unchecked])


def _refused(state: Planning, objection: Objection) -> Diagnostic:
    address, problem = objection.address, objection.problem
    message = f"{state.title(address)} `{address.name}`: {problem.message}"
    subject = state.subjects.get(address)
    if subject is not None:
        return subject.at_key(codes.REFUSED, objection.path, message, help=problem.help)
    tombstone = state.desired.tombstones.get(address)
    if tombstone is None:
        return codes.REFUSED.at(message, address=str(address), help=problem.help)
    return codes.REFUSED.at(
        message, span=tombstone.span, source=tombstone.source, address=str(address), help=problem.help
    )
