"""What would go along with a delete although somebody else claims it: a queue takes the bindings of others with it."""

from collections.abc import Mapping, Sequence

from mqinfra.engine import codes
from mqinfra.engine.inventory.reading import foreign_claims
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.reading import Figures
from mqinfra.model.record import Claimant, Owner
from mqinfra.model.wording import each_named

_SHOWN = 3


def refuse_company(
    state: Planning, alias: str, changes: Sequence[Change], figures: Mapping[Address, Figures]
) -> list[Diagnostic]:
    """Block deletes and replaces that would take along what the records of others claim.

    Args:
        state: what was found.
        alias: the cluster.
        changes: the deletes and replaces there.
        figures: what was counted of them, with what goes along.
    """
    along = [(change, _along(state, change, figures)) for change in changes]
    asked = {address for _, some in along for address in some}
    inventory = state.survey.inventories.get(alias)
    store = None
    if asked and inventory is not None and inventory.known:
        store = state.survey.sessions[alias].records(Owner(state.desired.project, state.desired.environment))
    if store is None:
        return []
    try:
        claims = foreign_claims(store, asked)
    except UserError as error:
        message = f"whether others claim what goes along with deletes: {error.diagnostics[0].message}"
        return [codes.UNCHECKED.at(message, address=alias)]
    return [_claimed(state, change, some, claims) for change, some in along if not claims.keys().isdisjoint(some)]


def _along(state: Planning, change: Change, figures: Mapping[Address, Figures]) -> tuple[Address, ...]:
    """What goes along, and does not come back: what we declare is made again after a replace."""
    attached = figures.get(change.address, Figures()).attached
    again = state.desired.declarations if change.action is Action.REPLACE else {}
    return tuple(address for address in attached if address not in again)


def _claimed(
    state: Planning,
    change: Change,
    along: Sequence[Address],
    claims: Mapping[Address, tuple[Claimant, ...]],
) -> Diagnostic:
    theirs = [address for address in along if address in claims]
    owners = sorted({claimant.owner for address in theirs for claimant in claims[address]})
    more = f" and {len(theirs) - _SHOWN:,} more" if len(theirs) > _SHOWN else ""
    done = "deleted" if change.action is Action.DELETE else "recreated"
    return codes.CLAIMED.at(
        f"{state.title(change.address)} `{change.address.name}` can't be {done}: {each_named(owners)} claims what goes "
        f"along with it: {each_named(theirs[:_SHOWN])}{more}",
        address=str(change.address),
        help="whoever claims it removes it first, or forgets it: `mqinfra forget`",
        span=change.span,
        source=_source(state, change),
    )


def _source(state: Planning, change: Change) -> str | None:
    tombstone = state.desired.tombstones.get(change.address)
    if tombstone is not None:
        return tombstone.source
    declaration = state.desired.declarations.get(change.address)
    return declaration.positions.line(declaration.span) if declaration is not None else None
