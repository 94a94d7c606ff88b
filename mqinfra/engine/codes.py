"""Codes of what the engine itself finds: guards on what would be lost, and what can't be brought about."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity

MESSAGES = Code(
    "MQ201",
    "a delete would lose messages",
    "The resource named under `removed:` still holds messages, and deleting it destroys them for good.\n\n"
    "Drain it first, or say in the reviewed tombstone that the messages may go: `evenIf: [messages]`. The consent "
    "covers whatever is there when the plan is applied; without it, a message that arrives after the plan makes the "
    "plan stale.",
    bad="removed:\n  kafka/topics/orders.legacy: {reason: OPS-812}",
    good="removed:\n  kafka/topics/orders.legacy: {evenIf: [messages], until: 2026-12-20, reason: OPS-812}",
)
CONSUMERS = Code(
    "MQ202",
    "a delete would cut consumers off",
    "Somebody consumes from the resource right now. They would fail, or, where the broker creates resources by "
    "itself, quietly start on an empty one.\n\nStop them first, or consent in the tombstone: "
    "`evenIf: [consumers]`.",
    bad="removed:\n  kafka/topics/orders.legacy: {}",
    good="removed:\n  kafka/topics/orders.legacy: {evenIf: [consumers], until: 2026-12-20, reason: OPS-812}",
)
REPLACE = Code(
    "MQ203",
    "a field can't change on a live resource",
    "The field is fixed when the resource is created. The only way to change it is to delete the resource and make "
    "it again, with everything in it lost, so the plan blocks instead.\n\nKeep the live value; or make a new "
    "resource under another name and move producers and consumers over; or, for a resource that is empty and unused, "
    "allow it to be recreated with `lifecycle: {replace: recreate}`.",
    bad="kafka:\n  topics:\n    orders: {replicationFactor: 3}   # live: 1",
    good="kafka:\n  topics:\n    orders: {replicationFactor: 3, lifecycle: {replace: recreate}}   # while it is empty",
)
DELETE_LIMIT = Code(
    "MQ204",
    "more deletes than the limit allows",
    "One plan may delete, per kind and cluster, the larger of one and the smaller of five and 20 % of what the "
    "manifests name there. A wrong branch or a bad merge then can't empty a cluster.\n\nIf the number is meant, "
    "allow exactly that: `--max-deletes kafka/topics=12`.",
    bad="mqinfra plan -e prod                                # twelve tombstones",
    good="mqinfra plan -e prod --max-deletes kafka/topics=12",
)
PROTECTED = Code(
    "MQ205",
    "the resource is protected",
    "`lifecycle: {protect: true}` refuses every delete and replace of the resource. Lift the protection in a change "
    "of its own, apply it, and then make the change.",
    bad="kafka:\n  topics:\n    orders: {replicationFactor: 3, lifecycle: {protect: true, replace: recreate}}",
    good="kafka:\n  topics:\n    orders: {lifecycle: {protect: true}}",
)
COST_UNKNOWN = Code(
    "MQ206",
    "can't tell what a delete would cost",
    "The cluster did not say whether the resource holds messages or has consumers: a right is missing, its statistics "
    "are too old, or consumers are given messages at this very moment. What can't be seen is not taken for empty.\n\n"
    "Grant the right or stop the consumers that the message names, plan again a few seconds later, or consent to the "
    "loss in the tombstone with `evenIf: [messages, consumers]`.",
    bad="removed:\n  kafka/topics/orders.legacy: {}",
    good="removed:\n  kafka/topics/orders.legacy: {evenIf: [messages, consumers], until: 2026-12-20}",
)
INTERNAL = Code(
    "MQ207",
    "the resource belongs to the broker",
    "Brokers and their tools keep their own state in resources such as `__consumer_offsets`. mqinfra never deletes "
    "one.",
    bad="removed:\n  kafka/topics/__consumer_offsets: {}",
)
LOSES_MESSAGES = Code(
    "MQ208",
    "a change would lose messages",
    "The change deletes nothing by itself, and messages go all the same: a lower retention, TTL or length, a policy "
    "that comes into force, a trim. A number is what goes now, `up to` is an upper bound, and where it can't be "
    "counted the change is blocked unless nothing is there.\n\nKeep the old value, drain what would go, or consent in "
    "a reviewed line under `allowed:`, for the exact new value and until a day at most 31 days ahead; the message "
    "prints it. No flag consents. The consent covers whatever is there when the plan is applied; without it, a "
    "message that arrives after the plan makes the plan stale.",
    bad="kafka:\n  topics:\n    orders: {config: {retention.ms: 1d}}      # live: 7d, with records older than a day",
    good="allowed:\n  kafka/topics/orders: {evenIf: [messages], by: {config.retention.ms: 1d}, until: 2026-12-20}",
)
CONSENT_OVER = Code(
    "MQ209",
    "the consent has ended",
    "A line under `removed:` or `allowed:` counts until the day that it names, by the runner's UTC date. That day is "
    "past, and what it allowed was not done yet, so that nobody knows whether it is still meant.\n\nReview it again, "
    "and give it another day; or remove it.",
    bad="removed:\n  kafka/topics/orders.legacy: {evenIf: [messages], until: 2026-11-01}",
    good="removed:\n  kafka/topics/orders.legacy: {evenIf: [messages], until: 2026-12-20}",
)
UNWELL = Code(
    "MQ210",
    "the cluster is degraded",
    "Nodes, replicas or resources of the cluster are missing right now. Deletes, moves and changes that drop messages "
    "may then lose more than they would on a healthy cluster, and can't be taken back.\n\nWait until it is healthy; or "
    "if the change is what mends it, say so with `--degraded`.",
    bad="mqinfra apply -e prod                # a replica is missing, and the plan deletes a topic",
    good="mqinfra apply -e prod --degraded",
)
LINE_DONE = Code(
    "MQ211",
    "a reviewed line is done",
    "What the line under `removed:` names does not exist, or what the line under `allowed:` allows is done. Left in "
    "place it would let the same happen again to whatever gets that name later.\n\nRemove the line. If the name is "
    "misspelt, correct it.",
    bad="removed:\n  kafka/topics/orders.legacy: {}        # deleted last week",
    good="removed: {}",
    severity=Severity.WARNING,
)
OTHER_IDENTITY = Code(
    "MQ212",
    "the tombstone is for another resource of that name",
    "The tombstone names the one resource that it may delete by the broker's own id, and the live one has another: it "
    "was deleted and created again since the line was reviewed.\n\nIf the new one is to go too, review that, and give "
    "its id; else remove the line.",
    bad="removed:\n  kafka/topics/orders.legacy: {id: Vt0UtcIZTAW8_x2pIMYo2g}    # the live topic has another id",
)
IMPOSSIBLE = Code(
    "MQ301",
    "the broker can't make this change",
    "The broker has no way to get from the live value to the wanted one, for example from 12 partitions to 6.\n\n"
    "Keep the live value, or create a new resource beside the old one and move producers and consumers over.",
    bad="kafka:\n  topics:\n    orders: {partitions: 6}    # live: 12",
    good="kafka:\n  topics:\n    orders: {partitions: 12}",
)
REFUSED = Code(
    "MQ302",
    "the broker would refuse this change",
    "The change was put to the broker as a dry run, and it said no. The message is the broker's own.",
    bad="kafka:\n  topics:\n    orders: {config: {retention.msec: 7d}}",
    good="kafka:\n  topics:\n    orders: {config: {retention.ms: 7d}}",
)
UNCHECKED = Code(
    "MQ303",
    "the broker could not be asked",
    "The broker checks this change only while it is made, or did not let the caller ask. The plan is mqinfra's own "
    "word; an apply may still be refused.",
    severity=Severity.WARNING,
)
DENIED = Code(
    "MQ304",
    "the resource can't be seen",
    "The caller has no right to see the resource. It may exist or not; what can't be seen is never taken for absent, "
    "so nothing is planned for it. Grant the right that the message names.",
)
BY_HAND = Code(
    "MQ345",
    "a change that only the broker's own tools make",
    "The broker can change the field while the resource stays what it is, but not by a call that this version makes: "
    "the number of a topic's replicas, for example, changes as they are moved between brokers.\n\nMake the change with "
    "the tool that the finding names. Until it is done, leave the field alone with `lifecycle: {ignore: [...]}`, so "
    "that other changes of the resource go on.",
    bad="kafka:\n  topics:\n    orders: {replicationFactor: 3}   # live: 1",
    good="kafka:\n  topics:\n    orders: {replicationFactor: 3, lifecycle: {ignore: [replicationFactor]}}",
)
NOT_SUPPORTED = Code(
    "MQ305",
    "the cluster knows no such kind",
    "A manifest or tombstone names a kind of resource that this type of cluster does not have, or that this version "
    "of mqinfra does not manage.",
)
CYCLE = Code(
    "MQ509",
    "dependency cycle",
    "Each of the resources has to exist before the other, so there is no order in which they can be made.",
)
NEED_NOT_SELECTED = Code(
    "MQ508",
    "a selected change needs what is not selected",
    "The selection leaves out a resource that has to be made first, so that the broker would refuse the rest.\n\n"
    "Select it too, or leave both out.",
    bad="mqinfra plan --select kind:groups            # their stream is to be made",
    good="mqinfra plan --select kind:groups --select kind:streams",
)
OTHER_CLUSTER = Code(
    "MQ306",
    "the plan was made for another cluster",
    "The cluster behind the alias has another id than the one the plan saw, or the plan was made against a sandbox "
    "or a snapshot. Nothing is written to a cluster that no reviewed plan speaks of. Plan again.",
)
STALE = Code(
    "MQ307",
    "the plan is stale",
    "Between plan and apply the live resource, the manifests or the plan's format changed, so the reviewed plan no "
    "longer says what would happen. Nothing was written. Plan again, and review what is different.",
)
CODES = (
    MESSAGES,
    CONSUMERS,
    REPLACE,
    DELETE_LIMIT,
    PROTECTED,
    COST_UNKNOWN,
    INTERNAL,
    LOSES_MESSAGES,
    CONSENT_OVER,
    UNWELL,
    LINE_DONE,
    OTHER_IDENTITY,
    IMPOSSIBLE,
    REFUSED,
    UNCHECKED,
    DENIED,
    BY_HAND,
    NOT_SUPPORTED,
    OTHER_CLUSTER,
    STALE,
    CYCLE,
    NEED_NOT_SELECTED,
)
