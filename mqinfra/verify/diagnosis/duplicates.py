"""Why messages come more than once."""

from collections.abc import Iterator

from mqinfra.model.diagnosis import Suspect
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.base.verification.examination import Examination, fell
from mqinfra.verify.diagnosis.finding import Finding


def of_duplicates(seen: Examination) -> Iterator[Finding]:
    """Equal messages that stand there, deliveries that were repeated, and groups that went back."""
    if seen.repeated:
        places = ", ".join(" = ".join(one.places[:3]) for one in seen.repeated[:3])
        apart = [one.apart_ms for one in seen.repeated if one.apart_ms is not None]
        within = f", at most {max(apart):,} ms apart" if apart else ""
        told = f"{many(len(seen.repeated), 'message')} of the newest {seen.newest:,} stand there more than once{within}"
        yield Finding(Suspect.SENT_AGAIN, 85, f"{told}: {places}")
    again = [one for one in seen.attempts if one.times > 1]
    if again:
        most = max(again, key=lambda one: one.times)
        told = f"delivered before and not done: {many(len(again), 'message')}, {most.id} {most.times:,} times"
        yield Finding(Suspect.DELIVERED_AGAIN, 70, told)
    elif seen.redelivered:
        yield Finding(Suspect.DELIVERED_AGAIN, 80, f"{seen.redelivered:,.1f} messages/s are delivered again")
    back = [one.name for one in seen.lanes if fell(one.done)]
    if back:
        yield Finding(Suspect.REWOUND, 90, f"while it was watched, the group went back in {', '.join(back[:3])}")
