"""Codes that every provider shares."""

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity

SNAPSHOT_FILE = Code(
    "MQ308",
    "unusable snapshot",
    "The file is not a snapshot or sandbox file of this version of mqinfra, or it is damaged.",
)
LOCKED = Code(
    "MQ309",
    "another apply holds the lock",
    "Two applies of one project and environment would interfere with each other. The lock is released when its holder "
    "ends, even if it is killed. Wait, or give `--lock-timeout` more seconds.",
)
RECORDS = Code(
    "MQ346",
    "the project's records can't be used",
    "What a project created or adopted is recorded on the broker itself, so that a plan can tell what is no longer "
    "declared. The records could not be read or written: the caller has no right to, the broker did not answer, or a "
    "snapshot was taken without them. Without records nothing is deleted by itself, and no delete is shown that rests "
    "on them.\n\n"
    "Grant the right that the message names, or take a new snapshot with `mqinfra snapshot`.",
)
LOCK_RIGHT = Code(
    "MQ347",
    "no right to take the lock",
    "An apply keeps other applies of the same project and environment out with a lock on the broker, and the caller "
    "may not take it. Grant the right that the message names. `--no-lock` applies without a lock; then nothing keeps "
    "two applies apart, except that each compares before it writes.",
)

SANDBOX_FILE = Code(
    "MQ194",
    "a file of the sandbox can't be written",
    "A sandbox keeps its state and its lock under `.mqinfra/` in the project's folder. They could not be written: the "
    "disk is full, the folder is not writable, or a symbolic link is in its place, which mqinfra does not follow "
    "because it may have come with someone else's change. Any previous file is unchanged.",
    bad="ln -s /var/shared .mqinfra && mqinfra apply\n",
    good="rm .mqinfra && mqinfra apply\n",
)

PROVIDER = Code(
    "MQ196",
    "a provider that can't be used",
    "Each type of broker has a provider, which an installed distribution registers in the entry-point group "
    "`mqinfra.providers` under the name of the type. mqinfra's own are missing where it was installed before it "
    "registered them, or is not installed at all: reinstall it. Two distributions that register one type can't be told "
    "apart: uninstall one. Codes of other distributions begin with a prefix of their own, not `MQ`.",
    bad="python -m pip install mqinfra-queues another-queues     # both register the type `queues`\n",
    good="python -m pip uninstall another-queues\n",
)

CALLER_LOCKED_OUT = Code(
    "MQ710",
    "the plan would lock out its own user",
    "mqinfra is logged in as a user that the plan deletes or disables, or whose permissions in a vhost it removes. "
    "The server would refuse its calls halfway, and nobody could finish or undo the apply.\n\n"
    "Plan as another user, or keep this one.",
    bad="redis:\n  users:\n    deployer: {enabled: false}        # and the plan runs as deployer",
    good="redis:\n  users:\n    deployer: {enabled: true}",
)

PROMISE_CONTRADICTED = Code(
    "MQ520",
    "promise that the declaration can't keep",
    "`promises:` says what a resource holds up to, and what is declared of it, or in force on it, says otherwise: "
    "total order over several partitions, a dead letter after four failures where the limit is twenty, a queue "
    "without replicas that survives the loss of a node. No message has to be sent to see it. `mqinfra verify` would "
    "fail there, or could not look.\n\n"
    "Change what is declared, or promise less.",
    severity=Severity.WARNING,
    bad="kafka:\n  topics:\n    orders: {partitions: 6, promises: {order: total}}",
    good="kafka:\n  topics:\n    orders: {partitions: 6, promises: {order: key}}",
)

CODES = (SNAPSHOT_FILE, LOCKED, RECORDS, LOCK_RIGHT, SANDBOX_FILE, PROVIDER, CALLER_LOCKED_OUT, PROMISE_CONTRADICTED)
