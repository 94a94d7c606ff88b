"""What places promise: by their manifests, by what groups read, and by who calls; and what no check here can prove."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.judgement import Judgement, Result
from mqinfra.model.promises import FIELD, OF_CONSUMERS, PROMISES, Promises
from mqinfra.model.span import Span
from mqinfra.providers.base.verification.place import NOTHING_PROMISED, About, Place, Promised
from mqinfra.verify.lists import Wish

CHECK = "promise"
"""What stands in place of a check's number where there is none."""

_WHY = {
    "survives": "it takes a command that restarts or stops a node: `--restart-cmd`, `--stop-cmd` and `--start-cmd`",
    "deadLetterAfter": "the broker does not count deliveries: consumers decide when to give up",
    "maxLag": "no group is declared to read it, and no check measures its lag; alerts watch it",
    "maxDelay": "no group is declared to read it whose broker reports the age of waiting messages; alerts watch it",
}


def promised_of(place: Place, declared: Mapping[Address, Declaration], asked: Promised) -> Promised:
    """What a place promises; what the caller asks for comes before what its manifest says.

    Args:
        place: the place.
        declared: everything that is declared on its cluster: a group is held to what the topics that it reads
            promise of consumers, as far as it says nothing itself.
        asked: what the caller asks for, of everything that messages go through.
    """
    item = place.declaration
    if item is None:
        return asked if place.about is About.MESSAGES else NOTHING_PROMISED
    said = _made_by(item)
    if place.about is not About.MESSAGES:
        for reference in item.references:
            other = declared.get(reference.target)
            for name, made in _made_by(other).items() if other is not None else ():
                if name in OF_CONSUMERS:
                    said[name] = _stricter(said.get(name), made) if name not in item.promises.written() else said[name]
        asked = NOTHING_PROMISED
    over = {own: getattr(asked.promises, own) for own in asked.promises.model_fields_set}
    values: dict[str, Any] = {PROMISES[name]: value for name, (value, _) in said.items()} | over
    spans = {name: span for name, (_, span) in said.items() if PROMISES[name] not in over and span is not None}
    return Promised(Promises.model_construct(**values), MappingProxyType(spans), asked.restart)


def unproven(
    places: Iterable[Place], proven: Mapping[Address, Collection[str]], wishes: Sequence[Wish], *, sends: bool
) -> list[Judgement]:
    """What places promise by their manifest and no check here looks at, each with the reason.

    Args:
        places: the places of a cluster.
        proven: names of the promises that checks look at, by place.
        wishes: what is asked for; nothing for all.
        sends: whether messages can be sent on the cluster at all.
    """
    some = [place for place in places if place.promised.spans]
    held: dict[tuple[Address, str], list[str]] = defaultdict(list)
    for place in some:
        for name in OF_CONSUMERS.intersection(proven.get(place.address, ())):
            for reference in place.declaration.references if place.declaration is not None else ():
                held[reference.target, name].append(f"`{place.address.name}`")
    return [
        _unproven(place, name, held[place.address, name], sends=sends)
        for place in some
        for name in place.promised.spans
        if _claims(place, name) and name not in proven.get(place.address, ())
        if not wishes or any(wish.means(CHECK, name, place.address) for wish in wishes)
    ]


def _why(place: Place, name: str, *, sends: bool) -> str:
    if not sends:
        return "nothing can be sent there: it is a sandbox or a snapshot, or passes no messages at all"
    if place.promised.promises.delivery == "exactly-once" and name == "delivery":
        return "this broker does not deliver exactly once: consumers have to deduplicate by an id of their own"
    if place.about is not About.MESSAGES and name in {"throughput", "latency"}:
        return "nothing is consumed from it: resources behind it have promises of their own"
    return _WHY.get(name, "no check here proves it")


def _claims(place: Place, name: str) -> bool:
    """Whether a promise claims something, and does not only allow it."""
    return name not in {"batch", "canary"} and not (name == "order" and place.promised.promises.order == "none")


def _unproven(place: Place, name: str, readers: Sequence[str], *, sends: bool) -> Judgement:
    said = place.promised.promises.written().get(name)
    if isinstance(said, dict):
        said = [f"{quantile} {bound}" for quantile, bound in said.items()]
    listed = ", ".join(map(str, said)) if isinstance(said, list) else said
    why = f"its groups are held to it: {', '.join(readers)}" if readers else _why(place, name, sends=sends)
    return Judgement(
        check=CHECK,
        name=name,
        address=place.address,
        result=Result.SKIPPED,
        requirement=f"`{name}: {listed}` is promised",
        span=place.promised.spans[name],
        evidence=why,
    )


_Made = tuple[object, Span | None]


def _made_by(item: Declaration) -> dict[str, _Made]:
    """The promises of an entry, by name, each with its place."""
    return {
        name: (getattr(item.promises, PROMISES[name]), item.positions.span((FIELD, name)))
        for name in item.promises.written()
    }


def _stricter(one: _Made | None, other: _Made) -> _Made:
    """Of two topics that a group reads, the one that allows less."""
    if one is None or not isinstance(one[0], int) or not isinstance(other[0], int):
        return other
    return min(one, other, key=lambda made: int(made[0]) if isinstance(made[0], int) else 0)


def with_promises(place: Place, declared: Mapping[Address, Declaration], asked: Promised) -> Place:
    """A place with what it promises."""
    promised = promised_of(place, declared, asked)
    return place if promised is NOTHING_PROMISED else replace(place, promised=promised)
