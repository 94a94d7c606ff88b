"""Snapshots: readings that were saved, to plan against without a cluster. A sandbox's live state is one too."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Figures, Reading
from mqinfra.model.record import Owner
from mqinfra.providers.base.records import Stored


class SnapshotError(ValueError):
    """A file that is no usable snapshot. The message says why, for a person."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A saved reading with the figures that were read beside it.

    Attributes:
        reading: what was read.
        figures: messages and consumers, where they are known.
        serial: counts the writes of a sandbox, for fresh identities.
        records: what the store of each owner held that was read beside it; of other owners nothing is known.
    """

    reading: Reading
    figures: Mapping[Address, Figures] = field(default_factory=lambda: MappingProxyType({}))
    serial: int = 0
    records: Mapping[Owner, Stored] = field(default_factory=lambda: MappingProxyType({}))
