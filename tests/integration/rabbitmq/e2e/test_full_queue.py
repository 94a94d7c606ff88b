"""A queue that is full rejects what comes back to it from a delay; the message waits on, and is not gone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pika
import pytest

from tests.integration.rabbitmq.e2e.amqp import connect
from tests.integration.rabbitmq.e2e.project import Project
from tests.waiting import until

if TYPE_CHECKING:
    from tests.brokers.rabbitmq.server import RabbitServer

pytestmark = pytest.mark.newest

VHOST = "/full"
DELAY = 0.4
ROOM = 5


def test_what_comes_back_to_a_full_queue_waits(project: Project, rabbitmq: RabbitServer) -> None:
    project.declare(
        {
            "vhosts": {
                VHOST: {
                    "queues": {"work": {"type": "quorum", "retry": {"delays": [f"{int(DELAY * 1000)}ms"]}}},
                    "policies": {
                        "limit": {
                            "pattern": "^work",
                            "applyTo": "queues",
                            "definition": {"max-length": ROOM, "overflow": "reject-publish"},
                        }
                    },
                }
            }
        }
    )
    project.converge()
    with connect(rabbitmq, VHOST) as connection:
        channel = connection.channel()

        def publish(first: int) -> None:
            for number in range(first, first + ROOM):
                channel.basic_publish("", "work", str(number).encode(), pika.BasicProperties(delivery_mode=2))

        def ready(queue: str) -> int:
            return int(channel.queue_declare(queue, passive=True).method.message_count)

        publish(0)
        until(lambda: ready("work") == ROOM, "the queue is full")
        for _ in range(ROOM):
            method, _, _ = channel.basic_get("work")
            assert method is not None
            channel.basic_reject(method.delivery_tag or 0, requeue=False)
        publish(ROOM)
        until(lambda: ready("work") == ROOM, "the queue is full")
        time.sleep(4 * DELAY)  # long enough for all that were rejected to come back, were there room
        taken: list[int] = []

        def none_is_missing() -> bool:
            method, _, body = channel.basic_get("work", auto_ack=True)
            if method is not None and body is not None:
                taken.append(int(body))
            # Those on their way are in no queue's ready messages; the server sends them again every three minutes.
            waiting = rabbitmq.management.get("queues", VHOST, f"work.retry.1.{int(DELAY * 1000)}ms").get("messages", 0)
            return method is None and len(taken) + waiting == 2 * ROOM

        until(none_is_missing, lambda: f"taken: {taken}, and the others are not waiting")
        assert len(set(taken)) == len(taken) >= ROOM
