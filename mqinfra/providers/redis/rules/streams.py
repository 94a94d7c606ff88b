"""Streams: how long they are, their dead letters, and servers that drop them."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.redis.api.slots import hash_tag
from mqinfra.providers.redis.rules.deployment import EXPECTED, STREAMS, dead_letter_pairs, deployments, length

STREAM_LONGER_THAN_EXPECTED = Code(
    "MQ321",
    "a stream is longer than expected",
    "Redis keeps no limit with a stream: producers give one with each XADD, or someone trims it. `expectedMaxLength` "
    "is what the limit should be, and the stream is longer, so nothing enforces it. mqinfra never trims a stream for "
    "it.\n\n"
    "Have the producers send `XADD KEY MAXLEN ~ N`, or trim the stream once with `trim`.",
    severity=Severity.WARNING,
    bad="redis:\n  streams:\n    orders: {expectedMaxLength: 1000}        # it has 5,000 entries",
    good="redis:\n  streams:\n    orders: {expectedMaxLength: 10000}",
)


class StreamLongerThanExpected(ResourceRule):
    """Redis stores no limit (redis#10270), so the declared one is a contract with whoever trims."""

    kinds = frozenset({STREAMS})
    codes = (STREAM_LONGER_THAN_EXPECTED,)

    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Compare with the length."""
        expected, entries = subject.fields.get(EXPECTED), length(context, subject.address)
        if isinstance(expected, int) and entries is not None and entries > expected:
            name = subject.address.name
            yield subject.at(
                STREAM_LONGER_THAN_EXPECTED,
                EXPECTED,
                f"stream `{name}` has {entries:,} entries, and at most {expected:,} are expected",
                help=(
                    f"have its producers send `XADD {name} MAXLEN ~ {expected} ...`",
                    f"to drop the oldest {entries - expected:,} now: `XTRIM {name} MAXLEN {expected}`, or `trim` here",
                ),
            )


DEAD_LETTERS_IN_ANOTHER_SLOT = Code(
    "MQ323",
    "dead letters in another slot",
    "On Redis Cluster, commands about several keys work only when the keys are in one slot. A consumer that moves "
    "an entry to the dead letters in one go (MULTI: XADD, XACK) is refused with CROSSSLOT otherwise. Keys are in "
    "one slot when they share a hash tag: the part in braces.",
    bad="redis:\n  streams:\n    orders: {deadLetter: true}",
    good='redis:\n  streams:\n    "{orders}": {deadLetter: true}        # and {orders}:dlq',
)


class DeadLettersInAnotherSlot(Rule):
    """By the hash tag and not by the slot: two tags that meet in a slot by chance are no design."""

    codes = (DEAD_LETTERS_IN_ANOTHER_SLOT,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare the hash tags of each pair."""
        known = deployments(context)
        for source, target, path in dead_letter_pairs(context):
            if known[source.address.cluster].topology != "cluster":
                continue
            one, other = source.address.name, target.name
            if hash_tag(one) != hash_tag(other):
                yield source.at(
                    DEAD_LETTERS_IN_ANOTHER_SLOT,
                    path,
                    f"`{one}` and its dead letters `{other}` share no hash tag, but are on a Cluster",
                    help=f"put the same part of both names in braces, such as `{{{one}}}` and `{{{one}}}:dlq`",
                )


STREAMS_CAN_BE_EVICTED = Code(
    "MQ410",
    "streams can be evicted",
    "With a `maxmemory-policy` that begins with `allkeys-`, Redis deletes any key when its memory is full: whole "
    "streams, with their groups and everything pending. That is right for a cache, but not for a queue.\n\n"
    "`noeviction` refuses writes instead; `volatile-lru` and its like delete only keys with an expiry.",
    severity=Severity.WARNING,
    bad="# redis.conf\n{maxmemory-policy: allkeys-lru}",
    good="# redis.conf\n{maxmemory-policy: noeviction}",
)


class StreamsCanBeEvicted(Rule):
    """Once per deployment: the cause is one setting. `volatile-*` spares keys that have no expiry, as streams have."""

    codes = (STREAMS_CAN_BE_EVICTED,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each deployment with declared streams."""
        declared = {subject.address.cluster for subject in context.by_kind.get(STREAMS, ())}
        for cluster, deployment in deployments(context).items():
            policy = deployment.maxmemory_policy
            if policy.startswith("allkeys-") and cluster in declared:
                yield STREAMS_CAN_BE_EVICTED.at(
                    f"with `maxmemory-policy {policy}`, Redis deletes whole streams when its memory is full",
                    address=cluster,
                    help="set `maxmemory-policy noeviction` on every server, or keep queues apart from caches",
                )


DEAD_LETTERS_HELD_SHORTER = Code(
    "MQ411",
    "dead letters are expected to be shorter than their source",
    "The stream of dead letters is expected to be shorter than its source. If a consumer fails on every entry, the "
    "first dead letters are trimmed before anyone has looked at them.",
    severity=Severity.WARNING,
    bad="redis:\n  streams:\n    orders: {expectedMaxLength: 1000, deadLetter: {expectedMaxLength: 10}}",
    good="redis:\n  streams:\n    orders: {expectedMaxLength: 1000, deadLetter: true}",
)


class DeadLettersHeldShorter(Rule):
    """A limit on the dead letters alone counts too: without one on its side, the source is longer."""

    codes = (DEAD_LETTERS_HELD_SHORTER,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare the expectations of each pair."""
        for source, address, path in dead_letter_pairs(context):
            target = context.subjects.get(address)
            room = target.fields.get(EXPECTED) if target is not None else None
            need = source.fields.get(EXPECTED)
            if target is not None and isinstance(room, int) and isinstance(need, int) and room < need:
                yield target.at(
                    DEAD_LETTERS_HELD_SHORTER,
                    EXPECTED,
                    f"`{address.name}` is expected to hold {room:,} entries, and its source `{source.address.name}` "
                    f"{need:,}",
                    related=source.related("their source", path),
                    help=f"write `expectedMaxLength: {need}` or more for it",
                )


RULES: tuple[Rule, ...] = (
    StreamLongerThanExpected(),
    DeadLettersInAnotherSlot(),
    StreamsCanBeEvicted(),
    DeadLettersHeldShorter(),
)
