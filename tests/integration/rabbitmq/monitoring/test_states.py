"""Every state of queues is brought about on a real RabbitMQ, and seen within two intervals once it tells."""

from __future__ import annotations

import threading

from mqinfra.model.health import State
from mqinfra.monitor.thresholds import Thresholds
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.test_diagnosis import connected
from tests.integration.rabbitmq.verification.verified import VHOST
from tests.integration.watching import watching

RENEWED = 12.0
"""Seconds in which the server has renewed its statistics twice."""
AS_USUAL = Thresholds(held=2.0)


def test_queues_are_seen_in_every_state(project: Project) -> None:
    queue = {"type": "classic", "arguments": {"x-max-length": 60}, "deadLetter": True}
    project.declare({"vhosts": {VHOST: {"queues": {"mails": queue}}}})
    project.apply()
    connection = connected(project)
    channel = connection.channel()
    channel.confirm_delivery()

    def publish(name: str, count: int) -> None:
        for number in range(count):
            channel.basic_publish("", name, str(number).encode())

    with watching(every=2.0, thresholds=AS_USUAL) as watch:
        publish("mails", 10)
        publish("mails.dlq", 2)
        assert "10 messages wait" in watch.sees("mails", State.NO_MEMBERS, within=RENEWED).judged.verdict.reason
        publish("mails.dlq", 3)
        watch.sees("mails.dlq", State.DLQ_GROWING, within=RENEWED)
        holder = connected(project)
        holding = holder.channel()
        holding.basic_qos(prefetch_count=3)
        tags: list[int] = []
        holding.basic_consume("mails", lambda _channel, method, *_: tags.append(method.delivery_tag))
        done = threading.Event()

        def hold() -> None:
            while not done.is_set():
                holder.process_data_events(time_limit=1)
            holder.close()

        worker = threading.Thread(target=hold)
        worker.start()
        try:
            seen = watch.sees("mails", State.STALLED, within=RENEWED)
            assert "with 3 unacknowledged" in seen.judged.verdict.reason
        finally:
            done.set()
            worker.join()
        publish("mails", 60)
        watch.sees("mails", State.AT_RISK_OF_LOSS, within=RENEWED)
    connection.close()
