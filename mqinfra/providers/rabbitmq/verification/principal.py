"""Declared users as places: what each may do in a vhost, and its password, by which that can be tried."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Reading
from mqinfra.model.secret import SecretRef
from mqinfra.model.setting import Problem
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.rabbitmq.pattern.regex import compile_pattern
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.permission import KIND as PERMISSIONS
from mqinfra.providers.rabbitmq.spec.permission import PermissionSpec
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES
from mqinfra.providers.rabbitmq.spec.user import KIND as USERS
from mqinfra.providers.rabbitmq.spec.user import UserSpec

_MOST = 2
"""Names of resources that a user's rights cover of which canaries are made: their names end with them."""


@dataclass(frozen=True, slots=True)
class PrincipalPlace(Place):
    """A user's permission in a vhost, where the manifest names the user's password.

    Attributes:
        vhost: the vhost.
        password: where the password is.
        rights: the declared patterns, by right: `configure`, `write`, `read`.
        covered: names of declared queues and exchanges that some pattern covers.
    """

    vhost: str = "/"
    password: SecretRef | None = field(default=None, repr=False)
    rights: Mapping[str, str] = field(default_factory=dict)
    covered: tuple[str, ...] = ()

    @property
    def everywhere(self) -> bool:
        """Whether it is declared to have all rights on names that nobody has thought of, a canary's among them."""
        name = Run.new().name("1.name")
        return all(covers(pattern, name) for pattern in self.rights.values())


def covers(pattern: str, name: str) -> bool:
    """Whether a pattern takes a name; True where nobody can tell, so that no right counts as one too many."""
    compiled = compile_pattern(pattern) if pattern else None
    return isinstance(compiled, Problem) or (compiled is not None and compiled.matches(name))


def principals(declared: Mapping[Address, Declaration], reading: Reading) -> list[PrincipalPlace]:
    """The declared permissions of declared users with passwords."""
    passwords = {
        address.name: one.spec.password
        for address, one in declared.items()
        if address.kind == USERS and isinstance(one.spec, UserSpec) and one.spec.password is not None
    }
    found = []
    for address, one in declared.items():
        if address.kind != PERMISSIONS or not isinstance(one.spec, PermissionSpec):
            continue
        vhost, user = address.path
        if user not in passwords:
            continue
        spec = one.spec
        rights = {"configure": spec.configure, "write": spec.write, "read": spec.read}
        found.append(
            PrincipalPlace(
                address,
                user,
                one,
                about=About.RESOURCE,
                unfit=""
                if address in reading.resources
                else "it does not exist on the broker yet; run `mqinfra apply`",
                vhost=vhost,
                password=passwords[user],
                rights=rights,
                covered=_covered(declared, vhost, rights.values()),
            )
        )
    return found


def _covered(declared: Iterable[Address], vhost: str, patterns: Iterable[str]) -> tuple[str, ...]:
    names = dict.fromkeys(one.path[1] for one in declared if one.kind in (QUEUES, EXCHANGES) and one.path[0] == vhost)
    return tuple(name for name in names if any(covers(pattern, name) for pattern in patterns))[:_MOST]
