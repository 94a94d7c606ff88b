"""V47: a storm of connections stays under the limits of the broker, and messages go on meanwhile."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion, Skipped
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.verify.procedures.storm import OPEN, OPENED, WANTED, Storm

_SHARE = 0.9


class Connections(Check):
    """As many connections as the caller says, held at once."""

    id = "V47"
    name = "connection storm"
    proves = (
        "The broker accepts that many connections at once, stays below its limits, and delivers messages meanwhile."
    )
    open = "They were idle connections of one client; others may reach limits per user or address."
    procedure = Storm
    option = "--connections N"
    about = frozenset({About.CLUSTER})

    def asked(self, place: Place) -> Asked | Skipped | None:
        """Where the caller says how many."""
        if not place.lab.connections:
            return None
        return Asked(f"{place.lab.connections:,} simultaneous connections are accepted")

    def judge(self, case: Case) -> Conclusion:
        """Refusals, limits that are nearly met, and messages that did not come."""
        wanted, opened = (
            next((one.seen for one in case.seen(subject) if isinstance(one.seen, int)), 0)
            for subject in (WANTED, OPENED)
        )
        refused = [one.error for one in case.seen(OPEN) if one.known is Known.FAILED]
        if not opened and not refused:
            return Conclusion(Result.INCONCLUSIVE, "no separate connection could be opened")
        wrong = [f"refused: {error}" for error in refused]
        limits = next((one.seen for one in reversed(case.seen("limits")) if isinstance(one.seen, dict)), {})
        told = []
        for name, pair in limits.items():
            used, most = (pair[0], pair[1]) if isinstance(pair, list) and len(pair) == len("um") else (0, 0)
            if isinstance(used, int) and isinstance(most, int) and most > 0:
                told.append(f"{used:,} of {most:,} {name}")
                if used > _SHARE * most:
                    wrong.append(f"{name}: {used:,} of {most:,}")
        lost = case.attempted - {one.uid for one in case.of(Act.RECEIVE)}
        if lost:
            wrong.append(f"{many(len(lost), 'message')} of {len(case.attempted):,} not delivered meanwhile")
        if not wrong and opened < wanted:
            return Conclusion(
                Result.INCONCLUSIVE, f"this client could open only {opened:,} of {many(wanted, 'connection')}"
            )
        shown = "".join(f"; {one}" for one in told)
        return none_or(
            wrong,
            f"{many(opened, 'simultaneous connection')}, {many(len(case.attempted), 'message')} delivered{shown}",
            f"{many(opened, 'simultaneous connection')}; {'; '.join(wrong)}",
            samples=opened,
            causes=("the limit of connections or of file descriptors is too low",),
            fix="raise the limit of connections and file descriptors, or let clients share connections",
        )
