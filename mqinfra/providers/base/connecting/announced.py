"""Addresses that a deployment names itself, and whether the credentials of its block may go there.

These are replicas, nodes of a Cluster, the master of a Sentinel, and advertised listeners.
"""

import re
from collections.abc import Collection, Sequence
from typing import Annotated

from pydantic import AfterValidator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.connecting.addresses import Texts, is_address, is_loopback, split
from mqinfra.providers.base.connecting.codes import ANNOUNCED

_PATTERN = re.compile(r"(?P<host>\[[0-9A-Fa-f:.*]+\]|[A-Za-z0-9._*-]+)(?::(?P<port>[0-9]{1,5}))?")


def _checked(value: tuple[str, ...] | None) -> tuple[str, ...] | None:
    for text in value or ():
        match = _PATTERN.fullmatch(text)
        if match is None or (match["port"] is not None and not 0 < int(match["port"]) < 65_536):
            raise ValueError("write `host` or `host:port`, with `*` for any characters, such as `redis-*.internal`")
    return value


Announced = Annotated[Texts | None, AfterValidator(_checked)]
"""A field of patterns for addresses that servers announce, `host` or `host:port` with `*`; None for all."""


def refusal(
    address: str,
    where: str,
    *,
    declared: Collection[str],
    allowed: Sequence[str] | None,
    readable: bool,
) -> Diagnostic | None:
    """Say why credentials may not go to an address; None when they may.

    Args:
        address: `host:port` that is about to be connected to.
        where: alias and address of the cluster, for messages.
        declared: addresses in the block of the cluster, where they may go in any case.
        allowed: patterns of announced addresses; None for all.
        readable: anybody on the way could read the password.
    """
    if address in declared:
        return None
    shown = address if is_address(address) else address[:100]
    start = f"the deployment announces `{shown}`, but mqinfra sends nothing there:"
    if not is_address(address):
        return ANNOUNCED.at(f"{start} not a valid address", address=where, help="check what the servers announce")
    host = address.rpartition(":")[0]
    if allowed is not None and not any(_matches(pattern, address, host) for pattern in allowed):
        return ANNOUNCED.at(
            f"{start} `announced` does not list it",
            address=where,
            help=f"if it belongs to the deployment, write `announced: ['{host}']`",
        )
    if readable and not is_loopback(split(address)[0]):
        return ANNOUNCED.at(
            f"{start} the password would cross the network where anyone can read it",
            address=where,
            help="use TLS, or accept it with `allowPlaintextCredentials: true`",
        )
    return None


def _matches(pattern: str, address: str, host: str) -> bool:
    match = _PATTERN.fullmatch(pattern)
    whole = match is not None and match["port"] is not None
    wanted = ".*".join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(wanted, address if whole else host, re.IGNORECASE) is not None
