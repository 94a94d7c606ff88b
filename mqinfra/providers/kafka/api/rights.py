"""Rights that changes need, on the cluster or on one thing. The broker says which ones the caller has (KIP-430)."""

import re
from collections.abc import Collection, Sequence

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.model.frozen import dataclass
from mqinfra.model.setting import Problem
from mqinfra.providers.base.connecting.fault import Fault
from mqinfra.providers.base.kind import Objection
from mqinfra.providers.base.request import Lost, Refused


@dataclass(frozen=True, slots=True)
class Right:
    """A right on the cluster, or on one topic or group.

    Attributes:
        operation: as `kafka-acls --operation` writes it: `AlterConfigs`.
        what: `cluster`, `topic` or `group`.
        name: of the topic or group; empty for the cluster.
    """

    operation: str
    what: str = "cluster"
    name: str = ""

    @property
    def missing(self) -> str:
        """Say that it is missing."""
        on = f"{self.what} `{self.name}`" if self.name else f"the {self.what}"
        return f"not allowed: this needs {self.operation} on {on}"

    @property
    def lacking(self) -> str:
        """Its name, as changes that lack the same one are told together: `Alter on the cluster`."""
        return f"{self.operation} on the {self.what}"

    def grant(self, principal: str) -> str:
        """The command that an administrator grants it with."""
        on = f"--{self.what} {self.name}" if self.name else f"--{self.what}"
        command = f"kafka-acls --add --allow-principal {principal or 'User:NAME'} --operation {self.operation} {on}"
        return f"an administrator can grant it: `{command}`"

    def held_by(self, rights: Collection[str]) -> bool:
        """Whether it is among some rights, as brokers and clients write them: `ALTER_CONFIGS`."""
        return re.sub(r"\B(?=[A-Z])", "_", self.operation).upper() in rights

    def problem(self, principal: str) -> Problem:
        """Say that it is missing, and how to grant it."""
        return Problem(self.missing, self.grant(principal))

    def objection(self, address: Address, principal: str) -> Objection:
        """The objection to a change that lacks it."""
        return Objection(address, self.problem(principal), lacking=self.lacking)

    def objections(self, rights: Collection[str], principal: str, changes: Sequence[Change]) -> list[Objection]:
        """The objections to all of some changes, where the caller lacks it."""
        if self.held_by(rights):
            return []
        problem = self.problem(principal)
        return [Objection(change.address, problem, lacking=self.lacking) for change in changes]

    def result(self, fault: Fault, call: str, principal: str) -> Refused | Lost:
        """Say what a fault makes of one resource of a call that needs it.

        Args:
            fault: what went wrong; of a missing right the broker's own words are a dump of its request.
            call: the call, and where that is told what it was about: "DeleteAcls".
            principal: whom the broker takes the caller for.
        """
        if fault.denied:
            return fault.result(self.missing, (self.grant(principal),))
        return fault.result(f"no answer to {call}: {fault.message}" if fault.lost else "")


ALTER = Right("Alter")
ALTER_CONFIGS = Right("AlterConfigs")
