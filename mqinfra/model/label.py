"""What people call resources: names as they are written, without escapes, behind what they lie in."""

from mqinfra.model.address import Address


def label_of(address: Address) -> str:
    """What people call a resource whose kind has no words of its own for it: `/shop orders`, `client-id web`."""
    return " ".join(filter(None, (place_of(address), name_of(address))))


def place_of(address: Address) -> str:
    """What a resource lies in, by its address; empty where it lies in nothing but its cluster."""
    return "/".join(address.path if address.pairs else address.path[:-1])


def name_of(address: Address) -> str:
    """A name as people write it; of a thing without one, what makes it up."""
    return ", ".join(f"{key} {value}" for key, value in address.pairs) if address.pairs else address.name
