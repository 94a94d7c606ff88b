"""Naming entries that have no name, by what they say."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic_core import to_jsonable_python

from mqinfra.model.address import Pairs
from mqinfra.providers.base.entry_type import EntryType


def pairs_of(kind: EntryType, data: Mapping[str, Any]) -> Pairs:
    """Name an entry that has no name, by what it says and by what its fields are when it says nothing of them."""
    implicit = _implicit_names(kind)
    if not implicit:
        return kind.placement.pairs_of(data)
    given = {name: value for name in kind.placement.named_by if (value := data.get(name)) is not None}
    return kind.placement.pairs_of({**implicit, **given})


@cache
def _implicit_names(kind: EntryType) -> Mapping[str, Any]:
    """The values that naming fields of a kind have when they are left out; empty and usual ones name nothing."""
    fields = {info.alias or name: info for name, info in kind.entry.model_fields.items()}
    values = {
        name: to_jsonable_python(fields[name].get_default(call_default_factory=True))
        for name in kind.placement.named_by
        if not fields[name].is_required()
    }
    named = dict(kind.placement.pairs_of(values))
    return {name: value for name, value in values.items() if name in named}
