"""Which checks an installation knows, and which of them a run makes."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.verification.check import Check
from mqinfra.verify.checks.all import CHECKS


def checks_of(own: Iterable[Sequence[Check]]) -> tuple[Check, ...]:
    """All checks by number: those that know no broker, and those of providers."""
    return tuple(
        sorted((*CHECKS, *(check for some in own for check in some)), key=lambda check: (check.id, check.name))
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """What `--only` asks for: a check by number or name, on resources by name or address; either may be left out.

    Attributes:
        check: `V16` or `loss`; empty for all.
        resource: a name or an address, where `*` stands for anything; empty for all.
    """

    check: str = ""
    resource: str = ""

    @classmethod
    def parse(cls, text: str) -> "Wish":
        """Read `V16:orders.dlq`, `V16` or `:orders.*`."""
        check, _, resource = text.partition(":")
        return cls(check, resource)

    def takes(self, check: Check, address: Address) -> bool:
        """Whether it asks for a check on a resource."""
        return self.means(check.id, check.name, address)

    def means(self, number: str, name: str, address: Address) -> bool:
        """Whether it asks for what has a number and a name on a resource."""
        if self.check and self.check.lower() not in {number.lower(), name.lower()}:
            return False
        names = (address.text, address.path[-1] if address.path else "")
        return not self.resource or any(fnmatchcase(name, self.resource) for name in names)
