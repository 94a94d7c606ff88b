"""PromQL from series of a dialect: the one place that writes it, and the series that tests of rules feed it with.

Whatever a rule asks for, it gets a number without labels, so that what an alert is called depends on no exporter. Equal
series of two replicas of an exporter count once.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from types import MappingProxyType

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.monitoring.dialect import Noun, Series

_SPECIAL = re.compile(r"[.^$*+?()\[\]{}|\\]")
_PART = "0"
"""What tests of rules call the one part of a thing that they feed."""


def text(value: str) -> str:
    """A text as PromQL writes it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def exactly(value: str) -> str:
    """A pattern of RE2 that matches a text and nothing else."""
    return _SPECIAL.sub(lambda match: "\\" + match[0], value)


@dataclass(frozen=True, slots=True)
class Line:
    """A value that changes by the same every minute.

    Attributes:
        start: at the beginning.
        step: by how much.
    """

    start: float
    step: float

    def written(self, minutes: int, factor: int = 1) -> str:
        """As promtool reads it, with a value for each minute.

        Args:
            minutes: how many.
            factor: what the value is multiplied by.
        """
        return f"{self.start * factor:.12g}{self.step * factor:+.12g}x{minutes}"


_NOTHING = Line(0, 0)
_ONE = Line(1, 0)


@dataclass(frozen=True, slots=True)
class Named:
    """What a query is about.

    Attributes:
        nouns: its names.
        prefixed: the consumer is only what names of consumers begin with.
        matchers: labels that everything must have besides, such as `job`.
    """

    nouns: Mapping[Noun, str]
    prefixed: bool = False
    matchers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def selector(self, series: Series, metric: str) -> str:
        """What selects the series of a metric."""
        some = [
            f"{label}=~{text(exactly(self.nouns[noun]) + '.*')}"
            if self._begins(noun)
            else f"{label}={text(self.nouns[noun])}"
            for label, noun in series.labels.items()
            if noun in self.nouns
        ]
        some += [f"{label}={text(value)}" for label, value in {**series.where, **self.matchers}.items()]
        return metric + ("{" + ",".join(some) + "}" if some else "")

    def number(self, series: Series, before: str = "") -> str:
        """The number that a series says, without labels.

        Args:
            series: what is asked for.
            before: how long ago, such as `15m`; empty for now.
        """
        whole = " + ".join(self._folded(series, metric, before) for metric in series.metrics)
        if series.less is not None:
            whole = f"{whole} - {self.number(series.less, before)}"
        return f"({whole}) / {series.divisor}" if series.divisor != 1 else whole

    def parts(self, series: Series, over: str = "", *, merged: bool = False) -> str:
        """The numbers of its parts, told apart by their label, and by the names that the query leaves open.

        Args:
            series: what is asked for; of one metric.
            over: a function over time and its range, `changes/10m`; empty for the value now.
            merged: tell them apart by the label of the part alone.
        """
        selector = self.selector(series, series.metrics[0])
        if over:
            function, _, window = over.partition("/")
            selector = f"{function}({selector}[{window}])"
        apart = f"max by ({series.part}) ({selector})" if merged else self._apart(series, selector)
        return f"clamp_min({apart}, 0)" if series.clamped and not over else apart

    def increase(self, series: Series, window: str) -> str:
        """How much counters grew, all of them together."""
        return " + ".join(f"sum(increase({self.selector(series, metric)}[{window}]))" for metric in series.metrics)

    def samples(self, series: Series, line: Line, minutes: int) -> Iterator[tuple[str, str]]:
        """Series and values as a test writes them, of one part, by which the number is what a line says.

        Args:
            series: what is asked for.
            line: what its number shall be.
            minutes: how long the values go on.
        """
        for metric in series.metrics:
            yield self._sample(series, metric), line.written(minutes, series.divisor)
        if series.less is not None:
            yield from self.samples(series.less, _NOTHING, minutes)
        if series.only_where is not None:
            yield from self.samples(series.only_where, _ONE, minutes)

    def _begins(self, noun: Noun) -> bool:
        return noun is Noun.CONSUMER and self.prefixed

    def _sample(self, series: Series, metric: str) -> str:
        labels = {label: self._sampled(noun) for label, noun in series.labels.items()} | dict(series.where)
        labels |= {series.part: _PART} if series.part else {}
        labels |= dict(self.matchers)
        return metric + "{" + ",".join(f"{label}={text(value)}" for label, value in labels.items()) + "}"

    def _sampled(self, noun: Noun) -> str:
        return self.nouns.get(noun, "") + (_PART if self._begins(noun) else "")

    def _apart(self, series: Series, selector: str) -> str:
        """One value for each part, whatever replicas of an exporter say it."""
        open_names = [label for label, noun in series.labels.items() if noun not in self.nouns or self._begins(noun)]
        by = ", ".join([*open_names, *([series.part] if series.part else [])])
        return f"max by ({by}) ({selector})" if by else f"max({selector})"

    def _folded(self, series: Series, metric: str, before: str) -> str:
        selector = self.selector(series, metric) + (f" offset {before}" if before else "")
        apart = self._apart(series, selector)
        if not apart.startswith("max by"):
            return f"{series.fold}({selector})"
        apart = f"clamp_min({apart}, 0)" if series.clamped else apart
        if series.only_where is not None:
            apart += f" and {self.parts(series.only_where)} > 0"
        return f"{series.fold}({apart})"


def over_time(function: str, number: str, window: str) -> str:
    """A function over the values that a number had."""
    return f"{function}(({number})[{window}:1m])"
