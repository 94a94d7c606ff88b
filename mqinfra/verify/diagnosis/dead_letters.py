"""Why there are dead letters."""

from collections import Counter
from collections.abc import Iterator

from mqinfra.model.diagnosis import Suspect
from mqinfra.model.unit import format_ms
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.base.verification.examination import Examination, Letter, grown
from mqinfra.verify.diagnosis.finding import Finding

_REASONS = {
    "rejected": Suspect.REJECTED,
    "delivery_limit": Suspect.FAILED_OFTEN,
    "expired": Suspect.EXPIRED,
    "maxlen": Suspect.OVERFLOW,
}
"""Reasons that brokers write down themselves."""


def of_dead_letters(seen: Examination) -> Iterator[Finding]:
    """Group letters by why they died; the largest group first."""
    number = seen.dead[-1] if seen.dead else None
    if not number:
        return
    more = grown(seen.dead)
    growing = f", {more:,} more in {seen.seconds:.0f} s" if more and more > 0 else ""
    total = f"{many(number, 'letter')}{growing}"
    for key, count in Counter(map(_key, seen.letters)).most_common():
        suspect, why, source = key
        told = f"{count:,} of {len(seen.letters):,} that were looked at"
        told += f": {why}" if why else ""
        told += f", from `{source}`" if source else ""
        told += _times([one for one in seen.letters if _key(one) == key])
        if suspect is Suspect.EXPIRED and seen.expires_ms is not None:
            told += f"; messages expire after {format_ms(seen.expires_ms)}"
        sure = 50 + 45 * count // len(seen.letters) if suspect is not Suspect.UNTOLD else 40
        yield Finding(suspect, sure, f"{total}; {told}")
    if not seen.letters:
        yield Finding(Suspect.UNTOLD, 30, f"{total}; none was looked at")


def _key(one: Letter) -> tuple[Suspect, str, str]:
    """What letters are grouped by: why, in whose words, and where from."""
    return _suspect(one), one.error or one.reason, one.source


def _suspect(one: Letter) -> Suspect:
    if one.error and one.reason not in _REASONS:
        return Suspect.FAILED
    return _REASONS.get(one.reason, Suspect.UNTOLD)


def _times(some: list[Letter]) -> str:
    times = [one.times for one in some if one.times is not None]
    return f", tried up to {many(max(times), 'time')}" if times and max(times) > 1 else ""
