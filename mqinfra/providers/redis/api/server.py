"""What a server says of itself beside its data: who it is, how it keeps its users, and how saving them went."""

from collections.abc import Sequence
from typing import Literal

from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.redis.api.replies import pairs, sections
from mqinfra.providers.redis.api.resp import Call, Reply

Persistence = Literal["aclfile", "config", "none", "unknown"]
SAVES: dict[str, tuple[str, str]] = {"aclfile": ("ACL", "SAVE"), "config": ("CONFIG", "REWRITE")}
"""How users are saved, by how they are kept."""


@dataclass(frozen=True, slots=True)
class About:
    """One server.

    Attributes:
        run_id: what only this process has, under whatever address it is reached.
        master: it takes writes.
        persistence: how its ACL users last over a restart; `unknown` for lack of rights.
        saved: how often its users, or all its settings, were saved since its statistics begin.
        failed: how often that was tried and failed.
        changed: how often settings were changed at run time since then.
    """

    run_id: str = ""
    master: bool = True
    persistence: Persistence = "unknown"
    saved: int = 0
    failed: int = 0
    changed: int = 0


ASK: tuple[Call, ...] = (
    ("CONFIG", "GET", "aclfile"),
    ("INFO", "server"),
    ("INFO", "replication"),
    ("INFO", "commandstats"),
)


def about(replies: Sequence[Reply]) -> About:
    """What the answers to `ASK` say."""
    acl, server, replication, stats = replies
    known = {} if isinstance(server, Fault) else sections(str(server))
    role = "" if isinstance(replication, Fault) else sections(str(replication)).get("role", "")
    persistence: Persistence = "unknown"
    if not isinstance(acl, Fault) and known:
        kept_in_settings: Persistence = "config" if known.get("config_file", "").strip() else "none"
        persistence = "aclfile" if pairs(acl).get("aclfile") else kept_in_settings
    counts = {} if isinstance(stats, Fault) else sections(str(stats))
    saves = _counts(counts, "|".join(SAVES.get(persistence, ("", ""))))
    changes = _counts(counts, "config|set")
    failed = saves.get("failed_calls", 0)
    return About(
        run_id=known.get("run_id", ""),
        master=role != "slave",
        persistence=persistence,
        saved=saves.get("calls", 0) - failed,
        failed=failed + saves.get("rejected_calls", 0),
        changed=changes.get("calls", 0) - changes.get("failed_calls", 0),
    )


def _counts(stats: dict[str, str], command: str) -> dict[str, int]:
    """The counters of one command: `calls=2,usec=10,usec_per_call=5.00,rejected_calls=0,failed_calls=1`."""
    parts = (part.partition("=") for part in stats.get(f"cmdstat_{command.lower()}", "").split(","))
    return {name: int(value) for name, _, value in parts if value.isdigit()}
