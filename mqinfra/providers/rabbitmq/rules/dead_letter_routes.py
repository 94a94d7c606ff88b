"""Where dead letters of declared queues go, and what exchanges can't route: nowhere, or for good."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Declaration
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.setting import suggestion
from mqinfra.model.span import Path
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Context, Finding, ResourceRule, Rule, Subject
from mqinfra.providers.rabbitmq.policy.planned_topology import (
    EffectiveSettings,
    PlannedTopology,
    Vhost,
    dead_letter_reference,
    planned_topology,
)
from mqinfra.providers.rabbitmq.policy.routes import leads_on
from mqinfra.providers.rabbitmq.rules import kind_names
from mqinfra.providers.rabbitmq.spec.exchange import KIND as EXCHANGES
from mqinfra.providers.rabbitmq.spec.exchange import ExchangeSpec
from mqinfra.providers.rabbitmq.spec.policy import KIND as POLICIES
from mqinfra.providers.rabbitmq.spec.queue import KIND
from mqinfra.providers.rabbitmq.spec.queue_entry import DEAD_LETTERS

_EXCHANGE, _KEY, _STRATEGY = "dead-letter-exchange", "dead-letter-routing-key", "dead-letter-strategy"
_AT_LEAST_ONCE = "at-least-once"
_ALTERNATE = "alternate-exchange"
_SETTING = ("arguments", f"x-{_EXCHANGE}")
_DECLARE = "declare it, correct the name, or remove the setting"

DEAD_LETTERS_FALL_BACK = Code(
    "MQ342",
    "dead letters fall back to at-most-once",
    "`at-least-once` keeps a dead letter until the next queue has confirmed it. It needs a quorum queue, an exchange "
    "for the dead letters, and `overflow: reject-publish`: a queue that drops its oldest messages can't wait for "
    "others. If one is missing, RabbitMQ falls back to `at-most-once` and only logs it. On a classic queue, the whole "
    "policy with the strategy is skipped.\n\n"
    "The sugar `deadLetter: {strategy: at-least-once}` sets all of it.",
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum}\n      policies:\n        "
    "letters:\n          pattern: ^orders$\n          definition: {dead-letter-exchange: dlx, "
    "dead-letter-strategy: at-least-once}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {type: quorum, deadLetter: "
    "{strategy: at-least-once}}",
)
"""rabbit_quorum_queue.erl, `dlh`: the server goes back to at-most-once, and says so in its log only."""

DEAD_LETTERS_LEAD_NOWHERE = Code(
    "MQ511",
    "dead letters or unrouted messages are dropped",
    "RabbitMQ accepts a `dead-letter-exchange` that does not exist, and drops what would go there. It does the same "
    "where the exchange has no binding for the routing key of the dead letters. What is in force counts: an argument "
    "of the queue, or the one policy that wins for it. The same applies to an `alternate-exchange`, which gets what "
    "an exchange can't route.\n\n"
    "A warning, before an apply as after it: many live systems have such queues, whose arguments can't change, and an "
    "application may create the exchange.",
    severity=Severity.WARNING,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {arguments: {x-dead-letter-exchange: dlx}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      exchanges:\n        dlx: {type: fanout}\n      queues:\n        "
    "failed: {bindings: [{exchange: dlx}]}\n        orders: {arguments: {x-dead-letter-exchange: dlx}}",
)
"""By the setting in force, whether an argument or a policy says it; references of sugar are MQ500's."""

DEAD_LETTERS_FOR_GOOD = Code(
    "MQ615",
    "the destination of dead letters is fixed",
    "With `via: argument` a queue has its dead letters among its arguments, which never change: to send them "
    "elsewhere, or nowhere, the queue has to be deleted and recreated. It is the right choice for thousands of queues "
    "with dead letters of their own, since RabbitMQ matches every policy against every queue.\n\n"
    "Leave out `via` to set it by a policy, which can change at any time.",
    severity=Severity.INFO,
    bad="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {deadLetter: {via: argument}}",
    good="rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        orders: {deadLetter: true}",
)
"""Only while it can still be chosen: the queue is not there yet."""


class DeadLetterRoutes(ClusterRule):
    """Dead letters that get lost on their way, by the setting in force."""

    codes = (DEAD_LETTERS_FALL_BACK, DEAD_LETTERS_LEAD_NOWHERE)
    kinds = frozenset({kind_names.QUEUES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Follow the dead letters of each declared queue."""
        planned = view.once(planned_topology)
        lost: dict[tuple[Address, Path, str], _Lost] = {}
        for address, declaration in planned.of(KIND).items():
            vhost, name = planned.vhost(address), address.path[1]
            kind = vhost.type_of(name)
            if kind == "stream":
                continue
            force = vhost.in_force(name)
            yield from _fallen_back(address, vhost, kind, force)
            if force.definition.get(_EXCHANGE) is not None:
                _look(planned, address, declaration, lost)
        yield from _said(lost)


class AlternateExchanges(ClusterRule):
    """Alternate exchanges that are not there: RabbitMQ takes them, and drops what would go there."""

    codes = (DEAD_LETTERS_LEAD_NOWHERE,)
    kinds = frozenset({kind_names.EXCHANGES})

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Look at where exchanges send what they can't route."""
        yield from _alternates(view.once(planned_topology))


class DeadLettersForGood(ResourceRule):
    """Only while it can still be chosen: the queue is not there yet."""

    kinds = frozenset({kind_names.QUEUES})
    codes = (DEAD_LETTERS_FOR_GOOD,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look for dead letters that sugar put into the arguments of a queue that is not there."""
        if subject.reading is None or subject.live is not None or not subject.declares(_SETTING):
            return
        path = next((item.path for item in subject.declaration.references if item.role == DEAD_LETTERS), None)
        if path is not None:
            yield subject.at(
                DEAD_LETTERS_FOR_GOOD,
                path,
                f"where the dead letters of `{subject.address.name}` go can't be changed once the queue exists",
                help="leave out `via: argument` to set it by a policy",
            )


@dataclass
class _Lost:
    """Queues whose dead letters one setting leads nowhere.

    Attributes:
        queues: the queues.
        message: what is wrong, after the name of the queue.
        help: what to do now.
    """

    message: str
    help: tuple[str, ...]
    queues: list[Address] = field(default_factory=list)


def _fallen_back(address: Address, vhost: Vhost, kind: str | None, force: EffectiveSettings) -> Iterator[Finding]:
    """As `dlh` in rabbit_quorum_queue.erl: without the overflow, or an exchange, the server takes `at-most-once`."""
    name = address.path[1]
    if kind == "classic":
        skipped = [policy.name for policy, _ in vhost.effective(KIND, name).skipped if _is_strict(policy.definition)]
        if skipped:
            yield Finding(
                DEAD_LETTERS_FALL_BACK,
                address,
                f"`{name}` is a classic queue, which has no `at-least-once`: the policy `{skipped[0]}` that sets it "
                "is skipped as a whole",
                ("remove the strategy, or make it a quorum queue",),
                ("deadLetter",) if not vhost.queues[name].arguments.get(f"x-{_STRATEGY}") else (),
            )
        return
    if kind != "quorum" or force.definition.get(_STRATEGY) != _AT_LEAST_ONCE:
        return
    if force.definition.get(_EXCHANGE) is None:
        wrong, way = "it has no `dead-letter-exchange`", "set where its dead letters go"
    elif force.definition.get("overflow") != "reject-publish":
        wrong, way = "its overflow is not `reject-publish`", "set `overflow: reject-publish` where the strategy is set"
    else:
        return
    yield Finding(
        DEAD_LETTERS_FALL_BACK,
        address,
        f"`{name}` would dead-letter at most once despite its strategy `at-least-once`: {wrong}",
        (f"{way}, or remove the strategy",),
        _path(force, _STRATEGY),
    )


def _is_strict(definition: object) -> bool:
    return isinstance(definition, dict) and definition.get(_STRATEGY) == _AT_LEAST_ONCE


def _look(
    planned: PlannedTopology, address: Address, declaration: Declaration, lost: dict[tuple[Address, Path, str], _Lost]
) -> None:
    """Find out whether the dead letters of a queue get anywhere; what sugar refers to has a rule of its own."""
    vhost = planned.vhost(address)
    force = vhost.in_force(address.path[1])
    exchange, said = str(force.definition[_EXCHANGE]), force.definition.get(_KEY)
    key = None if said is None else str(said)
    wrong = _wrong(vhost, declaration, exchange, key)
    if wrong is None:
        return
    place, path = _place(planned, address, force, _KEY if exchange == "" else _EXCHANGE)
    lost.setdefault((place, path, wrong.message), wrong).queues.append(address)


def _wrong(vhost: Vhost, declaration: Declaration, exchange: str, key: str | None) -> _Lost | None:
    if exchange == "":
        if key is None or key in vhost.queues or dead_letter_reference(declaration, KIND, key):
            return None
        return _Lost(f"`{key}`, which is not a queue {vhost.known}", (suggestion(key, vhost.queues), _DECLARE))
    if exchange not in vhost.exchanges:
        if exchange.startswith("amq.") or dead_letter_reference(declaration, EXCHANGES, exchange):
            return None
        hints = (suggestion(exchange, vhost.exchanges), _DECLARE)
        return _Lost(f"`{exchange}`, which is not an exchange {vhost.known}", hints)
    if leads_on(vhost, exchange, key) is not False:
        return None
    with_key = f" with the routing key `{key}`" if key is not None else ""
    bind = f"bind a queue to `{exchange}`{with_key}, or correct the setting"
    return _Lost(f"`{exchange}`, which has no binding{with_key}", (bind,))


def _place(planned: PlannedTopology, address: Address, force: EffectiveSettings, key: str) -> tuple[Address, Path]:
    """Where the setting is said: an argument of the queue, a policy that somebody declared, else the queue."""
    path = _path(force, key)
    if path or force.policy is None:
        return address, path
    policy = Address(address.cluster, POLICIES, (address.path[0], force.policy.name))
    if policy in planned.view.declared and not planned.is_made(policy):
        return policy, ("definition", key)
    return address, ()


def _path(force: EffectiveSettings, key: str) -> Path:
    return ("arguments", f"x-{key}") if f"x-{key}" in force.arguments else ()


def _said(lost: dict[tuple[Address, Path, str], _Lost]) -> Iterator[Finding]:
    for (place, path, _), some in lost.items():
        first, *more = [address.path[1] for address in some.queues]
        whose = f"`{first}`" + (f" and {len(more):,} more" if more else "")
        yield Finding(
            DEAD_LETTERS_LEAD_NOWHERE,
            place,
            f"the dead letters of {whose} go to {some.message}",
            some.help,
            path,
        )


def _alternates(planned: PlannedTopology) -> Iterator[Finding]:
    """Alternate exchanges that are not there: RabbitMQ takes them, and drops what would go there."""
    told: set[tuple[Address, str]] = set()
    for address, declaration in planned.of(EXCHANGES).items():
        vhost, spec = planned.vhost(address), declaration.spec
        if not isinstance(spec, ExchangeSpec):
            continue
        path: Path = ("arguments", _ALTERNATE)
        place, name = address, spec.arguments.get(_ALTERNATE)
        policy = vhost.effective(EXCHANGES, address.path[1]).policy if name is None and vhost.policies else None
        if policy is not None:
            place, path = vhost.address(POLICIES, policy.name), ("definition", _ALTERNATE)
            name = policy.definition.get(_ALTERNATE)
        if not isinstance(name, str) or name in vhost.exchanges or name.startswith("amq.") or not name:
            continue
        if place not in planned.view.declared:
            place, path = address, ()
        if (place, name) not in told:
            told.add((place, name))
            yield Finding(
                DEAD_LETTERS_LEAD_NOWHERE,
                place,
                f"what `{address.path[1]}` can't route goes to `{name}`, which is not an exchange {vhost.known}",
                (suggestion(name, vhost.exchanges), "declare it, correct the name, or remove the setting"),
                path,
            )


RULES: tuple[Rule, ...] = (DeadLetterRoutes(), AlternateExchanges(), DeadLettersForGood())
