"""Series written by hand: a field is one value for all samples, or one per sample."""

from pathlib import Path
from typing import Any

import yaml

from mqinfra.model.address import Address
from mqinfra.model.promises import Promises
from mqinfra.model.span import Span
from mqinfra.monitor.series import Series
from mqinfra.providers.base.monitoring.sample import Lane, Sample
from mqinfra.providers.base.monitoring.watched import Limits, Role, Watched, What

CASES = Path(__file__).parents[2] / "cases" / "monitor"
START = 1_800_000_000.0


def cases() -> list[tuple[str, dict[str, Any]]]:
    """The cases by file and name."""
    return [
        (f"{path.stem}: {name}", case)
        for path in sorted(CASES.glob("*.yaml"))
        for name, case in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    ]


def watched(
    what: str = "group",
    role: str = "work",
    limits: dict[str, Any] | None = None,
    promises: dict[str, Any] | None = None,
    *,
    replays: bool | None = None,
) -> Watched:
    """Something to watch."""
    kind = What(what)
    return Watched(
        Address("main", "things", ("orders",)),
        "orders",
        kind,
        Span("shop.yaml", 1, 1),
        consumer="billing" if kind.reads else "",
        role=Role(role),
        replays=kind is not What.QUEUE if replays is None else replays,
        limits=Limits(**(limits or {})),
        promises=Promises.model_validate(promises or {}),
    )


def series(case: dict[str, Any]) -> Series:
    """The series of a case."""
    number, every = case["samples"], case.get("every", 10)
    times = every if isinstance(every, list) else [at * every for at in range(number)]
    return Series(
        watched(**case.get("watched", {})), tuple(_sample(case, at, START + times[at]) for at in range(number))
    )


def _sample(case: dict[str, Any], at: int, moment: float) -> Sample:
    fields = {name: _at(value, at) for name, value in case.get("seen", {}).items()}
    lanes = tuple(
        Lane(str(name), **{field: _at(value, at) for field, value in lane.items()})
        for name, lane in case.get("lanes", {}).items()
    )
    if "waiting" not in fields and any(lane.committed is not None for lane in lanes):
        fields["waiting"] = sum(lane.lag or 0 for lane in lanes)
    return Sample(moment, lanes=lanes, **fields)


def _at(value: Any, at: int) -> Any:
    return value[at] if isinstance(value, list) else value
