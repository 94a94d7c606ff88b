"""Which quota holds where several could: of each limit by itself, the first in Kafka's order that has it."""

from collections.abc import Iterable, Mapping

from mqinfra.model.address import Address
from mqinfra.model.spec import Spec
from mqinfra.providers.kafka.quotas.spec import DEFAULT, KIND, QuotaSpec

_ORDER = (
    (("user", False), ("clientId", False)),
    (("user", False), ("clientId", True)),
    (("user", False),),
    (("user", True), ("clientId", False)),
    (("user", True), ("clientId", True)),
    (("user", True),),
    (("clientId", False),),
    (("clientId", True),),
    (("ip", False),),
    (("ip", True),),
)
"""Each with whether it is the default there (KIP-55, KIP-612)."""
_RANK = {frozenset(some): rank for rank, some in enumerate(_ORDER)}


def rank(address: Address) -> int:
    """How early Kafka looks for the quota of an address."""
    return _RANK[frozenset((field, name == DEFAULT) for field, name in address.pairs)]


def holds_next(address: Address, key: str, quotas: Mapping[Address, Spec]) -> Address | None:
    """The quota that has a limit for all whom another one is about, and holds where that one has none.

    Args:
        address: the other one.
        key: the limit.
        quotas: what is there, among it quotas.
    """
    found = [
        one
        for one in quotas
        if one.kind == KIND and rank(one) > rank(address) and _covers(one, address) and _has(quotas[one], key)
    ]
    return min(found, key=rank, default=None)


def _covers(wider: Address, address: Address) -> bool:
    own = dict(address.pairs)
    if ("ip" in own) != ("ip" in dict(wider.pairs)):
        return False
    return all(name in (DEFAULT, own.get(field)) for field, name in wider.pairs)


def _has(spec: Spec, key: str) -> bool:
    return QuotaSpec.narrow(spec).limits.get(key) is not None


def near(wanted: Iterable[Address], all_: Iterable[Address]) -> list[Address]:
    """The quotas that may hold where one of the wanted ones has no limit."""
    asked = set(wanted)
    return [one for one in all_ if one not in asked and any(_covers(one, address) for address in asked)]
