"""What keeps one schema from reading what another one wrote."""

from mqinfra.model.frozen import dataclass
from mqinfra.providers.registry.schemas.schema import NOWHERE, Schema, Spot


@dataclass(frozen=True, slots=True)
class Side:
    """One of two schemas that are held against each other.

    Attributes:
        schema: the schema.
        title: what messages call it: `the new schema`, `version 3`.
        new: it is the one that is to be registered, whose text findings point into.
    """

    schema: Schema
    title: str
    new: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason.

    Attributes:
        text: what is wrong, as a sentence without a full stop.
        spot: where in the new schema; 0 and 0 where nothing of it is to blame alone.
    """

    text: str
    spot: Spot = NOWHERE
