"""Codes of what the Kafka provider finds beyond what connecting finds with every broker."""

from mqinfra.model.code import Code

BEHIND = Code(
    "MQ458",
    "the brokers don't agree on which topics there are",
    "Brokers learn of new and deleted topics one after the other: after thousands of changes it takes them up to a "
    "minute. A list of everything that one of them gives is incomplete in that time and does not say so. So mqinfra "
    "compares the brokers' lists until they agree and stay the same. These did not within `--timeout`.\n\n"
    "Nothing was exported. Try again when the cluster has settled.",
)

CODES = (BEHIND,)
