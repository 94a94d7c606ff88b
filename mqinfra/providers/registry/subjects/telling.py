"""What a plan says of a change of a subject: in what the schemas differ, and who has to use the new one first."""

from collections.abc import Mapping

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.reading import Facts
from mqinfra.model.spec import Spec
from mqinfra.providers.registry.compatibility.levels import who_goes_first
from mqinfra.providers.registry.schemas.difference import differences
from mqinfra.providers.registry.subjects import checking, fields
from mqinfra.providers.registry.subjects.sandbox import level_of
from mqinfra.providers.registry.subjects.spec import SubjectSpec

_MOST = 12


def consequences(
    live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
) -> Mapping[Address, tuple[str, ...]]:
    """Say it of each change that registers another schema."""
    found: dict[Address, tuple[str, ...]] = {}
    for address, change in changes.items():
        old = live.get(address)
        if change.action is not Action.UPDATE or not isinstance(old, SubjectSpec):
            continue
        if not any(one.path in (fields.SCHEMA, fields.TYPE) for one in change.differences):
            continue
        wanted = change.wanted(SubjectSpec)
        told = differences(checking.schema_of(old), checking.schema_of(wanted))
        more = [f"and {len(told) - _MOST} more differences"] if len(told) > _MOST else []
        found[address] = (*told[:_MOST], *more, who_goes_first(level_of(wanted, old, facts)))
    return found
