"""What a vhost looks like, and what each version can do of it."""

from typing import Literal

from pydantic import Field

from mqinfra.model.setting import Problem, SettingTable
from mqinfra.model.spec import Spec
from mqinfra.providers.rabbitmq.settings.tags import Tags
from mqinfra.providers.rabbitmq.settings.typed import Version, number

KIND = "vhosts"
FIRST = "/"
"""The vhost that a server makes by itself, as long as rabbitmq.conf names no other (`default_vhost`)."""
QueueType = Literal["classic", "quorum", "stream"]

TYPE_AT_CREATION: Version = (3, 10)
"""Since then a vhost can be given a default queue type when it is made, under `defaultqueuetype` (measured: 3.10.8)."""
TYPE_AT_ANY_TIME: Version = (3, 11, 12)
"""Since then it can be changed, under `default_queue_type`."""
TYPE_OF_THE_NODE: Version = (3, 12)
"""Since then nodes have a default of their own (`default_queue_type` in rabbitmq.conf)."""
PROTECTION: Version = (4, 0, 9)
"""Since then `POST /api/vhosts/V/deletion/protection` is there (absent in 4.0.1 and 4.0.5)."""

_UNLIMITED = {-1: "unlimited"}
LIMITS = SettingTable(
    (
        number("max-connections", "Client connections at most; -1 for no limit.", special=_UNLIMITED),
        number("max-queues", "Queues at most; -1 for no limit.", special=_UNLIMITED),
    ),
    closed=True,
)


class VhostSpec(Spec):
    """A vhost: a space of its own for exchanges, queues and permissions. What is left out is left as it is.

    Attributes:
        description: what it is for.
        tags: words about it, in any order.
        default_queue_type: `classic`, `quorum` or `stream`: the type of queues that are declared without one.
        limits: `max-connections` and `max-queues`; null removes a limit.
        deletion_protection: whether the server refuses to delete it (RabbitMQ 4.0.9).
    """

    description: str | None = None
    tags: Tags | None = None
    default_queue_type: QueueType | None = None
    limits: dict[str, int | None] = Field(default_factory=dict)
    deletion_protection: bool | None = None


def version_problem(spec: VhostSpec, before: VhostSpec | None, version: Version) -> Problem | None:
    """Say which field a server is too old for; None when it can do all that changes.

    Args:
        spec: what is wanted.
        before: what there is; None for a new vhost.
        version: the server's; empty for the newest.
    """
    if not version:
        return None
    wanted = spec.default_queue_type
    if wanted is not None and (before is None or before.default_queue_type != wanted):
        if _before(version, TYPE_AT_CREATION):
            return _too_old("a default queue type", version, TYPE_AT_CREATION, "defaultQueueType")
        has = before is not None and (before.default_queue_type or "classic")
        if has and has != wanted and _before(version, TYPE_AT_ANY_TIME):
            return _too_old("changing the default queue type of a vhost", version, TYPE_AT_ANY_TIME, "defaultQueueType")
    if spec.deletion_protection and _before(version, PROTECTION) and not (before and before.deletion_protection):
        return _too_old("protecting a vhost from deletion", version, PROTECTION, "deletionProtection")
    return None


def _before(version: Version, needed: Version) -> bool:
    """Whether a server is too old; a version without a patch number, as of a sandbox, counts as its newest patch."""
    return version < needed[: len(version)]


def _too_old(what: str, found: Version, needed: Version, field: str) -> Problem:
    return Problem(
        f"{what} needs RabbitMQ {_dotted(needed)}, and this is {_dotted(found)}",
        f"leave `{field}` out, or upgrade the server",
        (field,),
    )


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
