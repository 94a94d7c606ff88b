"""The parts of a full test run: no test is in two of them or in none, and what failed is said last."""

from pathlib import Path

import pytest

from tests import runs
from tests.runs import MODES, ORDINARY, ROOT, Run, of_others, perform, told

BY_NAME = {run.name: run for run in ORDINARY}


def paths(run: Run) -> set[str]:
    return {argument for argument in run.arguments if argument.startswith("tests/")}


def ignored(run: Run) -> set[str]:
    return {argument.partition("=")[2] for argument in run.arguments if argument.startswith("--ignore=")}


@pytest.mark.parametrize(("rest", "apart"), [("kafka", ["kafka-apart", "kafka-e2e"]), ("rabbitmq", ["rabbitmq-apart"])])
def test_what_a_broker_s_run_leaves_out_is_in_another(rest: str, apart: list[str]) -> None:
    others = [paths(BY_NAME[name]) for name in apart]
    assert ignored(BY_NAME[rest]) == set(of_others(rest)).union(*others)
    assert sum(map(len, others)) == len(set().union(*others))


def test_every_broker_is_in_a_run() -> None:
    named = {
        value
        for run in ORDINARY
        for option, value in zip(run.arguments, run.arguments[1:], strict=False)
        if option == "--broker"
    }
    assert named == {"none", "kafka", "rabbitmq", "redis", "registry"}


def test_the_folders_are_there() -> None:
    for mode in MODES.values():
        for run in mode:
            assert all((ROOT / path).exists() for path in paths(run) | ignored(run)), run.name


def test_each_runs_to_its_end_and_what_failed_is_said_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "FOLDER", tmp_path)
    some = [Run("good", ("--version",)), Run("bad", ("tests/unit/test_runs.py::test_that_is_not_there",))]
    codes = perform(some)
    assert codes == {"good": 0, "bad": 4}
    text = told(some, codes, ["redis/streams/create"])
    assert text.index("== bad") < text.index("redis/streams/create") < text.rindex("\nERROR: not found")
    assert text.splitlines()[-1].startswith("bad: ")
    assert text.endswith("(exit 4)\n")


def test_what_is_compiled_is_kept_even_where_the_environment_forbids_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert "PYTHONDONTWRITEBYTECODE" not in runs.environment()
    assert runs.environment()["LANG"] == "C.UTF-8"
