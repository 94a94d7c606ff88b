"""What changes take and bring into force: beside the field that it comes from, or in phrases of its own."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from mqinfra.render.view.changes import ChangeItem, CostItem, kind_of
from mqinfra.render.view.effects import alike
from mqinfra.render.view.fields import Field
from mqinfra.render.view.names import joined_names, plural_of

_OF_ONE = re.compile(r"`([^`]+)`: (.*)")


def with_costs(fields: Sequence[Field], costs: Sequence[CostItem]) -> Iterator[tuple[Field, str]]:
    """Each field with what stands beside it: of several costs of a field the first, beside its first line."""
    first = {cost.field: cost.text for cost in reversed(costs) if cost.field}
    return ((field, first.pop(field.name, "") if field.name else "") for field in fields)


def apart(costs: Sequence[CostItem], beside: Collection[str]) -> tuple[list[CostItem], Mapping[str, Sequence[str]]]:
    """What a change takes, and what it only means, without what stands beside its fields.

    Args:
        costs: all of it.
        beside: names of the fields beside which their first cost stands.

    Returns:
        what it takes, and what it means once for all that it is said of: their names, none where it is said of none.
    """
    left = set(beside)
    taken: list[CostItem] = []
    meant: dict[str, list[str]] = defaultdict(list)
    for cost in costs:
        if cost.field in left:
            left.discard(cost.field)
        elif cost.effect:
            named = _OF_ONE.fullmatch(cost.text)
            meant[named[2] if named is not None else cost.text] += [named[1]] if named is not None else []
        else:
            taken.append(cost)
    return taken, meant


def in_force(
    some: Sequence[ChangeItem], followers: Sequence[ChangeItem], said: str, *, most: int | None = None
) -> Iterator[str]:
    """What comes into force on others, by changes that are read as one and by what only follows them.

    Args:
        some: the changes.
        followers: what follows them.
        said: what is said of their fields, which is not said again.
        most: how many others are named; None for all of them.
    """
    own = {one.address for one in some}
    for same in alike((one.address, effect) for one in (*some, *followers) for effect in one.effects):
        through = [maker for maker in same.by if maker not in own]
        by = f", through {plural_of(len(through), f'made {kind_of(through[0])}')}" if through else ""
        text = f": {same.text}" if same.text and same.text != said else ""
        yield f"in force on {joined_names(same.names, most=most)}{by}{text}"
