"""Types of arguments that a person types: a slip is answered with what was probably meant."""

from pathlib import Path
from typing import Any

import click

from mqinfra.model.setting import closest, did_you_mean


class ExistingFile(click.ParamType[Path]):
    """The path of a file that is there.

    Args:
        folders: a folder will do, too.
    """

    name = "file"

    def __init__(self, *, folders: bool = False) -> None:
        self._folders = folders

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ANN401
        """Read the path.

        Raises:
            click.BadParameter: there is no such file, or it is a folder.
        """
        path = Path(value)
        if path.is_dir() and not self._folders:
            self.fail(f"`{path}` is a folder, not a file", param, ctx)
        if not path.exists():
            self.fail("; ".join(filter(None, (f"`{path}` does not exist", _close_file(path)))), param, ctx)
        return path


class Word(click.ParamType[str]):
    """One of a few words."""

    name = "word"

    def __init__(self, *words: str) -> None:
        self.words = words

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Show the words in the help."""
        return f"[{'|'.join(self.words)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401
        """Read the word.

        Raises:
            click.BadParameter: it is another one.
        """
        if value not in self.words:
            self.fail(f"unknown word `{value}`; {did_you_mean(str(value), self.words)}", param, ctx)
        return str(value)


def _close_file(path: Path) -> str:
    """Suggest a file of the same folder; empty where none has a similar name or the folder can't be listed."""
    try:
        names = [each.name for each in path.parent.iterdir() if each.is_file()]
    except OSError:
        return ""
    close = closest(path.name, names)
    return f"did you mean `{path.with_name(close)}`?" if close else ""
