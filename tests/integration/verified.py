"""What runs of `mqinfra verify` concluded, on any broker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.command import Ran

VERIFY = ("verify", "-q", "-o", "json", "--seed", "7")
_FAILED = 7
_TRIES = 20

Judgements = dict[str, dict[str, Any]]
"""Judgements by `CHECK NAME`; checks that were skipped are left out."""


def judged(ran: Ran, code: int = 0) -> Judgements:
    """What a run concluded that ended so, and left nothing behind."""
    assert ran.code == code, ran.text
    told = ran.json()
    assert told["left"] == []
    found = {f"{one['check']} {one['address'].rpartition('/')[2]}": one for one in told["judgements"]}
    return {name: one for name, one in found.items() if one["result"] != "skipped"}


def meddled(verify: Callable[[], Ran]) -> Judgements:
    """Verify while somebody meddles until a run fails: for a short one they may be too late."""
    ran = verify()
    for _ in range(_TRIES):
        if ran.code == _FAILED:
            break
        ran = verify()
    return judged(ran, _FAILED)


def results(found: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """What came of each check."""
    return {name: one["result"] for name, one in found.items()}
