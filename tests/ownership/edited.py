"""A project on sandboxes whose topology was applied, and then had parts taken out of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from tests.ownership.topologies import Parts
from tests.ownership.workspace import Workspace

Edit = tuple[Parts, Parts]
_WHOLE = settings()
often = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=max(1, _WHOLE.max_examples // 6),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
"""For tests of which each example applies a topology, and whose only fixture, the secrets, no example changes.

To shrink one would take minutes.
"""


@contextmanager
def edited(edit: Edit) -> Iterator[Workspace]:
    """Apply a topology to empty sandboxes, and declare what is left of it."""
    whole, less = edit
    with tempfile.TemporaryDirectory() as folder:
        space = Workspace(Path(folder) / "project")
        space.project()
        space.declare(t=whole.document())
        ran = space.mq("apply", "--auto-approve", "-q")
        assert ran.code == 0, ran.text
        space.declare(t=less.document())
        yield space


def edit_texts(space: Workspace, edit: Callable[[str, dict[str, str]], dict[str, str]]) -> None:
    """Put other records in place of those that the project has on each sandbox; `edit` gets the alias and the texts."""
    for alias in ("kafka", "rabbitmq", "redis"):
        if space.sandbox(alias).exists():
            held: list[dict[str, Any]] = space.records(alias)
            space.keep_records(alias, [{**each, "texts": edit(alias, each["texts"])} for each in held])
