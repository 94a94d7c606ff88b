"""Pages lead somewhere: their links have targets, and the options that they name exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mqinfra.cli.main import COMMANDS, main

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+(?![\w.*-])")
# Options of other programs on our pages.
_OTHERS = {
    "--allow",
    "--bootstrap-server",
    "--broker",
    "--cancel",
    "--delete-orphans",
    "--faults",
    "--hypothesis-profile",
    "--list",
    "--matrix",
    "--no-deps",
    "--only",
    "--quick",
    "--rm",
    "--update-golden",
}


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def without_code(text: str) -> str:
    """A page without its code, whose brackets are no links."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_have_targets(page: Path) -> None:
    for link in _LINK.findall(without_code(page.read_text(encoding="utf-8"))):
        if link.startswith(("https://", "http://")):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


def options() -> Iterator[str]:
    """Every option of every command."""
    found: list[click.Command] = [main, *(main.get_command(click.Context(main), name) for name in COMMANDS)]  # type: ignore[list-item]
    for command in found:
        inner = list(command.commands.values()) if isinstance(command, click.Group) and command is not main else []
        for one in (command, *inner):
            for parameter in one.get_params(click.Context(one)):
                yield from (*parameter.opts, *parameter.secondary_opts)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_options_exist(page: Path) -> None:
    named = set(_OPTION.findall(page.read_text(encoding="utf-8")))
    assert named - set(options()) - _OTHERS == set()
