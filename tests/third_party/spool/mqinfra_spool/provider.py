"""The provider of spools: what the entry point names. Importing it is cheap."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from mqinfra.model.errors import UserError
from mqinfra.model.reading import Facts
from mqinfra.model.scrub import Secrets
from mqinfra.providers.base.broker_session import BrokerSession
from mqinfra.providers.base.connecting.codes import UNREACHABLE
from mqinfra.providers.base.provider import Cluster, Connection, Provider
from mqinfra.providers.base.rule import Rule
from mqinfra.providers.base.session import Session
from mqinfra_spool.folder import Folder
from mqinfra_spool.limits import LimitKind
from mqinfra_spool.queues import QueueKind
from mqinfra_spool.spools import SpoolKind

if TYPE_CHECKING:
    from mqinfra.providers.base.converting.converter import Converter
    from mqinfra.providers.base.converting.exporter import Exporter
    from mqinfra.providers.base.sample import Sample


class SpoolConnection(Connection):
    """A folder on this machine.

    Attributes:
        path: the folder.
    """

    path: Path | None = None

    @property
    @override
    def endpoint(self) -> str:
        """The folder, for messages."""
        return str(self.path) if self.path is not None else "sandbox"


class SpoolProvider(Provider):
    """Folders of files as queues."""

    connection: ClassVar[type[Connection]] = SpoolConnection
    type = "spool"
    newest = "1.0"

    def __init__(self) -> None:
        super().__init__(SpoolKind(), QueueKind(), LimitKind())

    @property
    @override
    def rules(self) -> tuple[Rule, ...]:
        """The rules about spools."""
        from mqinfra_spool.rules import RULES  # noqa: PLC0415 - only commands that check pay for them

        return RULES

    @property
    @override
    def samples(self) -> "tuple[Sample, ...]":
        """What the conformance suite plans and applies."""
        from mqinfra_spool.samples import SAMPLES  # noqa: PLC0415 - only the suite needs them

        return SAMPLES

    @override
    def open(self, cluster: Cluster, secrets: Secrets, timeout: float) -> Session:
        """Open a session on a folder that is there."""
        connection = cluster.block(SpoolConnection)
        if connection.path is None or not connection.path.is_dir():
            message = f"there is no folder `{connection.endpoint}`"
            raise UserError([UNREACHABLE.at(message, address=cluster.where, help="make it, or correct `path`")])
        root = connection.path.resolve()
        connection.require_cluster([str(root)], cluster.where)
        facts = Facts(cluster_id=str(root), version=self.newest, endpoint=connection.endpoint)
        return BrokerSession(cluster.alias, self.type, self.kinds, Folder(root), facts, secrets, lambda: None)

    @property
    @override
    def converters(self) -> "tuple[Converter, ...]":
        """What `mqinfra convert` reads for spools."""
        from mqinfra_spool.convert import SpoolctlConverter  # noqa: PLC0415 - only `convert` needs it

        return (SpoolctlConverter(),)

    @property
    @override
    def exporters(self) -> "tuple[Exporter, ...]":
        """What `mqinfra export -o` writes of spools."""
        from mqinfra_spool.convert import SpoolctlExporter  # noqa: PLC0415 - only `export` needs it

        return (SpoolctlExporter(),)
