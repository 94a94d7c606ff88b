"""What is declared, there, and in no record of ours: recorded where it is as declared, refused if others claim it."""

from typing import Any

from mqinfra.engine import codes
from mqinfra.engine.planning.claims import foreign_owners, record_of, shared
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.kind import Holding, Kind
from mqinfra.providers.base.rule import Subject


def note_unrecorded(state: Planning, address: Address, kind: Kind[Any]) -> None:
    """Note a resource that is as declared: an apply records it, which is no change."""
    inventory = state.survey.inventories.get(address.cluster)
    if inventory is None or not inventory.known or record_of(state, address) is not None:
        return
    if shared(kind) or not foreign_owners(state, address):
        state.to_record.append(address)


def refuse_claimed(state: Planning, subject: Subject, *, changed: bool) -> None:
    """Refuse to change what another project claims; a right that has one owner is refused as it is."""
    kind, address = subject.kind, subject.address
    if record_of(state, address) is not None or shared(kind):
        return
    owners = foreign_owners(state, address)
    if not owners:
        return
    names = ", ".join(f"`{owner}`" for owner in owners)
    alone = kind.holding is Holding.RIGHT
    state.diagnostics.append(
        subject.at_entry(
            codes.CLAIMED,
            f"{kind.title} `{address.name}` is claimed by {names}",
            help=(
                "declare it in one project only",
                f"if `{owners[0]}` is what this project was called before: `mqinfra adopt --from {owners[0]}`",
            ),
            severity=Severity.ERROR if changed or alone else Severity.WARNING,
        )
    )
