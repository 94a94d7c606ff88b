"""Histograms of latencies: HdrHistogram's, so that no outlier is averaged away and other tools can read them."""

from collections.abc import Sequence

_HIGHEST_US = 600_000_000
_DIGITS = 3
_ABOVE = 100
"""Values that have to stand above a quantile, or chance decides it: p99 takes 10,000, p99.9 takes 100,000."""
QUANTILES = ("p50", "p95", "p99", "p99.9")


class Histogram:
    """Latencies in microseconds, up to ten minutes, to three digits."""

    def __init__(self, encoded: str = "") -> None:
        """Begin one, or read one.

        Args:
            encoded: one in HdrHistogram's own form; empty for a new one.
        """
        from hdrh.histogram import HdrHistogram  # noqa: PLC0415 - only where load is offered

        self._inner = HdrHistogram(1, _HIGHEST_US, _DIGITS)
        if encoded:
            self._inner.decode_and_add(encoded)

    def record(self, nanoseconds: int) -> None:
        """Count one latency; what is below a microsecond counts as one."""
        self._inner.record_value(min(_HIGHEST_US, max(1, nanoseconds // 1_000)))

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self._inner.get_total_count())

    @property
    def largest(self) -> float:
        """The largest, in milliseconds."""
        return float(self._inner.get_max_value()) / 1_000 if self.count else 0.0

    def quantile(self, name: str) -> float | None:
        """A quantile by its name, in milliseconds; None where too few values stand above it.

        Args:
            name: `p99.9`.
        """
        share = share_of(name)
        if round(self.count * (1 - share), 6) < _ABOVE:
            return None
        return float(self._inner.get_value_at_percentile(share * 100)) / 1_000

    @property
    def encoded(self) -> str:
        """In HdrHistogram's own form, base64 of its compressed counts."""
        return bytes(self._inner.encode()).decode("ascii")

    def buckets(self) -> tuple[tuple[float, int], ...]:
        """Upper bounds in milliseconds that double, and how many lie below each and above the one before."""
        found: dict[float, int] = {}
        for item in self._inner.get_recorded_iterator():
            bound = 1 << (int(item.value_iterated_to) - 1).bit_length()
            found[bound / 1_000] = found.get(bound / 1_000, 0) + int(item.count_added_in_this_iter_step)
        return tuple(sorted(found.items()))


def share_of(name: str) -> float:
    """The share that a quantile's name stands for: `p99.9` is 0.999.

    Raises:
        ValueError: it is no name of one.
    """
    number = float(name.removeprefix("p")) if name.startswith("p") else 0.0
    if not 0 < number < 100:
        raise ValueError(f"invalid quantile `{name}`; write `p50`, `p99` or `p99.9`")
    return number / 100


def needed_for(name: str) -> int:
    """How many values a quantile needs."""
    return round(_ABOVE / (1 - share_of(name)))


def told(histogram: Histogram, names: Sequence[str] = QUANTILES) -> dict[str, float]:
    """The quantiles that can be told."""
    return {name: value for name in names if (value := histogram.quantile(name)) is not None}
