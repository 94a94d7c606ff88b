"""MQ410: a server that may drop whole streams when its memory is full."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.redis.rules.deployment import STREAMS, trait


class StreamsCanBeEvicted(Rule):
    """Once per deployment: the cause is one setting. `volatile-*` spares keys that have no expiry, as streams have."""

    kinds = frozenset({STREAMS})
    code = Code(
        "MQ410",
        "streams can be evicted",
        "With a `maxmemory-policy` that begins with `allkeys-`, Redis deletes any key when its memory is full: whole "
        "streams, with their groups and everything that is pending. That is right for a cache, and not for a queue."
        "\n\n`noeviction` refuses writes instead; `volatile-lru` and its like delete only keys with an expiry.",
        severity=Severity.WARNING,
        bad="# redis.conf\n{maxmemory-policy: allkeys-lru}",
        good="# redis.conf\n{maxmemory-policy: noeviction}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each deployment with declared streams."""
        told: set[str] = set()
        for subject in context.by_kind.get(STREAMS, ()):
            cluster = subject.address.cluster
            policy = trait(context, cluster, "maxmemory-policy")
            if policy.startswith("allkeys-") and cluster not in told:
                told.add(cluster)
                yield self.code.at(
                    f"with `maxmemory-policy {policy}`, Redis deletes whole streams when its memory is full",
                    address=cluster,
                    help="set `maxmemory-policy noeviction` on every server, or keep queues apart from caches",
                )
