"""Codes of what the Kafka provider finds beyond what connecting finds with every broker."""

from mqinfra.model.code import Code

BEHIND = Code(
    "MQ458",
    "the brokers don't agree on which topics there are",
    "Brokers learn of new and deleted topics one after the other: after thousands of changes it takes them up to a "
    "minute. A list of everything that one of them gives is incomplete in that time and does not say so. So the "
    "brokers' lists are compared, until they agree and stay as they are. These did not within `--timeout`.\n\nNothing "
    "was exported. Try again when the cluster has come to rest.",
)

CODES = (BEHIND,)
