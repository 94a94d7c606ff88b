"""What the procedure of settings wrote down, read back."""

from collections.abc import Sequence
from typing import NamedTuple

from mqinfra.providers.base.verification.check import Case
from mqinfra.providers.kafka.verification.procedures.settings import REPLICAS


class Replicas(NamedTuple):
    """A partition: its number, how many replicas it has, how many are in sync, and whether it has a leader."""

    partition: int
    replicas: int
    in_sync: int
    leader: bool


def setting(case: Case, name: str) -> str:
    """A setting in force; empty where the broker did not tell."""
    seen = case.seen(name)
    return str(seen[-1].seen) if seen and seen[-1].seen is not None else ""


def number(case: Case, name: str, usual: int) -> int:
    """A setting in force as a number."""
    text = setting(case, name)
    return int(text) if text.lstrip("-").isdigit() else usual


def partitions(case: Case) -> Sequence[Replicas]:
    """The partitions."""
    found = []
    for one in case.seen(REPLICAS):
        if isinstance(one.seen, dict):
            seen = one.seen
            values = (seen.get("partition"), seen.get("replicas"), seen.get("inSync"))
            part, replicas, in_sync = (value if isinstance(value, int) else 0 for value in values)
            found.append(Replicas(part, replicas, in_sync, bool(seen.get("leader"))))
    return found
