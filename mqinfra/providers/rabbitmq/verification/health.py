"""Why a deployment should not be sent canaries now: an alarm, a node that is down, or not much left before an alarm."""

from collections.abc import Iterator

from pydantic import JsonValue

from mqinfra.providers.rabbitmq.api.call import RabbitFault
from mqinfra.providers.rabbitmq.io.client import RabbitClient

_ALARMS = {"mem_alarm": "the memory alarm", "disk_free_alarm": "the disk alarm"}
_COLUMNS = ("name", "running", "partitions", *_ALARMS, "disk_free", "disk_free_limit", "mem_used", "mem_limit")
_ROOM = 256 * 2**20
"""Bytes of disk that are left above the limit of the alarm. RabbitMQ does not tell how large a disk is, so that a share
of it can't be asked for; it is four times what a run may write."""
_FULL = 0.9
"""Share of the limit of the memory alarm."""


def trouble(client: RabbitClient) -> tuple[str, ...]:
    """A clause per cause; none for a caller who may not see nodes.

    Raises:
        UserError: the server does not answer.
    """
    rows = client.get("nodes", columns=",".join(_COLUMNS))
    if isinstance(rows, RabbitFault):
        return ()
    nodes = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return tuple(f"{clause} on node `{node.get('name')}`" for node in nodes for clause in _of(node))


def _of(node: dict[str, JsonValue]) -> Iterator[str]:
    if node.get("running") is False:
        yield "RabbitMQ is not running"
        return
    for key, words in _ALARMS.items():
        if node.get(key):
            yield f"{words} is on"
    if node.get("partitions"):
        yield "the network is partitioned"
    free, limit = node.get("disk_free"), node.get("disk_free_limit")
    if isinstance(free, int) and isinstance(limit, int) and not node.get("disk_free_alarm") and free - limit < _ROOM:
        yield f"only {max(0, free - limit) // 2**20} MiB of disk are left before the alarm"
    used, most = node.get("mem_used"), node.get("mem_limit")
    if isinstance(used, int) and isinstance(most, int) and not node.get("mem_alarm") and used > most * _FULL > 0:
        yield f"{used / most:.0%} of the memory alarm threshold is used"
