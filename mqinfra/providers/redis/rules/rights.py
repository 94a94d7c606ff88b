"""What users may do, by the provider's own reading of their rules."""

from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.providers.base.rule import Context, ResourceRule, Rule, Subject
from mqinfra.providers.redis import addresses
from mqinfra.providers.redis.acl.glob import escaped, fixed_part
from mqinfra.providers.redis.acl.rights import DANGEROUS, FUNCTIONS, LATER, KeyCommand, Rights
from mqinfra.providers.redis.acl.rules import channel_set
from mqinfra.providers.redis.rules.deployment import USERS, dead_letter_pairs
from mqinfra.providers.redis.users.spec import UserSpec

_SHOWN = 4
_FIRST_TOLD = ("flushall", "config|set", "acl|setuser")


CONSUMER_WITHOUT_DEAD_LETTERS = Code(
    "MQ510",
    "a consumer may not write its dead letters",
    "On Redis it is the consumer that moves an entry to the dead letters. This user may read the stream in a group, "
    "but may not add to its dead letters, so the first bad entry fails with NOPERM and comes back.\n\n"
    "Give it `+xadd` on the dead letters, preferably in a selector, or declare it under `access`.",
    severity=Severity.WARNING,
    bad="redis:\n  streams:\n    orders: {deadLetter: true}\n  users:\n    billing: {commands: [+xreadgroup], "
    'keys: ["~orders"]}',
    good="redis:\n  streams:\n    orders: {deadLetter: true}\n  access:\n    billing: {consumes: [orders]}",
)


class ConsumerWithoutDeadLetters(Rule):
    """By what the user may do, however it was declared."""

    codes = (CONSUMER_WITHOUT_DEAD_LETTERS,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Look at each user, and at the streams of its cluster that have dead letters."""
        letters: dict[str, dict[str, str]] = {}
        for source, target, _ in dead_letter_pairs(context):
            letters.setdefault(source.address.cluster, {})[source.address.name] = target.name
        for user in context.by_kind.get(USERS, ()):
            letters_of = letters.get(user.address.cluster, {})
            sources = _may(user, "xreadgroup", letters_of.keys())
            reached = _may(user, "xadd", {letters_of[stream] for stream in sources})
            for stream in sorted(sources):
                aside = letters_of[stream]
                if aside not in reached:
                    yield user.at(
                        CONSUMER_WITHOUT_DEAD_LETTERS,
                        ("commands",),
                        f"user `{user.address.name}` may consume `{stream}`, but not write its dead letters `{aside}`",
                        help=f'add `selectors: [{{commands: [+xadd], keys: ["~{escaped(aside)}"]}}]`',
                    )


ALL_COMMANDS_ON_SOME_KEYS = Code(
    "MQ712",
    "all commands on some keys",
    "Key patterns limit only commands that name keys. FLUSHALL, SWAPDB, SHUTDOWN, CONFIG and ACL name none, so a user "
    "with `+@all` on its own keys can delete everyone's, and grant itself anything.\n\n"
    "Grant the categories that it needs, or remove `@dangerous` and `@admin`.",
    severity=Severity.WARNING,
    bad='redis:\n  users:\n    tenant: {commands: [+@all], keys: ["~tenant:*"]}',
    good='redis:\n  users:\n    tenant: {commands: [+@all, -@dangerous, -@admin], keys: ["~tenant:*"]}',
)


class AllCommandsOnSomeKeys(ResourceRule):
    """Key patterns limit only commands that name keys (Redis documentation of ACLs)."""

    kinds = frozenset({USERS})
    codes = (ALL_COMMANDS_ON_SOME_KEYS,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at the rules and the selectors."""
        for number, rights in enumerate(_rights(subject)):
            unlimited = rights.granted.commands & DANGEROUS
            if rights.granted.future and unlimited and rights.keys and "~*" not in rights.keys:
                yield subject.at(
                    ALL_COMMANDS_ON_SOME_KEYS,
                    ("selectors",) if number else ("commands",),
                    f"user `{subject.address.name}` may run {_told(unlimited)}, which its key patterns do not limit",
                    help="add `-@dangerous` and `-@admin`, or grant only what it needs",
                )


USER_ON_ALL_KEYS = Code(
    "MQ714",
    "a user with access to all keys",
    "`~*` covers everyone's keys on this server, including future ones. Name the prefix that the user works with; "
    "`%R~*` is enough for read-only access.",
    severity=Severity.WARNING,
    bad='redis:\n  users:\n    feed: {commands: [+@stream], keys: ["~*"]}',
    good='redis:\n  users:\n    feed: {commands: [+@stream], keys: ["~{shop}:*"]}',
)


class UserOnAllKeys(ResourceRule):
    """Reading everything (`%R~*`) is left to whoever monitors; users that administer are declared seldom."""

    kinds = frozenset({USERS})
    codes = (USER_ON_ALL_KEYS,)

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at the patterns of the user and its selectors."""
        for number, rights in enumerate(_rights(subject)):
            if rights.writes_every_key:
                yield subject.at(
                    USER_ON_ALL_KEYS,
                    ("selectors",) if number else ("keys",),
                    f"user `{subject.address.name}` may write every key on the server",
                    help="name the prefix it works with, such as `~orders:*`",
                )


RIGHTS_OUTSIDE_SCOPE = Code(
    "MQ724",
    "a user's rights reach beyond the project's scope",
    "The project owns some keys of a server, and a user that it declares, or that `access` makes, reaches others: by "
    "a pattern of keys or channels, by a stream that it consumes or publishes to, or by commands that act on the "
    "whole server, such as ACL, CONFIG and FLUSHALL. Anyone who may change the project's manifests could then read "
    "and delete what belongs to others.\n\n"
    "A pattern has to begin with a name or prefix under `keys` of the scope; those count for channels too. Narrow it, "
    "or leave the user to the owner of the whole server (`wholeCluster: true`).",
    bad="scope: {redis: {keys: ['shop:*'], users: ['shop-*']}}\n# and in a manifest:\n"
    "redis: {users: {shop-feed: {commands: [+@read], keys: ['~*']}}}",
    good="scope: {redis: {keys: ['shop:*'], users: ['shop-*']}}\n# and in a manifest:\n"
    "redis: {users: {shop-feed: {commands: [+@read], keys: ['~shop:*']}}}",
)


class RightsOutsideScope(ResourceRule):
    """By what each pattern covers, a name or a prefix and `*`, and by commands that no pattern limits."""

    kinds = frozenset({USERS})
    codes = (RIGHTS_OUTSIDE_SCOPE,)

    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Look at what a user reaches."""
        scope = context.desired.scope
        if subject.kind.broker in scope.whole:
            return
        for number, rules in enumerate(UserSpec.narrow(subject.declaration.spec).rule_sets):
            rights = Rights.of(rules.commands, rules.keys)
            for field, patterns in (("keys", rights.keys), ("channels", channel_set(rules.channels))):
                for pattern in sorted(patterns):
                    reached = fixed_part(pattern.partition("~")[2] if field == "keys" else pattern[1:])
                    address = Address(subject.address.cluster, addresses.STREAMS, (reached,))
                    if not scope.owns(subject.kind.broker, address):
                        owned = ", ".join(f"`{known}`" for known in scope.of(subject.kind.broker, addresses.STREAMS))
                        yield subject.at(
                            RIGHTS_OUTSIDE_SCOPE,
                            ("selectors",) if number else (field,),
                            f"`{pattern}` of user `{subject.address.name}` reaches beyond the project's scope",
                            help=f"start the pattern with what the project owns: {owned or 'no keys yet'}",
                        )
            if rights.whole_server:
                yield subject.at(
                    RIGHTS_OUTSIDE_SCOPE,
                    ("selectors",) if number else ("commands",),
                    f"user `{subject.address.name}` may run {_some(rights.whole_server)}, which act on the whole "
                    "server, outside the project's scope",
                    help=f"grant less, or end the list with {_takes_away(rights.whole_server)}",
                )


def _rights(subject: Subject) -> list[Rights]:
    """What a user's own rules allow, and those of each selector."""
    return [Rights.of(rules.commands, rules.keys) for rules in UserSpec.narrow(subject.declaration.spec).rule_sets]


def _may(subject: Subject, command: KeyCommand, keys: AbstractSet[str]) -> frozenset[str]:
    return frozenset[str]().union(*(rights.may(command, keys) for rights in _rights(subject) if keys))


def _told(commands: Collection[str]) -> str:
    told = [name for name in _FIRST_TOLD if name in commands] or sorted(commands)[: len(_FIRST_TOLD)]
    *more, last = dict.fromkeys(name.partition("|")[0].upper() for name in told)
    return f"{', '.join(more)} or {last}" if more else last


def _some(commands: Collection[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in sorted(commands)[:_SHOWN])
    return shown if len(commands) <= _SHOWN else f"{shown} and {len(commands) - _SHOWN:,} more"


def _takes_away(commands: frozenset[str]) -> str:
    rules = ["-@dangerous"] if commands & DANGEROUS else []
    rules += ["-function"] if commands & FUNCTIONS else []
    rules += sorted({f"-{name}" for name in commands if name.partition("|")[0] in LATER})
    return ", ".join(f"`{rule}`" for rule in rules)


RULES: tuple[Rule, ...] = (ConsumerWithoutDeadLetters(), AllCommandsOnSomeKeys(), UserOnAllKeys(), RightsOutsideScope())
