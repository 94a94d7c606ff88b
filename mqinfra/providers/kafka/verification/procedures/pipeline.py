"""A pipeline that is killed in the middle of its transactions, and what its readers see."""

import subprocess
import sys
import time
from dataclasses import replace

from pydantic import ValidationError

from mqinfra.model.errors import Bug, UserError
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.payload import canaries
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.base.verification.recorded import RecordedGround, operation_of
from mqinfra.providers.kafka.verification.drain import records
from mqinfra.providers.kafka.verification.entry import delivery_of
from mqinfra.providers.kafka.verification.ground import CloneGround
from mqinfra.providers.kafka.verification.procedures.copier import Said, Task

COMMITTED, ALL = "read committed", "read uncommitted"
KILLED, OPEN = "killed", "open when killed"
KILLS = 3
MOST = 400
_BATCH = 200


class Pipeline(Procedure):
    """Messages are copied from one topic to another by a process that is killed and started again.

    Attributes:
        transactional: what it does in transactions; False to see that the check can tell.
    """

    name = "pipeline"
    transactional = True

    def carry_out(self, trial: Trial) -> None:
        """Send, copy with kills, and read the copy in both ways."""
        ground = clone_of(trial)
        target = ground.another("out")
        outgoing = canaries(trial, replace(trial.amount, messages=min(trial.amount.messages, MOST)))
        with trial.ground.producer() as producer:
            for start in range(0, len(outgoing), _BATCH):
                producer.send(outgoing[start : start + _BATCH], trial.left)
        task = Task(
            settings=dict(ground.client.clients.settings),
            source=ground.name,
            target=target,
            partitions=ground.lanes,
            transactional=self.transactional,
        )
        ground.own_group(f"{target}.copier")
        for number in range(KILLS):
            self._run(task, trial, kill_at=number + 1)
        self._run(task, trial, kill_at=None)
        began = time.monotonic_ns()
        for client, committed in ((ALL, False), (COMMITTED, True)):
            for record in records(
                ground.client.clients, target, ground.lanes, max(5.0, trial.left), committed=committed
            ):
                trial.notes.note(operation_of(delivery_of(record), Act.DRAIN, client, began))

    def _run(self, task: Task, trial: Trial, kill_at: int | None) -> None:
        """Let a process copy, and kill it in its first, second or third transaction."""
        process = subprocess.Popen(
            [sys.executable, "-m", "mqinfra.providers.kafka.verification.procedures.copier"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                self._follow(process, task, trial, kill_at)
            finally:
                process.kill()

    def _follow(self, process: "subprocess.Popen[str]", task: Task, trial: Trial, kill_at: int | None) -> None:
        if process.stdin is None or process.stdout is None:
            raise Bug("a process was begun without pipes")
        process.stdin.write(task.model_dump_json() + "\n")
        process.stdin.flush()
        number = 0
        while trial.left:
            try:
                said = Said.model_validate_json(process.stdout.readline())
            except ValidationError:
                raise UserError([NOT_READ.at("the pipeline's process ended by itself")]) from None
            if said.error:
                raise UserError([NOT_READ.at(f"the pipeline stopped: {said.error}")])
            if said.done:
                return
            number += 1
            if number == kill_at:
                process.kill()
                trial.notes.tried(KILLED, Known.OK)
                trial.notes.observe(OPEN, [f"{lane}:{position}" for lane, position in said.open])
                return
            process.stdin.write("go on\n")
            process.stdin.flush()


def clone_of(trial: Trial) -> CloneGround:
    """The copy behind the ground of a trial, for what only Kafka's own procedures do with it.

    Raises:
        Bug: it is none of Kafka's.
    """
    ground = trial.ground
    inner = ground.inner if isinstance(ground, RecordedGround) else ground
    if not isinstance(inner, CloneGround):
        raise Bug(f"no copy of a topic: {inner}")
    return inner
