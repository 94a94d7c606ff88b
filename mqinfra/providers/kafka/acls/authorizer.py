"""What a set of ACLs lets a principal do: the decisions of Kafka's StandardAuthorizer, and nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from mqinfra.providers.kafka.api.acl import ANY, EVERYONE, Acl

IMPLIED_BY = {
    "Describe": frozenset({"Describe", "Read", "Write", "Delete", "Alter", "All"}),
    "DescribeConfigs": frozenset({"DescribeConfigs", "AlterConfigs", "All"}),
}
"""What an ALLOW of something else gives; a DENY denies itself alone, and what All covers."""


class Authorizer:
    """Some ACLs, to be looked up by what they are about.

    Args:
        acls: the ACLs.
    """

    def __init__(self, acls: Iterable[Acl]) -> None:
        self._by_place: dict[tuple[str, str, str], list[Acl]] = defaultdict(list)
        for acl in acls:
            self._by_place[acl.resource, acl.pattern, acl.name].append(acl)

    def about(self, resource: str, name: str) -> Iterator[Acl]:
        """The ACLs that decide about one resource."""
        yield from self._by_place.get((resource, "literal", name), ())
        if name != ANY:
            yield from self._by_place.get((resource, "literal", ANY), ())
        for end in range(1, len(name) + 1):
            yield from self._by_place.get((resource, "prefixed", name[:end]), ())

    def covering(self, acl: Acl) -> Iterator[Acl]:
        """The ACLs that decide about everything which one is about, itself among them."""
        yield from self._by_place.get((acl.resource, "literal", ANY), ())
        if acl.pattern == "literal" and acl.name != ANY:
            yield from self._by_place.get((acl.resource, "literal", acl.name), ())
        if acl.name != ANY:
            for end in range(1, len(acl.name) + 1):
                yield from self._by_place.get((acl.resource, "prefixed", acl.name[:end]), ())

    def lets(self, principal: str, operation: str, resource: str, name: str) -> bool:
        """Tell whether a principal may do something from any host, where there is an ACL about the resource at all."""
        mine = [acl for acl in self.about(resource, name) if concerns(acl, principal)]
        if any(acl.permission == "deny" and acl.operation in (operation, "All") for acl in mine):
            return False
        giving = IMPLIED_BY.get(operation, frozenset({operation, "All"}))
        return any(acl.permission == "allow" and acl.host == ANY and acl.operation in giving for acl in mine)


def concerns(acl: Acl, principal: str) -> bool:
    """Whether an ACL speaks of a principal."""
    return acl.principal in (principal, EVERYONE)


def covers(acl: Acl, resource: str, name: str) -> bool:
    """Whether an ACL is about a resource."""
    if acl.resource != resource:
        return False
    if acl.pattern == "prefixed":
        return name.startswith(acl.name)
    return acl.name in (name, ANY)
