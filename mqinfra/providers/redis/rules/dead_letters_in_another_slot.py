"""MQ323: on a Cluster, dead letters that no transaction can reach."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, Rule
from mqinfra.providers.redis.rules.deployment import STREAMS, dead_letter_pairs, hash_tag, trait


class DeadLettersInAnotherSlot(Rule):
    """By the hash tag and not by the slot: two tags that meet in a slot by chance are no design."""

    kinds = frozenset({STREAMS})
    code = Code(
        "MQ323",
        "dead letters in another slot",
        "On Redis Cluster, commands about several keys work only when the keys are in one slot. A consumer that moves "
        "an entry to the dead letters in one go (MULTI: XADD, XACK) is refused with CROSSSLOT otherwise. Keys are in "
        "one slot when they share a hash tag: the part in braces.",
        bad="redis:\n  streams:\n    orders: {deadLetter: true}",
        good='redis:\n  streams:\n    "{orders}": {deadLetter: true}        # and {orders}:dlq',
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Compare the hash tags of each pair."""
        for source, target, path in dead_letter_pairs(context):
            if trait(context, source.address.cluster, "topology") != "cluster":
                continue
            one, other = source.address.name, target.name
            if hash_tag(one) != hash_tag(other):
                yield source.at(
                    self.code,
                    path,
                    f"`{one}` and its dead letters `{other}` have no hash tag in common, and this is a Cluster",
                    help=f"put the same part of both names in braces, such as `{{{one}}}` and `{{{one}}}:dlq`",
                )
