"""What every call of a kind is made in: which cluster it is, what it says of itself, and who looks secrets up."""

from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Facts
from mqinfra.model.secret import SecretResolver


@dataclass(frozen=True, slots=True)
class ClusterContext:
    """The cluster that a session is open on.

    Attributes:
        alias: alias of the cluster.
        facts: what the cluster said of itself when the session was opened.
        secrets: looks references up; raises UserError when one leads nowhere.
    """

    alias: str
    facts: Facts
    secrets: SecretResolver
