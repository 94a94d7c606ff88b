"""Looking again where a plan seems stale: one broker of several may be a moment behind the others.

A reading of a broker that still has a topic which was deleted and made again, or has not learned of a new one, differs
from the plan as if somebody had changed it since. What is still so a little later is told; nothing rests on these
looks, because everything that is overwritten or deleted is compared once more right before it is.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.reading import Source
from mqinfra.providers.base.session import Session

T = TypeVar("T")
_PAUSES = (0.5, 1.5)
"""Seconds between looks. A plan that is stale is told of so much later."""


def until_settled(look: Callable[[], T], sessions: Iterable[Session], pauses: Sequence[float] = _PAUSES) -> T:
    """Look, and again where that says that a plan is stale.

    Args:
        look: reads the clusters, and holds them against the plan.
        sessions: of all clusters with changes; only live ones can be behind.
        pauses: seconds before each further look.

    Returns:
        what the first look that finds nothing stale gives.

    Raises:
        UserError: of the last look, or of any with another exit code than that of a stale plan.
    """
    for pause in pauses if any(session.source is Source.LIVE for session in sessions) else ():
        try:
            return look()
        except UserError as error:
            if error.exit_code is not ExitCode.STALE:
                raise
        time.sleep(pause)
    return look()
