"""What changes of ACLs mean for others than those they name: who is cut off, who is let in, and what goes first."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change
from mqinfra.model.reading import Facts
from mqinfra.model.spec import Spec
from mqinfra.providers.kafka.acls.authorizer import Authorizer
from mqinfra.providers.kafka.acls.caller import lost_by
from mqinfra.providers.kafka.acls.spec import KIND, acl_at, place_of
from mqinfra.providers.kafka.api.acl import EVERYONE, EVERYONE_ALLOWED, HIDDEN, Acl

UNKNOWN_CALLER = "whom the brokers take mqinfra for is not known: set `principal` in the cluster's block"


def everyone_allowed(facts: Facts) -> bool:
    """Whether everybody may do everything to what no ACL is about, for all that is known."""
    return facts.traits.get(EVERYONE_ALLOWED) in ("true", HIDDEN)


def acls_of(some: Iterable[Address]) -> list[Acl]:
    """The ACLs among some resources."""
    return [acl_at(address) for address in some if address.kind == KIND]


def first_on_a_resource(live: Iterable[Address], created: Iterable[Address]) -> dict[Address, Acl]:
    """Those of new ACLs before which none is about all that they are about, so that they cut everybody else off."""
    before = Authorizer(acls_of(live))
    found = {address: acl_at(address) for address in created}
    return {address: acl for address, acl in found.items() if not any(before.covering(acl))}


def last_on_a_resource(live: Iterable[Address], going: Iterable[Address]) -> dict[Address, Acl]:
    """Those of the ACLs that go after which none is about all that they are about, so that everybody is let in."""
    gone = {address: acl_at(address) for address in going if address.kind == KIND}
    leaving = set(gone.values())
    after = Authorizer(acl for acl in acls_of(live) if acl not in leaving)
    return {address: acl for address, acl in gone.items() if not any(after.covering(acl))}


def consequences(
    live: Mapping[Address, Spec], changes: Mapping[Address, Change], facts: Facts
) -> Mapping[Address, tuple[str, ...]]:
    """Say of each change of an ACL what it means besides letting in whom it names, or no longer."""
    mine = [(address, change) for address, change in changes.items() if address.kind == KIND]
    made = [address for address, change in mine if change.action is not Action.DELETE]
    going = [address for address, change in mine if change.action is Action.DELETE]
    found: dict[Address, list[str]] = defaultdict(list)
    for some, said in (
        (made, "takes away: {} may not {}, whatever else says so"),
        (going, "widens: {} is no longer denied to {}"),
    ):
        for address in some:
            acl = acl_at(address)
            if acl.permission == "deny":
                who = "everybody" if acl.principal == EVERYONE else f"`{acl.principal}`"
                found[address].append(said.format(who, f"{acl.operation} {place_of(acl)}"))
    if everyone_allowed(facts):
        for address, acl in first_on_a_resource(live, made).items():
            found[address].append(f"the first ACL on {place_of(acl)} cuts off everybody whom no ACL lets in")
        for address, acl in last_on_a_resource(live, going).items():
            found[address].append(f"opens {place_of(acl)} to everybody: no other ACL is about it")
    return {address: tuple(texts) for address, texts in found.items()}


def needing_a_line(live: Mapping[Address, Spec], going: Collection[Address], facts: Facts) -> Mapping[Address, str]:
    """Say which of the ACLs that would go by themselves let others in by that, or lock mqinfra out."""
    mine = [address for address in going if address.kind == KIND]
    caller = facts.traits.get("user", "")
    if not caller:
        return dict.fromkeys(mine, UNKNOWN_CALLER)
    found: dict[Address, str] = {}
    if everyone_allowed(facts):
        for address, acl in last_on_a_resource(live, mine).items():
            found[address] = f"without it, {place_of(acl)} would be open to everybody (`{EVERYONE_ALLOWED}`)"
    for address in lost_by(caller, acls_of(live), (), mine):
        found[address] = f"mqinfra itself is let in by it, as `{caller}`"
    return found


def precedence(changes: Mapping[Address, Change]) -> Iterator[tuple[Address, Address]]:
    """A right is taken, by a delete or by a DENY, once all that are given to its principal were seen."""
    giving: dict[str, list[Address]] = defaultdict(list)
    taking: list[tuple[Address, str]] = []
    for address, change in changes.items():
        if address.kind != KIND:
            continue
        acl = acl_at(address)
        allows = acl.permission == "allow"
        if (change.action is Action.DELETE) == allows:
            taking.append((address, acl.principal))
        elif allows:
            giving[acl.principal].append(address)
    for address, principal in taking:
        for whose, some in giving.items():
            if EVERYONE in (principal, whose) or principal == whose:
                for first in some:
                    yield address, first
