"""Promises of a topic that its own settings contradict."""

from collections.abc import Iterator

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.promises import FIELD
from mqinfra.providers.base.codes import PROMISE_CONTRADICTED
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.kafka.rules.topic import TOPICS, in_force, limit, number, policy, shown
from mqinfra.providers.kafka.topics.fields import MIN_INSYNC, PARTITIONS, REPLICATION, RETENTION_MS
from mqinfra.providers.kafka.topics.spec import DEAD_LETTERS

_LEAST = 2


class PromiseContradicted(ResourceRule):
    """What can be told from settings; what is unknown contradicts nothing."""

    kinds = TOPICS
    codes = (PROMISE_CONTRADICTED,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Hold each promise against the values in force."""
        for name, why, fix in _contradictions(subject):
            message = f"`{subject.address.name}` can't keep `{name}` as promised: {why}"
            yield subject.at(PROMISE_CONTRADICTED, (FIELD, name), message, help=fix)


def _contradictions(subject: Subject) -> Iterator[tuple[str, str, str]]:
    promises = subject.declaration.promises
    partitions = number(subject.value(*PARTITIONS))
    if promises.order == "total" and partitions is not None and partitions > 1:
        yield "order", f"each of its {partitions:g} partitions has an order of its own", "promise `key`, or declare one"
    if "node-loss" in promises.survives:
        replicas, insync = in_force(subject, REPLICATION), in_force(subject, MIN_INSYNC)
        if replicas is not None and replicas < _LEAST:
            yield "survives", "it has a single replica", "write `replicationFactor: 3` and `min.insync.replicas: 2`"
        elif insync is not None and insync < _LEAST and subject.declares(MIN_INSYNC):
            why = "one replica is enough for an acknowledgement, by `min.insync.replicas`"
            yield "survives", why, "write `min.insync.replicas: 2`"
    if promises.dead_letter_after is not None and not any(
        one.role == DEAD_LETTERS for one in subject.declaration.references
    ):
        yield "deadLetterAfter", "nothing says where dead letters go", "add `deadLetter: true`"
    kept = limit(subject.value(*RETENTION_MS)) if "delete" in policy(subject) else None
    if promises.max_delay is not None and kept is not None and kept < promises.max_delay:
        after = shown(subject, RETENTION_MS, int(kept))
        why = f"records are deleted after {after}, before consumers have to have read them"
        yield "maxDelay", why, "raise `retention.ms`, or promise less"


RULES: tuple[Rule, ...] = (PromiseContradicted(),)
