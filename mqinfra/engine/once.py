"""What is done once for each `id` that it has: whether it was begun, and what may be begun without a record of that."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import JsonValue

from mqinfra.engine import codes
from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import digest_of
from mqinfra.model.record import Begun, Inventory
from mqinfra.model.spec import Mutability, Spec


def digest_of_once(address: Address, field: str, identity: str) -> str:
    """Digest what is done once: another `id` is another time.

    Args:
        address: the resource.
        field: the field that asks for it.
        identity: its `id`.
    """
    return digest_of(["once", address.key, field, identity]).removeprefix("sha256:")


def wanted_once(address: Address, spec: Spec) -> dict[str, str]:
    """What a declaration wants done once: the digest by field."""
    names = type(spec).fields_that_are(Mutability.ONCE)
    return {name: digest for name in names if (digest := _digest(address, name, spec.field((name,))))}


def begun_by(change: Change) -> tuple[str, ...]:
    """What a change does once, as digests."""
    once = [item for item in change.differences if item.mutability is Mutability.ONCE]
    return tuple(digest for item in once if (digest := _digest(change.address, item.path[0], item.after)))


def _digest(address: Address, field: str, value: JsonValue) -> str:
    return digest_of_once(address, field, str(value.get("id"))) if isinstance(value, dict) else ""


def unfinished(wanted: Mapping[str, str], inventory: Inventory) -> Iterator[tuple[str, Begun]]:
    """Fields of which what is done once was begun, and never seen to be done."""
    for name, digest in wanted.items():
        begun = inventory.begun.get(digest)
        if begun is not None and not begun.done:
            yield name, begun


def refuse_begun(changes: Iterable[Change], inventories: Mapping[str, Inventory]) -> None:
    """See that nobody began what is done once between the plan and the lock.

    Raises:
        UserError: with exit code 5, naming what was begun and by whom.
    """
    found: list[Diagnostic] = []
    for change in changes:
        known = inventories.get(change.address.cluster, Inventory()).begun
        found += [
            codes.STALE.at(
                f"`{change.address}` changed since the plan was made: what is done once was begun by {known[digest]}",
                span=change.span,
                address=str(change.address),
                help="plan again, and review what is different",
            )
            for digest in begun_by(change)
            if digest in known
        ]
    if found:
        raise UserError(found, ExitCode.STALE)


def refuse_unrecorded(changes: Iterable[Change], inventories: Mapping[str, Inventory]) -> None:
    """See that a record can keep an apply from doing again what is done once.

    Raises:
        UserError: with exit code 3, naming each change of which that is not so.
    """
    found = unrecorded(changes, inventories)
    if found:
        raise UserError(found, ExitCode.REFUSED)


def unrecorded(changes: Iterable[Change], inventories: Mapping[str, Inventory]) -> list[Diagnostic]:
    """What would be done once, where no record could keep an apply from doing it again."""
    found: list[Diagnostic] = []
    for change in changes:
        inventory = inventories.get(change.address.cluster, Inventory())
        if inventory.known or not begun_by(change):
            continue
        why = inventory.unavailable or "the cluster keeps none"
        found.append(
            codes.ONCE_UNRECORDED.at(
                f"`{change.address}` would be changed once, and no record could say that it was: {why}",
                span=change.span,
                address=str(change.address),
                help="apply exactly this plan, with --expect and its digest: the same digest never fits a second time",
            )
        )
    return found
