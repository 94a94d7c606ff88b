"""What is verified on a Redis deployment, with what its own checks look at."""

from collections.abc import Iterable, Mapping

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Reading
from mqinfra.providers.base.verification.place import About, Place, cluster_place
from mqinfra.providers.redis.addresses import DEFAULT, GROUPS, STREAMS, USERS
from mqinfra.providers.redis.streams.spec import DEAD_LETTERS, StreamSpec
from mqinfra.providers.redis.users.spec import Rules, UserSpec


@dataclass(frozen=True, slots=True)
class StreamPlace(Place):
    """A declared stream.

    Attributes:
        dead_letters: the stream that its consumers move entries to which they give up; empty without.
        groups: names of its declared groups.
        expected_max_length: how long it should be at most; None where nobody says.
        remembers: whether it is declared to remember the ids of producers.
    """

    dead_letters: str = ""
    groups: tuple[str, ...] = ()
    expected_max_length: int | None = None
    remembers: bool = False


@dataclass(frozen=True, slots=True)
class UserPlace(Place):
    """A declared user.

    Attributes:
        rule_sets: what is declared that it may do.
        enabled: whether it may log in.
        streams: the declared streams of the deployment.
    """

    rule_sets: tuple[Rules, ...] = ()
    enabled: bool = True
    streams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeploymentPlace(Place):
    """The deployment as a whole.

    Attributes:
        users: its declared users.
        streams: its declared streams.
    """

    users: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()


def places(declared: Mapping[Address, Declaration], reading: Reading, *, encrypted: bool) -> list[Place]:
    """The deployment, its declared streams and users; streams that are not there yet are fit for nothing."""
    groups: dict[tuple[str, str], list[str]] = {}
    for address in declared:
        if address.kind == GROUPS:
            groups.setdefault((address.cluster, address.path[0]), []).append(address.path[1])
    streams = tuple(sorted(address.name for address in declared if address.kind == STREAMS))
    users = tuple(sorted(address.name for address in declared if address.kind == USERS))
    whole = cluster_place(reading.alias, reading.facts.endpoint)
    found: list[Place] = [
        DeploymentPlace(
            whole.address,
            whole.name,
            about=whole.about,
            unfit=whole.unfit,
            users=users,
            streams=streams,
            encrypted=encrypted,
            connects=True,
        )
    ]
    for address, one in declared.items():
        if address.kind == STREAMS:
            found.append(_stream(address, one, groups.get((address.cluster, address.name), ()), reading))
        elif address.kind == USERS:
            found.append(_user(address, one, streams))
    return found


def _stream(address: Address, declaration: Declaration, groups: Iterable[str], reading: Reading) -> StreamPlace:
    spec = StreamSpec.narrow(declaration.spec)
    dead = next((one.target.name for one in declaration.references if one.role == DEAD_LETTERS), "")
    unfit = reading.denied.get(address, "")
    if not unfit and address not in reading.resources:
        unfit = "it does not exist on the broker yet; run `mqinfra apply`"
    return StreamPlace(
        address,
        address.name,
        declaration,
        unfit=unfit,
        replays=True,
        buries=bool(dead),
        dead_letters=dead,
        groups=tuple(sorted(groups)),
        expected_max_length=spec.expected_max_length,
        remembers=bool(spec.idempotence),
        nodes=reading.facts.brokers or 1,
    )


def _user(address: Address, declaration: Declaration, streams: tuple[str, ...]) -> UserPlace:
    spec = UserSpec.narrow(declaration.spec)
    return UserPlace(
        address,
        address.name,
        declaration,
        about=About.RESOURCE,
        unfit="no messages go through it",
        rule_sets=spec.rule_sets,
        enabled=spec.enabled,
        streams=streams,
    )


def is_default(place: Place) -> bool:
    """Whether a place is the user whom connections begin as."""
    return isinstance(place, UserPlace) and place.name == DEFAULT
