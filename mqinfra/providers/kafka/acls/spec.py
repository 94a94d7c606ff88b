"""What an ACL looks like. It has no name: what it says is what it is called, all of it."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import AfterValidator, JsonValue, ValidationError, model_validator

from mqinfra.model.address import Address, Pairs
from mqinfra.model.declaration import Reference
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Immutable, ImplicitSpec, Spec
from mqinfra.providers.base.expansion import Expansion
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.kafka.acls.principal import principal_of
from mqinfra.providers.kafka.api.acl import ANY, CLUSTER, Acl
from mqinfra.providers.kafka.topics.requests import KIND as TOPICS

KIND = "acls"
Resource = Literal["topic", "group", "transactionalId", "cluster", "delegationToken", "user"]
Pattern = Literal["literal", "prefixed"]
Operation = Literal[
    "Read",
    "Write",
    "Create",
    "Delete",
    "Alter",
    "Describe",
    "DescribeConfigs",
    "AlterConfigs",
    "ClusterAction",
    "IdempotentWrite",
    "CreateTokens",
    "DescribeTokens",
    "TwoPhaseCommit",
    "All",
]
Permission = Literal["allow", "deny"]

USUAL: Pairs = (("host", ANY), ("pattern", "literal"), ("permission", "allow"))
"""What an ACL says when it says nothing of these; left out of its name too."""
_USUAL: Mapping[str, JsonValue] = MappingProxyType(dict(USUAL))
PLACEMENT = Placement(
    named_by=("principal", "resource", "name", "pattern", "operation", "permission", "host"),
    owned_by=("principal",),
    scoped_as="principals",
    usual=USUAL,
)

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "topic": ("Read", "Write", "Create", "Delete", "Alter", "Describe", "DescribeConfigs", "AlterConfigs"),
    "group": ("Read", "Describe", "Delete", "DescribeConfigs", "AlterConfigs"),
    "transactionalId": ("Write", "Describe", "TwoPhaseCommit"),
    "cluster": (
        "Create",
        "Alter",
        "Describe",
        "DescribeConfigs",
        "AlterConfigs",
        "ClusterAction",
        "IdempotentWrite",
    ),
    "delegationToken": ("Describe",),
    "user": ("CreateTokens", "DescribeTokens"),
}
"""What Kafka looks at, by type of resource, besides `All` (`AclEntry.supportedOperations`); it takes others too."""


class AclSpec(ImplicitSpec):
    """An ACL: what a principal may do, or may not. It never changes, it is another one.

    Attributes:
        principal: whom it is about, as the brokers call it: `User:billing`; `User:*` is everybody.
        resource: type of the resource: `topic`, `group`, `transactionalId`, `cluster`, `delegationToken`, `user`.
        name: the resource's name, or what names begin with; a literal `*` is any. A cluster has none.
        pattern: `literal`, or `prefixed` for all names that begin with `name`.
        operation: `Read`, `Write`, `Create`, `Delete`, `Alter`, `Describe`, `DescribeConfigs`, `AlterConfigs`,
            `ClusterAction`, `IdempotentWrite`, `CreateTokens`, `DescribeTokens`, `TwoPhaseCommit` or `All`.
        permission: `allow`, or `deny`, which wins.
        host: address that the client comes from; `*` for any. Kafka knows no names and no networks here.
    """

    implicit: ClassVar[Mapping[str, JsonValue]] = _USUAL
    unwritten: ClassVar[Mapping[str, JsonValue]] = _USUAL

    principal: Annotated[str, AfterValidator(principal_of), Immutable]
    resource: Annotated[Resource, Immutable]
    name: Annotated[str | None, Immutable] = None
    pattern: Annotated[Pattern, Immutable] = "literal"
    operation: Annotated[Operation, Immutable]
    permission: Annotated[Permission, Immutable] = "allow"
    host: Annotated[str, Immutable] = ANY

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        if self.resource == "cluster":
            if self.name is not None or self.pattern != "literal":
                raise ValueError("leave `name` and `pattern` out: there is one cluster")
        elif not self.name:
            raise ValueError(f"set `name`: the {self.resource} that it is about")
        known = OPERATIONS[self.resource]
        if self.operation not in (*known, "All"):
            listed = ", ".join(f"`{one}`" for one in known)
            raise ValueError(f"`{self.operation}` means nothing on a {self.resource}; one of {listed} and `All` does")
        if self.pattern == "prefixed" and self.name == ANY:
            raise ValueError("with `pattern: prefixed` a `*` stands for itself; write `pattern: literal` for any")
        if self.host != ANY and any(part in self.host for part in "/*"):
            raise ValueError("`host` must be one address, or `*`: Kafka knows no networks here")
        return self

    @property
    def acl(self) -> Acl:
        """The same in Kafka's own words."""
        return Acl(
            self.resource,
            self.name or CLUSTER,
            self.pattern,
            self.principal,
            self.host,
            self.operation,
            self.permission,
        )


class AclEntry(AclSpec):
    """An ACL in a manifest.

    Attributes:
        external: true: others declare the topic that it names, or a client makes it; nobody looks whether it is there.
    """

    external: Literal[True] | None = None


def expand(address: Address, entry: Spec) -> Expansion:
    """A right on one topic points at the topic, which may be misspelt."""
    spec = AclSpec.narrow(entry)
    points = spec.resource == "topic" and spec.pattern == "literal" and spec.name not in (None, ANY)
    if not points or (isinstance(entry, AclEntry) and entry.external):
        return Expansion(spec)
    topic = Address(address.cluster, TOPICS, (str(spec.name),))
    return Expansion(spec, references=(Reference(("name",), topic, "the right on it", needed=False),))


def address_of(alias: str, acl: Acl) -> Address:
    """The address of an ACL; in the order of the keys, since a cluster may have a hundred thousand."""
    pairs = [] if acl.host == ANY else [("host", acl.host)]
    if acl.resource != "cluster":
        pairs.append(("name", acl.name))
    pairs.append(("operation", acl.operation))
    if acl.pattern != "literal":
        pairs.append(("pattern", acl.pattern))
    if acl.permission != "allow":
        pairs.append(("permission", acl.permission))
    pairs += (("principal", acl.principal), ("resource", acl.resource))
    return Address(alias, KIND, (), tuple(pairs))


@lru_cache(2**16)
def acl_at(address: Address) -> Acl:
    """The ACL that an address names; see `name_problem` for those that name none."""
    pairs = {**_USUAL_TEXT, **dict(address.pairs)}
    return Acl(
        pairs["resource"],
        pairs.get("name", CLUSTER),
        pairs["pattern"],
        pairs["principal"],
        pairs["host"],
        pairs["operation"],
        pairs["permission"],
    )


_USUAL_TEXT = dict(USUAL)


def spec_of(acl: Acl) -> AclSpec:
    """An ACL as a manifest has it. Not validated: a broker may hold what no manifest could ask for."""
    fields: dict[str, Any] = acl._asdict()
    if acl.resource != "cluster":
        return AclSpec.of_sound(_ALL, fields)
    return AclSpec.of_sound(_UNNAMED, {**fields, "name": None})


_ALL = set(AclSpec.model_fields)
_UNNAMED = _ALL - {"name"}


def name_problem(address: Address) -> Problem | None:
    """Why an address names no ACL."""
    if address.path:
        return Problem(f"`{address}` is not an ACL's address", _form(address))
    if not _USUAL_PAIRS.isdisjoint(address.pairs):
        repeated = next("=".join(pair) for pair in address.pairs if pair in _USUAL_PAIRS)
        return Problem(f"`{repeated}` is left out of an ACL's address, since it is the usual", _form(address))
    # Which one it is makes no difference.
    said = [_ANY_NAME if pair[0] == "name" and pair[1] not in ("", ANY) else pair for pair in address.pairs]
    error = _wrong_with(tuple(said))
    if error is None:
        return None
    where, text = error
    return Problem(f"`{address}` is not an ACL's address: {f'`{where}`: ' if where else ''}{text}", _form(address))


def _form(address: Address) -> str:
    return f"write `{address.cluster}/{KIND}/name=TOPIC,operation=Read,principal=User:NAME,resource=topic`"


_USUAL_PAIRS = frozenset(USUAL)
_ANY_NAME = ("name", "any")


@lru_cache(2**12)
def _wrong_with(said: Pairs) -> tuple[str, str] | None:
    """The first field that is wrong, and why. Kept, since many ACLs say the same of different resources."""
    try:
        AclSpec.model_validate(dict(said))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
    return None


def sentence(acl: Acl) -> str:
    """An ACL in words: "`User:billing` may Read topic `orders`"."""
    host = "" if acl.host == ANY else f" from {acl.host}"
    may = "may" if acl.permission == "allow" else "may not"
    return f"`{acl.principal}` {may} {acl.operation} {place_of(acl)}{host}"


def place_of(acl: Acl) -> str:
    """What an ACL is about, in words: "topic `orders`"."""
    word = _WORDS[acl.resource]
    if acl.resource == "cluster":
        return "the cluster"
    if acl.name == ANY and acl.pattern == "literal":
        return f"every {word}"
    return f"{word}s below `{acl.name}`" if acl.pattern == "prefixed" else f"{word} `{acl.name}`"


_WORDS = {
    "topic": "topic",
    "group": "group",
    "cluster": "cluster",
    "transactionalId": "transactional id",
    "delegationToken": "delegation token",
    "user": "user",
}
assert set(get_args(Resource)) == OPERATIONS.keys()  # noqa: S101 - two lists of one thing
