"""Streams as places, with what the checks of Redis look at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.reading import Reading
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.redis.addresses import GROUPS, STREAMS
from mqinfra.providers.redis.streams.spec import DEAD_LETTERS, StreamSpec


@dataclass(frozen=True, slots=True)
class StreamPlace(Place):
    """A declared stream.

    Attributes:
        dead_letters: the stream that its consumers move entries to which they give up; empty without.
        groups: names of its declared groups.
        expected_max_length: how long it should be at most; None where nobody says.
    """

    dead_letters: str = ""
    groups: tuple[str, ...] = ()
    expected_max_length: int | None = None


def places(declared: Mapping[Address, Declaration], reading: Reading) -> list[StreamPlace]:
    """The declared streams; those that are not there yet are fit for nothing."""
    groups: dict[tuple[str, str], list[str]] = {}
    for address in declared:
        if address.kind == GROUPS:
            groups.setdefault((address.cluster, address.path[0]), []).append(address.path[1])
    return [
        _place(address, one, groups.get((address.cluster, address.name), ()), reading)
        for address, one in declared.items()
        if address.kind == STREAMS
    ]


def _place(address: Address, declaration: Declaration, groups: Iterable[str], reading: Reading) -> StreamPlace:
    spec = StreamSpec.narrow(declaration.spec)
    dead = next((one.target.name for one in declaration.references if one.role == DEAD_LETTERS), "")
    unfit = reading.denied.get(address, "")
    if not unfit and address not in reading.resources:
        unfit = "it is not there yet; `mqinfra apply` makes it"
    return StreamPlace(
        address,
        address.name,
        declaration,
        unfit=unfit,
        dead_letters=dead,
        groups=tuple(sorted(groups)),
        expected_max_length=spec.expected_max_length,
    )
