"""The pseudo kind `access`: what a client wants to do, expanded to the ACL user that may do exactly that.

Nothing on a server is called access. The rights were measured with real clients on Redis 7.0.15: a consumer that is
only given XREADGROUP and XACK can neither claim what another left behind, nor put an entry aside.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import Field, JsonValue, model_validator
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.names import NameAt
from mqinfra.model.secret import SecretRef
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Secret, Spec
from mqinfra.providers.base.entry_type import LastSugar
from mqinfra.providers.base.expansion import Expansion, Generated
from mqinfra.providers.base.external import External, undeclared
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.recognition import Proposal, Recognising, Seen
from mqinfra.providers.redis import names
from mqinfra.providers.redis.acl.glob import escaped, name_of
from mqinfra.providers.redis.addresses import STREAMS, USERS
from mqinfra.providers.redis.streams.spec import DEAD_LETTERS
from mqinfra.providers.redis.users.spec import PasswordHash, UserSpec

ALWAYS = ("+hello", "+auth", "+ping", "+client|id", "+client|setname", "+client|setinfo", "+multi", "+exec", "+discard")
"""What clients send whatever they are for; MULTI so that an entry moves to the dead letters in one go."""
FIND_KEYS = ("+command", "+cluster|slots", "+cluster|shards", "+cluster|nodes", "+asking", "+readonly")
"""What clients of a Cluster find the server of a key with."""
CONSUME = ("+xreadgroup", "+xack", "+xautoclaim", "+xclaim", "+xpending", "+xinfo")
PRODUCE = ("+xadd", "+xlen")
PUT_ASIDE = ("+xadd",)


class ExternalStream(External):
    """A stream that others own.

    Attributes:
        stream: its key.
        external: true: no manifest of this project declares it.
    """

    stream: str


class AccessSpec(Spec):
    """What a client may do. Becomes an ACL user; needs Redis 7.0, whose selectors keep rights on keys apart.

    Attributes:
        user: name of the ACL user; the entry's own name when left out.
        password: its password: `{env: NAME}`, `{file: PATH}` or `{sha256: HASH}`.
        passwords: up to two passwords instead, so that one can be replaced while both work.
        consumes: streams that it reads in groups, acknowledges and claims from; it may also add to their dead letters.
            One that others own, and no manifest of this project declares, is written `{stream: KEY, external: true}`.
        publishes: streams that it adds to; one that others own is written the same way.
    """

    user: str | None = None
    password: Annotated[SecretRef | PasswordHash | None, Secret] = None
    passwords: Annotated[tuple[SecretRef | PasswordHash, ...] | None, Secret, Field(max_length=2)] = None
    consumes: tuple[str | ExternalStream, ...] = ()
    publishes: tuple[str | ExternalStream, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.password is not None and self.passwords is not None:
            raise ValueError("give `password` or `passwords`, not both")
        if not self.consumes and not self.publishes:
            raise ValueError("set `consumes` or `publishes`")
        return self


class AccessKind(LastSugar, Recognising):
    """Sugar for users."""

    broker = "redis"
    name = "access"
    title = "access"
    entry = AccessSpec
    placement = Placement(scoped_as="users")
    in_path = (NameAt((), (USERS,), names.USER),)

    @override
    def names(self, data: Mapping[str, Any]) -> Iterable[NameAt]:
        """Whom it is for, and the streams that it names."""
        return names.in_access(data)

    @override
    def expand_last(self, address: Address, entry: Spec, declared: Mapping[Address, Declaration]) -> Expansion:
        """Make one user with a selector per kind of right."""
        access = AccessSpec.narrow(entry)
        selectors: list[JsonValue] = []
        consumes = [item if isinstance(item, str) else item.stream for item in access.consumes]
        publishes = [item if isinstance(item, str) else item.stream for item in access.publishes]
        for rules, streams in (
            (CONSUME, consumes),
            (PRODUCE, publishes),
            (PUT_ASIDE, _dead_letters(address.cluster, consumes, declared)),
        ):
            if streams:
                selectors.append(
                    {"commands": list(rules), "keys": [f"~{escaped(name)}" for name in sorted(set(streams))]}
                )
        data: dict[str, JsonValue] = {"commands": [*ALWAYS, *FIND_KEYS], "selectors": selectors}
        given = access.to_json()
        if given.get("passwords") is not None:
            data["passwords"] = given["passwords"]
        elif given.get("password") is not None:
            data["passwords"] = [given["password"]]
        because = "consumes" if access.consumes else "publishes"
        made = Generated("users", (access.user or address.name,), data, (because,))
        there = {known.name for known in declared if known.cluster == address.cluster and known.kind == STREAMS}
        missing = (
            *undeclared("consumes", access.consumes, "stream", Address(address.cluster, STREAMS, ("",)), there),
            *undeclared("publishes", access.publishes, "stream", Address(address.cluster, STREAMS, ("",)), there),
        )
        return Expansion(None, (made,), undeclared=missing)

    @override
    def recognise(self, seen: Seen) -> None:
        """Find users that may do what an entry would let them, and nothing else."""
        for address, spec in seen.of(USERS).items():
            fields = _said(address, spec, seen) if isinstance(spec, UserSpec) else {}
            if fields:
                entry = Address(address.cluster, self.name, address.path or (address.name,))
                seen.take(Proposal(entry, fields, frozenset((address,))))

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """Only a tombstone ever asks: entries of this kind become users."""
        help_text = f"name the user: `{address.cluster}/users/NAME`"
        return Problem(f"`{address}` does not exist on a server", help_text)


def _dead_letters(cluster: str, streams: Sequence[str], declared: Mapping[Address, Declaration]) -> list[str]:
    some = [declared.get(Address(cluster, STREAMS, (name,))) for name in streams]
    return [
        reference.target.name
        for declaration in some
        if declaration is not None
        for reference in declaration.references
        if reference.role == DEAD_LETTERS
    ]


def _said(address: Address, spec: UserSpec, seen: Seen) -> dict[str, JsonValue]:
    """What an entry says of which a user was made; nothing where it can't say it."""
    if spec.commands != (*ALWAYS, *FIND_KEYS) or spec.nopass or not spec.enabled or spec.keys or spec.channels:
        return {}
    rights = {tuple(one.commands): [key.removeprefix("~") for key in one.keys] for one in spec.selectors}
    if not rights or not rights.keys() <= {CONSUME, PRODUCE, PUT_ASIDE}:
        return {}
    given = spec.to_json().get("passwords")
    said: dict[str, JsonValue] = {}
    if isinstance(given, list) and given:
        said |= {"password": given[0]} if len(given) == 1 else {"passwords": given}
    for field, commands in (("consumes", CONSUME), ("publishes", PRODUCE)):
        if commands in rights:
            said[field] = [_known(address, key, seen) for key in rights[commands]]
    return said


def _known(user: Address, pattern: str, seen: Seen) -> JsonValue:
    """A stream by the pattern that means it alone; one that others own where it is not there."""
    name = name_of(pattern)
    if name is None:
        return pattern  # which makes something else, and is refused for it
    return name if Address(user.cluster, STREAMS, (name,)) in seen.live else {"stream": name, "external": True}
