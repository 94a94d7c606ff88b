"""Advice on a real server: consumers and their prefetch counts get into it."""

import json
import time

from pika import BlockingConnection, PlainCredentials
from pika.connection import ConnectionParameters

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST


def test_a_consumer_without_a_prefetch_count_and_too_many_priorities_are_seen(project: Project) -> None:
    queue = {"type": "classic", "arguments": {"x-max-priority": 20}}
    project.declare({"vhosts": {VHOST: {"queues": {"mails": queue}}}})
    project.apply()
    server = project.server
    parameters = ConnectionParameters(
        server.host, server.amqp_port, VHOST, PlainCredentials(server.user, server.password)
    )
    connection = BlockingConnection(parameters)
    try:
        connection.channel().basic_consume("mails", lambda *_: None)
        until = time.monotonic() + 15
        while not server.management.get("consumers", VHOST) and time.monotonic() < until:
            time.sleep(0.2)
        ran = project.mq("verify", "-q", "-o", "json", "--mode", "passive")
    finally:
        connection.close()
    advice = [(one["name"], one["evidence"].split(": ")[0]) for one in json.loads(ran.out)["advice"]]
    assert advice == [
        ("prefetch", "1 consumer of 1 without a limit"),
        ("priorities", "`x-max-priority` is 20"),
        ("priorities", "1 consumer may hold more than 50 messages before a higher priority is seen"),
    ]
