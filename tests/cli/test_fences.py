"""Every fenced block of README, CONTRIBUTING and docs is tried by some test; what can't be says why, line by line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.test_pages import EXAMPLE, FIRST, PAGES, PLAYED, POLICIES, ROOT
from tests.transcript import run

ALL = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^(`{3,})(\w*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
_NETWORK = "needs the network; tests/packaging installs what is built"
_PROVIDER = "needs the provider of the page; tests/third_party installs it and runs this"
_CONTAINER = "needs a container runtime; tests/packaging runs the recipe's own steps"
# Lines of `sh` that no test runs as they stand, each with why.
NOT_RUN = {
    "pip install mqinfra": _NETWORK,
    "pipx install mqinfra": _NETWORK,
    "python -m pip install mqinfra": _NETWORK,
    "python -m pip install 'mqinfra[pictures,schemas]'": _NETWORK,
    "podman build -t mqinfra .": _CONTAINER,
    'podman run --rm -v "$PWD:/project:ro" mqinfra -C /project plan -e prod': _CONTAINER,
    "make demo": "makes an environment of its own; its script is run below",
    "make test": "is what runs this",
    "man mqinfra": "shows a page on a terminal; tests/unit/test_docs.py sets it",
    "python -m pip install ./spool": _PROVIDER,
    "mqinfra explain spool/queues": _PROVIDER,
    'python -m mqinfra_spool.conformance "$(mktemp -d)"': _PROVIDER,
    "git checkout mqinfra": "changes the checkout; tests/unit/test_mutants.py tries every mutant",
    ".venv/bin/python -m tests.mutants deletes/protected": "needs the mutant that the lines before make",
}
_OF_CONVERT = "shortened; tests/cli/test_convert.py runs the command on whole files"
# Blocks that no test holds to the letter, each with why.
SHORTENED = {("convert.md", "text"): _OF_CONVERT, ("convert.md", "python"): _OF_CONVERT}
_MAKES_A_MUTANT = "{ printf"  # one command of two lines


@dataclass(frozen=True)
class Fence:
    page: Path
    language: str
    text: str


def fences() -> Iterator[Fence]:
    for page in ALL:
        for found in _FENCE.finditer(page.read_text(encoding="utf-8")):
            yield Fence(page, found[2], found[3])


def lines() -> list[str]:
    """Every command of the `sh` blocks, without what is said of it."""
    every = [line for fence in fences() if fence.language == "sh" for line in fence.text.splitlines()]
    return [re.sub(r"\s+# .*", "", line) for line in every if not line.startswith((_MAKES_A_MUTANT, "  "))]


def tried(fence: Fence) -> bool:
    """Whether a test tries what the block says."""
    page = fence.page
    if (page.name, fence.language) in SHORTENED:
        return True
    match fence.language:
        case "console":  # run in their order, or played with what they print
            return page in PAGES or page in PLAYED or page in (FIRST, POLICIES)
        case "yaml":  # loaded; a part of an example; tried as a policy; a part of the provider that is tested
            return page in PAGES or page in PLAYED or page in (POLICIES, EXAMPLE)
        case "python" | "toml":
            return page == EXAMPLE
        case "yml":
            return page in PAGES
        case "sh":
            return True  # line by line, below
        case _:  # a drawing
            return not re.search(r"^(\$ |mqinfra |pip|make )", fence.text, re.MULTILINE)


def test_every_block_is_tried() -> None:
    assert [(fence.page.name, fence.language, fence.text) for fence in fences() if not tried(fence)] == []
    assert sum(fence.language == "console" for fence in fences()) > 20


def test_no_command_hides_in_a_block_without_a_fence() -> None:
    for page in (*PAGES, FIRST, POLICIES, *PLAYED):
        assert not re.findall(r"^    (?:\$ |mqinfra |pipx? ).*$", page.read_text(encoding="utf-8"), re.MULTILINE), page


def test_what_is_not_run_stands_on_a_page() -> None:
    assert NOT_RUN.keys() - set(lines()) == set()


@pytest.mark.parametrize("line", [line for line in lines() if line not in NOT_RUN])
def test_a_line_of_a_shell_runs(line: str, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    if line.startswith("eval "):
        assert run(f"bash -c '{line}; complete -p mqinfra'", folder).startswith("complete ")
    else:
        run(line, folder)


def test_a_make_target_on_a_page_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in ALL:
        for named in re.findall(r"`make ([a-z-]+)`", page.read_text(encoding="utf-8")):
            assert named in targets, (page.name, named)


def test_the_demo_ends_with_the_plan_that_the_readme_shows(tmp_path: Path) -> None:
    said = run(f"sh {ROOT}/examples/quickstart/demo.sh", _folder(tmp_path))
    assert said.count("$ mqinfra plan") == 3
    assert "type classic -> quorum" in said.rpartition("$ mqinfra plan")[2]


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    folder.mkdir()
    return folder
