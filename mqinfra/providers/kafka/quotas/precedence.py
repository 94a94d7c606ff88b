"""Which quota holds where several could: of each limit by itself, the first in Kafka's order that has it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import product

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


def _rank(address: Address) -> int:
    """How early Kafka looks for the quota of an address."""
    return _RANK[frozenset((field, name == DEFAULT) for field, name in address.pairs)]


def wider(address: Address) -> list[Address]:
    """The quotas that are about all whom another one is about, and hold where that one has no limit; first ones first.

    There are seven at most, so that they can be looked up among any number.
    """
    own = dict(address.pairs)
    # A user without a word of client ids may come with any of them, and the other way round.
    fields = {"ip": [own["ip"], DEFAULT]} if "ip" in own else {name: _names(own.get(name)) for name in _CLIENTS}
    found = {
        Address(address.cluster, KIND, (), tuple((field, name) for field, name in pairs if name is not None))
        for names in product(*fields.values())
        if any(names)
        for pairs in (tuple(zip(fields, names, strict=True)),)
    }
    return sorted((one for one in found if _rank(one) > _rank(address)), key=_rank)


_CLIENTS = ("user", "clientId")


def _names(own: str | None) -> list[str | None]:
    return [None, DEFAULT] if own in (None, DEFAULT) else [None, DEFAULT, own]


def holds_next(address: Address, key: str, quotas: Mapping[Address, Spec]) -> Address | None:
    """The quota that has a limit for all whom another one is about, and holds where that one has none.

    Args:
        address: the other one.
        key: the limit.
        quotas: what is there, among it quotas.
    """
    return next((one for one in wider(address) if one in quotas and _has(quotas[one], key)), None)


def _has(spec: Spec, key: str) -> bool:
    return QuotaSpec.narrow(spec).limits.get(key) is not None


def near(wanted: Iterable[Address], there: Collection[Address]) -> Iterator[Address]:
    """The quotas among some that may hold where one of the wanted ones has no limit."""
    asked = dict.fromkeys(wanted)
    others = set(there).difference(asked)
    return iter(dict.fromkeys(one for address in asked for one in wider(address) if one in others))
