"""A restart of the broker between sending and reading, by a command that the caller gives."""

import threading
import time

from mqinfra.model.errors import UserError
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.payload import canaries
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.verify.procedures.command import run

COMMAND, GONE = "restart command", "gone meanwhile"
TRANSIENT = "transient-"
_TRANSIENTS = 50
_PROBE = 0.1
_PAUSE = 0.5


class Restart(Procedure):
    """Persistent messages, a few that need not last, the command, and a fresh client once the broker is back.

    Meanwhile somebody asks for the depth, to see that it was gone: one that restarts another thing proves nothing.
    """

    name = "restart"
    alone = True

    def carry_out(self, trial: Trial) -> None:
        """Send, restart, wait, drain."""
        time.sleep(min(trial.ground.settles, trial.left))
        with trial.ground.producer() as producer:
            producer.send(canaries(trial), trial.left)
            producer.send(
                [Message(f"{TRANSIENT}{at}", "", b"", persistent=False) for at in range(_TRANSIENTS)], trial.left
            )
        failed, stop = threading.Event(), threading.Event()
        prober = threading.Thread(target=_probe, args=(trial, failed, stop))
        prober.start()
        try:
            trial.notes.observe(COMMAND, run(trial.place.promised.restart, trial.left))
            _read_once_it_is_back(trial)
        finally:
            stop.set()
            prober.join()
        trial.notes.observe(GONE, failed.is_set())


def _probe(trial: Trial, failed: threading.Event, stop: threading.Event) -> None:
    ground = trial.bare or trial.ground
    while not stop.wait(_PROBE):
        try:
            ground.depth()
        except UserError:
            failed.set()


def _read_once_it_is_back(trial: Trial) -> None:
    while trial.left:
        try:
            for _ in trial.ground.drain(max(5.0, trial.left)):
                pass
        except UserError:
            time.sleep(min(_PAUSE, trial.left))  # it is still starting
        else:
            return
