"""Payloads of declared schemas for places: a registry's for those of brokers, and neither knows the other."""

import threading
from collections.abc import Mapping, Sequence
from typing import Protocol

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.providers.base.verification.codec import Codec
from mqinfra.providers.base.verification.messenger import Messenger
from mqinfra.providers.base.verification.place import Place


class Holder(Protocol):
    """A cluster that may hold schemas."""

    @property
    def alias(self) -> str:
        """Its alias."""

    @property
    def messenger(self) -> Messenger | None:
        """What offers codecs; None where nothing of it can be asked."""

    @property
    def declared(self) -> Mapping[Address, Declaration]:
        """What is declared there."""


class Codecs:
    """Codecs of a run, each made once.

    Args:
        holders: all clusters of the run.
    """

    def __init__(self, holders: Sequence[Holder]) -> None:
        self._holders = {one.alias: one for one in holders}
        self._made: dict[Address, Codec | None] = {}
        self._lock = threading.Lock()

    def of(self, place: Place) -> dict[Address, Codec]:
        """Those of a place's schemas; without a schema whose registry is not there, a sandbox or a snapshot."""
        found: dict[Address, Codec] = {}
        with self._lock:
            for one in place.schemas:
                if one.subject not in self._made:
                    self._made[one.subject] = self._make(one.subject)
                if (codec := self._made[one.subject]) is not None:
                    found[one.subject] = codec
        return found

    def _make(self, subject: Address) -> Codec | None:
        holder = self._holders.get(subject.cluster)
        if holder is None or holder.messenger is None:
            return None
        return holder.messenger.codec(subject, holder.declared)
