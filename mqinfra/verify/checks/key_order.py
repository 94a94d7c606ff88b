"""V11: messages of one key come in the order in which they were sent."""

from collections import defaultdict

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Operation
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import counted, many, none_or, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.verify.procedures.traffic import Traffic


class KeyOrder(Check):
    """Per key one lane, and numbers that grow with the position there."""

    id = "V11"
    name = "key order"
    proves = "Messages of one key stay in one partition, in the order in which one producer sent them."
    open = "One consumer read, and nothing was redelivered; more partitions or consumers may change the order."
    procedure = Traffic

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Where the place keeps an order at all, and nobody promises that it keeps none."""
        promised = place.promised.promises.order
        if promised == "none":
            return None
        asked = "all messages keep their order" if promised == "total" else "messages of one key keep their order"
        if not place.ordered:
            return Skipped(asked, "this resource does not preserve order", promise="order")
        return Asked(asked, promise="order")

    def judge(self, case: Case) -> Conclusion:
        """Order within lanes, by position where there is one, else by arrival."""
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        firsts: dict[str, Operation] = {}
        for one in case.of(Act.RECEIVE):
            if one.number >= 0 and not one.redelivered:
                firsts.setdefault(one.uid, one)
        if not firsts:
            return Conclusion(Result.INCONCLUSIVE, "no numbered message was delivered")
        by_key: dict[str, list[Operation]] = defaultdict(list)
        total = case.place.promised.promises.order == "total"
        for one in firsts.values():
            by_key["" if total else one.key].append(one)
        moved = {key for key, some in by_key.items() if len({one.lane for one in some}) > 1}
        turned = set()
        for key, some in by_key.items():
            ranked = sorted(some, key=_rank) if all(one.position is not None for one in some) else some
            numbers = [one.number for one in ranked]
            if key not in moved and numbers != sorted(numbers):
                turned.add(key)
        wrong = {"all messages"} if total and moved | turned else moved | turned
        keys = f"{many(len(firsts), 'message')} over {many(len(by_key), 'key')}"
        return none_or(
            wrong,
            f"{many(len(firsts), 'message')}, all in order" if total else f"{keys}, each key in order",
            "messages are out of order, or spread over several partitions"
            if total
            else counted(
                (len(turned), f"{many(len(turned), 'key')} out of order"),
                (len(moved), f"{many(len(moved), 'key')} spread over several partitions"),
            ),
            samples=len(firsts),
            causes=(
                "the number of partitions changed meanwhile",
                "several consumers or priorities change the order of delivery",
                "a producer without idempotence had several batches in flight and resent one",
            ),
        )


def _rank(one: Operation) -> int:
    return one.position if one.position is not None else -1
