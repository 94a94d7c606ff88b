"""Rights that a plan needs, asked before anything is begun: what would be refused halfway is blocked.

In a plan they may be skipped, where somebody else is to apply it; an apply always asks.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from mqinfra.engine import codes
from mqinfra.engine.grouping import by_cluster
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from mqinfra.model.setting import Problem
from mqinfra.providers.base.kind import Objection


def ask_rights(state: Planning, selected: Iterable[Change]) -> None:
    """Ask the brokers whether the caller may make the changes, and keep the lock and the records of an apply."""
    if not state.options.rights:
        return
    owner = Owner(state.desired.project, state.desired.environment)
    held = state.errors()
    for alias, changes in by_cluster(selected).items():
        session = state.survey.sessions[alias]
        objections = session.lacking(without_held(changes, held))
        state.diagnostics += lacks(state, alias, objections)
        state.diagnostics += unchecked(alias, [item for item in objections if item.unchecked])
        try:
            problems = session.lacking_to_keep(owner)
        except UserError as error:
            problems = [Problem(f"not checked: rights to the lock and the records: {error.diagnostics[0].message}")]
        state.diagnostics += [
            codes.UNCHECKED.at(problem.message, address=alias, help=problem.help) for problem in problems
        ]


def without_held(changes: Sequence[Change], held: Container[str]) -> Sequence[Change]:
    """The changes that no error speaks of."""
    return [change for change in changes if change.address.text not in held] if held else changes


def lacks(state: Planning, alias: str, objections: Iterable[Objection]) -> list[Diagnostic]:
    """The rights that the caller lacks: each blocks its change, unless somebody else is to apply the plan."""
    some = [item for item in objections if item.lacking]
    if state.options.rights:
        return [_no_right(state, alias, item) for item in some]
    return unchecked(
        alias,
        [
            replace(item, problem=Problem(f"not checked: whoever applies the plan needs {item.lacking}"))
            for item in some
        ],
    )


def _no_right(state: Planning, alias: str, item: Objection) -> Diagnostic:
    message = f"{state.title(item.address)} `{item.address.name}`: {item.problem.message}"
    cause = f"{alias}: {item.lacking}"
    subject, tombstone = state.subjects.get(item.address), state.desired.tombstones.get(item.address)
    if subject is not None:
        return subject.at_entry(codes.NO_RIGHT, message, help=item.problem.help, cause=cause)
    return codes.NO_RIGHT.at(
        message,
        span=tombstone.span if tombstone is not None else None,
        source=tombstone.source if tombstone is not None else None,
        address=str(item.address),
        help=item.problem.help,
        cause=cause,
    )


def unchecked(alias: str, objections: Sequence[Objection]) -> list[Diagnostic]:
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
