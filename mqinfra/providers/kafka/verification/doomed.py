"""A member of a group that is killed in its sleep: a process of its own, and SIGKILL.

A client of this process could only end well: librdkafka takes leave of the group, and nobody would see whether the
brokers miss it.
"""

import subprocess
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from mqinfra.model.errors import Bug, UserError
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.verification.ground import Consumer
from mqinfra.providers.base.verification.message import Delivery
from mqinfra.providers.kafka.api.clients import Clients
from mqinfra.providers.kafka.verification.child import Answer, Begin, Order

_PATIENCE = 10.0


class DoomedConsumer(Consumer):
    """A member of a group in another process. It has no dead letters to write to.

    Raises:
        UserError: it is given no partitions.
    """

    def __init__(self, clients: Clients, topic: str, group: str, *, accepts_itself: bool) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mqinfra.providers.kafka.verification.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        begin = Begin(settings=dict(clients.settings), topic=topic, group=group, accepts_itself=accepts_itself)
        try:
            self._told(begin.model_dump_json())
        except BaseException:
            self.crash()
            raise

    def receive(self, most: int, timeout: float) -> Sequence[Delivery]:
        """Let it receive."""
        return self._told(Order(do="receive", most=most, timeout=timeout).model_dump_json())

    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """Let it commit."""
        self._told(Order(do="accept", deliveries=list(deliveries)).model_dump_json())

    def reject(self, delivery: Delivery) -> None:
        """Let it go on after a message, as nobody writes dead letters here."""
        self.accept([delivery])

    def requeue(self, delivery: Delivery) -> None:
        """Let it go back."""
        self._told(Order(do="requeue", deliveries=[delivery]).model_dump_json())

    def crash(self) -> None:
        """Kill it."""
        self._process.kill()
        self._gone()

    def close(self) -> None:
        """Let it take leave of its group."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._gone()

    def _gone(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()
        self._process.wait()

    def _told(self, line: str) -> list[Delivery]:
        orders, answers = self._process.stdin, self._process.stdout
        if orders is None or answers is None:
            raise Bug("a process was begun without pipes")
        try:
            orders.write(line + "\n")
            orders.flush()
            answer = Answer.model_validate_json(answers.readline())
        except (OSError, ValueError, ValidationError):
            raise UserError([NOT_READ.at("a consumer's process ended by itself")]) from None
        if answer.error:
            raise UserError([NOT_READ.at(answer.error)])
        return answer.deliveries
