"""What is declared, there, and in nobody's records: recorded where it is as declared, else held back until adopted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mqinfra.engine import codes
from mqinfra.engine.inventory.belief import Seen, doubt
from mqinfra.engine.planning.claims import doubt_about, foreign_owners, record_of
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.holding import Holding
from mqinfra.model.record import Inventory, Owner
from mqinfra.model.wording import each_named
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.rule import Subject

_SHOWN = 5
_OVERWRITING = (Action.UPDATE, Action.REPLACE)


def note_unrecorded(state: Planning, address: Address, kind: Kind[Any]) -> None:
    """Note a resource that is as declared and has no record of ours: an apply records it, which is no change."""
    inventory = state.survey.inventories.get(address.cluster)
    if inventory is None or not inventory.known:
        return
    if not state.owns(address):
        return  # what the project owns a part of, and names to say what lies in it
    if kind.shareable or not foreign_owners(state, address):
        state.to_record.append(address)


def refuse_claimed(state: Planning, subject: Subject, *, changed: bool) -> None:
    """Refuse to change what another project claims, and this one does not; a right of one owner is refused as it is."""
    kind, address = subject.kind, subject.address
    if kind.shareable or not state.owns(address):
        return
    owners = foreign_owners(state, address)
    if not owners:
        return
    alone = kind.holding is Holding.RIGHT
    state.diagnostics.append(
        subject.at_entry(
            codes.CLAIMED,
            f"{kind.title} `{address.name}` is claimed by {each_named(owners)}",
            help=(
                "declare it in one project only",
                f"if `{owners[0]}` is what this project was called before: `mqinfra adopt --from {owners[0]}`",
            ),
            severity=Severity.ERROR if changed or alone else Severity.WARNING,
        )
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What would be written over, and why our record is not of it, if there is one."""

    subject: Subject
    why: str = ""


def ask_adoption(state: Planning, selected: Sequence[Change]) -> list[Change]:
    """Mark the changes that take over what was there before, and hold back those that nobody agreed to.

    Args:
        state: what was found.
        selected: the changes that the plan is to hold.

    Returns:
        the same changes, those that adopt marked.
    """
    asked: dict[str, list[_Asked]] = defaultdict(list)
    marked: list[Change] = []
    for change in selected:
        if change.action not in _OVERWRITING:
            marked.append(change)
            continue
        subject = state.subjects.get(change.address)
        nobodys = _nobodys(state, change, subject) if subject is not None else None
        if subject is None or nobodys is None:
            marked.append(change)
        elif state.options.adopt or subject.declaration.lifecycle.adopt:
            marked.append(replace(change, adopts=True))
        else:
            marked.append(change)
            asked[change.address.cluster].append(nobodys)
    for alias, some in asked.items():
        why = _unkept(state, alias)
        if why:
            state.unkept[alias] = why
            continue
        state.diagnostics.append(_unadopted(some, state.survey.inventories[alias]))
        state.unadopted.update(item.subject.address for item in some)
    return marked


def _unkept(state: Planning, alias: str) -> str:
    """Why no records can be kept here: then nobody can tell what this project made before, and nothing is held back."""
    store = state.survey.sessions[alias].records(Owner(state.desired.project, state.desired.environment))
    if store is None or not state.options.rights:
        return ""
    try:
        return store.unkept()
    except UserError:  # it may be that they can be kept, so that it is asked
        return ""


def _nobodys(state: Planning, change: Change, subject: Subject) -> _Asked | None:
    """Whether an overwriting change meets what nobody's records speak of; where they can't be read, nobody can tell."""
    address, kind, live = change.address, subject.kind, subject.live
    inventory = state.survey.inventories.get(address.cluster)
    if live is None or inventory is None or not inventory.known:
        return None
    if kind.untouched(address, live):
        return None
    record = record_of(state, address)
    if record is not None:
        facts = state.survey.readings[address.cluster].facts
        why = doubt(record, Seen.of(live), kind, facts.ids)
        another = why is not None and why.another(record)
        return _Asked(subject, doubt_about(record, live, kind, facts)) if another else None
    return None if foreign_owners(state, address) else _Asked(subject)  # others' are refused by name, or shared


def _unadopted(some: Sequence[_Asked], inventory: Inventory) -> Diagnostic:
    """One finding for all of a cluster: whoever meets a cluster for the first time may have hundreds."""
    first, rest = some[0].subject, some[1:]
    names = each_named(item.subject.address for item in some[:_SHOWN])
    more = f" and {len(some) - _SHOWN:,} more" if len(some) > _SHOWN else ""
    message = (
        f"{len(some):,} resources exist, differ, and no project claims them: {names}{more}"
        if rest
        else f"{first.kind.title} `{first.address.name}` exists, differs, and no project claims it"
    )
    found = first.at_entry(
        codes.UNADOPTED,
        message,
        related=tuple(one for item in rest[: _SHOWN - 1] for one in item.subject.related("this one too")),
        help=(*_history(some, inventory), *_ways_out("them" if rest else "it")),
    )
    return found.model_copy(update={"address": None}) if rest else found


def _history(some: Sequence[_Asked], inventory: Inventory) -> list[str]:
    doubted = [item for item in some if item.why]
    if doubted:
        return [f"`{doubted[0].subject.address}` is on record, but {doubted[0].why}"]
    if inventory.records:
        return []
    place = some[0].subject.address.cluster
    return [f"this project has no records on `{place}`: what it made before it kept any, or lost them, is adopted once"]


def _ways_out(them: str) -> tuple[str, str]:
    where = "in the entry, or in `defaults:` for a whole kind"
    return (
        f"to take {them} over as declared: `--adopt`, or `lifecycle: {{adopt: true}}` {where}",
        f"to leave {them} unchanged: declare what is live, as `mqinfra export` writes it, or remove the entry",
    )
