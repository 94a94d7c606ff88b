"""Latencies as histograms on a logarithmic scale, with the quantiles and the promised bounds marked."""

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10

from mqinfra.model.verification import Quantiles
from mqinfra.render.terminal import plural
from mqinfra.render.verification.html.safe import text
from mqinfra.render.verification.words import kind_text, name_text

CLOCK = "Measured with one monotonic clock in one process; the clocks of brokers are not used."
_WIDTH, _HEIGHT, _BOTTOM, _ROW = 360, 110, 30, 12
_LETTER = 7.5
"""Units that a letter of a label takes at most."""
_TENTH_MORE = 1.05
_TICKS = (1, 2, 5)
_LEAST, _MOST = 1e-9, 1e15
"""Milliseconds that are drawn as such; no clock tells less, and nobody waits for more."""


class _Axis:
    """A logarithmic scale that holds some values.

    Args:
        values: milliseconds.
    """

    def __init__(self, values: Sequence[float]) -> None:
        self.first, self.last = _drawn(min(values)), _drawn(max(values))
        self._low = log10(self.first)
        self._range = max(log10(self.last) - self._low, 0.1)

    def at(self, value: float) -> float:
        """Where a value stands, in units of the drawing."""
        return _WIDTH * min(1.0, max(0.0, (log10(_drawn(value)) - self._low) / self._range))

    def ticks(self) -> Iterator[float]:
        """Round numbers on it: powers of ten, and twice and five times as much where there is room."""
        powers = range(floor(self._low), ceil(log10(self.last)) + 1)
        steps = _TICKS if len(powers) <= 4 else (1,)
        for value in (step * 10.0**power for power in powers for step in steps):
            if self.first <= value <= self.last:
                yield value


def _drawn(value: float) -> float:
    return min(max(value, _LEAST), _MOST)


def charts(some: Sequence[Quantiles]) -> str:
    """Draw what was measured, one histogram each."""
    return f'<p class="said">{CLOCK}</p><div class="charts">{"".join(map(_chart, some))}</div>'


def _chart(one: Quantiles) -> str:
    quantiles = ", ".join(f"{name} {_ms(value)}" for name, value in one.quantiles.items()) or "too few for quantiles"
    bounds = "".join(f" Promised: {name} within {_ms(bound)}." for name, bound in one.bounds.items())
    title = f"{one.name[:1].upper()}{one.name[1:]}{_rate(one)}"
    return (
        f'<div class="chart"><h3>{text(name_text(one.address))}</h3><p class="kind">'
        f"{text(kind_text(one.address))}</p><p><b>{text(title)}</b></p>"
        f"<p>{plural(one.count, 'message')}: {text(quantiles)}, largest {_ms(one.largest)}.{text(bounds)}</p>"
        f"{_drawing(one)}</div>"
    )


def _rate(one: Quantiles) -> str:
    """What the rate is that was offered, since a promised rate is tried with a tenth more, too."""
    if not one.offered:
        return ""
    if not one.promised:
        return " (no rate is promised)"
    if one.offered > one.promised * _TENTH_MORE:
        return f" ({one.offered / one.promised - 1:.0%} above the promised rate of {one.promised:,}/s)"
    return " (the promised rate)"


def _drawing(one: Quantiles) -> str:
    uppers = [upper for upper, _ in one.buckets if upper > 0]
    if not uppers:
        return ""
    axis = _Axis([uppers[0] / 2, *uppers, *(bound for bound in one.bounds.values() if bound > 0)])
    most = max(number for _, number in one.buckets) or 1
    rows = _rows(one, axis)
    base = _ROW * (1 + max((row for _, _, _, row in rows), default=0)) + 8 + _HEIGHT
    bars = "".join(
        f'<rect x="{axis.at(upper / 2) + 0.5:.1f}" y="{base - number / most * _HEIGHT:.1f}" '
        f'width="{max(1.0, axis.at(upper) - axis.at(upper / 2) - 1):.1f}" height="{number / most * _HEIGHT:.1f}">'
        f"<title>{_ms(upper / 2)} to {_ms(upper)}: {plural(number, 'message')}</title></rect>"
        for upper, number in one.buckets
        if number
    )
    ticks = "".join(
        f'<line x1="{axis.at(value):.1f}" y1="{base}" x2="{axis.at(value):.1f}" y2="{base + 4}"/>'
        f'<text x="{axis.at(value):.1f}" y="{base + 15}" text-anchor="{_anchor(axis.at(value))}">{value:g}</text>'
        for value in axis.ticks()
    )
    marks = "".join(
        _mark(axis.at(value), said, kind, base - _HEIGHT - 6 - _ROW * row, base) for value, said, kind, row in rows
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {base + _BOTTOM}" role="img" aria-label="histogram of latencies">{bars}'
        f'<line x1="0" y1="{base}" x2="{_WIDTH}" y2="{base}"/>{ticks}{marks}'
        f'<text x="{_WIDTH}" y="{base + 28}" text-anchor="end">milliseconds, logarithmic scale</text></svg>'
    )


def _rows(one: Quantiles, axis: _Axis) -> list[tuple[float, str, str, int]]:
    """What is marked, and in which row its label stands so that none lies on another: value, label, kind and row."""
    marks = [(value, name, "mark") for name, value in one.quantiles.items()]
    marks += [(bound, f"{name} promised", "bound") for name, bound in one.bounds.items()]
    ends: list[float] = []
    found = []
    for value, said, kind in sorted(marks):
        wide = _LETTER * len(said)
        left = axis.at(value) - {"start": 0.0, "middle": wide / 2, "end": wide}[_anchor(axis.at(value), wide)]
        row = next((row for row, end in enumerate(ends) if left >= end), len(ends))
        ends[row:] = [left + wide + _LETTER, *ends[row + 1 :]]
        found.append((value, said, kind, row))
    return found


def _mark(x: float, said: str, kind: str, y: int, base: int) -> str:
    return (
        f'<line class="{kind}" x1="{x:.1f}" y1="{y + 2}" x2="{x:.1f}" y2="{base}"/>'
        f'<text class="{kind}" x="{x:.1f}" y="{y}" text-anchor="{_anchor(x, _LETTER * len(said))}">{text(said)}</text>'
    )


def _anchor(x: float, wide: float = 20.0) -> str:
    """Texts near the edges grow inwards."""
    if x < wide / 2:
        return "start"
    return "end" if x > _WIDTH - wide / 2 else "middle"


def _ms(value: float) -> str:
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.3g} ms"
