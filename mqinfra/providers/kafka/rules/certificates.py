"""Principals that are the name in a certificate, as the brokers map it."""

from collections.abc import Iterator

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.kafka.acls.certificate_names import is_distinguished, mapped
from mqinfra.providers.kafka.acls.spec import KIND, acl_at

_SETTING = "ssl.principal.mapping.rules"

CERTIFICATE_NAME = Code(
    "MQ744",
    "no client will have this principal",
    "With mutual TLS, brokers make a client's principal of its certificate's name by `ssl.principal.mapping.rules`; by "
    "default it is the whole name as RFC 2253 writes it, without blanks after commas. An ACL for anything else lets "
    "nobody in.\n\n"
    "Write the principal that the finding names. Where a listener has rules of its own, they count for it.",
    severity=Severity.WARNING,
    bad="kafka:\n  access:\n    billing: {principal: 'User:CN=billing, OU=shop', produces: [orders]}",
    good="kafka:\n  access:\n    billing: {principal: 'User:CN=billing,OU=shop', produces: [orders]}",
)


class CertificateName(ClusterRule):
    """Evaluates the brokers' rules."""

    kinds = frozenset({"kafka/acls"})
    codes = (CERTIFICATE_NAME,)

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Hold each principal that is a certificate's name against what becomes of that name."""
        rules = view.facts.traits.get(_SETTING, "DEFAULT") if view.facts is not None else "DEFAULT"
        said: dict[str, tuple[str, str] | None] = {}
        for address in view.declared:
            if address.kind != KIND:
                continue
            kind, _, name = acl_at(address).principal.partition(":")
            if kind != "User" or not is_distinguished(name):
                continue
            if name not in said:
                said[name] = _problem(name, rules)
            problem = said[name]
            if problem is not None:
                yield Finding(CERTIFICATE_NAME, address, problem[0], (problem[1],), ("principal",))


def _problem(name: str, rules: str) -> tuple[str, str] | None:
    """What is wrong with a name, and what to write."""
    written = ",".join(part.strip() for part in name.split(","))
    try:
        made = mapped(written, rules)
    except ValueError:
        return None  # rules that can't be read here say nothing
    if made == name:
        return None
    if made is None:
        return f"no rule of `{_SETTING}` matches `{written}`, so that such a client can't connect", "correct the name"
    what = (
        "certificates write it without blanks" if made == written else f"the brokers' `{_SETTING}` make another of it"
    )
    return f"no client has the principal `User:{name}`: {what}", f"write `User:{made}`"


RULES: tuple[Rule, ...] = (CertificateName(),)
