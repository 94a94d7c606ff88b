"""Paths of the fields of a subject, and of what a reading says besides."""

from mqinfra.model.reading import Live
from mqinfra.model.span import Path, within
from mqinfra.providers.registry.schemas.schema import Spot

SCHEMA: Path = ("schema",)
TYPE: Path = ("type",)
REFERENCES: Path = ("references",)
COMPATIBILITY: Path = ("compatibility",)
MODE: Path = ("mode",)

VERSION: Path = ("version",)
"""Where a reading keeps the number of the latest version."""
DROPPED: Path = ("dropped",)
"""Where it keeps what the registry does not keep of a schema: `doc,metadata`."""
OWN_UNKNOWN: Path = ("ownUnknown",)
"""Where it says that a level NONE may be the subject's own or not: nobody can tell."""
OWN_MODE_UNKNOWN: Path = ("ownModeUnknown",)
"""Where it says that the mode may be the subject's own or not."""


def drops(live: Live, word: str) -> bool:
    """Whether the registry does not keep `doc`, or `metadata`."""
    return word in str(live.inherited.get(DROPPED, "")).split(",")


def place_of(spot: Spot) -> Path:
    """The path of a place in the schema's text."""
    return within(SCHEMA, spot.line, spot.column) if spot.line else SCHEMA
