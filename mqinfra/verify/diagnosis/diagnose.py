"""From facts to causes, the likeliest first. Pure."""

from collections.abc import Mapping

from mqinfra.model.diagnosis import Cause, Suspect, Symptom
from mqinfra.providers.base.verification.evidence import many
from mqinfra.providers.base.verification.examination import Examination, Reader
from mqinfra.verify.diagnosis.dead_letters import of_dead_letters
from mqinfra.verify.diagnosis.duplicates import of_duplicates
from mqinfra.verify.diagnosis.lag import of_lag

_SYMPTOMS = {
    Symptom.LAG: of_lag,
    Symptom.DEAD_LETTERS: of_dead_letters,
    Symptom.DUPLICATES: of_duplicates,
}
_SHOWN = 5


def causes_of(seen: Examination, remedies: Mapping[Suspect, str]) -> tuple[Cause, ...]:
    """Conclude.

    Args:
        seen: the facts.
        remedies: what to do on this broker about each suspect.
    """
    found = [(finding, symptom) for symptom, of in _SYMPTOMS.items() for finding in of(seen)]
    return tuple(
        Cause(
            suspect=finding.suspect,
            symptom=symptom,
            likelihood=finding.likelihood,
            evidence=finding.evidence,
            fix=remedies.get(finding.suspect, ""),
        )
        for finding, symptom in sorted(found, key=lambda item: -item[0].sure)
    )


def facts_of(seen: Examination) -> tuple[str, ...]:
    """What was seen, for people."""
    lines = []
    if seen.waits:
        lines.append(f"waits: {', then '.join(f'{number:,}' for number in seen.waits)} in {seen.seconds:.0f} s")
    pace = [
        f"{word} {number:,}" for word, number in (("came", seen.arrived), ("done", seen.finished)) if number is not None
    ]
    if pace:
        lines.append(f"meanwhile: {', '.join(pace)}")
    if seen.states:
        lines.append(f"state: {', '.join(dict.fromkeys(seen.states))}")
    if seen.readers is not None:
        shown = "; ".join(map(_reader, seen.readers[:_SHOWN]))
        more = f"; {len(seen.readers) - _SHOWN} more" if len(seen.readers) > _SHOWN else ""
        lines.append(f"readers: {shown}{more}" if shown else "readers: none")
    if seen.attempts:
        lines.append(f"delivered and not done: {many(len(seen.attempts), 'message')} looked at")
    if seen.dead:
        letters = [f"{number:,}" if number is not None else "not known" for number in seen.dead]
        lines.append(f"dead letters: {', then '.join(dict.fromkeys(letters))}; {len(seen.letters):,} looked at")
    if seen.newest:
        lines.append(f"newest messages compared: {seen.newest:,}")
    return tuple(lines)


def _reader(one: Reader) -> str:
    prefetch = (
        None if one.prefetch is None else "no prefetch count" if not one.prefetch else f"prefetch {one.prefetch:,}"
    )
    told = [
        f"holds {one.held:,}" if one.held is not None else None,
        prefetch,
        f"idle {one.idle_ms / 1_000:,.1f} s" if one.idle_ms is not None else None,
    ]
    return f"{one.name} ({', '.join(filter(None, told))})" if any(told) else one.name
