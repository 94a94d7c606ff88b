"""A wrong clock for Python programs, whatever libraries of C they use: `sitecustomize` sets it in a child."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "TESTS_CLOCK_AHEAD"


def wrong_by(seconds: int) -> Mapping[str, str]:
    """The environment of a child whose time of day is so many seconds ahead; how long it waits is not changed."""
    paths = [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {VARIABLE: str(seconds), "PYTHONPATH": os.pathsep.join(paths)}
