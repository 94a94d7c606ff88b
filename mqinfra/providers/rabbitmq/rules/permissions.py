"""What permissions grant beyond what their patterns seem to say: the server searches them anywhere in a name."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.rabbitmq.pattern.regex import Pattern, compile_pattern, reach
from mqinfra.providers.rabbitmq.pattern.shape import anchored, is_prefix
from mqinfra.providers.rabbitmq.policy.planned_topology import PlannedTopology, Vhost, planned_topology
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.rules.scope_reach import beyond, is_shared
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.permission import KIND
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES
from mqinfra.providers.rabbitmq.spec.user import KIND as USERS

_FIELDS = ("configure", "write", "read")
_PROBES = ("a", "Z", "0", "-", "amq.default", "\u00e4.b c/d")
"""Names that have nothing in common: a pattern that matches all of them is meant to match everything."""
_NAMED = 3
_ADMINISTRATOR = "administrator"

PERMISSION_NOT_ANCHORED = Code(
    "MQ730",
    "permission pattern is not anchored",
    "Permissions are regular expressions that RabbitMQ searches anywhere in a name: `orders` also grants `not-orders` "
    "and `orders-archive`, now and in the future. `^orders$` grants one name, `^orders\\.` all that begin so. In "
    "`^a|b$` each anchor holds for one side only: write `^(?:a|b)$`.\n\n"
    "`access` writes exact patterns.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      permissions:\n        mailer: {read: orders}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      permissions:\n        mailer: {read: ^orders$}",
)
"""A pattern for a prefix is left alone when it ends in a delimiter, as in scopes."""

PERMISSION_ON_EVERYTHING = Code(
    "MQ731",
    "permission on everything",
    "With `.*` a user may do so with every queue and exchange of the vhost: read the messages of all others, publish "
    "in their names, or delete what they need. An application usually needs only a few names.\n\n"
    "`access` writes patterns for just the queues that a client consumes and the exchanges that it publishes to.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      permissions:\n        mailer: {write: .*, read: .*}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      access:\n        mailer: {consumes: [orders.email]}",
)
"""Not told of administrators, who can grant themselves everything anyway."""

PERMISSION_OUTSIDE_SCOPE = Code(
    "MQ732",
    "a permission outside the project's part of a vhost",
    "The project owns only some names of the vhost, and a permission reaches names of others. Anyone who may change "
    "the project's manifests could then read and delete what belongs to others. Names that do not exist yet count "
    "too, since a queue may be created later.\n\n"
    "Begin the pattern with `^` and a literal prefix that the project owns, or write out whole names; the owner of "
    "the other names can grant the permission for them, to a user of its own.",
    bad="scope: {rabbitmq: {vhosts: {/: {names: ['orders.*']}}, users: [mailer]}}\n# and in a manifest:\n"
    "rabbitmq: {vhosts: {/: {permissions: {mailer: {read: '.*'}}}}}",
    good="rabbitmq: {vhosts: {/: {permissions: {mailer: {read: '^orders\\.'}}}}}",
)
"""The provider tells what each pattern matches among the known names; the scope tells whose those are."""


class Permissions(ClusterRule):
    """What each permission grants beyond what its patterns seem to say."""

    codes = (PERMISSION_NOT_ANCHORED, PERMISSION_ON_EVERYTHING, PERMISSION_OUTSIDE_SCOPE)
    kinds = frozenset({kind_names.PERMISSIONS})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Look at each pattern of each permission."""
        planned = view.once(planned_topology)
        known: dict[str, _Names] = {}
        for address, declaration in planned.of(KIND).items():
            vhost = address.path[0]
            if vhost not in known:
                known[vhost] = _names(planned.vhosts.get(vhost))
            wide: list[str] = []
            for name in _FIELDS:
                text = declaration.spec.field((name,))
                pattern = compile_pattern(text) if isinstance(text, str) and text else None
                if not isinstance(pattern, Pattern):
                    continue
                yield from _reach(view, address, name, pattern, known[vhost])
                if _is_everything(pattern):
                    wide.append(name)
                elif not pattern.anchored and not is_prefix(pattern.text):
                    yield _loose(address, name, pattern, known[vhost])
            if wide and not _administers(planned, Address(address.cluster, USERS, address.path[1:])):
                yield _everything(address, wide)


@dataclass
class _Names:
    """The known queues and exchanges of one vhost, sorted, and what patterns match of them.

    Attributes:
        names: UTF-8 names.
        addresses: by name.
        matched: what a pattern matches, by its text.
    """

    names: list[bytes]
    addresses: Mapping[bytes, Address]
    matched: dict[str, tuple[Address, ...]] = field(default_factory=dict)

    def granted(self, pattern: Pattern) -> tuple[Address, ...]:
        """What a pattern matches."""
        if pattern.text not in self.matched:
            self.matched[pattern.text] = tuple(self.addresses[name] for name in self._found(pattern))
        return self.matched[pattern.text]

    def _found(self, pattern: Pattern) -> Iterator[bytes]:
        if pattern.literals is not None:
            yield from sorted(pattern.literals & self.addresses.keys())
            return
        start = bisect_left(self.names, pattern.prefix)
        for position in range(start, len(self.names)):
            name = self.names[position]
            if not name.startswith(pattern.prefix):
                return
            if pattern.matches_bytes(name):
                yield name


def _names(vhost: Vhost | None) -> _Names:
    if vhost is None:
        return _Names([], {})
    addresses = {
        name.encode("utf-8", "surrogatepass"): vhost.address(kind, name)
        for kind, names in ((EXCHANGES, vhost.exchanges), (QUEUES, vhost.queues))
        for name in names
        if name and not name.startswith("amq.")
    }
    return _Names(sorted(addresses), addresses)


def _is_everything(pattern: Pattern) -> bool:
    return pattern.literals is None and all(map(pattern.matches, _PROBES))


def _administers(planned: PlannedTopology, user: Address) -> bool:
    """Tell whether a user is an administrator, who can grant itself anything; False when nobody could tell."""
    declaration = planned.view.declared.get(user)
    spec = declaration.spec if declaration is not None else planned.view.live.get(user)
    tags = spec.field(("tags",)) if spec is not None else None
    return isinstance(tags, list) and _ADMINISTRATOR in tags


def _reach(view: ClusterView, address: Address, name: str, pattern: Pattern, known: _Names) -> Iterator[Finding]:
    """What a pattern grants in a vhost of which others own a part: the known names, and those that may come."""
    if not is_shared(view, address):
        return
    vhost, user = address.path
    unknown = [
        Address(address.cluster, QUEUES, (vhost, literal.decode("utf-8", "surrogatepass")))
        for literal in sorted((pattern.literals or frozenset()) - known.addresses.keys())
        if literal and not literal.startswith(b"amq.")
    ]
    if pattern.literals is None and not pattern.prefix.startswith(b"amq."):  # which nobody owns
        unknown += [Address(address.cluster, QUEUES, (vhost, each)) for each in reach(pattern.text)]
    names = beyond(view, (*known.granted(pattern), *unknown))
    if names:
        yield Finding(
            PERMISSION_OUTSIDE_SCOPE,
            address,
            f"`{name}` of user `{user}` grants {names} in vhost `{vhost}`, outside the project's part of it",
            ("narrow the pattern to the names that the project owns there",),
            (name,),
        )


def _loose(address: Address, name: str, pattern: Pattern, known: _Names) -> Finding:
    narrow = anchored(pattern.text)
    compiled = compile_pattern(narrow)
    meant = set(known.granted(compiled)) if isinstance(compiled, Pattern) else set()
    others = [other.name for other in known.granted(pattern) if other not in meant]
    what = _listed(others) if others else "any name that contains it"
    return Finding(
        PERMISSION_NOT_ANCHORED,
        address,
        f"`{name}` of user `{address.path[1]}` also grants {what}: "
        f"RabbitMQ searches `{pattern.text}` anywhere in a name",
        (f"write `{narrow}`, or let `access` write the patterns",),
        (name,),
    )


def _everything(address: Address, fields: Sequence[str]) -> Finding:
    may = fields[0] if len(fields) == 1 else f"{', '.join(fields[:-1])} and {fields[-1]}"
    return Finding(
        PERMISSION_ON_EVERYTHING,
        address,
        f"user `{address.path[1]}` may {may} everything in vhost `{address.path[0]}`, and is not an administrator",
        ("name what it needs, or let `access` write the patterns: `access: {NAME: {consumes: [QUEUE]}}`",),
        (fields[0],),
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED:,} more" if len(names) > _NAMED else shown


RULES: tuple[Rule, ...] = (Permissions(),)
