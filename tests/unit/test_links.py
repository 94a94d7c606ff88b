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
    "--fail-on",
    "--faults",
    "--go",
    "--hypothesis-profile",
    "--list",
    "--matrix",
    "--no-deps",
    "--only",
    "--quick",
    "--replay",
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


def without_output(text: str) -> str:
    """A page without what its commands print."""
    played = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return played.sub(lambda block: "\n".join(re.findall(r"^\$ .*$", block[1], re.MULTILINE)), text)


def options() -> Iterator[str]:
    """Every option of every command."""
    found: list[click.Command] = [main, *(main.get_command(click.Context(main), name) for name in COMMANDS)]  # type: ignore[list-item]
    for command in found:
        inner = list(command.commands.values()) if isinstance(command, click.Group) and command is not main else []
        for one in (command, *inner):
            for parameter in one.get_params(click.Context(one)):
                yield from (*parameter.opts, *parameter.secondary_opts)


def typed(text: str) -> Iterator[list[str]]:
    """The command lines of mqinfra on a page, without what they print: in code spans, and after a prompt."""
    spans = re.findall(r"`mqinfra ([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))
    fenced = [
        command
        for language, block in re.findall(r"^```(console|sh)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
        if language == "sh" or line.startswith("$ ")
        for command in re.findall(r"(?:^|&& |\$ )mqinfra ([^;&|]+)", line)
    ]
    for command in (*spans, *fenced):
        words = re.sub(r"(^|\s)# .*", "", command).split()
        if words and words[0] != "...":
            yield words


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that a line calls, and its words after the name."""
    rest = words[2:] if words[0] == "-C" else words
    found: click.Command = main
    while rest and isinstance(found, click.Group) and not rest[0].startswith(("-", "...")):
        inner = found.get_command(click.Context(found), rest[0])
        assert inner is not None, f"unknown command: {' '.join(words)}"
        found, rest = inner, rest[1:]
    return found, rest


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_have_the_options_that_they_are_given(page: Path) -> None:
    for words in typed(page.read_text(encoding="utf-8")):
        command, rest = command_of(words)
        context = click.Context(command, **main.context_settings)
        known = {name for one in command.get_params(context) for name in (*one.opts, *one.secondary_opts)}
        for word in rest:
            option = word.partition("=")[0]
            if re.fullmatch(r"--[a-z][a-z-]*|-[a-zA-Z]", option):
                assert option in known, f"{option} of: mqinfra {' '.join(words)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_options_exist(page: Path) -> None:
    named = set(_OPTION.findall(without_output(page.read_text(encoding="utf-8"))))
    assert named - set(options()) - _OTHERS == set()
