"""Topics as places, with what the checks of Kafka look at."""

from collections.abc import Mapping

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Reading
from mqinfra.model.secret import SecretRef
from mqinfra.providers.base.verification.canary import PREFIX
from mqinfra.providers.base.verification.place import About, Place, SchemaOf, cluster_place
from mqinfra.providers.kafka.acls.spec import AclSpec
from mqinfra.providers.kafka.api.acl import ANY
from mqinfra.providers.kafka.quotas.spec import QuotaSpec
from mqinfra.providers.kafka.topics.schemas import SCHEMA
from mqinfra.providers.kafka.topics.spec import DEAD_LETTERS, TopicSpec
from mqinfra.providers.kafka.users.spec import UserSpec

TOPICS = "topics"
MOST_LANES = 12
"""Partitions of a copy: each takes files and memory of every broker that has a replica of it."""


@dataclass(frozen=True, slots=True)
class TopicPlace(Place):
    """A declared topic.

    Attributes:
        dead_letters: the topic that its consumers write records to which they give up; empty without.
        partitions: how many it has.
        brokers: how many brokers the cluster has.
        transactions: somebody uses transactions on the cluster.
        strangers: logins and rights are tried on a copy of it, which is enough of one topic of a cluster.
    """

    dead_letters: str = ""
    partitions: int = 1
    brokers: int = 1
    transactions: bool = True
    strangers: bool = False


@dataclass(frozen=True, slots=True)
class ClusterPlace(Place):
    """The cluster as a whole.

    Attributes:
        quotas: how many quotas are declared on it.
        produced: the lowest declared limit of bytes that a client may produce per second; None without any.
    """

    quotas: int = 0
    produced: int | None = None


@dataclass(frozen=True, slots=True)
class UserPlace(Place):
    """A declared user whose password the manifest names, so that acts can be tried with it.

    Attributes:
        mechanism: the mechanism that it logs in by.
        password: where its password is.
        anywhere: a declared right of the user, or of everybody, on topics or groups of any name; empty without.
    """

    mechanism: str = "SCRAM-SHA-512"
    password: SecretRef | None = None
    anywhere: str = ""


def users(declared: Mapping[Address, Declaration]) -> list[UserPlace]:
    """The declared users with passwords."""
    acls = [one.spec for one in declared.values() if isinstance(one.spec, AclSpec)]
    return [
        UserPlace(
            address,
            address.name,
            one,
            about=About.RESOURCE,
            unfit="no resource there could be copied for it to try",
            guest=True,
            mechanism=one.spec.mechanisms[0],
            password=one.spec.password,
            anywhere=next((_told(acl) for acl in acls if _reaches_all(acl, f"User:{address.name}")), ""),
        )
        for address, one in declared.items()
        if isinstance(one.spec, UserSpec) and one.spec.password is not None
    ]


def _reaches_all(acl: AclSpec, principal: str) -> bool:
    """Whether a right is one on names that nobody has thought of, a canary's among them."""
    whose = acl.principal in {principal, "User:*"} and acl.permission == "allow"
    named = acl.name or ""
    return (
        whose
        and acl.resource in {"topic", "group"}
        and (named == ANY if acl.pattern == "literal" else PREFIX.startswith(named))
    )


def _told(acl: AclSpec) -> str:
    return f"`{acl.operation}` on every {acl.resource} of `{acl.name}`"


def cluster(declared: Mapping[Address, Declaration], reading: Reading, *, encrypted: bool) -> ClusterPlace:
    """The cluster, with what is declared on it that is enforced for all."""
    whole = cluster_place(reading.alias, reading.facts.endpoint)
    quotas = [one.spec for one in declared.values() if isinstance(one.spec, QuotaSpec)]
    produced = [limit for one in quotas if isinstance(limit := one.limits.get("producer_byte_rate"), int | float)]
    return ClusterPlace(
        whole.address,
        whole.name,
        about=whole.about,
        unfit=whole.unfit,
        encrypted=encrypted,
        connects=True,
        nodes=reading.facts.brokers or 1,
        quotas=len(quotas),
        produced=int(min(produced)) if produced else None,
    )


def places(declared: Mapping[Address, Declaration], reading: Reading, *, transactions: bool) -> list[TopicPlace]:
    """The declared topics; those that are not there yet are fit for nothing."""
    return [
        _place(address, one, reading, transactions=transactions)
        for address, one in declared.items()
        if address.kind == TOPICS
    ]


def _place(address: Address, declaration: Declaration, reading: Reading, *, transactions: bool) -> TopicPlace:
    live, unfit = reading.resources.get(address), reading.denied.get(address, "")
    if live is None and not unfit:
        unfit = "it does not exist on the broker yet; run `mqinfra apply`"
    partitions = (TopicSpec.narrow(live.spec).partitions if live is not None else None) or 1
    return TopicPlace(
        address,
        address.name,
        declaration,
        lanes=min(partitions, MOST_LANES),
        unfit=unfit,
        dead_letters=next((one.target.name for one in declaration.references if one.role == DEAD_LETTERS), ""),
        partitions=partitions,
        brokers=reading.facts.brokers or 1,
        nodes=reading.facts.brokers or 1,
        buries=any(one.role == DEAD_LETTERS for one in declaration.references),
        transactions=transactions,
        replays=True,
        schemas=tuple(
            SchemaOf(one.target, one.path, key=one.path[0] == "keySchema")
            for one in declaration.references
            if one.role == SCHEMA
        ),
    )
