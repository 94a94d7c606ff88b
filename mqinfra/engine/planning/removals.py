"""What tombstones name: a delete each, or word that there is nothing left to delete."""

from collections.abc import Iterator
from typing import Any

from mqinfra.engine import codes, guard
from mqinfra.engine.planning.claims import doubt_about, foreign_owners, record_of
from mqinfra.engine.planning.comparison import denied
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.declaration import Tombstone
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.reading import Live, Reading
from mqinfra.model.setting import did_you_mean
from mqinfra.model.wording import each_named
from mqinfra.providers.base.kind import Kind


def plan_removals(state: Planning) -> None:
    """Plan the delete of every resource that a tombstone names."""
    for address, tombstone in state.desired.tombstones.items():
        reading = state.survey.readings.get(address.cluster)
        kind = state.kind(address)
        if kind is None:
            state.diagnostics.append(
                codes.NOT_SUPPORTED.at(
                    f"`{address}` is of a kind that this cluster does not have",
                    span=tombstone.span,
                    source=tombstone.source,
                    address=str(address),
                )
            )
            continue
        if reading is None or address in state.desired.declarations:
            continue
        if address in reading.denied:
            reason = reading.denied[address]
            state.diagnostics.append(denied(state, address, reason, tombstone.span, tombstone.source))
            continue
        live = reading.resources.get(address)
        if live is None:
            state.diagnostics.append(_gone(address, tombstone, kind, reading))
            continue
        if foreign_owners(state, address):
            state.diagnostics.append(_others(state, address, tombstone, kind))
            continue
        state.existing[address.cluster, address.kind] += 1
        state.put(guard.plan_delete(address, tombstone, live, kind, state.options.today))
        state.diagnostics += _outlived(state, address, tombstone, live, kind)


def _others(state: Planning, address: Address, tombstone: Tombstone, kind: Kind[Any]) -> Diagnostic:
    """What another project claims is never deleted: our claim is dropped, and the other is named."""
    ours = record_of(state, address) is not None
    if ours:
        state.to_forget.append(address)
    return codes.CLAIMED.at(
        f"{kind.title} `{address.name}` is not deleted: it is claimed by {each_named(foreign_owners(state, address))}"
        + ("; only this project's claim is dropped" if ours else ""),
        span=tombstone.span,
        source=tombstone.source,
        address=str(address),
        help="remove the line; whoever claims it deletes it, or forgets it: `mqinfra forget`",
        severity=Severity.WARNING,
    )


def _outlived(
    state: Planning, address: Address, tombstone: Tombstone, live: Live, kind: Kind[Any]
) -> Iterator[Diagnostic]:
    """A protection on record, which outlives its entry."""
    record = record_of(state, address)
    facts = state.survey.readings[address.cluster].facts
    if record is not None and record.protect and not tombstone.protected and not doubt_about(record, live, kind, facts):
        yield codes.PROTECTED.at(
            f"{kind.title} `{address.name}` can't be deleted: `lifecycle.protect` outlives its entry",
            help="declare it without `lifecycle.protect` and apply that first",
            span=tombstone.span,
            source=tombstone.source,
            address=str(address),
        )


def _gone(address: Address, tombstone: Tombstone, kind: Kind[Any], reading: Reading) -> Diagnostic:
    """What a tombstone names is not there: it is done, or misspelt."""
    names = {a.name: a for a in (*reading.resources, *reading.neighbours) if a.kind == address.kind}
    close = did_you_mean(address.name, names)
    hint = f"; if the name is misspelt: {close}" if close.startswith("did you mean") else ""
    return codes.LINE_DONE.at(
        f"{kind.title} `{address.name}` does not exist: nothing left to delete",
        span=tombstone.span,
        source=tombstone.source,
        address=str(address),
        help=f"remove the line{hint}",
    )
