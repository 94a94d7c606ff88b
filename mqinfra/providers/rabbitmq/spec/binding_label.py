"""What people call a binding: `/shop orders --order.*--> mails`."""

import json

from mqinfra.model.address import Address
from mqinfra.model.wording import in_words


def label_of(address: Address) -> str:
    """Write a binding as an arrow with its routing key and its arguments.

    Args:
        address: the binding.
    """
    return " ".join(filter(None, ("/".join(address.path), arrow_of(address))))


def arrow_of(address: Address) -> str:
    """Write it without what it lies in."""
    pairs = dict(address.pairs)
    said = pairs.get("routingKey", "")
    if "arguments" in pairs:
        said = " ".join(filter(None, (said, _arguments(pairs["arguments"]))))
    arrow = f"--{said}-->" if said else "-->"
    ends = (pairs.get("exchange", ""), arrow, pairs.get("toExchange") or pairs.get("queue", ""))
    return " ".join(filter(None, ends))


def _arguments(text: str) -> str:
    """Arguments in an address are JSON."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(found, dict):
        return text
    return ", ".join(f"{key}={in_words(item)}" for key, item in found.items())
