"""What the checks of routing read in a history."""

from collections import defaultdict

from mqinfra.model.frozen import dataclass
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Case
from mqinfra.providers.rabbitmq.verification.procedures.routing import DECLARED, PREDICTED


@dataclass(frozen=True, slots=True)
class Routed:
    """One message with where it should get and where it got.

    Attributes:
        label: what people know it by.
        why: which binding it was for.
        expected: the declared queues that it should get to.
        got: the queues that it got to.
        returned: whether it was given back.
    """

    label: str
    why: str
    expected: frozenset[str]
    got: frozenset[str]
    returned: bool


def routed(case: Case) -> list[Routed]:
    """The messages of which is known what became of them."""
    got: dict[str, set[str]] = defaultdict(set)
    for one in case.of(Act.DRAIN):
        got[one.uid].add(one.lane)
    returned = {one.uid for one in case.of(Act.PUBLISH) if one.seen == "returned"}
    known = returned | {one.uid for one in case.of(Act.PUBLISH, known=Known.OK)}
    found = []
    for one in case.seen(PREDICTED):
        told = one.seen if isinstance(one.seen, dict) else {}
        uid, queues = str(told.get("uid")), told.get("queues")
        if uid in known:
            expected = frozenset(map(str, queues if isinstance(queues, list) else ()))
            headers = f" with {told['headers']}" if told.get("headers") else ""
            label = f"key `{told.get('key')}`{headers}"
            found.append(Routed(label, str(told.get("why")), expected, frozenset(got[uid]), uid in returned))
    return found


def declared(case: Case) -> frozenset[str]:
    """Names of the declared queues."""
    told = next((one.seen for one in case.seen(DECLARED)), None)
    return frozenset(map(str, told if isinstance(told, list) else ()))


def listed(queues: frozenset[str]) -> str:
    """Names of queues for a line; `no queue` of none."""
    return ", ".join(f"`{name}`" for name in sorted(queues)) or "no queue"
