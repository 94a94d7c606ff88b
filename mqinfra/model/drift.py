"""What somebody else did to a resource since it was last applied."""

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.span import Path


@dataclass(frozen=True, slots=True)
class DriftedField:
    """One field.

    Attributes:
        path: the field.
        applied: its value when it was last applied, or is declared where nothing tells that; None for the broker's
            default.
        live: its value now; None where it is not set.
    """

    path: Path
    applied: JsonValue
    live: JsonValue


@dataclass(frozen=True, slots=True)
class Drift:
    """One resource.

    Attributes:
        address: the resource.
        fields: the fields that changed.
        gone: it was deleted.
        remade: it was deleted, and another one has its name.
        recorded: told by what an apply recorded; else it differs from the manifest, and nothing tells who changed it.
    """

    address: Address
    fields: tuple[DriftedField, ...] = ()
    gone: bool = False
    remade: bool = False
    recorded: bool = True
