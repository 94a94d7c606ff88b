"""The brokers' own word on what is selected and not blocked yet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from mqinfra.engine import codes
from mqinfra.engine.planning.state import Planning, by_cluster
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.kind import Objection


def dry_run(state: Planning, selected: Iterable[Change]) -> None:
    """Ask the brokers whether they would take the changes, and block what they would refuse."""
    held = state.errors()
    for alias, changes in by_cluster(change for change in selected if str(change.address) not in held).items():
        objections = state.survey.sessions[alias].dry_run(changes)
        read = state.survey.readings[alias].resources
        state.outdated |= {item.address: read.get(item.address) for item in objections if item.outdated}
        state.diagnostics += [_refused(state, item) for item in objections if not item.unchecked]
        state.diagnostics += _unchecked(alias, [item for item in objections if item.unchecked])


def _refused(state: Planning, objection: Objection) -> Diagnostic:
    address, problem = objection.address, objection.problem
    message = f"{state.title(address)} `{address.name}`: {problem.message}"
    subject = state.subjects.get(address)
    if subject is not None:
        return subject.at_key(codes.REFUSED, objection.path, message, help=problem.help)
    tombstone = state.desired.tombstones[address]
    return codes.REFUSED.at(
        message, span=tombstone.span, source=tombstone.source, address=str(address), help=problem.help
    )


def _unchecked(alias: str, objections: Sequence[Objection]) -> list[Diagnostic]:
    """One warning per cause: a right that is missing concerns every change alike."""
    by_cause: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for item in objections:
        by_cause[item.problem.message, item.problem.help].append(item.address)
    return [
        codes.UNCHECKED.at(
            f"{message} ({len(addresses)} {'change' if len(addresses) == 1 else 'changes'} unchecked, "
            f"such as `{addresses[0]}`)",
            address=alias,
            help=advice,
        )
        for (message, advice), addresses in by_cause.items()
    ]
