"""Giving entries the names of an environment, before their sugar expands: what it makes is called after real names."""

from collections.abc import Mapping
from typing import Any

from mqinfra.manifest import codes
from mqinfra.manifest.bind.binding import Places
from mqinfra.model.address import Address
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.names import Names
from mqinfra.providers.base.entry_type import EntryType


def renamed(
    names: Names, kind: EntryType, address: Address, data: Mapping[str, Any], places: Places, found: list[Diagnostic]
) -> tuple[Address, Mapping[str, Any]] | None:
    """Give an entry its real names; None where one can't be rewritten, which is reported.

    Args:
        names: the names of the environment.
        kind: the entry's type.
        address: what it is called in the manifest.
        data: what it says.
        places: finds the text behind its fields.
        found: where findings go.
    """
    result, problems = names.in_data(f"{kind.broker}/{kind.name}", data, real=True)
    for path, problem in problems:
        place = places.places(path)[1]
        found.append(place.report(codes.NAMES, problem.message, help=problem.help, address=address.text))
    if problems:
        return None
    # By what the entry says now: of what others own the name stays, which the address alone does not tell.
    pairs = tuple((key, result[key] if isinstance(result.get(key), str) else text) for key, text in address.pairs)
    real = names.real(address)
    return Address(real.cluster, real.kind, real.path, pairs), result
