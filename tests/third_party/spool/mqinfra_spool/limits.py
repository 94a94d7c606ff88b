"""The kind `limits`: how fast somebody may write. A limit has no name: it is called by whose it is."""

from typing import Annotated

from pydantic import Field
from typing_extensions import override

from mqinfra.model.address import Address
from mqinfra.model.setting import Problem
from mqinfra.model.spec import Spec
from mqinfra.providers.base.placement import Placement
from mqinfra_spool.folder import Folder, Place
from mqinfra_spool.folder_kind import FolderKind

_FOLDER = ".limits"


class LimitSpec(Spec):
    """How fast somebody may write.

    Attributes:
        owner: whose messages.
        host: where they write; everywhere when left out.
        messages_per_second: how many at most.
    """

    owner: str
    host: str | None = None
    messages_per_second: Annotated[int | None, Field(ge=1)] = None


class LimitKind(FolderKind):
    """Limits."""

    name = "limits"
    title = "limit"
    spec = LimitSpec
    entry = LimitSpec
    placement = Placement(named_by=("owner", "host"), owned_by=("owner",))

    @override
    def name_problem(self, address: Address) -> Problem | None:
        """It is somebody's."""
        if address.path or "owner" not in dict(address.pairs):
            return Problem(f"`{address.name}` does not say whose limit it is", "write ALIAS/limits/owner=NAME")
        return None

    @override
    def place(self, address: Address) -> Place:
        """The text of its pairs is the name of its folder."""
        return (_FOLDER, address.name)

    @override
    def addresses(self, client: Folder, alias: str) -> list[Address]:
        """All folders of limits."""
        return [Address.parse(f"{alias}/{self.name}/{name}") for name in client.names(_FOLDER)]
