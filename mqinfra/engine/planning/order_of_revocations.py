"""What is done before something goes that no line asks for, so that nobody is without a right or a route in between.

Additions come first: the new binding of a queue, the new permission of a user. Sugar follows its maker's own changes.
What else brokers need, such as a policy that outlives its queues, their kinds know; see `precedence`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mqinfra.engine import codes
from mqinfra.engine.planning.precedence import precedence
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.capabilities import Guarding, rests_on
from mqinfra.providers.base.kind import Kind


def order_revocations(state: Planning) -> None:
    """Let each delete that no line asks for follow what has to be there or gone before it."""
    if not state.revoked:
        return
    plan = _Surroundings(state)
    for address, revocation in state.revoked.items():
        change = state.changes[address]
        kind = state.kind(address)
        if kind is not None:
            needs = tuple(sorted({*revocation.follows, *plan.before(change, kind)} - {address}))
            state.revoked[address] = replace(revocation, follows=needs)
            state.changes[address] = replace(change, needs=needs)


def without_companions(state: Planning, selected: list[Change]) -> list[Change]:
    """Leave out what goes only because of a change that is not selected, such as the binding in whose place it is.

    A delete that a line asks for, and that would go first so, is an error: nothing may go before what keeps it safe.
    """
    if len(selected) == len(state.changes):
        return selected
    kept = {change.address: change for change in selected}
    first = precedence(state, state.changes)
    shrinking = bool(state.revoked)
    while shrinking:
        lost = [
            address
            for address in kept
            if address in state.revoked
            and any(need not in kept for need in (*state.revoked[address].follows, *first.get(address, ())))
        ]
        shrinking = bool(lost)
        for address in lost:
            del kept[address]
    state.diagnostics += _out_of_order(state, kept, first)
    return list(kept.values())


def _out_of_order(
    state: Planning, kept: Mapping[Address, Change], first: Mapping[Address, tuple[Address, ...]]
) -> Iterator[Diagnostic]:
    for address in kept:
        tombstone = state.desired.tombstones.get(address)
        missing = [need for need in first.get(address, ()) if need not in kept]
        if tombstone is not None and missing:
            yield codes.NEED_NOT_SELECTED.at(
                f"`{address}` may go only after `{missing[0]}`, which is not selected",
                span=tombstone.span,
                source=tombstone.source,
                address=str(address),
                help=f"select it too: `--select {missing[0]}`",
            )


@dataclass(eq=False, repr=False)
class _Surroundings:
    """The other changes of a plan, to be looked up by what they touch."""

    state: Planning
    additions: dict[tuple[str, Address], list[Address]] = field(init=False)
    of_maker: dict[Address, list[Address]] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the changes."""
        self.additions, self.of_maker = defaultdict(list), defaultdict(list)
        for address, change in self.state.changes.items():
            if change.action is Action.DELETE:
                continue
            kind = self.state.kind(address)
            for base in _bases(kind, address) if kind is not None else ():
                self.additions[address.kind, base].append(address)
            declaration = self.state.desired.declarations.get(address)
            for origin in declaration.origins if declaration is not None else ():
                self.of_maker[origin.maker or address].append(address)

    def before(self, change: Change, kind: Kind[Any]) -> Iterator[Address]:
        """What has to be done before a delete."""
        address = change.address
        for base in _bases(kind, address):
            yield from self.additions.get((address.kind, base), ())
        for maker in change.made_by:
            yield from self.of_maker.get(maker, ())


def _bases(kind: Kind[Any], address: Address) -> tuple[Address, ...]:
    """What a resource hangs on besides what it lies in; a policy hangs on its vhost alone, where others replace it."""
    nesting = kind.placement.nesting(address)
    if isinstance(kind, Guarding):
        return nesting
    return tuple(base for base in rests_on(kind, address) if base not in nesting)
