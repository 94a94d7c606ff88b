"""Names of the topics that hold records: one per project and environment, and back. Pure."""

import json
import re
from hashlib import sha256

from mqinfra.model.record import Owner
from mqinfra.providers.kafka.topics.names import MAX_LENGTH, RECORDS_PREFIX

# Kafka takes `.` and `_` for the same when it looks for names that collide, so within a part neither is left.
_FOREIGN = re.compile(r"-(?![A-Za-z0-9])|[^A-Za-z0-9-]")
_ESCAPED = re.compile(r"(?:--[0-9a-f]{2})+")
_KEPT = 80
"""Characters of each part that a name keeps which is too long, for people."""


def topic_of(owner: Owner) -> str:
    """The topic of an owner's records: no other owner has it, nor one that Kafka takes for the same.

    Names of letters, digits and single hyphens stand as they are: `_mqinfra.shop.prod`. Every byte of other characters
    becomes `--` and two digits, and a name that is too long is cut, with a hash of the whole behind it.
    """
    parts = (_part(owner.project), _part(owner.environment))
    name = RECORDS_PREFIX + ".".join(parts)
    if len(name) <= MAX_LENGTH:
        return name
    whole = sha256(json.dumps([owner.project, owner.environment]).encode()).hexdigest()
    return RECORDS_PREFIX + ".".join((*(part[:_KEPT] for part in parts), whole))


def owner_of(topic: str) -> Owner | None:
    """Whose records a topic holds; None where its name does not say, as it was cut or is nobody's."""
    parts = topic.removeprefix(RECORDS_PREFIX).split(".")
    if len(parts) != 2 or not topic.startswith(RECORDS_PREFIX):
        return None
    try:
        owner = Owner(*(_ESCAPED.sub(_meant, part) for part in parts))
    except UnicodeDecodeError:
        return None
    return owner if topic_of(owner) == topic else None


def is_cut(topic: str) -> bool:
    """Whether a topic's name is too short to say whose records it holds."""
    return topic.startswith(RECORDS_PREFIX) and topic.count(".") > RECORDS_PREFIX.count(".") + 1


def _part(text: str) -> str:
    return _FOREIGN.sub(
        lambda match: "".join(f"--{byte:02x}" for byte in match[0].encode("utf-8", "surrogatepass")), text
    )


def _meant(match: re.Match[str]) -> str:
    return bytes.fromhex(match[0].replace("--", "")).decode("utf-8", "surrogatepass")
