"""MQ600: a project declares what it does not own."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from mqinfra.checks.rule import Context, Rule, Subject
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.scope import Scope

_NAMED_ONE_BY_ONE = 5
_PREFIX = re.compile(r"([^\W_]+[^\w\s*]|[^\W_]+_)")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")


class DeclaredOutsideScope(Rule):
    """Design §3: declaring outside the scope is an error, so that two projects can't fight over a resource.

    What belongs to the broker is left to MQ602: no scope should cover it.
    """

    code = Code(
        "MQ600",
        "declared outside the project's scope",
        "`scope` in mqinfra.yaml says what the project may own, so that no project changes another's resources by "
        "mistake. This resource is not covered.\n\nAdd it to the scope if it is the project's, or move the entry to "
        "the project that owns it. A pattern is a whole name, or a prefix with a delimiter and `*`: `orders.*` covers "
        "`orders.created`, and neither `orders` nor `ordersx`.",
        bad="scope: {kafka: {topics: ['orders.*']}}\n# and in a manifest:\nkafka: {topics: {billing.sent: {}}}",
        good="scope: {kafka: {topics: ['orders.*', billing.sent]}}",
    )

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Find them all first, so that the line to paste covers them all at once."""
        scope = context.desired.scope
        outside: dict[tuple[str, str], list[Subject]] = defaultdict(list)
        for subjects in context.by_kind.values():
            broker, kind = subjects[0].kind.broker, subjects[0].kind.name
            for subject in subjects:
                owned = scope.owns(broker, subject.address)
                if not owned and subject.kind.internal(subject.address) is None:
                    outside[broker, kind].append(subject)
        for (broker, kind), strangers in outside.items():
            line = paste(scope, broker, kind, [subject.address.path[0] for subject in strangers])
            for subject in strangers:
                yield subject.at_entry(
                    self.code,
                    f"`{subject.address.name}` is outside what the project may own of `{broker}/{kind}`",
                    help=line,
                )


def paste(scope: Scope, broker: str, kind: str, names: Sequence[str]) -> str:
    """Write the line for mqinfra.yaml that would cover the names: one by one, or by prefix when they are many.

    What a clusters file grants is not the project's to widen, so that there only the place is named.
    """
    if scope.grantor:
        return f"mqinfra.yaml and `projects:` in `{scope.grantor}` both have to cover it: ask who keeps that file"
    owned = scope.of(broker, kind)
    wanted = sorted(set(names))
    if len(wanted) > _NAMED_ONE_BY_ONE:
        prefixes = {name: _PREFIX.match(name) for name in wanted}
        wanted = sorted({name if found is None else f"{found[0]}*" for name, found in prefixes.items()})
    patterns = ", ".join(_quoted(pattern) for pattern in dict.fromkeys([*owned, *wanted]))
    theirs = "it is" if len(set(names)) == 1 else "they are"
    word = scope.key(broker, kind)
    return f"if {theirs} this project's, write under `scope:`, `{broker}:` in mqinfra.yaml: `{word}: [{patterns}]`"


def _quoted(pattern: str) -> str:
    return pattern if _PLAIN.fullmatch(pattern) else json.dumps(pattern, ensure_ascii=False)
