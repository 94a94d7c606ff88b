"""What `mqinfra snapshot` saves beside the live resources."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.exit_code import ExitCode
from mqinfra.providers.base import codes
from mqinfra.providers.base.records import Stored
from mqinfra.providers.sandbox.records import SandboxStore
from tests.cli.conftest import Project

OURS = {"project": "shop", "environment": "local", "exists": True, "texts": {"topics/orders.created": "{}"}}


def records(project: Project) -> object:
    saved: Mapping[str, Mapping[str, Mapping[str, object]]] = json.loads((project.root / "live.json").read_text())
    return saved["clusters"]["kafka"]["records"]


def test_a_snapshot_has_the_records_of_the_project_and_of_no_other(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == ExitCode.OK
    document = json.loads(project.sandbox.read_text())
    document["clusters"]["kafka"]["records"] = [OURS, {**OURS, "project": "stock"}]
    project.sandbox.write_text(json.dumps(document))
    assert project.mq("snapshot", "-o", "json=live.json").code == ExitCode.OK
    assert records(project) == [OURS]


def test_records_that_cannot_be_read_are_said_and_the_snapshot_is_taken_without(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_: SandboxStore) -> Stored:
        raise UserError([codes.RECORDS.at("no right to read the records")])

    monkeypatch.setattr(SandboxStore, "load", denied)
    ran = project.mq("snapshot", "-o", "json=live.json")
    assert ran.code == ExitCode.OK
    assert "warning" in ran.err
    assert "no right to read the records" in ran.err
    assert records(project) == []


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(minutes=1), "1 minute old"),
        (timedelta(minutes=100), "100 minutes old"),
        (timedelta(hours=7), "7 hours old"),
        (timedelta(days=9), "9 days old"),
    ],
)
def test_a_plan_against_a_snapshot_says_how_old_it_is(project: Project, age: timedelta, said: str) -> None:
    assert project.mq("snapshot", "-o", "json=live.json").code == ExitCode.OK
    path = project.root / "live.json"
    document = json.loads(path.read_text())
    assert abs(datetime.now(UTC) - datetime.fromisoformat(document["takenAt"])) < timedelta(minutes=5)
    taken = datetime.now(UTC) - age
    path.write_text(json.dumps({**document, "takenAt": taken.isoformat()}))
    wanted = f"the plan is against a snapshot of {taken:%Y-%m-%d %H:%M} UTC, {said}"
    for format_ in ("text", "markdown"):
        ran = project.mq("plan", "--against", "live.json", "-o", format_)
        assert wanted in " ".join((ran.out + ran.err).split()), format_
    del document["takenAt"]
    path.write_text(json.dumps(document))
    assert "old" not in project.mq("plan", "--against", "live.json").out
