"""ACLs that reach further than a name: of everybody, on everything, on whatever begins with a prefix."""

from collections.abc import Iterator, Mapping

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.model.scope import Scope
from mqinfra.model.wording import each_named
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.kafka.acls.spec import KIND, acl_at, place_of, sentence
from mqinfra.providers.kafka.api.acl import ANY, EVERYONE, Acl
from mqinfra.providers.kafka.groups.spec import KIND as GROUPS
from mqinfra.providers.kafka.topics.requests import KIND as TOPICS

_BROKER = "kafka"
_NAMED = 3
_WORDS = {"topic": "topics", "group": "groups"}
_KINDS = {"topic": TOPICS, "group": GROUPS}
_NAMED_AFTER = ("group", "transactionalId")
"""What applications call after themselves."""

ACL_FOR_ALL = Code(
    "MQ741",
    "an ACL for everybody, or on everything",
    "`User:*` lets in everybody who can reach the brokers, and a literal `*` is every resource of its type, also those "
    "that others will make. Who reads topics, or has their groups, should be named.\n\n"
    "Name the principal, and the resource or a prefix of your own.",
    severity=Severity.WARNING,
    bad="kafka:\n  acls:\n    - {principal: 'User:*', resource: topic, name: orders, operation: Read}",
    good="kafka:\n  acls:\n    - {principal: 'User:billing', resource: topic, name: orders, operation: Read}",
)
ACL_OUTSIDE_SCOPE = Code(
    "MQ742",
    "an ACL reaches what the project does not own",
    "The ACL is on all names that begin with a prefix, or on every name, and the project's scope does not cover them "
    "all. Whoever may change this project's manifests could give itself rights on what others own.\n\n"
    "Name single resources, take a prefix in scope, or widen the scope. Groups and transactional ids may also begin "
    "with the name of a principal in scope and a delimiter.",
    bad="scope: {kafka: {topics: ['orders.*'], principals: ['User:billing']}}\n# and in a manifest:\n"
    "kafka: {acls: [{principal: 'User:billing', resource: topic, name: order, pattern: prefixed, operation: Read}]}",
    good="scope: {kafka: {topics: ['orders.*'], principals: ['User:billing']}}\n# and in a manifest:\n"
    "kafka: {acls: [{principal: 'User:billing', resource: topic, name: orders., pattern: prefixed, operation: Read}]}",
)
PREFIX_OF_OTHERS = Code(
    "MQ745",
    "a prefix reaches what others have",
    "Topics that begin with the ACL's prefix are on the cluster, and this project does not declare them: an "
    "application called `orders` would get rights on `orders-eu-returns`. Or so do groups that this project neither "
    "declares nor has in its scope: it could read in their place, and move them.\n\n"
    "Take a prefix that ends in a delimiter and is nobody else's, or rename the application.",
    severity=Severity.WARNING,
    bad="kafka:\n  access:\n    orders: {produces: [orders], prefixed: [produces]}      # there is orders-eu-returns",
    good="kafka:\n  access:\n    orders: {produces: [orders.], prefixed: [produces]}",
)


class AclForAll(ClusterRule):
    """Looks at who is let in."""

    kinds = frozenset({"kafka/acls"})
    codes = (ACL_FOR_ALL,)

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Find what lets in everybody, or everywhere; a DENY for everybody is a safeguard."""
        for address in view.declared:
            if address.kind == KIND:
                acl = acl_at(address)
                if acl.permission == "allow" and (acl.principal == EVERYONE or acl.name == ANY):
                    yield Finding(ACL_FOR_ALL, address, sentence(acl), ("name the principal and the resource",))


class AclOutsideScope(ClusterRule):
    """Looks at prefixes and wildcards."""

    kinds = frozenset({"kafka/acls"})
    codes = (ACL_OUTSIDE_SCOPE, PREFIX_OF_OTHERS)

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Hold each against the scope, and against the topics that begin so."""
        for address in view.declared:
            if address.kind != KIND:
                continue
            acl = acl_at(address)
            if acl.resource == "cluster" or (acl.pattern == "literal" and acl.name != ANY):
                continue
            if not in_scope(acl, view.scope):
                message = f"{sentence(acl)}, and the project does not own all of these"
                yield Finding(ACL_OUTSIDE_SCOPE, address, message, (_way_out(acl),))
            elif acl.resource in _KINDS and acl.pattern == "prefixed":
                others = _others(acl, view)
                if others:
                    more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
                    named = each_named(others[:_NAMED]) + more
                    whose = "declare" if acl.resource == "topic" else "own"
                    message = f"{place_of(acl)} are {named} too, which this project does not {whose}"
                    yield Finding(PREFIX_OF_OTHERS, address, message, ("take a prefix that is nobody else's",))


def _way_out(acl: Acl) -> str:
    if acl.pattern == "literal":
        return "name single ones"
    if acl.name[-1:].isalnum():
        return f"name single ones, or end the prefix in a delimiter: `{acl.name}.`"
    word = _WORDS.get(acl.resource, "topics")
    return f"name single ones; or, if they are this project's: `scope: {{{_BROKER}: {{{word}: ['{acl.name}*']}}}}`"


def in_scope(acl: Acl, scope: Scope) -> bool:
    """Whether a project owns all that a prefix or wildcard is about."""
    if _BROKER in scope.whole:
        return True
    if acl.pattern == "literal":
        return False
    patterns: Mapping[str, tuple[str, ...]] = scope.patterns.get(_BROKER, {})
    if acl.resource in _WORDS:
        owned = list(patterns.get(_WORDS[acl.resource], ()))
    else:
        owned = [*patterns.get("groups", ()), *patterns.get("topics", ())]
    if any(pattern.endswith(ANY) and acl.name.startswith(pattern[:-1]) for pattern in owned):
        return True
    if acl.resource not in _NAMED_AFTER:
        return False
    whose = [pattern.partition(":")[2] for pattern in patterns.get("principals", ())]
    return any(_begins(acl.name, name) for name in whose)


def _begins(prefix: str, name: str) -> bool:
    """Whether all that begins with a prefix begins with a principal's name and a delimiter."""
    if name.endswith(ANY):
        return prefix.startswith(name[:-1])
    return prefix.startswith(name) and not prefix[len(name) : len(name) + 1].isalnum() and len(prefix) > len(name)


def _others(acl: Acl, view: ClusterView) -> list[str]:
    """What begins with a prefix, is there, and is not this project's own.

    Groups come by themselves, and few are declared: those in scope are its own too.
    """
    kind = _KINDS[acl.resource]
    found = {address for address in view.live if address.kind == kind and address not in view.declared}
    if kind == GROUPS:
        found = {address for address in found if not view.scope.owns(_BROKER, address)}
    return sorted(address.name for address in found if address.name.startswith(acl.name))


RULES: tuple[Rule, ...] = (AclForAll(), AclOutsideScope())
