"""Generated pages are what the code says today; `make docs` writes them anew."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mqinfra.cli.checks import checks_markdown
from mqinfra.cli.codes import all_codes, shared_codes
from mqinfra.cli.formats import FORMATS, formats_markdown, outputs
from mqinfra.cli.main import COMMANDS, run
from mqinfra.cli.manual import manual
from mqinfra.model.exit_code import ExitCode
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.connecting.codes import FORMER
from mqinfra.providers.base.describe import describe_kind
from mqinfra.render.codes import codes_markdown
from mqinfra.render.kinds import kind_markdown
from tests.ours import OURS
from tests.seen_to_fail import seen, seen_to_fail_markdown

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MANUAL = ROOT / "man" / "mqinfra.1"


def pages() -> dict[str, str]:
    ours = {*shared_codes(), *OURS.codes}
    found = {"diagnostics.md": codes_markdown(tuple(code for code in all_codes() if code in ours), FORMER)}
    found["formats.md"] = formats_markdown()
    found["verify-checks.md"] = checks_markdown(OURS)
    found["verify-failures.md"] = seen_to_fail_markdown(OURS)
    for kind in OURS.kinds():
        found[f"kinds/{kind.broker}-{kind.name}.md"] = kind_markdown(describe_kind(kind))
    return found


@pytest.mark.parametrize("name", sorted(pages()))
def test_generated_pages_are_current(name: str, request: pytest.FixtureRequest) -> None:
    path, text = DOCS / name, pages()[name]
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "run `make docs`"


def test_every_test_that_saw_a_check_fail_is_there() -> None:
    named = {test for some in seen().values() for test in some.values()}
    for test in named:
        path, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / "tests" / "integration" / path).read_text(encoding="utf-8"), test


def test_the_man_page_says_what_help_says(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        MANUAL.write_text(manual(), encoding="utf-8")
    assert MANUAL.read_text(encoding="utf-8") == manual(), "run `make docs`"


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_man_page_is_set_without_a_warning() -> None:
    ran = subprocess.run(["groff", "-man", "-ww", "-Tutf8", str(MANUAL)], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    for name in COMMANDS:
        assert f"mqinfra {name}" in re.sub(r".\x08|\x1b\[[0-9;]*m", "", ran.stdout)


def test_every_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for code in all_codes():
        assert code.explanation, code.id
        assert run(["explain", code.id]) == ExitCode.OK
        assert code.title in capsys.readouterr().out


def test_every_former_code_says_what_it_is_now(capsys: pytest.CaptureFixture[str]) -> None:
    codes = {code.id: code for code in all_codes()}
    for number, code in FORMER.items():
        assert number not in codes
        assert codes[code.id] is code
        assert run(["explain", number.lower()]) == ExitCode.OK
        text = capsys.readouterr().out
        assert text.startswith(f"{number} is now {code.id}.\n")
        assert code.title in text


def test_every_listed_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert run([name, "--help"]) == ExitCode.OK
        assert f"mqinfra {name}" in capsys.readouterr().out


@pytest.mark.parametrize("broker", installed().types)
def test_every_broker_is_explained(broker: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", broker]) == ExitCode.OK
    said = capsys.readouterr().out
    provider = installed().providers[broker]
    assert f"Described up to version {provider.newest}." in said
    rows = {line.split()[0]: line for line in said.splitlines() if line.startswith("  ")}
    assert {*provider.kinds, "type", "sandbox", "clusterId"} <= rows.keys()
    assert all(len(line.split()) > 1 for line in rows.values())


def test_every_format_is_on_the_page_of_formats_and_of_some_command() -> None:
    offered = {form for output in outputs().values() for form in output.formats}
    assert offered == set(FORMATS)
    rows = [line for line in formats_markdown().splitlines() if "✓" in line]
    assert [row.split("`")[1] for row in rows] == list(FORMATS)
