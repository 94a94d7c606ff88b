"""Codes that every provider shares."""

from mqinfra.model.code import Code

SNAPSHOT_FILE = Code(
    "MQ308",
    "not a usable snapshot",
    "The file is no snapshot or sandbox file of this version of mqinfra, or it is damaged.",
)
LOCKED = Code(
    "MQ309",
    "another apply holds the lock",
    "Two applies of one project and environment would step on each other. The lock goes when its holder ends, also "
    "when it is killed. Wait, or give `--lock-timeout` more seconds.",
)

CODES = (SNAPSHOT_FILE, LOCKED)
