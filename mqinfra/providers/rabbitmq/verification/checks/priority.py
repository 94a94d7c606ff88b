"""V21: messages of higher priority come first, as far as the queue's type and version promise it."""

from collections import defaultdict
from collections.abc import Mapping

from pydantic import JsonValue

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.rabbitmq.verification.place import QueuePlace
from mqinfra.providers.rabbitmq.verification.procedures.priorities import CLASSIC, RATIO, Priorities
from mqinfra.providers.rabbitmq.verification.procedures.settings import SETTINGS

_DEFAULT = 4
"""Of messages without a priority in a quorum queue (docs/quorum-queues, 4.3); in a classic queue it is 0."""
_HIGH = 4
"""From 4.0 to 4.2 a quorum queue only tells priorities above it from the rest, and gives two of them for each other."""


class PriorityOrder(Check):
    """Messages that wait come by priority, and those of one priority in the order in which they were sent."""

    id = "V21"
    name = "priority"
    proves = "Of waiting messages, those of higher priority are delivered first."
    open = "Messages that a consumer has prefetched are not overtaken by ones of higher priority."
    procedure = Priorities

    def asked(self, place: Place) -> Asked | None:
        """Classic queues that are declared with priorities, and quorum queues of versions that have them."""
        if not isinstance(place, QueuePlace) or not place.prioritised:
            return None
        return Asked("messages of higher priority are delivered first")

    def judge(self, case: Case) -> Conclusion:
        """The order of arrival against the predicted one."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        told = next((one.seen for one in case.seen(SETTINGS)), None)
        came = [one.uid for one in case.of(Act.RECEIVE) if not one.redelivered]
        if not isinstance(told, dict) or not came:
            return Conclusion(Result.INCONCLUSIVE, "no message was delivered")
        given, most = told.get("priorities"), told.get("most")
        levels = _levels(given if isinstance(given, dict) else {}, str(told.get("model")), most)
        order = [uid for uid in levels if uid in case.acknowledged]
        model = str(told.get("model"))
        wrong = _out_of_ratio(came, levels) if model == RATIO else _out_of_turn(came, order, levels)
        number = many(len(set(levels.values())), "priority")
        how = "two of high priority to one other" if model == RATIO else "in priority order"
        return none_or(
            wrong,
            f"{many(len(came), 'message')} of {number} delivered {how}",
            f"{len(wrong):,} of {many(len(came), 'message')} delivered out of order",
            samples=len(came),
            causes=("the queue has no priorities, or fewer", "a consumer was there before the messages"),
            fix="declare `x-max-priority` on a classic queue; it can't be changed later",
        )


def _levels(given: Mapping[str, JsonValue], model: str, most: JsonValue) -> dict[str, int]:
    highest = most if isinstance(most, int) else 255
    without = 0 if model == CLASSIC else _DEFAULT
    return {uid: min(priority, highest) if isinstance(priority, int) else without for uid, priority in given.items()}


def _out_of_turn(came: list[str], order: list[str], levels: Mapping[str, int]) -> list[str]:
    there = set(came)
    expected = sorted((uid for uid in order if uid in there), key=lambda uid: -levels[uid])
    return [f"{uid} (priority {levels.get(uid)})" for uid, other in zip(came, expected, strict=False) if uid != other]


def _out_of_ratio(came: list[str], levels: Mapping[str, int]) -> list[str]:
    """Messages that came in spite of a better one that had its turn: two high ones for each other."""
    rest: dict[bool, list[str]] = defaultdict(list)
    for uid in levels:
        rest[levels[uid] > _HIGH].append(uid)
    wrong, since = [], 0
    for uid in came:
        high = levels.get(uid, 0) > _HIGH
        if not high and rest[True] and since < 2:
            wrong.append(uid)
        since = since + 1 if high else 0
        if uid in rest[high]:
            rest[high].remove(uid)
    return wrong
