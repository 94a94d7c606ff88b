"""Codes that every provider shares."""

from mqinfra.model.code import Code

SNAPSHOT_FILE = Code(
    "MQ308",
    "not a usable snapshot",
    "The file is not a snapshot or sandbox file of this version of mqinfra, or it is damaged.",
)
LOCKED = Code(
    "MQ309",
    "another apply holds the lock",
    "Two applies of one project and environment would step on each other. The lock goes when its holder ends, also "
    "when it is killed. Wait, or give `--lock-timeout` more seconds.",
)

SANDBOX_FILE = Code(
    "MQ194",
    "a file of the sandbox can't be written",
    "A sandbox keeps its state and its lock under `.mqinfra/` in the project's folder. They could not be written: the "
    "disk is full, the folder may not be written to, or a symbolic link stands there, which mqinfra does not follow "
    "because it may have come with somebody else's change. What was there before is as it was.",
    bad="ln -s /var/shared .mqinfra && mqinfra apply\n",
    good="rm .mqinfra && mqinfra apply\n",
)

CALLER_LOCKED_OUT = Code(
    "MQ710",
    "the plan would lock out its own user",
    "The connection is made as a user that the plan deletes or disables, or whose permissions in a vhost it takes "
    "away. The server would refuse its calls in the middle, and nobody could finish or take it back.\n\nPlan as "
    "another user, or keep this one.",
    bad="redis:\n  users:\n    deployer: {enabled: false}        # and the plan runs as deployer",
    good="redis:\n  users:\n    deployer: {enabled: true}",
)

CODES = (SNAPSHOT_FILE, LOCKED, SANDBOX_FILE, CALLER_LOCKED_OUT)
