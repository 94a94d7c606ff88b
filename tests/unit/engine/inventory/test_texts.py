"""Records as texts: what is written reads back, and what can't be read claims nothing."""

import json

from mqinfra.engine.inventory.texts import FORMAT_VERSION, HEADER, read_texts, run_key, use_key, written
from mqinfra.model.address import Address
from mqinfra.model.record import Header, Origin, Record, Run, Standing, Use

QUEUE = Address("rabbitmq", "queues", ("/shop", "orders.email"))
RECORD = Record(
    Origin.CREATED,
    Standing.APPLIED,
    identity="7",
    cluster=("one",),
    makers=("queues/%2Fshop/orders",),
    labels={"team": "orders"},
    spec={"type": "quorum"},
)


def test_what_is_written_reads_back() -> None:
    header, run = Header(FORMAT_VERSION, tool="0.1"), Run(101, "ann@host", "sha256:1", 2, "2026-11-28T10:00:00Z")
    read = read_texts({QUEUE.key: written(RECORD), HEADER: written(header), run_key(run): written(run)}, "rabbitmq")
    assert (dict(read.records), read.header, read.runs) == ({QUEUE: RECORD}, header, (run,))


def test_records_follow_a_cluster_to_another_alias() -> None:
    [known] = read_texts({QUEUE.key: written(RECORD)}, "rabbitmq", [QUEUE]).records
    assert known is QUEUE
    assert list(read_texts({QUEUE.key: written(RECORD)}, "broker", [QUEUE]).records) == [
        Address("broker", "queues", ("/shop", "orders.email"))
    ]


def test_the_newest_run_comes_first_and_takes_the_place_of_the_hundredth_before_it() -> None:
    runs = [Run(number, "ann@host", "", 1, "") for number in (1, 2, 101)]
    texts = {run_key(run): written(run) for run in runs}
    assert [run.number for run in read_texts(texts, "kafka").runs] == [101, 2]


def test_what_does_not_read_claims_nothing() -> None:
    texts = {
        "topics/a": "{",
        "topics/b": "[]",
        "topics/c": json.dumps({"origin": "stolen", "standing": "applied"}),
        "topics": written(RECORD),
        "topics/%zz": written(RECORD),
        "=run/01": "x",
    }
    read = read_texts(texts, "kafka")
    assert (dict(read.records), read.runs) == ({}, ())


def test_records_of_another_format_claim_nothing() -> None:
    texts = {HEADER: written(Header("2.0")), QUEUE.key: written(RECORD)}
    assert not read_texts(texts, "rabbitmq").records


def test_fields_of_a_later_minor_version_are_passed_over() -> None:
    text = json.dumps(json.loads(written(RECORD)) | {"colour": "red"})
    assert read_texts({QUEUE.key: text}, "rabbitmq").records[QUEUE] == RECORD


def test_a_use_that_does_not_read_is_a_use_all_the_same() -> None:
    use = Use(7, "2026-11-29")
    read = read_texts({use_key("abc"): written(use), use_key("def"): "{"}, "kafka")
    assert (dict(read.uses), dict(read.records)) == ({"abc": use, "def": Use(0, "")}, {})
