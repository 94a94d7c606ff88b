"""A real exchange to test on: canaries by keys of their own go through it into queues that end with this run.

Before anything is sent it is worked out which queues in use a canary would get to by the bindings that are there now,
and nothing is where there is one, unless the caller allows it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from pydantic import JsonValue

from mqinfra.model.errors import Bug, UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.judgement import Mode
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.ground import Consumer, Ground
from mqinfra.providers.base.verification.message import UID, Delivery
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.io.client import RabbitClient
from mqinfra.providers.rabbitmq.io.listing import Row
from mqinfra.providers.rabbitmq.spec.binding import BindingSpec
from mqinfra.providers.rabbitmq.verification.line import Line
from mqinfra.providers.rabbitmq.verification.live import LiveVhost
from mqinfra.providers.rabbitmq.verification.own_queues import OwnQueues
from mqinfra.providers.rabbitmq.verification.place import ExchangePlace
from mqinfra.providers.rabbitmq.verification.predict import (
    PREDICTABLE,
    UNROUTABLE,
    Probe,
    Route,
    probes,
    takes_probe,
    wanted,
)
from mqinfra.providers.rabbitmq.verification.producer import ConfirmingProducer

RUN = f"{UID}-run"
"""The header that tells whose canaries they are."""
TAKEN, REST = "a queue bound like the declared ones", "a queue for the rest"
"""What the two queues of a run are called in histories."""
_LONGEST = 255
_FEDERATED = "federation-"
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Shadow:
    """What is bound and sent.

    Attributes:
        bound: bindings of the run's own queues, by what these are called.
        routes: messages, each with where it should get.
    """

    bound: Mapping[str, Sequence[BindingSpec]]
    routes: Sequence[Route]


def shadow_of(place: ExchangePlace, run: Run, *, returns: bool) -> Shadow:
    """Plan bindings and messages that tell how an exchange chooses, all by keys or headers of the run's own.

    Args:
        place: the exchange.
        run: whose keys they are.
        returns: whether a message that no binding takes may be sent: it comes back, and gets to no alternate exchange.
    """
    mark = run.name("take.")
    bound = {TAKEN: _like_declared(place, run, mark)}
    some = [
        Probe("", _renamed(one.headers, run) | {RUN: run.id}, one.why)
        if place.type == "headers"
        else Probe(f"{mark}{one.key}", {RUN: run.id}, one.why)
        for one in probes(place.topology, place.name)
        if len(f"{mark}{one.key}".encode()) <= _LONGEST
    ]
    bound[REST] = _rest(place, run, mark, some)
    routes = [
        Route(probe, frozenset(name for name, bindings in bound.items() if _any_takes(place.type, bindings, probe)))
        for probe in some
    ]
    if returns and place.type != "fanout":
        routes.append(Route(Probe(run.name("none"), {}, UNROUTABLE), frozenset()))
    return Shadow(bound, [one for one in routes if one.queues or one.probe.why == UNROUTABLE])


def _like_declared(place: ExchangePlace, run: Run, mark: str) -> list[BindingSpec]:
    """The declared bindings, with keys or headers that only the run's messages have.

    A binding of a headers exchange that looks for nothing would take what others send, and is left out.
    """
    declared = place.topology.bindings_from(place.name)
    if place.type != "headers":
        return [
            BindingSpec(exchange=place.name, queue=TAKEN, routing_key=f"{mark}{one.routing_key}")
            for one in declared
            if len(f"{mark}{one.routing_key}".encode()) <= _LONGEST
        ]
    return [
        BindingSpec(exchange=place.name, queue=TAKEN, arguments={"x-match": _match(one), **_renamed(wanted(one), run)})
        for one in declared
        if wanted(one)
    ]


def _match(binding: BindingSpec) -> str:
    return str(binding.arguments.get("x-match", "all")).removesuffix("-with-x")


def _renamed(headers: Mapping[str, JsonValue], run: Run) -> dict[str, JsonValue]:
    return {run.name(name): value for name, value in headers.items()}


def _rest(place: ExchangePlace, run: Run, mark: str, some: Iterable[Probe]) -> list[BindingSpec]:
    """Bindings that take whatever is sent, so that a near miss gets to no alternate exchange."""
    match place.type:
        case "headers":
            return [BindingSpec(exchange=place.name, queue=REST, arguments={"x-match": "all", RUN: run.id})]
        case "topic":
            return [BindingSpec(exchange=place.name, queue=REST, routing_key=f"{mark}#")]
        case "direct":
            keys = dict.fromkeys(one.key for one in some)
            return [BindingSpec(exchange=place.name, queue=REST, routing_key=key) for key in keys]
    return []


def _any_takes(kind: str, bindings: Iterable[BindingSpec], probe: Probe) -> bool:
    return any(takes_probe(kind, one, probe) for one in bindings)


def refusal(live: LiveVhost, row: Row) -> str:
    """Why nothing is bound to an exchange, as a clause; empty where something may be.

    Raises:
        UserError: policies can't be read.
    """
    name, kind = str(row["name"]), str(row["type"])
    if kind not in PREDICTABLE:
        return (
            f"an exchange of type `{kind}` shares messages out, so a further queue takes some of them from the others"
        )
    if row.get("auto_delete"):
        return "it is an auto-delete exchange, which may be deleted with the last of its bindings"
    if row.get("internal"):
        return "it is internal: clients can't publish to it"
    if any(key.startswith(_FEDERATED) for key in live.reaching(name, "exchange", kind)):
        return "it is federated, and upstreams would pass on what a further binding asks for"
    return ""


def reached(live: LiveVhost, exchange: str, probe: Probe) -> set[str]:
    """The queues in use that a message would get to from an exchange by the bindings that are there now.

    Raises:
        UserError: they can't be read.
    """
    queues: set[str] = set()
    todo, seen = [exchange], {exchange}
    while todo:
        name = todo.pop()
        row = live.exchange(name)
        if row is None:
            continue
        kind, rows = str(row["type"]), live.bindings_from(name)
        taking = [one for one in rows if kind not in PREDICTABLE or takes_probe(kind, binding_of(one), probe)]
        queues |= {str(one["destination"]) for one in taking if one["destination_type"] == "queue"}
        further = [str(one["destination"]) for one in taking if one["destination_type"] != "queue"]
        if not taking and name != exchange:  # of the first exchange, the run's own queues take everything
            further = [live.alternate(row)]
        fresh = [one for one in further if one and one not in seen]
        seen.update(fresh)
        todo += fresh
    return queues


def require_unreached(live: LiveVhost, place: Place, exchange: str, some: Iterable[Probe]) -> None:
    """See that no queue in use would get one of these messages, unless the caller allows that.

    Raises:
        UserError: one would, or bindings can't be read.
    """
    queues = sorted({queue for probe in some for queue in reached(live, exchange, probe)})
    if queues and not place.reaches:
        more = f" and {len(queues) - _NAMED:,} more" if len(queues) > _NAMED else ""
        named = ", ".join(f"`{queue}`" for queue in queues[:_NAMED])
        raise refused(live.client, f"canaries would reach {named}{more}; `--allow-reach` sends them all the same")


def binding_of(row: Row) -> BindingSpec:
    """A binding as the server lists it."""
    return BindingSpec(
        exchange=str(row["source"]),
        queue=str(row["destination"]),
        routing_key=str(row["routing_key"]),
        arguments=dict(row["arguments"]),
    )


@contextmanager
def shadow_ground(client: RabbitClient, place: ExchangePlace, run: Run, number: int) -> Iterator["ShadowGround"]:
    """Bind queues of the run's own to a real exchange; they go with their connections.

    Args:
        client: the deployment.
        place: the exchange.
        run: whose queues they are.
        number: which of the run's grounds it is.

    Raises:
        UserError: nothing may be bound to it, a canary would get to queues in use, or the server refuses.
    """
    live = LiveVhost(client, place.vhost)
    row = live.exchange(place.name)
    why = refusal(live, row) if row is not None else "it does not exist"
    if row is None or why:
        raise refused(client, f"nothing is bound to exchange `{place.name}`: {why}")
    shadow = shadow_of(place, run, returns=not live.alternate(row))
    require_unreached(live, place, place.name, [one.probe for one in shadow.routes])
    ground = ShadowGround(client, place, shadow, run, number)
    try:
        ground.bind()
        yield ground
    finally:
        ground.let_go()


class ShadowGround(Ground[ExchangePlace]):
    """A real exchange with queues of the run's own behind it.

    Args:
        client: the deployment.
        place: the exchange.
        shadow: what is bound and sent.
        run: whose queues they are.
        number: which of the run's grounds it is.
    """

    def __init__(self, client: RabbitClient, place: ExchangePlace, shadow: Shadow, run: Run, number: int) -> None:
        self.place, self.mode, self.name = place, Mode.SHADOW_BIND, place.name
        self._line = Line(client.broker, place.vhost, f"mqinfra verify {run.id} {number}")
        self._shadow = shadow
        self._queues = OwnQueues(self._line, shadow.bound, run, number)

    def bind(self) -> None:
        """Make the queues and bind them.

        Raises:
            UserError: the server refuses.
        """
        self._queues.bind()

    def let_go(self) -> None:
        """End the connections, and with them the queues and their bindings."""
        self._queues.let_go()

    def routes(self) -> Sequence[Route]:
        """The messages, each with where it should get."""
        return self._shadow.routes

    def queues(self) -> Sequence[str]:
        """What the queues are called that are looked into."""
        return [*self._shadow.bound]

    def producer(self) -> ConfirmingProducer:
        """A producer with confirms, of messages with the run's header."""
        return self.producer_of({})

    def producer_of(self, headers: Mapping[str, Mapping[str, JsonValue]]) -> ConfirmingProducer:
        """A producer of messages whose headers are given by their ids."""
        return ConfirmingProducer(self._line, self.name, headers=headers)

    def consumer(self, *, group: str = "one", accepts_itself: bool = False) -> Consumer:
        """There is none.

        Raises:
            Bug: always.
        """
        raise Bug(f"an exchange has no consumers: {self.place.address}, {group}, {accepts_itself}")

    def drain(self, timeout: float) -> Iterator[Delivery]:
        """Take everything out of the queues.

        Raises:
            UserError: a connection broke, and its queue with it.
        """
        return self._queues.drained(timeout, {})

    def drain_dead(self, timeout: float) -> Iterator[Delivery]:  # noqa: ARG002 - of no time
        """Exchanges have no dead letters."""
        return iter(())

    def depth(self) -> int | None:
        """Exchanges hold nothing."""
        return None


def refused(client: RabbitClient, why: str) -> UserError:
    """Why nothing is sent."""
    return UserError([NOT_READ.at(why, address=client.where)])
