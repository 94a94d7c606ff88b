"""The first phase: every declared resource against what is there."""

from collections.abc import Iterator
from functools import partial

from mqinfra.engine import codes, guard
from mqinfra.engine.comparator import comparator_of, without_secrets
from mqinfra.engine.diff import compare, creation
from mqinfra.engine.planning.adoption import note_unrecorded, refuse_claimed
from mqinfra.engine.planning.anchors import anchor_wishes, with_costs
from mqinfra.engine.planning.claims import claim_of, doubt_about, record_of
from mqinfra.engine.planning.recorded import dropped_keys, rotations, told_apart, unsetting
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.plan import Uncompared, UndeclaredKeys
from mqinfra.model.reading import Live, Reading
from mqinfra.model.record import Standing
from mqinfra.model.span import Path, Span
from mqinfra.providers.base.rule import Subject


def compare_declared(state: Planning) -> None:
    """Compare what is declared, and judge what differs."""
    anchored = anchor_wishes(state)
    for address, subject in state.subjects.items():
        reading = state.survey.readings.get(address.cluster)
        if reading is None:
            continue
        if address in reading.denied:
            span = subject.declaration.span
            source = subject.declaration.positions.line(span)
            state.diagnostics.append(denied(state, address, reading.denied[address], span, source))
            continue
        live = reading.resources.get(address)
        wanted = anchored.get(address, subject) if anchored else subject
        anchoring = state.anchorings.get(address) if anchored else None
        change: Change | None = None
        if live is not None:
            state.existing[address.cluster, address.kind] += 1
            change = _update(state, wanted, live, reading)
        elif anchoring is None or not anchoring.nothing:
            change = creation(address, wanted.declaration, wanted.fields, wanted.kind)
        if anchoring is not None:
            change = with_costs(change, anchoring)
        if change is None:
            state.unchanged[address.cluster] += 1
        else:
            state.changes[address] = change
        state.subjects[address] = Subject(
            address, subject.kind, subject.declaration, subject.fields, live, change, reading, subject.declared
        )


def _update(state: Planning, subject: Subject, live: Live, reading: Reading) -> Change | None:
    """What has to happen to a resource that exists; None when it is as declared."""
    address, kind, declaration, fields = subject.address, subject.kind, subject.declaration, subject.fields
    ours = record_of(state, address)
    if kind.shareable and not live.per_node:
        if ours is None:
            refuse_claimed(state, subject, changed=False)
            note_unrecorded(state, address, kind)
        return None  # all of it is in its name
    record = ours
    if record is not None and (
        record.standing is not Standing.APPLIED or doubt_about(record, live, kind, reading.facts)
    ):
        record = None
    dropped = dropped_keys(record, declaration, fields, live, kind) if record is not None else ()
    if dropped:
        declaration, fields = unsetting(declaration, dropped), {**fields, **dict.fromkeys(dropped)}
    rotated = rotations(record, declaration) if record is not None else {}
    comparator = comparator_of(state.survey.sessions[address.cluster], address)
    if comparator.kind.spec.secret_fields():
        comparator = without_secrets(comparator, partial(_tell, state, address), rotated)
    comparison = compare(address, declaration, fields, live, comparator)
    if comparison.undeclared_keys:
        state.undeclared_keys.append(UndeclaredKeys(address=address, keys=comparison.undeclared_keys))
    change = comparison.change
    if ours is None:
        refuse_claimed(state, subject, changed=change is not None)
        if change is None:
            note_unrecorded(state, address, kind)
    if change is None:
        return None
    if record is not None:
        change = told_apart(change, record, dropped, kind, claim_of(state, record), rotated)
    judged = guard.judge(change, declaration, live, kind, reading.facts)
    state.diagnostics += judged.diagnostics
    if judged.change.action is Action.REPLACE and not declaration.lifecycle.protect:
        state.diagnostics += _still_protected(state, subject, live, reading)
    return guard.cost_others(judged.change, comparison.undeclared_keys)


def _still_protected(state: Planning, subject: Subject, live: Live, reading: Reading) -> Iterator[Diagnostic]:
    """A protection on record holds against a replace too, as long as no apply has recorded that it was lifted."""
    address, kind = subject.address, subject.kind
    record = record_of(state, address)
    if record is not None and record.protect and not doubt_about(record, live, kind, reading.facts):
        yield subject.at_entry(
            codes.PROTECTED,
            f"`{address.name}` is protected as it was last applied, and this change would delete and recreate it",
            help="apply that `lifecycle.protect` is lifted first, in a change of its own",
        )


def denied(state: Planning, address: Address, reason: str, span: Span, source: str | None) -> Diagnostic:
    """What is said of a resource that nobody may look at."""
    message = f"{state.title(address)} `{address.name}` can't be seen: {reason}"
    cause = f"{address.cluster}/{address.kind}: {reason}"
    return codes.DENIED.at(message, span=span, source=source, address=str(address), cause=cause)


def _tell(state: Planning, address: Address, path: Path, why: str) -> None:
    state.uncompared.append(Uncompared(address=address, field=".".join(path), reason=why))
