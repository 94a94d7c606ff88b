"""The lock on Kafka: one holder at a time, gone with its holder, and a holder that is cut off knows it in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from confluent_kafka.cimpl import (
    ACL_OPERATION_CREATE,
    ACL_OPERATION_DESCRIBE,
    ACL_OPERATION_READ,
    ACL_OPERATION_WRITE,
)

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.record import Owner
from mqinfra.providers.kafka.records.claims import EXPIRY_MS
from mqinfra.providers.kafka.records.heart import EVERY
from mqinfra.providers.kafka.records.names import topic_of
from tests.integration.kafka.provider.changes import await_topics, create, delete, send
from tests.integration.kafka.provider.conftest import SECRETS, connect
from tests.integration.kafka.provider.holding import OWNER
from tests.integration.kafka.provider.rights import allow
from tests.late import LATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mqinfra.providers.base.records import Lock
    from mqinfra.providers.base.session import Session
    from tests.brokers.kafka.cluster import KafkaCluster

TOPIC = topic_of(OWNER)
EXPIRY = EXPIRY_MS / 1_000


@contextmanager
def holding(cluster: KafkaCluster, holder: str, timeout: float = 0) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the lock."""
    command = [
        sys.executable,
        "-m",
        "tests.integration.kafka.provider.holding",
        cluster.bootstrap,
        holder,
        f"{timeout}",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def refused(session: Session, timeout: float = 0, owner: Owner = OWNER) -> UserError:
    with pytest.raises(UserError) as told, session.lock(owner, "ben@host", timeout):
        pytest.fail("two have the lock")
    return told.value


def words(error: UserError) -> str:
    [diagnostic] = error.diagnostics
    text = " ".join((diagnostic.code, diagnostic.message, *diagnostic.help))
    assert not any(secret in text for secret in SECRETS.values())
    return text


def test_the_lock_keeps_another_process_out_and_names_its_holder(session: Session, kafka: KafkaCluster) -> None:
    with holding(kafka, "ann@build-7, plan sha256:1234"):
        error = refused(session)
        assert error.exit_code is ExitCode.LOCKED
        assert "MQ309 another apply holds the lock: ann@build-7, plan sha256:1234" in words(error)
        start = time.monotonic()
        refused(session, 2)
        assert 2 <= time.monotonic() - start < 2 + LATE
        with session.lock(Owner("shop", "test"), "ben", 0) as other:
            assert other.lost() == ""


def test_whoever_waits_has_the_lock_as_soon_as_it_is_given_up(session: Session, kafka: KafkaCluster) -> None:
    with holding(kafka, "ann") as process:
        assert process.stdin is not None
        threading.Timer(1.0, process.stdin.close).start()
        start = time.monotonic()
        with session.lock(OWNER, "ben", 30) as lock:
            assert 0.5 < time.monotonic() - start < 1.0 + LATE
            assert lock.lost() == ""
    assert "released" in lock.lost()
    with session.lock(OWNER, "ben", 0) as again:
        assert again.lost() == ""


@pytest.mark.slow
def test_a_killed_holder_s_lock_is_gone_by_itself(session: Session, kafka: KafkaCluster) -> None:
    with holding(kafka, "ann") as process:
        process.kill()
        process.wait()
        start = time.monotonic()
        assert "ann" in words(refused(session))
        with session.lock(OWNER, "ben", 60):
            waited = time.monotonic() - start
    assert EXPIRY - EVERY - 1 < waited < EXPIRY + EVERY + LATE


@pytest.mark.slow
def test_a_lock_that_is_held_for_longer_than_its_expiry_stays_held(session: Session, kafka: KafkaCluster) -> None:
    with session.lock(OWNER, "ann", 0) as lock, connect(kafka.bootstrap) as another:
        time.sleep(EXPIRY + 2)
        assert lock.lost() == ""
        assert "ann" in words(refused(another))


@pytest.mark.slow
def test_a_holder_that_is_stopped_for_too_long_has_lost_the_lock_to_whoever_waits(
    session: Session, kafka: KafkaCluster
) -> None:
    with holding(kafka, "ann") as process:
        os.kill(process.pid, signal.SIGSTOP)
        with session.lock(OWNER, "ben", 60) as lock:
            os.kill(process.pid, signal.SIGCONT)
            time.sleep(EVERY + 1)
            assert lock.lost() == ""
            with connect(kafka.bootstrap) as another:
                assert "ben" in words(refused(another))


def test_of_many_who_want_the_lock_one_has_it_at_a_time(kafka: KafkaCluster) -> None:
    kafka.wipe()
    inside, most, had = 0, 0, 0
    guard = threading.Lock()

    def want(name: str) -> None:
        nonlocal inside, most, had
        with connect(kafka.bootstrap) as session, session.lock(OWNER, name, 60) as lock:
            with guard:
                inside, had = inside + 1, had + 1
                most = max(most, inside)
            time.sleep(0.2)
            assert lock.lost() == ""
            with guard:
                inside -= 1

    threads = [threading.Thread(target=want, args=(f"user-{number}",)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, had) == (1, 5)


def until_lost(lock: Lock, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    while not (why := lock.lost()):
        assert time.monotonic() < deadline, "the holder does not notice"
        time.sleep(0.05)
    return why


def test_a_holder_that_is_cut_off_counts_itself_lost_before_anybody_else_has_the_lock(
    proxied: Session, kafka_4: KafkaCluster
) -> None:
    with connect(kafka_4.bootstrap) as another, proxied.lock(OWNER, "ann", 0) as lock:
        kafka_4.proxy.faults.black_hole()
        got = threading.Event()
        lost_before: list[str] = []

        def take() -> None:
            with another.lock(OWNER, "ben", 60):
                lost_before.append(lock.lost())
                got.set()

        thread = threading.Thread(target=take)
        # From here on no heartbeat is answered, and, with every connection cut, none comes through.
        kafka_4.proxy.on_request = lambda _, __: kafka_4.proxy.cut_all()
        kafka_4.proxy.cut_all()
        thread.start()
        assert "could not be renewed" in until_lost(lock, EXPIRY)
        assert got.wait(EXPIRY)
        kafka_4.proxy.reset()
        thread.join()
    assert "could not be renewed" in lost_before[0]


@pytest.mark.slow
def test_a_holder_whose_topic_is_deleted_has_lost_the_lock(session: Session) -> None:
    with session.lock(OWNER, "ann", 0) as lock:
        send(session, delete(TOPIC))
        assert until_lost(lock, EXPIRY)


def test_who_may_not_lock_is_told_which_right_is_missing_and_how_to_go_without(
    session: Session, limited: Session, kafka: KafkaCluster
) -> None:
    allow(kafka, TOPIC, ACL_OPERATION_DESCRIBE)
    missing = []
    for operation in (ACL_OPERATION_CREATE, ACL_OPERATION_WRITE, ACL_OPERATION_READ):
        error = refused(limited)
        assert error.exit_code is ExitCode.ERROR
        assert "--no-lock" in words(error)
        missing.append(words(error))
        allow(kafka, TOPIC, operation)
    for right, told in zip(("Create", "Write", "Read"), missing, strict=True):
        assert f"MQ347 the lock can't be taken: this needs {right} on topic `{TOPIC}`" in told
    with limited.lock(OWNER, "ben", 0) as lock:  # without any right on a group
        assert lock.lost() == ""
    with session.lock(OWNER, "ann", 0):
        pass


def test_a_topic_in_which_everyone_s_own_clock_counts_holds_no_lock(session: Session) -> None:
    send(session, create(TOPIC, partitions=1, config={"cleanup.policy": ["compact"]}))
    await_topics(session, [TOPIC])
    told = words(refused(session))
    assert "`message.timestamp.type` is not `LogAppendTime`" in told
    assert "kafka-configs --alter" in told


def test_records_and_lock_share_a_topic_and_leave_each_other_alone(session: Session) -> None:
    store = session.records(OWNER)
    assert store is not None
    with session.lock(OWNER, "ann", 0) as lock:
        assert store.load().exists
        store.save({f"k{number}": "text" for number in range(500)})
        assert lock.lost() == ""
        assert len(store.load().texts) == 500
    assert len(store.load().texts) == 500


def test_a_cluster_that_falls_silent_while_the_lock_is_taken_is_said(proxied: Session, kafka_4: KafkaCluster) -> None:
    with proxied.lock(OWNER, "ann", 0):
        pass
    for nth in range(1, 200):
        kafka_4.proxy.faults.swallow_reply(nth, "Produce")
    told = words(refused(proxied))
    assert "the lock can't be taken: Produce" in told
    assert "--no-lock" in told
