"""What a plan takes from the principal that carries it out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from mqinfra.model.address import Address
from mqinfra.model.change import Action
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.reading import Reading
from mqinfra.providers.base.codes import CALLER_LOCKED_OUT
from mqinfra.providers.base.rule import Context, Rule, Subject
from mqinfra.providers.kafka.acls.caller import lost_by
from mqinfra.providers.kafka.acls.effects import UNKNOWN_CALLER
from mqinfra.providers.kafka.acls.spec import KIND, acl_at, sentence

CALLER_UNKNOWN = Code(
    "MQ743",
    "it is not known whom the brokers take mqinfra for",
    "Kafka has no way to ask for one's own principal, and the login does not tell it: mutual TLS, OAuth, Kerberos, or "
    "a user name that is a secret. Without it nobody can tell whether an ACL that goes, or a DENY, would lock mqinfra "
    "out, so no right is taken away.\n\n"
    "Write `principal` in the cluster's block.",
    bad="clusters:\n  kafka: {type: kafka, bootstrap: broker:9093, security: {tls: {certificate: a.pem, key: a.key}}}",
    good="clusters:\n  kafka:\n    type: kafka\n    bootstrap: broker:9093\n    principal: User:CN=deployer\n"
    "    security: {tls: {certificate: a.pem, key: a.key}}",
)


class CallerLockedOut(Rule):
    """Looks at ACLs that go by a tombstone, and at DENYs that are new. What goes by itself never takes one's own."""

    codes = (CALLER_LOCKED_OUT, CALLER_UNKNOWN)

    def check(self, context: Context) -> Iterator[Diagnostic]:
        """Weigh all changes of a cluster together."""
        created: dict[str, list[Subject]] = defaultdict(list)
        for subject in context.by_kind.get("kafka/acls", ()):
            if subject.change is not None and subject.change.action is Action.CREATE:
                created[subject.address.cluster].append(subject)
        deleted: dict[str, list[Address]] = defaultdict(list)
        for address in context.desired.tombstones:
            reading = context.readings.get(address.cluster)
            if address.kind == KIND and reading is not None and address in reading.resources:
                deleted[address.cluster].append(address)
        for alias in sorted({*created, *deleted}):
            reading = context.readings.get(alias)
            if reading is not None and reading.type == "kafka":
                yield from _taken(context, reading, created[alias], deleted[alias])


def _taken(
    context: Context, reading: Reading, created: Sequence[Subject], deleted: Sequence[Address]
) -> Iterator[Diagnostic]:
    caller = reading.facts.traits.get("user", "")
    subjects = {subject.address: subject for subject in created}
    if not caller:
        taking = [address for address in subjects if acl_at(address).permission == "deny"]
        for address in (*taking, *(one for one in deleted if acl_at(one).permission == "allow")):
            yield _at(context, subjects, CALLER_UNKNOWN, address, UNKNOWN_CALLER)
        return
    if not deleted and not any(acl_at(address).permission == "deny" for address in subjects):
        return
    live = [address for address in (*reading.resources, *reading.neighbours) if address.kind == KIND]
    own = {address for address in deleted if _own(address, caller)}
    own |= {
        address for address in subjects if acl_at(address).permission == "deny" and acl_at(address).principal == caller
    }
    own |= set(lost_by(caller, [acl_at(address) for address in live], subjects, deleted))
    for address in sorted(own):
        acl = acl_at(address)
        verb = "would be deleted" if address in deleted else "would hold"
        message = f"{sentence(acl)}: this {verb}, and mqinfra is logged in as `{caller}`"
        yield _at(context, subjects, CALLER_LOCKED_OUT, address, message)


def _own(address: Address, caller: str) -> bool:
    acl = acl_at(address)
    return acl.permission == "allow" and acl.principal == caller


def _at(context: Context, subjects: dict[Address, Subject], code: Code, address: Address, message: str) -> Diagnostic:
    help_ = "set `principal`" if code is CALLER_UNKNOWN else "plan as another principal, or leave this one its rights"
    if address in subjects:
        return subjects[address].at_entry(code, message, help=help_)
    line = context.desired.tombstones[address]
    return code.at(message, span=line.span, source=line.source, address=str(address), help=help_)


RULES: tuple[Rule, ...] = (CallerLockedOut(),)
