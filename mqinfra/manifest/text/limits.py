"""Limits on what a file may make us do. Separate because the reader, the project file and messages share them.

They are checked while parsing, so that a hostile file costs no more than an honest one. All leave room for 50,000
resources; a project that needs more says so in its `mqinfra.yaml`:

    limits:
      nodes: 5000000
"""

from collections.abc import Mapping
from dataclasses import fields, replace

from mqinfra.model.frozen import dataclass

CEILING = 2**25 - 1
"""No limit can be raised above this: positions hold lines and columns in 25 bits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may hold.

    Attributes:
        bytes: size of the file.
        depth: levels of nesting.
        nodes: keys and values, with every alias and merge key counted as often as it is used.
        aliases: uses of aliases.
        scalar: characters in one value.
        files: number of manifest files of a project.
    """

    bytes: int = 32 * 2**20
    depth: int = 64
    nodes: int = 3_000_000
    aliases: int = 200_000
    scalar: int = 2**20
    files: int = 20_000

    def changed(self, given: Mapping[str, int]) -> "Limits":
        """Take over the given numbers, each at most the ceiling."""
        return replace(self, **{name: min(number, CEILING) for name, number in given.items()})


NAMES = tuple(field.name for field in fields(Limits))
