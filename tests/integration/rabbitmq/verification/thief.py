"""Somebody who takes messages out of the copies of a queue while a run verifies with them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pika.exceptions import ChannelClosedByBroker

from mqinfra.providers.base.verification.canary import PREFIX
from tests.integration.beside import beside
from tests.integration.rabbitmq.e2e.amqp import channel
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST, listing


@contextmanager
def stealing(project: Project, queue: str) -> Iterator[None]:
    """Take what comes to any copy of the queue, after a message of our own was put into it."""

    def steal(over: threading.Event) -> None:
        while not over.is_set():
            copy = _copy(project, queue)
            if not copy:
                continue
            try:
                with channel(project.server, VHOST) as line:
                    line.basic_publish("", copy, b"from somewhere else")
                    for _ in line.consume(copy, auto_ack=True, inactivity_timeout=0.02):
                        if over.is_set():
                            return
            except ChannelClosedByBroker:  # the run is over, and its copy is gone
                continue

    with beside(steal, "thief"):
        yield


def _copy(project: Project, queue: str) -> str:
    """The name of a copy of the queue; empty while there is none."""
    names = [name for _, _, name in listing(project.server) if name.startswith(PREFIX)]
    return next((name for name in names if name.endswith(f"1.{queue}")), "")
