"""Every node is restarted in turn, by the caller's commands, while a group reads that changes its member once."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mqinfra.model.errors import UserError
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.verify.procedures.command import run
from mqinfra.verify.procedures.node_loss import STARTED, STOPPED, missed, settled, taken_anyway, up
from mqinfra.verify.procedures.traffic import BATCH

GROUP = "rolling"
NODES, RESTARTED = "nodes", "restarted"
RATE = 50
"""Messages per second: to see a standstill, not to be a load."""
_BATCH = 10
_SLICE = 0.2
_SEND = 15.0
_BACK = 60.0
_REST = 30.0
_BOTH = 2.0
"""Seconds for which the first member and the one after it are in the group."""


class RollingRestart(Procedure):
    """One member reads during the first restart; another one joins it, takes over, and reads during the others."""

    name = "rolling restart"
    alone = True

    def carry_out(self, trial: Trial) -> None:
        """Send and read meanwhile; then read what is left."""
        flow = _Flow(trial)
        with flow.sending():
            nodes = list(trial.ground.nodes())
            with flow.member() as first:
                first.wait()
                flow.await_some()
                for node in nodes[:1]:
                    _restart(trial, node)
                flow.await_some()
                with flow.member() as second:
                    second.wait(_BOTH)
                    flow.leave(first)
                    second.wait()
                    for node in nodes[1:]:
                        _restart(trial, node)
                        flow.await_some()
                    flow.end_sending()
                    flow.await_all()
        if flow.failure is not None:
            raise flow.failure


class _Flow:
    """One sender and the members of the group, in threads of their own."""

    def __init__(self, trial: Trial) -> None:
        self.failure: UserError | None = None
        self._enough = threading.Event()
        self._trial, self._lock = trial, threading.Lock()
        self._acknowledged: set[str] = set()
        self._came: set[str] = set()
        self._sender = threading.Thread(target=self._guarded, args=(self._send,), name="rolling-send")
        self._leaving: dict[threading.Event, tuple[threading.Event, threading.Thread]] = {}

    def await_some(self) -> None:
        """Wait until one more message has come, or for some seconds."""
        before = self._count()
        self._await(lambda: self._count() > before)

    def await_all(self) -> None:
        """Wait until all messages have come that were acknowledged, or for some seconds."""
        self._await(lambda: not self._waiting())

    def _await(self, so: Callable[[], bool]) -> None:
        end = time.monotonic() + min(_REST, self._trial.left)
        while not so() and time.monotonic() < end:
            time.sleep(_SLICE)

    def _count(self) -> int:
        with self._lock:
            return len(self._came)

    def _waiting(self) -> int:
        with self._lock:
            return len(self._acknowledged - self._came)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send, until it is over."""
        self._sender.start()
        try:
            yield
        finally:
            self.end_sending()

    def end_sending(self) -> None:
        """Send no more, and wait for the answers to what was sent."""
        self._enough.set()
        self._sender.join()

    @contextmanager
    def member(self) -> Iterator[threading.Event]:
        """Have one more member; what this yields is set when the member has its share."""
        stop, ready = threading.Event(), threading.Event()
        reader = threading.Thread(
            target=self._guarded, args=(lambda: self._read(stop, ready), ready.set), name="rolling-read"
        )
        self._leaving[ready] = (stop, reader)
        reader.start()
        try:
            yield ready
        finally:
            self.leave(ready)

    def leave(self, member: threading.Event) -> None:
        """Let a member leave the group."""
        stop, reader = self._leaving[member]
        stop.set()
        reader.join()

    def _guarded(self, work: Callable[[], None], after: Callable[[], None] = lambda: None) -> None:
        try:
            work()
        except UserError as error:
            self.failure = error
        finally:
            after()

    def _send(self) -> None:
        number = 0
        with self._trial.ground.producer() as producer:
            while not self._enough.wait(_BATCH / RATE) and self._trial.left:
                some = [_message(at) for at in range(number, number + _BATCH)]
                number += _BATCH
                answers = producer.send(some, _SEND)
                went = {one.uid for one, answer in zip(some, answers, strict=True) if answer.known is Known.OK}
                with self._lock:
                    self._acknowledged |= went

    def _read(self, stop: threading.Event, ready: threading.Event) -> None:
        with self._trial.ground.consumer(group=GROUP) as member:
            ready.set()
            while not stop.is_set():
                came = taken_anyway(self._trial, member, BATCH, _SLICE)
                with self._lock:
                    self._came |= came


def _message(number: int) -> Message:
    return Message(f"{number:07d}", f"key-{number % 50:04d}", b"rolling", number=number // 50)


def _restart(trial: Trial, node: str) -> None:
    """Stop a node and start it again; only one that was missed and is back with all replicas counts as restarted."""
    if not trial.left:
        return
    lab = trial.place.lab
    try:
        trial.notes.observe(STOPPED, run(lab.stop, trial.left, node=node))
        gone = missed(trial, node)
    finally:
        trial.notes.observe(STARTED, run(lab.start, max(_BACK, trial.left), node=node))
    while node not in up(trial) and trial.left:
        time.sleep(_SLICE)
    if settled(trial) and gone:
        trial.notes.observe(RESTARTED, node)
