"""The state before an apply: keeping it in a file, and planning the way back to it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from mqinfra.cli.console import Console, write_file
from mqinfra.cli.output import Target
from mqinfra.cli.workspace import Workspace
from mqinfra.engine.planning.options import Options
from mqinfra.engine.undo import StateError, desired_by, read_state, state_before
from mqinfra.model.code import Code
from mqinfra.model.errors import UserError
from mqinfra.model.plan import Plan
from mqinfra.render.terminal import clean

BEFORE = "before"
STATE_FILE = Code(
    "MQ197",
    "unusable state file",
    "`--desired` takes a file that `mqinfra apply -o before=FILE` kept: what each changed resource was before, as a "
    "desired state of the same project and environment. The file is none, is damaged, or speaks of what the project "
    "may not own.",
    bad="mqinfra plan --desired plan.json\n",
    good="mqinfra apply -o before=before.json plan.json && mqinfra plan --desired before.json\n",
)


def part_targets(targets: Sequence[Target]) -> tuple[tuple[Target, ...], tuple[Path, ...]]:
    """Part where the report goes from the files that keep the state before.

    Raises:
        click.UsageError: the state before has no file.
    """
    if any(target.format == BEFORE and target.path is None for target in targets):
        raise click.UsageError("-o before needs a file: -o before=FILE")
    files = tuple(target.path for target in targets if target.format == BEFORE and target.path is not None)
    return tuple(target for target in targets if target.format != BEFORE), files


def keep_before(plan: Plan, files: Sequence[Path], workspace: Workspace, talk: Console) -> None:
    """Keep what a plan is about to change, before the first write, and say how to go back, and what can't.

    Raises:
        UserError: a file can't be written.
    """
    if not files:
        return
    state = state_before(plan, workspace.catalogue)
    for path in files:
        write_file(path, state.to_json())
    talk.info(f"to go back: mqinfra plan -e {plan.environment} --desired {clean(str(files[0]))}")
    for address, why in state.not_undone.items():
        talk.info(f"not undone by that: {clean(address)}: {clean(why)}")


def towards(path: Path, workspace: Workspace, options: Options) -> tuple[Workspace, Options]:
    """Take what is wanted of some resources from a state file, and plan for those alone.

    Raises:
        UserError: the file can't be read or used.
        click.UsageError: a selection is given too.
    """
    if not options.selection.everything:
        raise click.UsageError("--desired holds its own selection")
    loaded = workspace.loaded
    try:
        state = read_state(path.read_text(encoding="utf-8"))
        desired, selection = desired_by(state, loaded.desired, workspace.catalogue, path)
    except (OSError, UnicodeDecodeError, StateError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UserError([STATE_FILE.at(f"`{path}` can't be used: {why}")]) from None
    return replace(workspace, loaded=replace(loaded, desired=desired)), replace(options, selection=selection)


CODES = (STATE_FILE,)
