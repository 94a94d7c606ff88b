"""What permissions grant beyond what their patterns seem to say: the server searches them anywhere in a name."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mqinfra.model.address import Address
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.pattern.regex import Pattern, compile_pattern, reach
from mqinfra.providers.rabbitmq.pattern.shape import anchored, is_prefix
from mqinfra.providers.rabbitmq.policy.planned_topology import Outlook, Vhost, outlook
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.permission import KIND
from mqinfra.providers.rabbitmq.spec.queue import KIND as QUEUES
from mqinfra.providers.rabbitmq.spec.user import KIND as USERS

_FIELDS = ("configure", "write", "read")
_PROBES = ("a", "Z", "0", "-", "amq.default", "\u00e4.b c/d")
"""Names that have nothing in common: a pattern that matches all of them is meant to match everything."""
_NAMED = 3
_ADMINISTRATOR = "administrator"


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


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Say what each permission grants too; what it grants at all is for the rule that knows the project's scope."""
    found = seen.once(outlook)
    known: dict[str, _Names] = {}
    for address, declaration in found.of(KIND).items():
        vhost = address.path[0]
        if vhost not in known:
            known[vhost] = _names(found.vhosts.get(vhost))
        wide: list[str] = []
        for name in _FIELDS:
            text = declaration.spec.field((name,))
            pattern = compile_pattern(text) if isinstance(text, str) and text else None
            if not isinstance(pattern, Pattern):
                continue
            yield _reach(address, name, pattern, known[vhost])
            if _is_everything(pattern):
                wide.append(name)
            elif not pattern.anchored and not is_prefix(pattern.text):
                yield _loose(address, name, pattern, known[vhost])
        if wide and not _administers(found, Address(address.cluster, USERS, address.path[1:])):
            yield _everything(address, wide)


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


def _administers(found: Outlook, user: Address) -> bool:
    """Tell whether a user is an administrator, who can grant itself anything; False when nobody could tell."""
    declaration = found.seen.declared.get(user)
    spec = declaration.spec if declaration is not None else found.seen.live.get(user)
    tags = spec.field(("tags",)) if spec is not None else None
    return isinstance(tags, list) and _ADMINISTRATOR in tags


def _reach(address: Address, name: str, pattern: Pattern, known: _Names) -> Opinion:
    unknown = [
        Address(address.cluster, QUEUES, (address.path[0], literal.decode("utf-8", "surrogatepass")))
        for literal in sorted((pattern.literals or frozenset()) - known.addresses.keys())
        if literal and not literal.startswith(b"amq.")
    ]
    if pattern.literals is None and not pattern.prefix.startswith(b"amq."):  # which nobody owns
        unknown += [Address(address.cluster, QUEUES, (address.path[0], each)) for each in reach(pattern.text)]
    about = (*known.granted(pattern), *unknown)
    return Opinion(
        "permission_outside_scope", address, f"`{name}` of user `{address.path[1]}`", (), (name,), about=about
    )


def _loose(address: Address, name: str, pattern: Pattern, known: _Names) -> Opinion:
    narrow = anchored(pattern.text)
    compiled = compile_pattern(narrow)
    meant = set(known.granted(compiled)) if isinstance(compiled, Pattern) else set()
    others = [other.name for other in known.granted(pattern) if other not in meant]
    what = _listed(others) if others else "whatever has it in its name"
    return Opinion(
        "permission_not_anchored",
        address,
        f"`{name}` of user `{address.path[1]}` also grants {what}: "
        f"RabbitMQ searches `{pattern.text}` anywhere in a name",
        (f"write `{narrow}`, or let `access` write the patterns",),
        (name,),
    )


def _everything(address: Address, fields: Sequence[str]) -> Opinion:
    may = fields[0] if len(fields) == 1 else f"{', '.join(fields[:-1])} and {fields[-1]}"
    return Opinion(
        "permission_on_everything",
        address,
        f"user `{address.path[1]}` may {may} everything in vhost `{address.path[0]}`, and is not an administrator",
        ("name what it needs, or let `access` write the patterns: `access: {NAME: {consumes: [QUEUE]}}`",),
        (fields[0],),
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED:,} more" if len(names) > _NAMED else shown
