"""Drift: what moved on the cluster since this project last applied, told by its records and not by its manifests.

Of what has no record nobody can tell who moved. It is held against the manifest, so that it is said at least.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from mqinfra.engine.comparator import UNTOLD, comparator_of, without_secrets
from mqinfra.engine.diff import compare
from mqinfra.engine.inventory.belief import Seen, doubt
from mqinfra.engine.survey import Survey
from mqinfra.model.drift import Drift, DriftedField
from mqinfra.model.record import Inventory, Record, Standing
from mqinfra.model.spec import Mutability, flat
from mqinfra.providers.base.anchored import Anchored
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.rule import Subject


def drifted(survey: Survey) -> tuple[Drift, ...]:
    """Compare what was last applied with what is there, on every cluster that could be read, sorted by address."""
    return tuple(
        found
        for alias in sorted(survey.readings)
        for found in _drifted(survey, alias, survey.inventories.get(alias, Inventory()))
    )


def differing(survey: Survey, subjects: Iterable[Subject]) -> tuple[Drift, ...]:
    """Compare with its manifest what is declared and was never recorded, sorted by address.

    Where the records can't be read, that is everything, and what is missing may have been deleted.
    """
    found = (_differing(survey, subject) for subject in subjects if subject.address.cluster in survey.readings)
    return tuple(sorted((item for item in found if item is not None), key=lambda item: item.address))


def _differing(survey: Survey, subject: Subject) -> Drift | None:
    address, alias = subject.address, subject.address.cluster
    reading, session = survey.readings[alias], survey.sessions[alias]
    inventory = survey.inventories.get(alias, Inventory())
    record = inventory.records.get(address)
    if address in reading.denied or (record is not None and record.standing is not Standing.PENDING):
        return None
    live = reading.resources.get(address)
    if live is None:
        # Nothing was ever made of what is in no record that can be read.
        return None if inventory.known else Drift(address, gone=True, recorded=False)
    comparator = without_secrets(comparator_of(session, address), lambda _path, _reason: None)
    change = compare(address, subject.declaration, subject.fields, live, comparator).change
    if change is None:
        return None
    own = live.spec.fields()
    fields = tuple(
        DriftedField(item.path, item.after, item.before)
        for item in change.differences
        if comparator.difference(item.path, item.after, live, own) not in UNTOLD
    )
    return Drift(address, fields, recorded=False) if fields else None


def _drifted(survey: Survey, alias: str, inventory: Inventory) -> Iterator[Drift]:
    reading, session = survey.readings[alias], survey.sessions[alias]
    for address, record in sorted(inventory.records.items()):
        if address.kind not in session.kinds or address in reading.denied or record.standing is Standing.PENDING:
            continue
        live = reading.resources.get(address)
        if live is None:
            if not _goes_by_itself(record, session.kinds[address.kind]):
                yield Drift(address, gone=True)
        elif doubt(record, Seen.of(live), session.kinds[address.kind], session.facts.ids) is not None:
            yield Drift(address, remade=True)
        else:
            comparator, own = comparator_of(session, address), live.spec.fields()
            fields = tuple(
                DriftedField(path, value, own.get(path))
                for path, value in sorted(flat(record.spec).items())
                if comparator.difference(path, value, live, own) not in UNTOLD
            )
            if fields:
                yield Drift(address, fields)


def _goes_by_itself(record: Record, kind: Kind[Any]) -> bool:
    """Whether nothing is recorded that a broker keeps: where an idle group stands it forgets, and the group with it."""
    if not isinstance(kind, Anchored):
        return False
    said = [path for path, value in flat(record.spec).items() if value is not None]
    return all(kind.spec.marker(path).mutability is not Mutability.MUTABLE for path in said)
