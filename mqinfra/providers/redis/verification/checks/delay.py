"""V38b: nothing waits in a group for longer than is promised."""

from mqinfra.model.judgement import Result
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.lag import delay_asked, delay_conclusion
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.redis.addresses import GROUPS
from mqinfra.providers.redis.verification.checks.lag import WORDS
from mqinfra.providers.redis.verification.procedures.group_watch import OLDEST, GroupWatch


class Delay(Check):
    """The age of the oldest entry that the group has still to read, or to acknowledge."""

    id = "V38b"
    name = "delay"
    proves = "When checked, no entry that the group has not acknowledged yet was older than promised."
    open = "Checked once; ages are by the ids of entries, which producers may choose. An alert watches it all day."
    procedure = GroupWatch
    about = frozenset({About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of groups that promise it."""
        return delay_asked(place) if place.address.kind == GROUPS else None

    def judge(self, case: Case) -> Conclusion:
        """The last look."""
        seen = [one.seen for one in case.seen(OLDEST) if isinstance(one.seen, dict)]
        most = case.place.promised.promises.max_delay
        if not seen or most is None:
            return Conclusion(Result.INCONCLUSIVE, "the group could not be read")
        age = seen[-1].get("age")
        if not isinstance(age, int):
            return delay_conclusion(0, "no entry waits", WORDS, samples=len(seen))
        told = f"the oldest entry is {age / 1_000:,.1f} s old; at most `{format_ms(most)}` promised"
        return delay_conclusion(int(age > most), told, WORDS, samples=len(seen))
