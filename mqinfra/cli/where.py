"""Which environment a command is about, and whose clusters. Apart from the workspace, which costs imports to open."""

from pathlib import Path

from mqinfra.model.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """What a command is about.

    Attributes:
        environment: name of the environment; None for the only one.
        clusters: clusters file of whoever runs us; None for what the project says.
        policy: policy file of the organisation; None for none.
    """

    environment: str | None = None
    clusters: Path | None = None
    policy: Path | None = None
