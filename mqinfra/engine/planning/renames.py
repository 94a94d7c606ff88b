"""Where something that goes and something that comes look alike, somebody may have meant to rename it.

A plan renames nothing: the new one is another resource, and the old one ends with what it holds. That is said, with
what a rename takes on that broker; nothing is guessed into action.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from mqinfra.engine import codes
from mqinfra.engine.planning.state import Planning
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.reading import Live
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.rule import Subject

_NAMES_ALIKE = 0.6
"""From here on a name is taken for another form of the other one; `orders.mail` and `orders.email` have 0.89."""
_LONGER = 0.8
"""Of a name that has all words of the other one, and more: `orders.mail` and `orders.mail.v2`."""
_WORDS = re.compile(r"[^.\-_:/]+")
_FIELDS_ALIKE = 0.7
_MOST_PAIRS = 50_000
"""Of one kind. Beyond, hundreds of resources come and go, and nobody renames those one by one."""
_MOST_HINTS = 5


def hint_renames(state: Planning, selected: Iterable[Change]) -> None:
    """Say which new resources look like one that goes, or that is no longer declared and stays."""
    going: dict[_Family, list[Address]] = defaultdict(list)
    for address in _no_longer_declared(state):
        going[_family(address)].append(address)
    if not going:
        return
    coming: dict[_Family, list[Subject]] = defaultdict(list)
    for change in selected:
        subject = state.subjects.get(change.address) if change.action is Action.CREATE else None
        if subject is not None and _plain(subject) and subject.live is None:
            coming[_family(subject.address)].append(subject)
    for family, old in going.items():
        new = coming.get(family, ())
        if len(old) * len(new) <= _MOST_PAIRS:
            state.diagnostics += list(_hints(state, old, new))[:_MOST_HINTS]


def _plain(subject: Subject) -> bool:
    """Whether it is a resource by itself, with a name: what sugar makes is renamed with its maker."""
    return not subject.kind.placement.named_by and subject.declaration.origins[0].maker is None


_Family = tuple[str, str, tuple[str, ...]]


def _family(address: Address) -> _Family:
    return (address.cluster, address.kind, address.path[:-1])


def _no_longer_declared(state: Planning) -> Iterator[Address]:
    """What is deleted, and what our records speak of, is still there, and has no entry and no tombstone any more."""
    for address, change in state.changes.items():
        if change.action is Action.DELETE and not change.made_by:
            yield address
    for alias, inventory in state.survey.inventories.items():
        reading = state.survey.readings.get(alias)
        if reading is None or not inventory.known:
            continue
        for address, record in inventory.records.items():
            known = address in state.desired.declarations or address in state.desired.tombstones
            if address in reading.resources and not known and address not in state.changes and not record.makers:
                yield address


def _hints(state: Planning, old: Sequence[Address], new: Sequence[Subject]) -> Iterator[Diagnostic]:
    """For each new resource the old one that it looks like most; each old one is named once."""
    taken: set[Address] = set()
    for subject in new:
        alike = [
            (_names_alike(address.name, subject.address.name), address)
            for address in old
            if address not in taken and _fields_alike(state, address, subject)
        ]
        close, address = max(alike, default=(0.0, subject.address))
        if close >= _NAMES_ALIKE:
            taken.add(address)
            yield _hint(state, subject, address)


def _fields_alike(state: Planning, old: Address, new: Subject) -> bool:
    """Whether what is there is nearly as the new one is declared; what nobody says is as it is anyway."""
    live: Live = state.survey.readings[old.cluster].resources[old]
    own = live.spec.fields()
    kind: Kind[Any] = new.kind
    secret = kind.spec.secret_fields()
    paths = {
        path
        for path in (*new.fields, *own)
        if path[0] not in secret and (new.fields.get(path) is not None or len(path) > 1)
    }
    if not paths:
        return True
    same = 0
    for path in paths:
        wanted, found = new.fields.get(path), live.value(path)
        same += wanted is not None and found is not None and kind.same(path, wanted, found)
    return same / len(paths) >= _FIELDS_ALIKE


def _names_alike(one: str, other: str) -> float:
    """How much two names have in common, 0 to 1, apart from the words that both begin or end with."""
    first, second = _WORDS.findall(one.casefold()), _WORDS.findall(other.casefold())
    for end in (0, -1):
        while first and second and first[end] == second[end]:
            first.pop(end)
            second.pop(end)
    if not first or not second:
        return _LONGER
    matcher = SequenceMatcher(None, ".".join(first), ".".join(second))
    return matcher.ratio() if matcher.quick_ratio() >= _NAMES_ALIKE else 0.0


def _hint(state: Planning, new: Subject, old: Address) -> Diagnostic:
    kind = new.kind
    fate = "which this plan deletes" if old in state.changes else "which is no longer declared, and stays"
    return new.at_entry(
        codes.RENAMED,
        f"new {kind.title} `{new.address.name}` looks like {kind.title} `{old.name}`, {fate}",
        help=(
            f"if it was renamed: {kind.renaming}",
            "if it was not, there is nothing to do",
        ),
    )
