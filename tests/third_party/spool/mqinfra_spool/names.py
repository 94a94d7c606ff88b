"""Names of spools and queues: names of folders."""

import re

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def name_problem(address: Address, *parts: str) -> Problem | None:
    """Why an address can't name a folder; None when it can.

    Args:
        address: the address.
        parts: what its names are, from the outermost.
    """
    if len(address.path) != len(parts) or address.pairs:
        return Problem(f"`{address}` is not named by {' and '.join(parts)}", f"write ALIAS/{address.kind}/NAME")
    if not all(_NAME.fullmatch(name) for name in address.path):
        return Problem(
            f"`{address.name}` can't be the name of a folder",
            "use up to 100 letters, digits and `.`, `_`, `-`, and begin with a letter or digit",
        )
    return None
