"""A restart of the broker between sending and reading, by a command that the caller gives."""

import shlex
import subprocess
import threading
import time

from mqinfra.model.errors import UserError
from mqinfra.providers.base.verification.message import Message
from mqinfra.providers.base.verification.payload import messages
from mqinfra.providers.base.verification.procedure import Procedure, Trial

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
        with trial.ground.producer() as producer:
            producer.send(messages(trial.amount, trial.chance), trial.left)
            producer.send(
                [Message(f"{TRANSIENT}{at}", "", b"", persistent=False) for at in range(_TRANSIENTS)], trial.left
            )
        failed, stop = threading.Event(), threading.Event()
        prober = threading.Thread(target=_probe, args=(trial, failed, stop))
        prober.start()
        try:
            _restart(trial)
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


def _restart(trial: Trial) -> None:
    command = trial.place.promised.restart
    try:
        ran = subprocess.run(shlex.split(command), capture_output=True, timeout=max(1.0, trial.left), check=False)  # noqa: S603 - the caller's own
        trial.notes.observe(COMMAND, {"code": ran.returncode, "said": ran.stderr.decode("utf-8", "replace")[-200:]})
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        trial.notes.observe(COMMAND, {"code": -1, "said": str(error)[-200:]})


def _read_once_it_is_back(trial: Trial) -> None:
    while trial.left:
        try:
            for _ in trial.ground.drain(max(5.0, trial.left)):
                pass
        except UserError:
            time.sleep(min(_PAUSE, trial.left))  # it is still starting
        else:
            return
