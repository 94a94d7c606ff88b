"""What `adopt` and `forget` share: addresses from the command line, and the records of each cluster under its lock."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import click

from mqinfra.cli.console import Console
from mqinfra.cli.locking import Patience, locked, whoami
from mqinfra.cli.workspace import Workspace
from mqinfra.engine.inventory.claiming import Claimed
from mqinfra.engine.inventory.reading import read_inventory
from mqinfra.model.address import Address, AddressError
from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.frozen import dataclass
from mqinfra.model.record import Inventory, Owner
from mqinfra.providers.base import codes
from mqinfra.providers.base.records import RecordStore
from mqinfra.providers.base.session import Session
from mqinfra.render.terminal import clean, plural


@dataclass(frozen=True, slots=True)
class Held:
    """The records of one cluster while its lock is held.

    Attributes:
        session: the cluster's session.
        store: the project's records.
        inventory: what they say.
    """

    session: Session
    store: RecordStore
    inventory: Inventory


def parse_addresses(texts: Iterable[str], workspace: Workspace) -> dict[str, list[Address]]:
    """Read addresses, by alias.

    Raises:
        click.UsageError: one can't be read, or names no cluster of the environment.
    """
    found: dict[str, list[Address]] = defaultdict(list)
    for text in texts:
        try:
            address = Address.parse(text)
        except AddressError as error:
            raise click.UsageError(str(error)) from None
        if address.cluster not in workspace.loaded.clusters:
            raise click.UsageError(f"`{text}`: the environment has no cluster `{address.cluster}`")
        found[address.cluster].append(address)
    return found


def owner_of(workspace: Workspace) -> Owner:
    """Whose records the workspace's are."""
    return Owner(workspace.loaded.desired.project, workspace.loaded.desired.environment)


def each_locked(
    workspace: Workspace, aliases: Iterable[str], patience: Patience, talk: Console, work: Callable[[Held], Claimed]
) -> Mapping[str, Claimed]:
    """Do something to the records of some clusters, each under its lock.

    Raises:
        UserError: a lock is held, or records can't be read or written.
    """
    owner = owner_of(workspace)
    done: dict[str, Claimed] = {}
    with workspace.sessions(set(aliases)) as sessions:
        holder = f"{whoami()} changing the records of {owner}"
        with locked(sessions, sessions, owner, holder, patience, talk):
            for alias, session in sessions.items():
                store = session.records(owner)
                inventory = read_inventory(session, owner)
                if store is None or inventory.unavailable:
                    why = inventory.unavailable or "the cluster keeps no records"
                    raise UserError([codes.RECORDS.at(why, address=alias)])
                done[alias] = work(Held(session, store, inventory))
    return done


def report(claimed: Mapping[str, Claimed], verb: str, talk: Console) -> ExitCode:
    """Say what came of it; exit code 3 when anything was refused."""
    done = [address for some in claimed.values() for address in some.done]
    refused = {address: why for some in claimed.values() for address, why in some.refused.items()}
    talk.data("".join(f"{verb} {clean(str(address))}\n" for address in done) + f"{plural(len(done), 'claim')} {verb}\n")
    for address, why in refused.items():
        talk.error(f"{clean(str(address))}: not {verb}: {clean(why)}")
    return ExitCode.REFUSED if refused else ExitCode.OK
