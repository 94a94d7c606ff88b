"""The kind `spools`: folders with queues in them."""

from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Spec
from mqinfra_spool.folder import Folder
from mqinfra_spool.folder_kind import HoldingKind
from mqinfra_spool.names import name_problem


class SpoolSpec(Spec):
    """A folder with queues in it.

    Attributes:
        description: what it is for.
    """

    description: str | None = None


class SpoolKind(HoldingKind):
    """Spools."""

    name = "spools"
    title = "spool"
    spec = SpoolSpec
    entry = SpoolSpec

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """It is the name of a folder."""
        return name_problem(address, "SPOOL")

    @override
    def addresses(self, client: Folder, alias: str) -> list[Address]:
        """All folders."""
        return [Address(alias, self.name, (name,)) for name in client.names()]
