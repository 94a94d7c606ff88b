"""What all formats say of the health of what is declared, in the same words."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from mqinfra.model.health import Health, HealthReport, State
from mqinfra.model.reading import Source
from mqinfra.render.terminal import clean, plural

MEANINGS: Mapping[State, str] = {
    State.AT_RISK_OF_LOSS: "messages go away before anybody reads them",
    State.REWOUND: "a group went back to what it had read",
    State.STOPPED: "it moved, and does not any more",
    State.STALLED: "messages wait, and nothing moves",
    State.NO_MEMBERS: "messages wait, and nobody is there to take them",
    State.PEL_STUCK: "what was taken is neither acknowledged nor taken again",
    State.DLQ_GROWING: "messages come that nobody could process",
    State.LAGGING: "further behind than promised, or further and further behind",
    State.REBALANCING: "a group does not come to share out what it reads",
    State.UNKNOWN: "it could not be told",
    State.CATCHING_UP: "behind, and getting less so",
    State.EMPTY_OK: "nobody is there, and nobody has to be",
    State.OK: "nothing is wrong",
}


def name_text(row: Health) -> str:
    """What people call a row: `/shop orders`, `orders: billing`."""
    named = " ".join(filter(None, (row.place, row.name)))
    return clean(f"{named}: {row.consumer}" if row.consumer and named else named or row.consumer)


def what_text(row: Health) -> str:
    """What a row is, with its cluster: `kafka group`, `rabbitmq dead letters`."""
    letters = row.role == "dead letters" and not row.consumer
    return clean(f"{row.address.cluster} {row.role if letters else row.what}")


def headline(report: HealthReport) -> str:
    """What it comes to: `2 bad, 1 not known, 14 fine`."""
    counts = report.counts
    bad = sum(number for state, number in counts.items() if state.bad)
    if not report.rows:
        return "nothing that holds messages is declared"
    parts = [f"{bad:,} bad" if bad else "", f"{counts[State.UNKNOWN]:,} not known" if counts[State.UNKNOWN] else ""]
    fine = len(report.rows) - bad - counts[State.UNKNOWN]
    return ", ".join(filter(None, (*parts, f"{fine:,} fine" if fine else "")))


def looked_text(report: HealthReport) -> str:
    """How it was looked at: `3 samples in 4 s`."""
    return f"{plural(report.samples, 'sample')} in {report.seconds:.0f} s, {report.taken:%Y-%m-%d %H:%M:%S} UTC"


def notes(report: HealthReport) -> Iterator[str]:
    """What has to be said of clusters: which could not be looked at, and which have no traffic."""
    for cluster in report.clusters:
        if cluster.down:
            yield f"{clean(cluster.alias)} could not be looked at: {clean(cluster.down)}"
        elif cluster.source is not Source.LIVE:
            yield f"{clean(cluster.alias)} is a {cluster.source}: it has no traffic, so nothing is known of it"


def since_text(row: Health, now: datetime) -> str:
    """Since when something is bad: `since 12:00:03`, or before it was first looked at."""
    if row.since is None:
        return ""
    form = "%H:%M:%S" if row.since.date() == now.date() else "%Y-%m-%d %H:%M"
    return f"since {row.since:{form}}{' or before' if row.since_before else ''}"


def delay_text(row: Health) -> str:
    """By how much time a reader is behind; empty where nobody knows."""
    if row.delay is None:
        return ""
    return f"{'>' if row.delay_beyond else ''}{seconds_text(row.delay)}"


def seconds_text(seconds: float) -> str:
    """A time, as exact as anybody reads it: `4s`, `12m`, `4h`."""
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f}{name}"
    return f"{seconds:.0f}s"
