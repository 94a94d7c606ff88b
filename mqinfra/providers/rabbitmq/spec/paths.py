"""Names in addresses: how long paths are, and what RabbitMQ takes for a name."""

from functools import lru_cache

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem
from mqinfra.model.wording import with_article

LONGEST_NAME = 255
"""Bytes of a name in AMQP 0-9-1, a short string."""


def path_problem(address: Address, parts: tuple[str, ...], *, pairs: bool = False) -> Problem | None:
    """Why an address names nothing of its kind; None when it may.

    Args:
        address: the address.
        parts: what its segments are, for the message: `("VHOST", "NAME")`.
        pairs: whether its last part is made of pairs.
    """
    if len(address.path) == len(parts) and bool(address.pairs) is pairs:
        return None
    expected = "/".join([address.cluster, address.kind, *parts, *(["KEY=VALUE,..."] if pairs else [])])
    return Problem(
        f"`{address}` is not an address of this kind", f"write `{expected}`; in a name `/` is %2F and `=` is %3D"
    )


@lru_cache(2**15)
def name_problem(name: str, title: str, *, reserved: tuple[str, ...] = ("amq.",)) -> Problem | None:
    """Why RabbitMQ would refuse a name, or keep another than it was given; None when it would take it."""
    if not name:
        return Problem(f"{with_article(title)} needs a name", "write one")
    if "\r" in name or "\n" in name:
        # PUT `nl\n` makes `nl`, so that the thing would be missing forever (measured on 3.10).
        return Problem(f"`{name}` has a line break, which RabbitMQ drops from names", "remove it")
    size = len(name.encode("utf-8", "surrogatepass"))
    if size > LONGEST_NAME:
        return Problem(
            f"the name of {with_article(title)} must have at most {LONGEST_NAME} bytes, got {size}", "shorten it"
        )
    for prefix in reserved:
        if name.startswith(prefix):
            return Problem(f"names that begin with `{prefix}` are the server's own", "choose another name")
    if name in (".", ".."):
        return Problem(f"the management API can't reach {with_article(title)} called `{name}`", "choose another name")
    return None
