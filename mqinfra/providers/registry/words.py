"""The words that manifests have for levels and modes, which are the API's own."""

from typing import Literal

Compatibility = Literal[
    "NONE",
    "BACKWARD",
    "BACKWARD_TRANSITIVE",
    "FORWARD",
    "FORWARD_TRANSITIVE",
    "FULL",
    "FULL_TRANSITIVE",
]
Mode = Literal["READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT"]
WRITABLE: frozenset[str] = frozenset(("READWRITE", "READONLY_OVERRIDE"))
"""Modes in which schemas may be registered."""
