"""How long a busy HTTP server asks to wait (`Retry-After`), as far as the time of the call allows.

A date is held against the server's own `Date`: no clock of ours has to be right for that.
"""

import time
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import TypeVar

from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.connecting.http_connection import Page

F = TypeVar("F", bound=Fault)
_TOO_MANY = 429
_LATER = frozenset({_TOO_MANY, 503})
"""Statuses with which a server says that it did nothing, and may do it later."""
_TIMES = 5
"""How often one call waits at most: a server that always asks for one second more is not waited for without end."""
_LEAST = 0.1
"""Seconds; a server that asks for none is not asked again without a pause."""


_USUAL = 0.5
"""Seconds, where a server says that it got too many calls, and not for how long to wait."""


def asked_pause(page: Page) -> float | None:
    """Seconds that a busy server asks to wait before the same call may be made again; None where it does not ask."""
    if page.status not in _LATER:
        return None
    text = page.retry_after.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        return (parsedate_to_datetime(text) - parsedate_to_datetime(page.date)).total_seconds()
    except (ValueError, TypeError):  # no date; or one of them without a time zone
        return None


def pause_before(page: Page, times: int, end: float) -> float | None:
    """Seconds to wait before a call is made again.

    Args:
        page: what came of it.
        times: how often it was waited for already.
        end: moment at which its time is over, by `time.monotonic`.

    Returns:
        None where the answer is the last one: it asks for nothing, or for more than there is time for.
    """
    asked = asked_pause(page)
    if asked is None and page.status == _TOO_MANY:
        asked = _USUAL
    if asked is None or times >= _TIMES:
        return None
    pause = max(_LEAST, asked)
    return pause if time.monotonic() + pause < end else None


def with_advice(fault: F, page: Page) -> F:
    """A fault that says how long the server asked to wait, where it did and the call has ended all the same."""
    asked = asked_pause(page)
    if asked is None:
        return fault
    advice = f"the server asks to wait {max(0.0, asked):.0f} s: run it again then, or give `--timeout` more seconds"
    finding = fault.finding
    if finding is not None:
        finding = finding.model_copy(update={"help": (advice, *finding.help)})
    return replace(fault, help=(advice, *fault.help), finding=finding)
