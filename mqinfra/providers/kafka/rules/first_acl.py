"""The first ACL on what is open without any: it cuts off everybody else."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from mqinfra.model.change import Action
from mqinfra.model.code import Code
from mqinfra.model.declaration import Allowance
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, Rule, Subject
from mqinfra.providers.kafka.acls.effects import everyone_allowed, first_on_a_resource
from mqinfra.providers.kafka.acls.spec import KIND, acl_at, place_of
from mqinfra.providers.kafka.api.acl import EVERYONE_ALLOWED, HIDDEN, Acl

_WEEK = timedelta(days=7)

FIRST_ACL = Code(
    "MQ740",
    "the first ACL on a resource cuts off everybody else",
    "With `allow.everyone.if.no.acl.found=true`, as Amazon MSK has it, everybody may do everything to a topic, group "
    "or cluster that no ACL is about. The first one ends that: whoever it does not let in is refused from then on. "
    "Kafka does not tell who that is.\n\n"
    "Let in everybody who uses the resource in the same plan, and consent with the line that the plan prints; one line "
    "covers all new ACLs on the same resource. The brokers hide the value of the setting: where it is false, say "
    "`everyoneAllowed: false` in the cluster's block.",
    bad="kafka:\n  access:\n    billing: {consumes: [orders], group: billing}        # shipping reads it too",
    good="kafka:\n  access:\n    billing: {consumes: [orders], group: billing}\n"
    "    shipping: {consumes: [orders], group: shipping}\nallowed:\n"
    "  kafka/acls/name=orders,operation=Read,principal=User:billing,resource=topic:\n"
    "    {evenIf: [consumers], by: {operation: Read}, until: 2026-12-20}",
)


class FirstAcl(Rule):
    """Looks at what is created on clusters that let everybody at what no ACL is about."""

    codes = (FIRST_ACL,)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Group the new ACLs by what they are about: one consent covers all on the same resource."""
        by_alias: dict[str, list[Subject]] = defaultdict(list)
        for subject in context.by_kind.get("kafka/acls", ()):
            if subject.change is not None and subject.change.action is Action.CREATE:
                by_alias[subject.address.cluster].append(subject)
        for alias, created in by_alias.items():
            reading = context.readings.get(alias)
            if reading is None or not everyone_allowed(reading.facts):
                continue
            live = [address for address in (*reading.resources, *reading.neighbours) if address.kind == KIND]
            hidden = reading.facts.traits.get(EVERYONE_ALLOWED) == HIDDEN
            first = first_on_a_resource(live, [subject.address for subject in created])
            together: dict[tuple[str, str, str], list[Subject]] = defaultdict(list)
            for subject in created:
                if subject.address in first:
                    acl = acl_at(subject.address)
                    together[acl.resource, acl.pattern, acl.name].append(subject)
            for some in together.values():
                lines = (context.desired.allowed.get(subject.address) for subject in some)
                if not any(_consents(line, context.today) for line in lines if line is not None):
                    yield from _refused(some, context.today + _WEEK, hidden=hidden)


def _consents(line: Allowance, today: date) -> bool:
    return "consumers" in line.even_if and not line.over(today)


def _refused(some: Sequence[Subject], until: date, *, hidden: bool) -> Iterator[Diagnostic]:
    first = acl_at(some[0].address)
    line = f"{some[0].address}: {{evenIf: [consumers], by: {{operation: {first.operation}}}, until: {until}}}"
    help_ = [f"if all who use it are let in, write under `allowed:`: `{line}`"]
    if hidden:
        help_.append(f"the brokers hide the value of `{EVERYONE_ALLOWED}`; if it is false: `everyoneAllowed: false`")
    for subject in some:
        yield subject.at_entry(
            FIRST_ACL,
            f"no ACL is about {place_of(first)} yet, so this one cuts off everybody whom none lets in",
            help=help_,
            cause=f"{subject.address.cluster} {_key(first)}",
        )


def _key(acl: Acl) -> str:
    return f"{acl.resource}/{acl.pattern}/{acl.name}"


RULES: tuple[Rule, ...] = (FirstAcl(),)
