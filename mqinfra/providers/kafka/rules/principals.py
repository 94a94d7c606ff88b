"""Principals that are nobody: neither declared as a user nor there."""

from collections.abc import Iterator

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.model.setting import suggestion
from mqinfra.providers.base.cluster_view import ClusterView
from mqinfra.providers.base.rule import ClusterRule, Finding, Rule
from mqinfra.providers.kafka.acls.certificate_names import is_distinguished
from mqinfra.providers.kafka.acls.spec import KIND as ACLS
from mqinfra.providers.kafka.acls.spec import acl_at
from mqinfra.providers.kafka.api.acl import ANONYMOUS, ANY
from mqinfra.providers.kafka.api.origins import ONLY_SCRAM, SUPER_USERS
from mqinfra.providers.kafka.quotas.spec import DEFAULT
from mqinfra.providers.kafka.quotas.spec import KIND as QUOTAS
from mqinfra.providers.kafka.users.spec import KIND as USERS

NOBODY = Code(
    "MQ746",
    "no user has this principal",
    "Everybody logs in to this cluster by SCRAM, and there is no such user: neither declared nor on the brokers. The "
    "right lets nobody in, or the quota limits nobody, until somebody makes the user, who then has it at once.\n\n"
    "Correct the name, or declare the user under `users`. Nothing is said where clients may have names of other "
    "origins: certificates that are mapped, tokens, Kerberos, PLAIN, a principal builder of the cluster's own.",
    severity=Severity.WARNING,
    bad="kafka:\n  users: {billing: {password: {env: BILLING}}}\n"
    "  access: {biling: {consumes: [orders], group: billing}}",
    good="kafka:\n  users: {billing: {password: {env: BILLING}}}\n"
    "  access: {billing: {consumes: [orders], group: billing}}",
)


class Nobody(ClusterRule):
    """Looks the users up whom rights and quotas speak of."""

    kinds = frozenset({f"kafka/{ACLS}", f"kafka/{QUOTAS}"})
    codes = (NOBODY,)

    def look_at(self, view: ClusterView) -> Iterator[Finding]:
        """Say it once for each, at the first entry that names it."""
        if view.facts is None or ONLY_SCRAM not in view.facts.traits:
            return
        there = {one.name for one in view.live if one.kind == USERS and one not in view.removed}
        if not there:
            return  # they could not be read, or nobody comes here with a name
        known = there | {one.name for one in view.declared if one.kind == USERS}
        apart = [*view.facts.traits.get(SUPER_USERS, "").split(";"), view.facts.traits.get("user", ""), ANONYMOUS]
        known |= {principal.partition(":")[2] for principal in apart}
        said: set[str] = set()
        for address in view.declared:
            name = _name(address)
            if not name or name in known or name in said:
                continue
            said.add(name)
            close = suggestion(name, sorted(known))
            hint = (close, f"or declare it: `{USERS}: {{{name}: {{password: {{env: NAME}}}}}}`")
            going = any(one.kind == USERS and one.name == name for one in view.removed)
            what = "is deleted by this plan" if going else "is neither declared nor on the cluster"
            path = ("principal",) if address.kind == ACLS else ("user",)
            yield Finding(NOBODY, address, f"the user `{name}` {what}", tuple(filter(None, hint)), path)


def _name(address: Address) -> str:
    """The user whom a right or a quota is about; empty where it is about nobody by name."""
    if address.kind == QUOTAS:
        name = dict(address.pairs).get("user", "")
        return "" if name == DEFAULT else name
    if address.kind != ACLS:
        return ""
    kind, _, name = acl_at(address).principal.partition(":")
    return "" if kind != "User" or name == ANY or is_distinguished(name) else name


RULES: tuple[Rule, ...] = (Nobody(),)
