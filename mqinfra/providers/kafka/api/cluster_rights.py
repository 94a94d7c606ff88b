"""Rights on the cluster that changes need. The broker says at once whether the caller has them (KIP-430)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mqinfra.model.change import Change
from mqinfra.model.setting import Problem
from mqinfra.providers.base.kind import Objection


@dataclass(frozen=True, slots=True)
class ClusterRight:
    """A right on the cluster.

    Attributes:
        operation: as `kafka-acls --operation` writes it: `AlterConfigs`.
        name: as brokers and clients write it: `ALTER_CONFIGS`.
    """

    operation: str
    name: str

    @property
    def missing(self) -> str:
        """Say that it is missing."""
        return f"not allowed: this needs {self.operation} on the cluster"

    def grant(self, principal: str) -> str:
        """The command that an administrator grants it with."""
        whom = principal or "User:NAME"
        command = f"kafka-acls --add --allow-principal {whom} --operation {self.operation} --cluster"
        return f"an administrator can grant it: `{command}`"

    def held_by(self, rights: Collection[str]) -> bool:
        """Whether it is among some rights."""
        return self.name in rights

    def lacking(self, rights: Collection[str], principal: str, changes: Sequence[Change]) -> list[Objection]:
        """All of some changes, where the caller lacks it."""
        if self.held_by(rights):
            return []
        problem = Problem(self.missing, self.grant(principal))
        return [Objection(change.address, problem, lacking=f"{self.operation} on the cluster") for change in changes]


ALTER = ClusterRight("Alter", "ALTER")
ALTER_CONFIGS = ClusterRight("AlterConfigs", "ALTER_CONFIGS")
