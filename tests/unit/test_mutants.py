"""Every mutant still applies to the tree, and names a test that is there. `make test-mutants` tries them."""

import ast
from pathlib import Path

import pytest

from tests.mutants.__main__ import main
from tests.mutants.mutant import ROOT, Edit, Mutant, MutantError, mutants, parse
from tests.nodes import missing_node

ALL = mutants()
PATCH = """\
Defence: Nothing is deleted without a line.
Test: tests/unit/test_mutants.py::test_a_patch_is_read

--- a/mqinfra/a.py
+++ b/mqinfra/a.py
@@ -1,3 +1,3 @@
 first
-second
+other

--- a/mqinfra/b.py
+++ b/mqinfra/b.py
@@ -7,1 +7,0 @@
-gone
"""


def test_there_is_one_for_each_defence() -> None:
    assert len(ALL) >= 30
    assert len({mutant.edits for mutant in ALL}) == len(ALL)


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_the_patch_applies_and_leaves_python(mutant: Mutant) -> None:
    for path, text in mutant.texts(ROOT).items():
        assert path.startswith("mqinfra/")
        ast.parse(text)


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_its_test_is_there(mutant: Mutant) -> None:
    assert missing_node(mutant.test) == ""


def test_a_patch_is_read() -> None:
    mutant = parse("some/name", PATCH)
    assert (mutant.name, mutant.defence) == ("some/name", "Nothing is deleted without a line.")
    assert mutant.edits == (
        Edit("mqinfra/a.py", "first\nsecond\n\n", "first\nother\n\n"),
        Edit("mqinfra/b.py", "gone\n", ""),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PATCH.replace("Test: ", "Tests: "), "a mutant begins with"),
        (PATCH.replace("Defence: Nothing is deleted without a line.\n", ""), "a mutant begins with"),
        (PATCH.replace("@@ -1,3", "-1,3"), "no diff of one file"),
    ],
)
def test_what_is_none_is_refused(text: str, says: str) -> None:
    with pytest.raises(MutantError, match=says):
        parse("some/name", text)


def test_lines_that_are_not_there_once_are_refused(tmp_path: Path) -> None:
    mutant = parse("some/name", PATCH)
    (tmp_path / "mqinfra").mkdir()
    (tmp_path / "mqinfra" / "a.py").write_text("first\nsecond\n\nfirst\nsecond\n\n")
    with pytest.raises(MutantError, match=r"stand 2 times in mqinfra/a\.py"):
        mutant.texts(tmp_path)


@pytest.mark.parametrize(("argument", "code", "says"), [("--help", 0, "NAME"), ("deletes/none", 2, "deletes/limit")])
def test_what_can_be_asked_for_is_said(argument: str, code: int, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([argument])
    told = capsys.readouterr()
    assert (left.value.code, says in told.out + told.err) == (code, True)
