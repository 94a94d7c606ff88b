"""What people call a binding: `/shop orders --order.*--> mails`."""

import json
from functools import lru_cache

from mqinfra.model.address import Address
from mqinfra.model.wording import in_words


def label_of(address: Address) -> str:
    """Write a binding as an arrow with its routing key and its arguments.

    Args:
        address: the binding.
    """
    place, arrow = "/".join(address.path), arrow_of(address)
    return f"{place} {arrow}" if place and arrow else place or arrow


@lru_cache(2**15)
def arrow_of(address: Address) -> str:
    """Write it without what it lies in."""
    pairs = dict(address.pairs)
    said = pairs.get("routingKey", "")
    if "arguments" in pairs:
        said = " ".join(filter(None, (said, _arguments(pairs["arguments"]))))
    arrow = f"--{said}-->" if said else "-->"
    source, target = pairs.get("exchange", ""), pairs.get("toExchange") or pairs.get("queue", "")
    return f"{source} {arrow} {target}" if source and target else " ".join(filter(None, (source, arrow, target)))


def _arguments(text: str) -> str:
    """Arguments in an address are JSON."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(found, dict):
        return text
    return ", ".join(f"{key}={in_words(item)}" for key, item in found.items())
