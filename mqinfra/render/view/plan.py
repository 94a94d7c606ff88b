"""A plan as it is read: changes in blocks, gravest first, and what they come to."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from mqinfra.model.change import Action
from mqinfra.model.diagnostic import Severity as Weight
from mqinfra.model.frozen import dataclass
from mqinfra.model.plan import Plan
from mqinfra.render.causes import one_per_cause
from mqinfra.render.terminal import clean
from mqinfra.render.view.blocked import blockers
from mqinfra.render.view.blocks import Block, blocks_of, entries_in, root_of
from mqinfra.render.view.changes import ChangeItem, Problem, change_item, problem
from mqinfra.render.view.fields import Known
from mqinfra.render.view.names import plural_of
from mqinfra.render.view.severity import RANK, Severity

if TYPE_CHECKING:
    from mqinfra.model.event import Report


@dataclass(frozen=True, slots=True)
class Group:
    """Changes of one severity: its word, its heading, how many there are, and whether none of them can be undone."""

    severity: str
    heading: str
    count: int
    final: bool = False


@dataclass(frozen=True, slots=True)
class PlanView:
    """What every format shows of the changes of a plan.

    Attributes:
        name: project and environment.
        counted: what is created, updated, replaced and deleted, in one line.
        final: how many changes can't be undone.
        groups: severities that occur, gravest first.
        changes: in order of their addresses.
        blocks: in the order in which they are read.
        problems: what was found while planning.
        places: what all changes of a cluster lie in that lie in anything, by its alias, so that it need be said once.
    """

    name: str
    counted: str
    final: int
    groups: Sequence[Group]
    changes: Sequence[ChangeItem]
    blocks: Sequence[Block]
    problems: Sequence[Problem]
    places: Mapping[str, str] = field(default_factory=dict)


def view_of(plan: Plan, report: "Report | None" = None, *, whole: bool = True) -> PlanView:
    """Make the view of a plan.

    Args:
        plan: the plan, whatever version of the format it was saved in.
        report: how its apply ended.
        whole: with labels, and the fields of what is created also where its kind says in words what they come to; a
            format that then shows words alone is done in half the time.
    """
    found = one_per_cause(plan.diagnostics, brief=False)
    problems: dict[str, list[int]] = defaultdict(list)
    for at, diagnostic in enumerate(found):
        if diagnostic.severity is Weight.ERROR and diagnostic.address is not None:
            problems[diagnostic.address].append(at)
    changes = items_of(plan, report, problems, whole=whole)
    counted = Counter(change.severity for change in changes)
    blocks = blocks_of(changes)
    reversible = {Severity.BLOCKED.value} | {
        block.severity
        for block in blocks
        if not any(changes[at].final for at in (*block.members, *block.parts))
        or any(not changes[at].final for at in block.members)
    }
    return PlanView(
        name=clean(f"{plan.project} / {plan.environment}"),
        counted=_counted(plan, blocks),
        final=sum(change.final for change in changes),
        groups=[
            Group(
                one.value,
                one.heading,
                counted[one.value],
                final=one is not Severity.BLOCKED and one.value not in reversible,
            )
            for one in Severity
            if counted[one.value]
        ],
        changes=changes,
        blocks=blocks,
        problems=[*map(problem, found)],
        places=_places(changes),
    )


def items_of(
    plan: Plan, report: "Report | None", problems: Mapping[str, Sequence[int]], *, whole: bool
) -> list[ChangeItem]:
    """The changes of a plan alone, for what reads them in blocks of its own.

    Args:
        plan: the plan.
        report: how its apply ended.
        problems: numbers of errors by address.
        whole: as in `view_of`.
    """
    ended = {result.address: result for result in report.results} if report is not None else {}
    errors = blockers(plan)
    known: Known = {}
    return _with_entries(
        [
            change_item(change, problems, errors, ended.get(change.address), whole=whole, known=known)
            for change in plan.changes
        ]
    )


def _places(changes: Sequence[ChangeItem]) -> dict[str, str]:
    """What all changes of a cluster lie in that lie in anything."""
    places: dict[str, set[str]] = defaultdict(set)
    for change in changes:
        if change.place:
            places[change.cluster].add(change.place)
    return {cluster: next(iter(some)) for cluster, some in places.items() if len(some) == 1}


def _with_entries(changes: Sequence[ChangeItem]) -> list[ChangeItem]:
    """What goes because its entry goes is read with the entry, where that is graver."""
    found = list(changes)
    going = [at for at, change in enumerate(changes) if change.action == "delete" and change.makers]
    number = {change.address: at for at, change in enumerate(changes)} if going else {}
    for at in going:
        change = changes[at]
        root = number.get(root_of(change, changes, number))
        if root is None or changes[root].action != "delete":
            continue
        severity = min(change.severity, changes[root].severity, key=RANK.__getitem__)
        found[at] = replace(change, severity=severity)
    return found


def _counted(plan: Plan, blocks: Sequence[Block]) -> str:
    numbers = Counter(change.action for change in plan.changes)
    parts = [f"{numbers[action]:,} to {action.value}" for action in Action if numbers[action]]
    if numbers.keys() == {Action.CREATE}:
        entries = entries_in(blocks)
        if entries < numbers[Action.CREATE]:
            parts[0] += f" ({plural_of(entries, 'entry')})"
        parts.append("nothing changed or deleted")
    if plan.blocked:
        parts.append(f"{len(plan.blocked):,} BLOCKED")
    return ", ".join(parts)
