"""How the rules about Redis read streams, groups and users. Separate so that each rule's file holds the rule alone."""

import re
from collections.abc import Iterable, Iterator, Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.span import Path
from mqinfra.providers.base.rule import Context, Subject

STREAMS = "redis/streams"
GROUPS = "redis/groups"
USERS = "redis/users"
DEAD_LETTERS = "dead letters"
EXPECTED: Path = ("expectedMaxLength",)

# The categories of the few commands that rules ask about (Redis 7.0, `ACL CAT`).
_CATEGORIES = {
    "xadd": frozenset({"@all", "@write", "@stream", "@fast"}),
    "xreadgroup": frozenset({"@all", "@write", "@stream", "@slow", "@blocking"}),
}


def trait(context: Context, cluster: str, name: str) -> str:
    """What a cluster says of itself; empty when nobody could ask."""
    reading = context.readings.get(cluster)
    return reading.facts.traits.get(name, "") if reading is not None else ""


def servers(context: Context, cluster: str, name: str) -> str:
    """The servers of which a cluster says something, for a message; empty when there are none."""
    return ", ".join(f"`{server}`" for server in trait(context, cluster, name).split(",") if server)


def clusters_with_users(context: Context) -> list[str]:
    """Clusters with declared users, or tombstones of some."""
    declared = [subject.address.cluster for subject in context.by_kind.get(USERS, ())]
    removed = [
        address.cluster
        for address in context.desired.tombstones
        if f"{context.desired.clusters.get(address.cluster)}/{address.kind}" == USERS
    ]
    return list(dict.fromkeys([*declared, *removed]))


def length(context: Context, stream: Address) -> int | None:
    """Entries of a live stream; None when it is absent or unknown."""
    reading = context.readings.get(stream.cluster)
    live = reading.resources.get(stream) if reading is not None else None
    value = live.inherited.get(("length",)) if live is not None else None
    return value if isinstance(value, int) else None


def dead_letter_pairs(context: Context) -> Iterator[tuple[Subject, Address, Path]]:
    """List the streams with dead letters: the source, the stream of the dead letters, and the field that says so."""
    for source in context.by_kind.get(STREAMS, ()):
        for reference in source.declaration.references:
            if reference.role == DEAD_LETTERS:
                yield source, reference.target, reference.path


def hash_tag(key: str) -> str:
    """The part of a key that decides its slot (Redis Cluster specification, "Hash tags")."""
    start = key.find("{")
    end = key.find("}", start + 1)
    return key[start + 1 : end] if start >= 0 and end > start + 1 else key


def rule_sets(subject: Subject) -> list[Mapping[str, JsonValue]]:
    """What a user may do: its own rules, and those of each selector."""
    own: dict[str, JsonValue] = {name: subject.fields.get((name,)) for name in ("commands", "keys")}
    selectors = subject.fields.get(("selectors",))
    return [own, *(item for item in (selectors if isinstance(selectors, list) else []) if isinstance(item, dict))]


def texts(value: JsonValue) -> list[str]:
    """A list of texts; nothing for anything else."""
    return [str(item) for item in value] if isinstance(value, list) else []


def may(subject: Subject, command: str, key: str) -> bool:
    """Tell whether a user may run `xadd` or `xreadgroup` on a key."""
    return any(
        _granted(texts(rules.get("commands")), command) and any(_covers(p, key) for p in texts(rules.get("keys")))
        for rules in rule_sets(subject)
    )


def grants_everything(rules: Iterable[str]) -> bool:
    """Tell whether rules about commands end up with all of them."""
    last = ""
    for rule in rules:
        last = rule if rule in ("+@all", "-@all") or (last == "+@all" and rule.startswith("-")) else last
    return last == "+@all"


def _granted(rules: Iterable[str], command: str) -> bool:
    words = _CATEGORIES[command] | {command}
    allowed = False
    for rule in rules:
        if rule[1:] in words:
            allowed = rule[0] == "+"
    return allowed


def _covers(pattern: str, key: str) -> bool:
    flags, _, glob = pattern.partition("~")
    if flags == "%R":
        return False
    return re.fullmatch(_regex(glob), key, re.DOTALL) is not None


def _regex(glob: str) -> str:
    """A glob of Redis as a regular expression: `*`, `?`, `[a-z]`, `[^a]` and a backslash before anything."""
    parts = re.findall(r"\\.|\[[^\]]*\]|.", glob, re.DOTALL)
    return "".join(
        ".*"
        if part == "*"
        else "."
        if part == "?"
        else part
        if part.startswith("[") and len(part) > 1
        else re.escape(part[-1])
        for part in parts
    )
