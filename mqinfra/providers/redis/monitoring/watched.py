"""Streams and their groups."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.promises import NO_PROMISES
from mqinfra.providers.base.monitoring.watched import (
    UNLIMITED,
    Limits,
    Role,
    Watched,
    What,
    promises_of_reader,
)
from mqinfra.providers.redis.addresses import GROUPS, STREAMS
from mqinfra.providers.redis.streams.spec import DEAD_LETTERS, StreamSpec


def watched(declared: Mapping[Address, Declaration]) -> tuple[Watched, ...]:
    """The declared streams, each before its groups.

    Args:
        declared: everything that is declared on a deployment.
    """
    letters_of: dict[Address, list[Address]] = defaultdict(list)
    groups: dict[Address, list[tuple[Address, Declaration]]] = defaultdict(list)
    for address, one in declared.items():
        if address.kind == STREAMS:
            for target in _letters(one):
                letters_of[target].append(address)
        elif address.kind == GROUPS:
            groups[Address(address.cluster, STREAMS, address.path[:1])].append((address, one))
    streams: dict[Address, Watched] = {}
    for address, one in declared.items():
        if address.kind == STREAMS:
            sources = tuple(letters_of.get(address, ()))
            streams[address] = _stream(address, one, sources)
    found: list[Watched] = []
    for address in sorted({*streams, *groups}):
        stream = streams.get(address)
        found.extend([stream] if stream is not None else [])
        found.extend(_group(address, stream, group, one) for group, one in groups.get(address, ()))
    return tuple(found)


def _letters(declaration: Declaration) -> Iterator[Address]:
    return (one.target for one in declaration.references if one.role == DEAD_LETTERS)


def _stream(address: Address, declaration: Declaration, letters_of: tuple[Address, ...]) -> Watched:
    return Watched(
        address,
        address.name,
        What.STREAM,
        declaration.span,
        role=Role.DEAD_LETTERS if letters_of else Role.WORK,
        dead_letters=next(_letters(declaration), None),
        letters_of=letters_of,
        replays=True,
        labels=declaration.labels,
        limits=Limits(max_length=StreamSpec.narrow(declaration.spec).expected_max_length),
        promises=declaration.promises,
    )


def _group(stream: Address, its: Watched | None, group: Address, declaration: Declaration) -> Watched:
    """A group; its stream is declared by others where `its` is None."""
    return Watched(
        stream,
        stream.name,
        What.STREAM_GROUP,
        declaration.span,
        consumer=group.path[1],
        role=its.role if its is not None else Role.WORK,
        dead_letters=its.dead_letters if its is not None else None,
        letters_of=its.letters_of if its is not None else (),
        replays=True,
        labels=declaration.labels,
        limits=its.limits if its is not None else UNLIMITED,
        promises=promises_of_reader(declaration.promises, its.promises if its is not None else NO_PROMISES),
    )
