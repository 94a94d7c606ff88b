"""The floor of `monitor status` on RabbitMQ: one list of queues with their figures. `PORT VHOST`; no mqinfra in it."""

from __future__ import annotations

import json
import sys

import requests

_COLUMNS = (
    "name,messages,messages_ready,messages_unacknowledged,consumers,head_message_timestamp,message_stats.publish,"
    "message_stats.ack,message_stats.deliver_no_ack,message_stats.get_no_ack"
)
_WAIT = 120


def main(port: str, vhost: str) -> None:
    answer = requests.get(
        f"http://127.0.0.1:{port}/api/queues/{vhost}",
        params={"columns": _COLUMNS},
        auth=("guest", "guest"),
        timeout=_WAIT,
    )
    answer.raise_for_status()
    sys.stdout.write(json.dumps({"done": len(answer.json())}))


main(*sys.argv[1:3])
