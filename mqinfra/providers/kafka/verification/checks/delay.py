"""V38b: nothing waits for a group for longer than is promised."""

from mqinfra.model.judgement import Result
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.lag import delay_asked, delay_conclusion
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.kafka.groups.spec import KIND
from mqinfra.providers.kafka.verification.checks.lag import WORDS
from mqinfra.providers.kafka.verification.procedures.group_watch import WAITING, GroupWatch


class Delay(Check):
    """What the group has still to read, by the age of records."""

    id = "V38b"
    name = "delay"
    proves = "When checked, no record that the group has not read yet was older than promised."
    open = "Checked once; ages are by records' timestamps and this machine's clock. An alert watches it all day."
    procedure = GroupWatch
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of groups that promise it."""
        return delay_asked(place) if place.address.kind == KIND else None

    def judge(self, case: Case) -> Conclusion:
        """The last look."""
        seen = [one.seen for one in case.seen(WAITING) if isinstance(one.seen, dict)]
        most = case.place.promised.promises.max_delay
        if not seen or most is None:
            return Conclusion(Result.INCONCLUSIVE, "the group has committed nothing, or its topics could not be read")
        waiting, overdue = (
            number if isinstance(number := seen[-1].get(name), int) else 0 for name in ("waiting", "overdue")
        )
        told = f"{waiting:,} waiting, {f'{overdue:,} of them' if overdue else 'none'} longer than `{format_ms(most)}`"
        return delay_conclusion(overdue, told, WORDS, samples=len(seen))
