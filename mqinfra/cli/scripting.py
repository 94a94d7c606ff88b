"""Writing scripts into a folder: what somebody changed stays, and what is the same is left alone."""

from pathlib import Path

from mqinfra.cli.console import Console, make_folder, unwritable, write_file
from mqinfra.cli.workspace import Workspace
from mqinfra.model.exit_code import ExitCode
from mqinfra.providers.base.disk import PUBLIC
from mqinfra.providers.base.verification.script import was_changed
from mqinfra.render.terminal import clean, plural


def write_scripts(workspace: Workspace, folder: Path, talk: Console) -> ExitCode:
    """Write the scripts of every cluster of an environment; no cluster is asked.

    Raises:
        UserError: a file can't be read or written.
    """
    desired = workspace.loaded.desired
    written = same = 0
    for alias, broker in sorted(desired.clusters.items()):
        declared = {address: one for address, one in desired.declarations.items() if address.cluster == alias}
        provider = workspace.catalogue.providers[broker]
        for script in provider.scripts(workspace.loaded.clusters[alias], declared, desired.environment):
            path = folder / script.folder / script.name
            there = _there(path)
            if there == script.text:
                same += 1
            elif there is not None and was_changed(there):
                talk.info(f"left as it is, since somebody changed it: {clean(str(path))}")
            else:
                make_folder(path.parent)
                write_file(path, script.text, mode=PUBLIC)
                written += 1
                talk.data(f"{clean(str(path))}\n")
    talk.info(f"{plural(written, 'script')} written, {same:,} up to date")
    return ExitCode.OK


def _there(path: Path) -> str | None:
    """What stands there; None for nothing. What is no text was put there by somebody."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unwritable(path, error) from None
