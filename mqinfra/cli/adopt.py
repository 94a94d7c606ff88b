"""`mqinfra adopt`: claim declared resources that were there before, or take the claims of a renamed project over."""

import click

from mqinfra.cli.claims import Held, each_locked, owner_of, parse_addresses, report
from mqinfra.cli.console import Console
from mqinfra.cli.locking import Patience
from mqinfra.cli.options import broker_options, environment_option, lock_options, talk_options
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import Workspace, open_workspace, require_valid
from mqinfra.engine.inventory.claiming import Claimed, adopt, parse_owner, take_over
from mqinfra.engine.inventory.entries import Declared
from mqinfra.model.address import Address
from mqinfra.model.record import Owner


@click.command("adopt")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS...]")
@environment_option
@click.option("--from", "other", metavar="PROJECT[/ENV]", help="Take over the claims of another project, once renamed.")
@lock_options
@broker_options
@talk_options
def command(
    *,
    addresses: tuple[str, ...],
    where: Where,
    other: str | None,
    lock_timeout: float,
    no_lock: bool,
    timeout: float,
    talk: Console,
) -> int:
    """Claim declared resources that were there before this project.

    Nothing changes on the resources themselves. From then on they count as the project's own: routes and rights go
    when nobody declares them any more. Without ADDRESS everything that is declared and exists is claimed.
    """
    if other is not None and addresses:
        raise click.UsageError("--from takes all claims over; give either addresses or --from")
    workspace = require_valid(open_workspace(where, timeout=timeout))
    patience = Patience(timeout, lock_timeout, no_lock)
    if other is not None:
        owner = parse_owner(other, workspace.loaded.desired.environment)
        if owner is None or owner == owner_of(workspace):
            raise click.UsageError(f"--from: name another project or environment as PROJECT[/ENV], got `{other}`")
        taken = each_locked(
            workspace, workspace.loaded.clusters, patience, talk, lambda held: _take_over(held, owner, workspace)
        )
        return report(taken, "taken over", talk)
    desired = workspace.loaded.desired
    wanted = parse_addresses(addresses or map(str, desired.declarations), workspace)
    done = each_locked(
        workspace,
        wanted,
        patience,
        talk,
        lambda held: _adopt(held, wanted[held.session.alias], workspace, every=not addresses),
    )
    return report(done, "adopted", talk)


def _adopt(held: Held, addresses: list[Address], workspace: Workspace, *, every: bool) -> Claimed:
    session = held.session
    kinds: dict[str, list[Address]] = {}
    for address in sorted(addresses):
        if address.kind in session.kinds:
            kinds.setdefault(address.kind, []).append(address)
    reading = session.read(kinds)
    some = [address for address in addresses if address in reading.resources] if every else addresses
    declared = Declared(workspace.loaded.desired.declarations, session.kinds, session.facts.ids)
    return adopt(held.store, held.inventory, declared, reading, some)


def _take_over(held: Held, owner: Owner, workspace: Workspace) -> Claimed:
    other, desired = held.session.records(owner), workspace.loaded.desired
    if other is None:
        return Claimed()
    return take_over(
        held.store,
        held.inventory,
        other,
        held.session.alias,
        lambda address: desired.scope.owns(held.session.type, address),
    )
