"""Consumers that only look: they read what is in use as nobody, so that its own consumers miss nothing."""

from collections.abc import Sequence

from typing_extensions import override

from mqinfra.model.errors import Bug
from mqinfra.providers.base.verification.ground import Consumer
from mqinfra.providers.base.verification.message import Delivery


class Onlooker(Consumer):
    """Reads in no group, so that there is nothing to answer."""

    @override
    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """It is in no group, so there is nobody to tell."""

    @override
    def reject(self, delivery: Delivery) -> None:
        """Nothing that is in use is given up."""
        raise Bug(f"a reader in place gives nothing up: {delivery.uid}")

    @override
    def requeue(self, delivery: Delivery) -> None:
        """Nothing that is in use is given back."""
        raise Bug(f"a reader in place gives nothing back: {delivery.uid}")

    @override
    def crash(self) -> None:
        """End; nobody misses it."""
        self.close()
