"""Which policy a queue or exchange gets, and what is in force on it then.

As `rabbit_policy:match/2`: of the policies whose class, pattern and keys fit, the one of the highest priority, whole.
Policies of one vhost make a `PolicySet`, which finds anchored lists of names by look-up, and patterns that begin with
literals by those, so that thousands of names and policies take well under a second.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Literal

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import Problem
from mqinfra.providers.rabbitmq.pattern.regex import Pattern, compile_pattern
from mqinfra.providers.rabbitmq.settings.capabilities import applies_to
from mqinfra.providers.rabbitmq.settings.policy_keys import unsupported_keys
from mqinfra.providers.rabbitmq.settings.typed import Version


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy, or an operator policy, of one vhost.

    Attributes:
        name: its name.
        pattern: regular expression of names.
        apply_to: one of `capabilities.APPLY_TO`.
        priority: the highest wins.
        definition: keys and values.
    """

    name: str
    pattern: str
    apply_to: str
    priority: int
    definition: Mapping[str, JsonValue] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Target:
    """A thing that policies apply to.

    Attributes:
        name: its name.
        kind: what it is.
        type: `classic`, `quorum`, `stream` or another type of queue; or the type of an exchange.
    """

    name: str
    kind: Literal["queue", "exchange"]
    type: str


@dataclass(frozen=True, slots=True)
class Effective:
    """What policies make of a target.

    Attributes:
        policy: the one in force; the first by name of several equals, of which the server takes any.
        tied: the others that match with the same priority, by name.
        shadowed: those that match with a lower priority, highest first.
        skipped: those that match but have keys which the type does not support, with the keys, highest first.
        unknown: those whose pattern can't be evaluated here, highest first; one of them may be in force instead.
    """

    policy: Policy | None
    tied: tuple[Policy, ...] = ()
    shadowed: tuple[Policy, ...] = ()
    skipped: tuple[tuple[Policy, tuple[str, ...]], ...] = ()
    unknown: tuple[Policy, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ranked:
    rank: int
    policy: Policy
    pattern: Pattern | Problem
    unsupported: tuple[str, ...]


class _Index:
    """The policies for one type of thing, findable by name."""

    def __init__(self, entries: Iterable[_Ranked]) -> None:
        self._literal: defaultdict[bytes, list[_Ranked]] = defaultdict(list)
        self._by_prefix: defaultdict[int, defaultdict[bytes, list[tuple[_Ranked, Pattern]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._others: list[tuple[_Ranked, Pattern]] = []
        self._known: list[tuple[_Ranked, Pattern]] = []
        unknown: list[Policy] = []
        for entry in entries:
            pattern = entry.pattern
            if isinstance(pattern, Problem):
                unknown.append(entry.policy)
                continue
            self._known.append((entry, pattern))
            if pattern.literals is not None:
                for name in pattern.literals:
                    self._literal[name].append(entry)
            elif pattern.prefix:
                self._by_prefix[len(pattern.prefix)][pattern.prefix].append((entry, pattern))
            else:
                self._others.append((entry, pattern))
        self.unknown = tuple(unknown)

    def find(self, name: bytes) -> list[_Ranked]:
        """All entries whose pattern matches a name, highest first."""
        if name.endswith(b"\n"):  # no name of the server's; `$` matches before the newline
            return [entry for entry, pattern in self._known if pattern.matches_bytes(name)]
        found = [*self._literal.get(name, ())]
        for length, prefixed in self._by_prefix.items():
            for entry, pattern in prefixed.get(name[:length], ()):
                if pattern.matches_bytes(name):
                    found.append(entry)
        found.extend(entry for entry, pattern in self._others if pattern.matches_bytes(name))
        if len(found) > 1:
            found.sort(key=lambda entry: entry.rank)
        return found


class PolicySet:
    """The policies of one vhost; or its operator policies, which are matched apart and the same way."""

    def __init__(self, policies: Iterable[Policy], version: Version = ()) -> None:
        """Take the policies.

        Args:
            policies: in any order.
            version: the server's; empty for the newest.
        """
        self._version = version
        ordered = sorted(policies, key=lambda policy: (-policy.priority, policy.name))
        self._patterns = [(policy, compile_pattern(policy.pattern)) for policy in ordered]
        self._indexes: dict[tuple[str, str], _Index] = {}

    def effective(self, target: Target) -> Effective:
        """Find the policy in force on a target, and those that are not and why."""
        index = self._index(target.kind, target.type if target.kind == "queue" else "")
        found = index.find(target.name.encode("utf-8", "surrogatepass"))
        if not found:
            return Effective(None, unknown=index.unknown) if index.unknown else _NONE
        winner: Policy | None = None
        tied: list[Policy] = []
        shadowed: list[Policy] = []
        skipped: list[tuple[Policy, tuple[str, ...]]] = []
        for entry in found:
            policy = entry.policy
            if entry.unsupported:
                skipped.append((policy, entry.unsupported))
            elif winner is None:
                winner = policy
            elif policy.priority == winner.priority:
                tied.append(policy)
            else:
                shadowed.append(policy)
        return Effective(winner, tuple(tied), tuple(shadowed), tuple(skipped), index.unknown)

    def _index(self, kind: Literal["queue", "exchange"], queue_type: str) -> _Index:
        index = self._indexes.get((kind, queue_type))
        if index is None:
            index = self._indexes[kind, queue_type] = _Index(
                _Ranked(
                    rank,
                    policy,
                    pattern,
                    unsupported_keys(policy.definition, queue_type, self._version) if kind == "queue" else (),
                )
                for rank, (policy, pattern) in enumerate(self._patterns)
                if applies_to(policy.apply_to, kind, queue_type)
            )
        return index


_NONE = Effective(None)
