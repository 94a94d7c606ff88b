"""`mqinfra forget`: drop claims, so that what they are of is left alone from now on."""

import click

from mqinfra.cli.claims import each_locked, parse_addresses, report
from mqinfra.cli.console import Console
from mqinfra.cli.locking import Patience
from mqinfra.cli.options import broker_options, environment_option, lock_options, talk_options
from mqinfra.cli.where import Where
from mqinfra.cli.workspace import open_workspace, require_valid
from mqinfra.engine.inventory.claiming import forget


@click.command("forget")
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@environment_option
@lock_options
@broker_options
@talk_options
def command(
    *, addresses: tuple[str, ...], where: Where, lock_timeout: float, no_lock: bool, timeout: float, talk: Console
) -> int:
    """Drop the project's claims on resources; the resources stay as they are.

    What is still declared is recorded as found by the next apply, and is never deleted by itself.
    """
    workspace = require_valid(open_workspace(where, timeout=timeout))
    wanted = parse_addresses(addresses, workspace)
    patience = Patience(timeout, lock_timeout, no_lock)
    done = each_locked(
        workspace, wanted, patience, talk, lambda held: forget(held.store, held.inventory, wanted[held.session.alias])
    )
    return report(done, "forgotten", talk)
