"""The table of everything that is watched: what formats and programs get."""

import shlex
from datetime import UTC, datetime

from mqinfra.model.health import Health, HealthReport, State, WatchedCluster
from mqinfra.monitor.time_lag import delay_of
from mqinfra.monitor.watch import Seen, Watch


def report_of(watch: Watch, project: str, environment: str) -> HealthReport:
    """Write down how everything is doing, the worst first."""
    rows = [_row(one, environment) for one in watch.seen]
    return HealthReport(
        project=project,
        environment=environment,
        taken=datetime.now(UTC).replace(microsecond=0),
        seconds=round(watch.seconds, 1),
        samples=watch.looks,
        clusters=tuple(
            WatchedCluster(
                alias=one.alias,
                type=one.type,
                version=one.version,
                endpoint=one.endpoint,
                source=one.source,
                down=one.down,
            )
            for one in watch.clusters
        ),
        rows=tuple(sorted(rows, key=lambda row: row.state.rank)),
    )


def _row(seen: Seen, environment: str) -> Health:
    series, judged = seen.series, seen.judged
    watched, last, verdict = series.watched, series.last, judged.verdict
    delay = delay_of(series) if verdict.state is not State.UNKNOWN else None
    moving = verdict.state is not State.UNKNOWN and len(series.known) > 1
    return Health(
        address=watched.address,
        name=watched.name,
        what=watched.what.value,
        place=watched.place,
        consumer=watched.consumer,
        role=watched.role.value,
        owner=watched.owner,
        labels=watched.labels,
        span=watched.span,
        state=verdict.state,
        rule=verdict.rule,
        reason=verdict.reason,
        since=datetime.fromtimestamp(judged.since, UTC).replace(microsecond=0) if judged.since is not None else None,
        since_before=judged.before,
        waiting=last.waiting,
        held=last.held,
        consumers=last.consumers,
        length=last.length,
        arriving=_rounded(series.arriving) if moving else None,
        growing=_rounded(series.growing) if moving else None,
        eta=_rounded(verdict.eta),
        delay=_rounded(delay.seconds) if delay is not None else None,
        delay_beyond=delay is not None and delay.beyond,
        backlog=_backlog(seen),
        diagnose=diagnosis(watched.consumer or watched.name, environment) if verdict.state.bad else "",
    )


def diagnosis(name: str, environment: str) -> str:
    """The command that looks further into something bad."""
    return f"mqinfra verify -e {shlex.quote(environment)} --diagnose {shlex.quote(name)}"


def _backlog(seen: Seen) -> tuple[int | None, ...]:
    """What waited where somebody reads, else what it holds."""
    samples = seen.series.samples
    if all(one.waiting is None for one in samples):
        return tuple(one.length for one in samples)
    return tuple(one.waiting for one in samples)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
