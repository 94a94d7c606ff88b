"""A State: which resources there are and what they look like. Desired and live are both States (design §1.1)."""

from collections.abc import Iterator, Mapping

from mqinfra.model.address import Address
from mqinfra.model.spec import Spec


class State(Mapping[Address, Spec]):
    """An ordered, read-only map from address to spec; iteration is sorted by address."""

    __slots__ = ("_specs",)

    def __init__(self, specs: Mapping[Address, Spec] | None = None) -> None:
        self._specs = {address: (specs or {})[address] for address in sorted(specs or {})}

    def __getitem__(self, address: Address) -> Spec:
        return self._specs[address]

    def __iter__(self) -> Iterator[Address]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)
