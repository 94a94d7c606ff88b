"""What is wrong with declared exchanges by themselves: types that the server does not have, or unseen ones."""

import re
from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.diagnostic import Severity
from mqinfra.model.setting import suggestion
from mqinfra.model.span import Path
from mqinfra.providers.base.opinion import Opinion, Seen
from mqinfra.providers.rabbitmq.policy.planned_topology import Outlook, outlook
from mqinfra.providers.rabbitmq.settings.exchange_arguments import KNOWN_TYPES, exchange_type_problem
from mqinfra.providers.rabbitmq.spec.exchange import KIND, UNSEEN_INTERNAL, ExchangeSpec
from mqinfra.providers.rabbitmq.spec.policy import KIND as POLICIES

_ALTERNATE = "alternate-exchange"


def opinions(seen: Seen) -> Iterator[Opinion]:
    """Look at where exchanges send what they can't route, and at the types of those that are not there yet.

    Offline nobody knows which types plugins bring.
    """
    outlook_ = seen.once(outlook)
    yield from _alternates(outlook_)
    if seen.facts is None:
        yield from _misspelt_types(outlook_)
        return

    def bound(address: Address) -> set[str]:
        """Ends of bindings, which are known to be there."""
        some = outlook_.vhost(address).bindings
        return {
            name for at, spec in some.items() if at in seen.live for name in (spec.exchange, spec.to_exchange) if name
        }

    offered = frozenset(re.findall(r"[^\s,]+", seen.facts.traits.get("exchange-types", ""))) or None
    for address, declaration in outlook_.of(KIND).items():
        spec = declaration.spec
        if isinstance(spec, ExchangeSpec) and address not in seen.live:
            if spec.internal and UNSEEN_INTERNAL in seen.facts.traits and address.name not in bound(address):
                yield Opinion(
                    "internal_exchange_unseen",
                    address,
                    f"whether the internal exchange `{address.name}` is there is not known: the definitions file "
                    "leaves such exchanges out",
                    ("plan against the server, or exclude it",),
                    ("internal",),
                )
            problem = exchange_type_problem(spec.type, seen.facts.version_tuple, offered)
            if problem is not None:
                yield Opinion("exchange_type_missing", address, problem.message, (problem.help,), ("type",))


def _misspelt_types(found: Outlook) -> Iterator[Opinion]:
    """Types that are almost one of those we know; any other may be a plugin's."""
    for address, declaration in found.of(KIND).items():
        spec = declaration.spec
        meant = suggestion(spec.type, KNOWN_TYPES) if isinstance(spec, ExchangeSpec) else ""
        if isinstance(spec, ExchangeSpec) and spec.type not in KNOWN_TYPES and meant:
            message = f"unknown exchange type `{spec.type}`; whether the server has it can't be checked from here"
            yield Opinion("exchange_type_missing", address, message, (meant,), ("type",), severity=Severity.WARNING)


def _alternates(found: Outlook) -> Iterator[Opinion]:
    """Alternate exchanges that are not there: RabbitMQ takes them, and drops what would go there."""
    told: set[tuple[Address, str]] = set()
    for address, declaration in found.of(KIND).items():
        vhost, spec = found.vhost(address), declaration.spec
        if not isinstance(spec, ExchangeSpec):
            continue
        path: Path = ("arguments", _ALTERNATE)
        place, name = address, spec.arguments.get(_ALTERNATE)
        policy = vhost.effective(KIND, address.path[1]).policy if name is None and vhost.policies else None
        if policy is not None:
            place, path = vhost.address(POLICIES, policy.name), ("definition", _ALTERNATE)
            name = policy.definition.get(_ALTERNATE)
        if not isinstance(name, str) or name in vhost.exchanges or name.startswith("amq.") or not name:
            continue
        if place not in found.seen.declared:
            place, path = address, ()
        if (place, name) not in told:
            told.add((place, name))
            yield Opinion(
                "dead_letters_lead_nowhere",
                place,
                f"what `{address.path[1]}` can't route goes to `{name}`, which is not an exchange {vhost.known}",
                (suggestion(name, vhost.exchanges), "declare it, correct the name, or remove the setting"),
                path,
            )
