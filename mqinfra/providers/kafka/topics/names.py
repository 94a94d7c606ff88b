"""Names of topics: which ones Kafka takes, and which belong to Kafka, its tools or mqinfra."""

import re

from mqinfra.model.setting import Problem

MAX_LENGTH = 249
RECORDS_PREFIX = "_mqinfra."
"""What the topics begin with that mqinfra keeps its records in."""
_LEGAL = re.compile(r"[a-zA-Z0-9._-]+")
_ILLEGAL = re.compile(r"[^a-zA-Z0-9._-]")

_OWN = {
    "__consumer_offsets": "Kafka keeps the offsets of consumer groups in it",
    "__transaction_state": "Kafka keeps its transactions in it",
    "__share_group_state": "Kafka keeps the state of share groups in it",
    "__cluster_metadata": "Kafka keeps its own metadata in it",
    "__remote_log_metadata": "Kafka keeps the index of tiered storage in it",
}
_BY_CONVENTION = {"_schemas": "schema registries keep their schemas in it, by convention"}


def internal_reason(name: str) -> str | None:
    """Why a topic belongs to Kafka or mqinfra, for certain, or to a tool, by convention; None if it is a plain one."""
    if name.startswith(RECORDS_PREFIX):
        return "mqinfra keeps a project's records in it"
    if name in _OWN:
        return _OWN[name]
    if name in _BY_CONVENTION:
        return _BY_CONVENTION[name]
    if name.startswith("__"):
        return "names that begin with `__` belong to Kafka and its tools, by convention"
    return None


def name_problem(name: str) -> Problem | None:
    """Why Kafka would refuse a name; None when it would take it (`org.apache.kafka.common.internals.Topic`)."""
    if name in ("", ".", ".."):
        return Problem(f"`{name}` is not a valid topic name", "choose a name of letters, digits, `.`, `_` and `-`")
    if len(name) > MAX_LENGTH:
        return Problem(
            f"a topic's name has at most {MAX_LENGTH} characters, got {len(name)}",
            f"shorten it by {len(name) - MAX_LENGTH}",
        )
    if _LEGAL.fullmatch(name) is None:
        strange = ", ".join(f"`{character}`" for character in dict.fromkeys(_ILLEGAL.findall(name)))
        return Problem(
            f"a topic's name can't contain {strange}", "Kafka accepts ASCII letters, digits, `.`, `_` and `-`"
        )
    return None
