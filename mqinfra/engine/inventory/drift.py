"""Drift: what moved on the cluster since this project last applied, told by its records and not by its manifests."""

from collections.abc import Iterator

from mqinfra.engine.comparator import IF_DIFFERENT, comparator_of
from mqinfra.engine.inventory.belief import Seen, doubt
from mqinfra.engine.survey import Survey
from mqinfra.model.drift import Drift, DriftedField
from mqinfra.model.record import Inventory, Standing
from mqinfra.model.spec import flat


def drifted(survey: Survey) -> tuple[Drift, ...]:
    """Compare what was last applied with what is there, on every cluster that could be read, sorted by address."""
    return tuple(
        found
        for alias in sorted(survey.readings)
        for found in _drifted(survey, alias, survey.inventories.get(alias, Inventory()))
    )


def _drifted(survey: Survey, alias: str, inventory: Inventory) -> Iterator[Drift]:
    reading, session = survey.readings[alias], survey.sessions[alias]
    for address, record in sorted(inventory.records.items()):
        if address.kind not in session.kinds or address in reading.denied or record.standing is Standing.PENDING:
            continue
        live = reading.resources.get(address)
        if live is None:
            yield Drift(address, gone=True)
        elif doubt(record, Seen.of(live), session.kinds[address.kind], session.facts.ids) is not None:
            yield Drift(address, remade=True)
        else:
            comparator, own = comparator_of(session, address), live.spec.fields()
            fields = tuple(
                DriftedField(path, value, own.get(path))
                for path, value in sorted(flat(record.spec).items())
                if comparator.difference(path, value, live, own) not in (None, IF_DIFFERENT)
            )
            if fields:
                yield Drift(address, fields)
