"""`python -m tests.bench [--quick] [--only NAME]`: measure and print. It fails only when a run did not do its work."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from click import echo

from tests.bench import sandbox, startup
from tests.bench.process import WorkNotDoneError
from tests.bench.table import Row, table
from tests.brokers.errors import BrokerError

_TWO_SETTINGS = {"retention.ms": "86400000", "max.message.bytes": "2097152"}


@dataclass
class Found:
    """What was measured so far."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, some minutes")
    cells = _cells(quick="--quick" in arguments)
    parser.add_argument("--only", choices=list(cells), action="append", help="one cell; repeatable")
    chosen = parser.parse_args(arguments)
    found, begun = Found(), time.monotonic()
    for name, measure in cells.items():
        if chosen.only and name not in chosen.only:
            continue
        echo(f"measuring {name} ...", err=True)
        try:
            measure(found)
        except (WorkNotDoneError, BrokerError) as error:
            found.failed.append(name)
            echo(f"{name} did not do its work: {error}", err=True)
    echo(table(found.rows), nl=False)
    for note in found.notes:
        echo(f"\n{note}")
    judged = [row.met for row in found.rows if row.met is not None]
    echo("\nTargets are promised for 10,000; below, starting Python and importing weighs more than the work.")
    echo(f"{sum(judged)} of {len(judged)} targets met, in {time.monotonic() - begun:.0f} s")
    if found.failed:
        echo(f"not measured: {', '.join(found.failed)}")
    return 1 if found.failed else 0


def _cells(*, quick: bool) -> dict[str, Callable[[Found], None]]:
    if quick:
        return {
            "startup": _startup,
            "load": lambda found: found.rows.extend(sandbox.load_cells(3_000, 1)),
            "sandbox": lambda found: found.rows.extend(sandbox.growth_cells((300, 3_000))),
            "kafka": lambda found: _kafka(found, 300, 1),
            "kafka-records": lambda found: _kafka_records(found, 1_000, 300),
            "kafka-acls": lambda found: _kafka_acls(found, 300, 1_000),
            "kafka-clients": lambda found: _kafka_clients(found, 100),
            "kafka-verify": lambda found: _kafka_verify(found, 1_000, 12, 1),
            "redis": lambda found: _redis(found, 300, 30, 1),
            "redis-records": lambda found: _redis_records(found, 1_000, 300),
            "rabbitmq": lambda found: _rabbitmq(found, 200, 50),
            "registry": lambda found: _registry(found, 100, 1),
            "rabbitmq-records": lambda found: _rabbitmq_records(found, 1_000, 200),
            "rabbitmq-verify": lambda found: _rabbitmq_verify(found, 1_000, 12, 1),
            "monitor": lambda found: _monitor(found, 200, 100),
        }
    return {
        "startup": _startup,
        "load": lambda found: found.rows.extend(sandbox.load_cells(10_000, 3)),
        "sandbox": lambda found: found.rows.extend(sandbox.growth_cells((1_000, 10_000, 50_000))),
        "kafka-1000": lambda found: _kafka(found, 1_000, 3),
        "kafka-1000-settings": lambda found: _kafka(found, 1_000, 2, settings=True),
        "kafka-10000": lambda found: _kafka(found, 10_000, 2, heap="2g"),
        "kafka-records": lambda found: _kafka_records(found, 50_000, 10_000, heap="2g"),
        "kafka-acls-10000": lambda found: _kafka_acls(found, 10_000, 100_000, heap="2g"),
        "kafka-acls-50000": lambda found: _kafka_acls(found, 50_000, 100_000, heap="2g"),
        "kafka-clients-1000": lambda found: _kafka_clients(found, 1_000),
        "kafka-verify": lambda found: _kafka_verify(found, 2_000, 12, 5),
        "redis-10000": lambda found: _redis(found, 10_000, 1_000, 2),
        "redis-records": lambda found: _redis_records(found, 50_000, 10_000),
        "rabbitmq-10000": lambda found: _rabbitmq(found, 10_000, 1_000),
        "rabbitmq-dead-letters": _rabbitmq_letters,
        "registry-1000": lambda found: _registry(found, 1_000, 3),
        "rabbitmq-records": lambda found: _rabbitmq_records(found, 50_000, 10_000),
        "rabbitmq-verify": lambda found: _rabbitmq_verify(found, 2_000, 12, 5),
        "monitor": lambda found: _monitor(found, 10_000, 1_000),
    }


def _startup(found: Found) -> None:
    found.rows += startup.cells()


def _kafka(found: Found, count: int, times: int, *, heap: str = "512m", settings: bool = False) -> None:
    # Imported late: what it needs of the test brokers takes a while to load.
    from tests.bench import kafka  # noqa: PLC0415

    rows, notes = kafka.cells(kafka.Size(count, times, heap, _TWO_SETTINGS if settings else {}))
    found.rows += rows
    found.notes += notes


def _kafka_records(found: Found, records: int, topics: int, *, heap: str = "512m") -> None:
    from tests.bench import records as kafka_records  # noqa: PLC0415 - as above

    found.rows += kafka_records.cells(records, topics, heap)


def _kafka_acls(found: Found, count: int, foreign: int, *, heap: str = "512m") -> None:
    from tests.bench import kafka_acls  # noqa: PLC0415 - as above

    rows, notes = kafka_acls.cells(count, foreign, heap)
    found.rows += rows
    found.notes += notes


def _kafka_clients(found: Found, count: int) -> None:
    from tests.bench import kafka_clients  # noqa: PLC0415 - as above

    found.rows += kafka_clients.cells(count, "512m")


def _kafka_verify(found: Found, rate: int, seconds: int, times: int) -> None:
    from tests.bench import kafka_verification  # noqa: PLC0415 - as above

    found.rows += kafka_verification.cells(rate, seconds, times)


def _redis(found: Found, streams: int, users: int, times: int) -> None:
    from tests.bench import redis  # noqa: PLC0415 - as above

    rows, notes = redis.cells(streams, users, times)
    found.rows += rows
    found.notes += notes


def _redis_records(found: Found, records: int, streams: int) -> None:
    from tests.bench import redis_records  # noqa: PLC0415 - as above

    found.rows += redis_records.cells(records, streams)


def _rabbitmq(found: Found, queues: int, changed: int) -> None:
    from tests.bench import rabbitmq  # noqa: PLC0415 - as above

    rows, notes = rabbitmq.cells(queues, changed)
    found.rows += rows
    found.notes += notes


def _monitor(found: Found, queues: int, groups: int) -> None:
    from tests.bench import monitor  # noqa: PLC0415 - as above

    found.rows += monitor.queue_cells(queues)
    found.rows += monitor.group_cells(groups)


def _rabbitmq_records(found: Found, records: int, queues: int) -> None:
    from tests.bench import rabbitmq_records  # noqa: PLC0415 - as above

    found.rows += rabbitmq_records.cells(records, queues)


def _rabbitmq_verify(found: Found, rate: int, seconds: int, times: int) -> None:
    from tests.bench import rabbitmq_verification  # noqa: PLC0415 - as above

    found.rows += rabbitmq_verification.cells(rate, seconds, times)


def _registry(found: Found, subjects: int, times: int) -> None:
    from tests.bench import registry  # noqa: PLC0415 - as above

    rows, notes = registry.cells(subjects, times)
    found.rows += rows
    found.notes += notes


def _rabbitmq_letters(found: Found) -> None:
    from tests.bench import rabbitmq  # noqa: PLC0415 - as above

    rows, notes = rabbitmq.letter_cells((250, 1_000), 100)
    found.rows += rows
    found.notes += notes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
