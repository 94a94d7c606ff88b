"""Two verifications side by side: what passed and fails now, what passes again, and what got slower."""

from collections.abc import Mapping

from mqinfra.model.judgement import Judgement, Result
from mqinfra.model.verification import Quantiles, Verification
from mqinfra.render.terminal import Style, clean, document, plural
from mqinfra.render.verification.words import place_text

_SLOWER = 1.3
"""A quantile that grew by less is not told; two runs on one machine differ by as much."""


def comparison_text(before: Verification, after: Verification, style: Style) -> str:
    """Print what changed between two runs; what is the same in both is counted."""
    old, new = _by_check(before), _by_check(after)
    keys = sorted({*old, *new})
    changed = [key for key in keys if _word(old.get(key)) != _word(new.get(key))]
    lines = [line for key in changed for line in _changed(old.get(key), new.get(key), style)]
    lines += _slower(before, after, style)
    runs = f"run {clean(before.run)} -> run {clean(after.run)}"
    alike = f"{plural(len(changed), 'check')} changed, {len(keys) - len(changed):,} unchanged."
    return document([*lines, *([""] if lines else []), *style.wrap(f"{runs}: {alike}", indent=0)])


def _changed(was: Judgement | None, now: Judgement | None, style: Style) -> list[str]:
    one = now or was
    if one is None:
        return []
    paint = {Result.FAIL.value: style.destroyed, Result.PASS.value: style.created}.get(_word(now), style.changed)
    head = f"{paint(f'{_word(was)} -> {_word(now)}')}  {one.check} {clean(one.name)}, {place_text(one)}"
    seen = style.wrap(f"observed  {clean(now.evidence)}", indent=4) if now and now.result is not Result.PASS else []
    return [*style.wrap(head, indent=0), *seen]


def _by_check(report: Verification) -> Mapping[tuple[str, str], Judgement]:
    return {(one.address.text, one.check): one for one in report.judgements}


def _word(one: Judgement | None) -> str:
    return one.result.value if one is not None else "not run"


def _slower(before: Verification, after: Verification, style: Style) -> list[str]:
    old: dict[tuple[str, str], Quantiles] = {(one.address.text, one.name): one for one in before.latencies}
    lines = []
    for one in after.latencies:
        was = old.get((one.address.text, one.name))
        for name, value in one.quantiles.items():
            if was is not None and (first := was.quantiles.get(name)) and value > first * _SLOWER:
                what = f"{clean(one.address.text)}: {clean(one.name)} {name}"
                lines += style.wrap(f"{what} {first:.1f} ms -> {value:.1f} ms", indent=0)
    return lines
