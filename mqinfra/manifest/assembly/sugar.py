"""Taking the sugar out of one entry, whatever its type can do."""

from collections.abc import Mapping

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.errors import Bug
from mqinfra.model.spec import Spec
from mqinfra.providers.base.entry_type import EntryType, LastSugar, Sugar
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.base.kind import Kind


def expanded(one: EntryType, address: Address, entry: Spec, declared: Mapping[Address, Declaration]) -> Expansion:
    """Take the sugar out of an entry; most have none.

    Args:
        one: the entry's type.
        address: the entry's resource.
        entry: the entry.
        declared: what was declared before, for sugar that looks at it.
    """
    if isinstance(one, Sugar):
        return one.expand(address, entry)
    if isinstance(one, LastSugar):
        return one.expand_last(address, entry, declared)
    if not isinstance(one, Kind):
        raise Bug(f"entries of `{one.broker}/{one.name}` declare nothing")
    return Expansion(one.spec.narrow(entry))
