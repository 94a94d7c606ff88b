"""Codes of what the engine itself finds: guards on what would be lost, and what can't be brought about."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity

MESSAGES = Code(
    "MQ201",
    "a delete would lose messages",
    "The resource named under `removed:` still holds messages, and deleting it destroys them permanently.\n\n"
    "Drain it first, or consent to losing the messages in the reviewed tombstone: `evenIf: [messages]`. The consent "
    "covers whatever is there when the plan is applied; without it, a message that arrives after the plan makes the "
    "plan stale.",
    bad="removed:\n  kafka/topics/orders.legacy: {reason: OPS-812}",
    good="removed:\n  kafka/topics/orders.legacy: {evenIf: [messages], until: 2026-12-20, reason: OPS-812}",
)
CONSUMERS = Code(
    "MQ202",
    "a delete would cut off consumers",
    "Someone is consuming from the resource right now. They would fail, or, where the broker creates resources by "
    "itself, quietly start on an empty one.\n\n"
    "Stop them first, or consent in the tombstone: `evenIf: [consumers]`.",
    bad="removed:\n  kafka/topics/orders.legacy: {}",
    good="removed:\n  kafka/topics/orders.legacy: {evenIf: [consumers], until: 2026-12-20, reason: OPS-812}",
)
REPLACE = Code(
    "MQ203",
    "a field can't be changed on a live resource",
    "The field is fixed when the resource is created. Changing it means deleting and recreating the resource, which "
    "loses everything in it, so the plan blocks instead.\n\n"
    "Keep the live value; or create a new resource under another name and move producers and consumers to it; or, for "
    "a resource that is empty and unused, allow it to be recreated with `lifecycle: {replace: recreate}`.",
    bad="queues:\n  orders: {type: quorum}   # live: classic",
    good="queues:\n  orders: {type: quorum, lifecycle: {replace: recreate}}   # while it is empty",
)
DELETE_LIMIT = Code(
    "MQ204",
    "more deletes than the limit allows",
    "Per kind and cluster, one plan may delete 20 % of what the manifests name, but at most five and at least one. "
    "This keeps a wrong branch or a bad merge from emptying a cluster.\n\n"
    "If the number is intended, allow exactly that many: `--max-deletes kafka/topics=12`.",
    bad="mqinfra plan -e prod                                # twelve tombstones",
    good="mqinfra plan -e prod --max-deletes kafka/topics=12",
)
PROTECTED = Code(
    "MQ205",
    "the resource is protected",
    "`lifecycle: {protect: true}` refuses every delete and replace of the resource. Turn the protection off in a "
    "separate change, apply it, and then make this one.",
    bad="kafka:\n  topics:\n    orders: {partitions: 3, lifecycle: {protect: true, replace: recreate}}",
    good="kafka:\n  topics:\n    orders: {lifecycle: {protect: true}}",
)
COST_UNKNOWN = Code(
    "MQ206",
    "can't tell what a delete would cost",
    "The cluster did not say whether the resource holds messages or has consumers: a right is missing, its statistics "
    "are too old, or consumers are given messages at this very moment. Unknown is never treated as empty.\n\n"
    "Grant the permission or stop the consumers that the message names, plan again a few seconds later, or consent to "
    "the loss in the tombstone with `evenIf: [messages, consumers]`.",
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
    "The change deletes no resource, but messages are lost: by a lower retention, TTL or length, a policy that takes "
    "effect, or a trim. A number is what would be lost now, `up to` marks an upper bound, and what can't be counted "
    "blocks the change unless there are no messages.\n\n"
    "Keep the old value, drain what would be lost, or consent in a reviewed entry under `allowed:`, for the exact new "
    "value and for at most 31 days; the message prints it. No flag gives consent. The consent covers whatever is "
    "there when the plan is applied; without it, a message that arrives after the plan makes the plan stale.",
    bad="kafka:\n  topics:\n    orders: {config: {retention.ms: 1d}}      # live: 7d, with records older than a day",
    good="allowed:\n  kafka/topics/orders: {evenIf: [messages], by: {config.retention.ms: 1d}, until: 2026-12-20}",
)
CONSENT_OVER = Code(
    "MQ209",
    "the consent counts no more",
    "An entry under `removed:` or `allowed:` is valid through the day under `until`, by the runner's UTC date, and for "
    "one apply, where the cluster keeps records. That day has passed without the change, so it is unclear whether it "
    "is still wanted; or an apply has made the change, and what is there now is something else, which nobody "
    "reviewed.\n\n"
    "Review it again and set another day, or remove it.",
    bad="removed:\n  kafka/topics/orders.legacy: {evenIf: [messages], until: 2026-11-01}",
    good="removed:\n  kafka/topics/orders.legacy: {evenIf: [messages], until: 2026-12-20}",
)
DEGRADED = Code(
    "MQ210",
    "the cluster is degraded",
    "Nodes, replicas or resources of the cluster are missing right now. Deletes, moves and changes that drop messages "
    "may then lose more than they would on a healthy cluster, and can't be undone.\n\n"
    "Wait until it is healthy; or if this change is what fixes it, pass `--degraded`.",
    bad="mqinfra apply -e prod                # a replica is missing, and the plan deletes a topic",
    good="mqinfra apply -e prod --degraded",
)
LINE_DONE = Code(
    "MQ211",
    "a consent has nothing left to do",
    "The resource under `removed:` does not exist, or the change under `allowed:` has been made. Left in place, the "
    "entry would allow the same for whatever gets that name later.\n\n"
    "Remove the entry. If the name is misspelt, correct it.",
    bad="removed:\n  kafka/topics/orders.legacy: {}        # deleted last week",
    good="removed: {}",
    severity=Severity.WARNING,
)
OTHER_IDENTITY = Code(
    "MQ212",
    "the tombstone is for another resource of that name",
    "The tombstone gives the broker's own id of the resource that it may delete, and the live one has another id: it "
    "was deleted and recreated since the review.\n\n"
    "To delete the new one too, review that and give its id; otherwise remove the entry.",
    bad="removed:\n  kafka/topics/orders.legacy: {id: Vt0UtcIZTAW8_x2pIMYo2g}    # the live topic has another id",
)
VANISHED = Code(
    "MQ213",
    "a whole document or section is missing",
    "Everything that one topology document, or one section of two or more entries, declared is no longer in the "
    "manifests. The usual cause is a file that was lost or not checked out, so nothing is deleted for it.\n\n"
    "Restore the file. If all of it is gone on purpose, say so in a reviewed entry: `removed: {topology/NAME: {}}` for "
    "a document, `removed: {CLUSTER/KIND: {}}` for a section. Topics, queues and whatever else holds data need an "
    "entry each all the same.",
    bad="# the last two bindings of the vhost were taken out",
    good="removed:\n  rabbitmq/bindings: {reason: OPS-812}",
    severity=Severity.WARNING,
)
CLAIMED = Code(
    "MQ214",
    "another project claims the resource",
    "The records of another project, or of another environment on the same cluster, claim the resource. Two owners "
    "would change it back and forth, and each would delete it for the other.\n\n"
    "It is never deleted by anybody else: whoever no longer declares it, or lists it under `removed:`, drops its own "
    "claim. Routes and rights of which all is in their name, such as bindings, may have several claims, and go with "
    "the last.\n\n"
    "Declare it in one of them only. After a project or environment was renamed, take its claims over with "
    "`mqinfra adopt --from PROJECT/ENVIRONMENT`.",
    bad="removed:\n  kafka/topics/orders.legacy: {}      # declared by project `billing`",
)
UNADOPTED = Code(
    "MQ215",
    "a resource that was there before would be overwritten",
    "The resource is declared, exists, and differs, and the records of no project on the cluster speak of it. "
    "Somebody made it by other means, and may rely on what it is. What exists as declared is recorded, and never held "
    "back.\n\n"
    "To take it over as declared, plan and apply with `--adopt`, or write `lifecycle: {adopt: true}` in the entry, or "
    "in `defaults:` for a whole kind. From then on it counts as made by the project: a route or a right that was "
    "adopted is deleted once nobody declares it. To leave it unchanged, declare what is live, or remove the entry.\n\n"
    "A project that was applied by a version of mqinfra without records adopts once. Where records can't be read, "
    "nobody can tell who made a resource, and nothing is held back for that.",
    bad="kafka:\n  topics:\n    orders: {config: {retention.ms: 3d}}    # live: 7d, made by hand",
    good="kafka:\n  topics:\n    orders: {config: {retention.ms: 3d}, lifecycle: {adopt: true}}",
)
OVERLAPPING = Code(
    "MQ221",
    "the scope overlaps with another project's",
    "A project that has records on the cluster may own some of the same names, and this project's scope is new there, "
    "or was widened. Each thing has one owner, and no two projects may be about to own the same: whichever came later "
    "would find its names taken.\n\n"
    "Narrow one of the two scopes. What another project owns can be referred to without owning it: as "
    "`external: true`, or as the exchange of a binding. Who owns a whole vhost and who owns names in it do not "
    "overlap. After a project was renamed, take its claims over with `mqinfra adopt --from PROJECT/ENVIRONMENT`.\n\n"
    "Where two projects are meant to own some of the same names, the one that comes later says so with `sharedWith`, "
    "under `scope:` and the type of the broker; what one of them claims, the other can still not change.",
    bad="scope: {kafka: {topics: ['orders.*']}}       # project `shop` owns `orders.*` there",
    good="scope: {kafka: {topics: ['returns.*']}}",
)
RENAMED = Code(
    "MQ216",
    "a new resource looks like one that goes",
    "A resource is new, and one of the same kind with a similar name and nearly the same settings is deleted, or no "
    "longer declared. Somebody may have meant to rename it. A plan renames nothing: the new one begins empty, and what "
    "the old one holds goes with it.\n\n"
    "If it is a rename, keep the old one until it is drained: declare both, move the clients, and remove the old one "
    "then. mqinfra never moves anything on a guess.",
    bad="kafka:\n  topics:\n    orders.paid: {partitions: 12}    # was called order.paid",
    severity=Severity.INFO,
)
IMPOSSIBLE = Code(
    "MQ301",
    "the broker can't make this change",
    "The broker can't change the live value to the declared one, for example 12 partitions to 6.\n\n"
    "Keep the live value, or create a new resource beside the old one and move producers and consumers to it; or, for "
    "a resource that is empty and unused, allow it to be recreated with `lifecycle: {replace: recreate}`.",
    bad="kafka:\n  topics:\n    orders: {partitions: 6}    # live: 12",
    good="kafka:\n  topics:\n    orders: {partitions: 12}",
)
REFUSED = Code(
    "MQ302",
    "the broker would refuse this change",
    "The broker refused the change in a dry run. The message is the broker's own.",
    bad="kafka:\n  topics:\n    orders: {config: {retention.msec: 7d}}",
    good="kafka:\n  topics:\n    orders: {config: {retention.ms: 7d}}",
)
UNCHECKED = Code(
    "MQ303",
    "the broker could not check the change",
    "The broker checks this change only when it is made, or does not allow the caller a dry run. The plan rests on "
    "mqinfra's own checks; an apply may still be refused.",
    severity=Severity.WARNING,
)
DENIED = Code(
    "MQ304",
    "the resource can't be seen",
    "The caller has no permission to see the resource. It may or may not exist; mqinfra never assumes that it is "
    "absent, so nothing is planned for it. Grant the permission that the message names.",
)
NO_RIGHT = Code(
    "MQ352",
    "the caller lacks a right that the change needs",
    "An apply by the same user would be refused, perhaps halfway. The plan asks beforehand, so nothing is begun that "
    "can't be finished.\n\n"
    "Have the right granted: the message prints the command. Or apply as a user who has it; a plan that somebody else "
    "applies is made with `mqinfra plan --skip-rights`.",
    bad="mqinfra apply -e prod             # as a user who may only read",
    good="mqinfra plan -e prod --skip-rights -o json=plan.json    # applied by another user",
)
UNSEEN_CLUSTER = Code(
    "MQ353",
    "a cluster on which nothing is declared can't be read",
    "The environment has a cluster on which no manifest declares anything. Something that this project made there, and "
    "no longer declares, may be left over; the project's records on the cluster would tell, and they can't be read.\n\n"
    "The rest of the plan holds. Leave the cluster out with `--exclude cluster:ALIAS`, or remove it from the "
    "environment when it is gone.",
    severity=Severity.WARNING,
)
NOT_SUPPORTED = Code(
    "MQ305",
    "unknown kind on this cluster",
    "A manifest or tombstone names a kind of resource that this type of cluster does not have, or that this version "
    "of mqinfra does not manage.",
)
CYCLE = Code(
    "MQ509",
    "dependency cycle",
    "Each of the resources has to exist before the other, so there is no order in which they can be created.",
)
NEEDS_SELECTED = Code(
    "MQ507",
    "the selection brings what it needs",
    "What is selected needs resources that are declared and don't exist yet: a binding its queue, a queue its vhost. "
    "They are created too, as the broker would refuse the rest without them. Nothing else is brought: what exists is "
    "not changed for it, and nothing is deleted.\n\n"
    "`--exclude` leaves such a resource out, with what needs it.",
    severity=Severity.INFO,
)
NEED_NOT_SELECTED = Code(
    "MQ508",
    "a selected change needs a resource that is left out",
    "The selection leaves out what has to be done first: a resource that does not exist yet and is excluded, so that "
    "the broker would refuse the rest; or, before a delete, what keeps it safe.\n\n"
    "Leave it in, or leave both out. Of a cluster that is excluded as a whole nobody knows whether the resource is "
    "there, which is a warning.",
    bad="mqinfra plan --exclude kind:streams          # new, and so are their groups",
    good="mqinfra plan --exclude kind:streams --exclude kind:groups",
)
OTHER_CLUSTER = Code(
    "MQ306",
    "the plan was made for another cluster",
    "The cluster behind the alias has another id than the one the plan saw, or the plan was made against a sandbox or "
    "a snapshot. Nothing is written to a cluster that the plan was not made for. Plan again.",
)
STALE = Code(
    "MQ307",
    "the plan is stale",
    "Between plan and apply the live resource, the manifests or the plan's format changed, so the reviewed plan no "
    "longer says what would happen. Nothing was written. Plan again, and review what is different.",
)
POSITIONS = Code(
    "MQ217",
    "a delete would lose positions",
    "The group has read something, and where it stands goes with it: one of its name that comes later begins where its "
    "clients say, reads everything again or skips what came meanwhile.\n\n"
    "Let it be, or consent to that in the tombstone: `evenIf: [positions]`.",
    bad="removed:\n  kafka/groups/billing.old: {}",
    good="removed:\n  kafka/groups/billing.old: {evenIf: [positions], until: 2026-12-20, reason: OPS-812}",
)
ONCE_UNRECORDED = Code(
    "MQ218",
    "no record could say that it was done",
    "The change is done once for each `id` that its entry gives. That it was begun is recorded on the cluster before "
    "it is sent, so that no later apply does it again. Here no record can be kept, or none can be read.\n\n"
    "Give the user of this apply the rights to the project's records; or apply exactly the plan that was reviewed, "
    "with `--expect`: the digest holds what the change begins from, so that it never fits a second time.",
    bad="mqinfra apply -e prod --auto-approve            # may not read the records",
    good="mqinfra apply -e prod --expect sha256:...",
)
ONCE_UNFINISHED = Code(
    "MQ219",
    "begun once, and not seen to be done",
    "An apply recorded that it begins the change, and ended before it saw it done: it was killed, or lost its "
    "connection. Whether the change was made is not known, and it is not made a second time.\n\n"
    "Look at the resource. Give the entry another `id` to do it again, or remove the entry.",
    severity=Severity.WARNING,
)
CODES = (
    MESSAGES,
    CONSUMERS,
    POSITIONS,
    ONCE_UNRECORDED,
    ONCE_UNFINISHED,
    REPLACE,
    DELETE_LIMIT,
    PROTECTED,
    COST_UNKNOWN,
    INTERNAL,
    LOSES_MESSAGES,
    CONSENT_OVER,
    DEGRADED,
    LINE_DONE,
    OTHER_IDENTITY,
    VANISHED,
    CLAIMED,
    UNADOPTED,
    OVERLAPPING,
    RENAMED,
    IMPOSSIBLE,
    REFUSED,
    UNCHECKED,
    DENIED,
    NO_RIGHT,
    UNSEEN_CLUSTER,
    NOT_SUPPORTED,
    OTHER_CLUSTER,
    STALE,
    CYCLE,
    NEEDS_SELECTED,
    NEED_NOT_SELECTED,
)
