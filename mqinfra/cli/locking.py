"""The locks of an apply: one per cluster that it writes to, in order, so that two applies never wait for each other."""

import getpass
import platform
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from mqinfra.cli.console import Console
from mqinfra.model.frozen import dataclass
from mqinfra.model.record import Owner
from mqinfra.providers.base.records import Lock, Unlocked
from mqinfra.providers.base.session import Session


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the user waits, in seconds, and for what.

    Attributes:
        answer: for a broker's answer.
        lock: for another apply to end.
        unlocked: go without locks.
        drained: for what nobody declares any more to be drained, so that it can be deleted; 0 for not at all.
        closes_connections: not for clients to end connections that keep rights which are taken: they are closed.
    """

    answer: float
    lock: float
    unlocked: bool = False
    closes_connections: bool = False
    drained: float = 0.0


@contextmanager
def locked(
    sessions: Mapping[str, Session],
    aliases: Iterable[str],
    owner: Owner,
    holder: str,
    patience: Patience,
    talk: Console,
) -> Iterator[dict[str, Lock]]:
    """Hold the locks of some clusters as long as the context lasts.

    Args:
        sessions: open sessions by alias.
        aliases: the clusters.
        owner: what is locked.
        holder: who holds it, for whoever has to wait.
        patience: how long to wait.
        talk: where it is said once what a lock does not promise.

    Raises:
        UserError: with exit code 6, somebody else keeps one of them; with exit code 1, one can't be taken.
    """
    locks: dict[str, Lock] = {}
    with ExitStack() as stack:
        for alias in sorted(aliases):
            if patience.unlocked:
                locks[alias] = Unlocked()
                continue
            locks[alias] = stack.enter_context(sessions[alias].lock(owner, holder, patience.lock))
            if locks[alias].caveat:
                talk.info(f"the lock on {alias}: {locks[alias].caveat}")
        yield locks


def whoami() -> str:
    """Who runs us, for locks and records: `user@host`."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container without a passwd entry
        user = "unknown user"
    return f"{user}@{platform.node()}"
