"""What is declared, there and differs is nobody's to overwrite until it is adopted."""

import json
from pathlib import Path
from typing import Any

import pytest

from mqinfra.model.errors import UserError
from mqinfra.providers.base import codes
from mqinfra.providers.sandbox.records import SandboxStore
from tests.cli.conftest import Project
from tests.cli.records import origins

HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: orders}\n"
ORDERS = "kafka/topics/orders.created"
DIFFERENT = {"partitions": 1, "replicationFactor": 1}


def there_before(project: Project, *names: str, **fields: object) -> None:
    """Somebody made topics before this project was ever applied."""
    project.topics("    orders.first: {}\n")
    assert project.mq("apply", "--auto-approve").code == 0

    def make(resources: dict[str, dict[str, object]]) -> None:
        for name in names:
            resources[f"kafka/topics/{name}"] = {"spec": {**DIFFERENT, **fields}, "identity": f"by-hand-{name}"}

    project.by_hand(make)


def without_records(project: Project) -> None:
    """As a version of mqinfra without records left the cluster."""
    document = json.loads(project.sandbox.read_text())
    del document["clusters"]["kafka"]["records"]
    project.sandbox.write_text(json.dumps(document))


def plan(project: Project, *arguments: str) -> dict[str, Any]:
    ran = project.mq("plan", "-o", "json", *arguments)
    found: dict[str, Any] = json.loads(ran.out)
    return found


def changes(project: Project, *arguments: str) -> list[tuple[str, list[str], bool]]:
    return [
        (change["address"], change["blockedBy"], change["adopts"]) for change in plan(project, *arguments)["changes"]
    ]


def declare(project: Project, *names: str, lifecycle: str = "") -> None:
    project.topics("    orders.first: {}\n" + "".join(f"    {name}: {{partitions: 3{lifecycle}}}\n" for name in names))


def test_what_differs_and_nobody_claims_is_shown_and_blocked(project: Project) -> None:
    there_before(project, "orders.created")
    declare(project, "orders.created")
    ran = project.mq("plan")
    assert ran.code == 3
    assert "partitions 1 -> 3" in ran.out
    assert "topic `orders.created` exists, differs, and no project claims it" in ran.out
    assert "topology/orders.yaml:7:5" in ran.err
    assert "`--adopt`, or `lifecycle: {adopt: true}`" in ran.out
    assert project.mq("apply", "--auto-approve").code == 3
    assert project.live()[ORDERS]["spec"]["partitions"] == 1  # type: ignore[index]


def test_a_flag_adopts_what_differs(project: Project) -> None:
    there_before(project, "orders.created")
    declare(project, "orders.created")
    assert changes(project, "--adopt") == [(ORDERS, [], True)]
    assert "adopts it: it was there before" in project.mq("plan", "--adopt").out
    assert project.mq("apply", "--adopt", "--auto-approve").code == 0
    assert origins(project)["orders.created"] == "adopted"
    assert project.live()[ORDERS]["spec"]["partitions"] == 3  # type: ignore[index]
    declare(project, "orders.created")
    assert project.mq("plan", "--detailed-exitcode").code == 0


def test_an_entry_adopts_what_differs(project: Project) -> None:
    there_before(project, "orders.created")
    declare(project, "orders.created", lifecycle=", lifecycle: {adopt: true}")
    assert changes(project) == [(ORDERS, [], True)]
    assert project.mq("apply", "--auto-approve").code == 0
    assert origins(project)["orders.created"] == "adopted"


def test_defaults_adopt_a_whole_kind(project: Project) -> None:
    there_before(project, "orders.created", "orders.paid")
    declare(project, "orders.created", "orders.paid")
    path = project.root / "mqinfra.yaml"
    path.write_text(path.read_text() + "defaults: {kafka/topics: {lifecycle: {adopt: true}}}\n")
    assert [adopts for _, _, adopts in changes(project)] == [True, True]


def test_what_is_as_declared_is_found_and_its_entry_may_adopt_it(project: Project) -> None:
    there_before(project, "orders.created", "orders.paid", partitions=3)
    project.topics(
        "    orders.first: {}\n    orders.created: {partitions: 3}\n"
        "    orders.paid: {partitions: 3, lifecycle: {adopt: true}}\n"
    )
    assert project.mq("plan", "--detailed-exitcode").code == 0
    assert project.mq("apply", "--auto-approve").code == 0
    assert origins(project) == {"orders.first": "created", "orders.created": "found", "orders.paid": "adopted"}


def test_what_was_found_is_ours_to_change_and_adopted_then(project: Project) -> None:
    there_before(project, "orders.created", partitions=3)
    declare(project, "orders.created")
    assert project.mq("apply", "--auto-approve").code == 0
    assert origins(project)["orders.created"] == "found"
    project.topics("    orders.first: {}\n    orders.created: {partitions: 4}\n")
    assert changes(project) == [(ORDERS, [], False)]
    assert project.mq("apply", "--auto-approve").code == 0
    assert origins(project)["orders.created"] == "adopted"


def test_the_first_use_of_records_gets_one_finding_for_everything(project: Project) -> None:
    names = [f"orders.t{number:03}" for number in range(300)]
    there_before(project, *names)
    without_records(project)
    declare(project, *names)
    found = [item for item in plan(project)["diagnostics"] if item["code"] == "MQ215"]
    assert len(found) == 1
    assert found[0]["message"].startswith("300 resources exist, differ, and no project claims them: `kafka/topics/")
    assert found[0]["message"].endswith(" and 295 more")
    assert found[0]["help"][0].startswith("this project has no records on `kafka`: ")
    assert len(found[0]["related"]) == 4
    assert all(blocked == ["MQ215"] for _, blocked, _ in changes(project))
    assert project.mq("apply", "--adopt", "--auto-approve").code == 0
    assert project.mq("plan", "--detailed-exitcode").code == 0
    assert set(origins(project).values()) == {"adopted", "found"}


def test_what_was_made_again_by_somebody_is_theirs(project: Project) -> None:
    declare(project, "orders.created")
    assert project.mq("apply", "--auto-approve").code == 0

    def remade(resources: dict[str, dict[str, object]]) -> None:
        resources[ORDERS] = {"spec": dict(DIFFERENT), "identity": "another"}

    project.by_hand(remade)
    ran = project.mq("plan")
    assert (ran.code, "MQ215" in ran.out) == (3, True)
    assert "is on record, but it was deleted and made again since its record was written" in ran.err


def test_records_that_cannot_be_read_hold_nothing_back(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    there_before(project, "orders.created")
    declare(project, "orders.created")

    def refused(_: object) -> object:
        raise UserError([codes.RECORDS.at("no right to read them")])

    monkeypatch.setattr(SandboxStore, "load", refused)
    ran = project.mq("plan", "-o", "json")
    found = json.loads(ran.out)
    assert [(change["blockedBy"], change["adopts"]) for change in found["changes"]] == [([], False)]
    assert any("no right to read them" in item["reason"] for item in found["unchecked"])


def test_records_that_cannot_be_kept_hold_nothing_back(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    there_before(project, "orders.created")
    declare(project, "orders.created")
    monkeypatch.setattr(SandboxStore, "unkept", lambda _: "this needs Write on the records")
    found = plan(project)
    assert [(change["blockedBy"], change["adopts"]) for change in found["changes"]] == [([], False)]
    assert "what was there before is changed like what this project made: this needs Write on the records" in {
        item["reason"] for item in found["unchecked"]
    }


def test_what_is_not_selected_asks_for_no_adoption(project: Project) -> None:
    there_before(project, "orders.created", "orders.paid")
    declare(project, "orders.created", "orders.paid", "orders.new")
    assert changes(project, "--select", "name:orders.new") == [("kafka/topics/orders.new", [], False)]
    assert changes(project, "--exclude", "name:orders.paid")[0] == (ORDERS, ["MQ215"], False)


def test_the_digest_tells_an_adoption_from_a_mere_change(project: Project) -> None:
    there_before(project, "orders.created")
    declare(project, "orders.created")
    assert plan(project)["digest"] != plan(project, "--adopt")["digest"]
    digest = plan(project)["digest"]
    assert project.mq("apply", "--adopt", "--expect", digest).code == 5


def test_a_saved_plan_adopts_what_its_reviewer_saw_and_nothing_else(project: Project, tmp_path: Path) -> None:
    there_before(project, "orders.created")
    declare(project, "orders.created")
    saved = tmp_path / "plan.json"
    assert project.mq("plan", "--adopt", "-o", f"json={saved}").code == 0
    assert project.mq("apply", str(saved), "--adopt").code == 64
    assert project.mq("apply", str(saved)).code == 0
    assert origins(project)["orders.created"] == "adopted"


def test_a_saved_plan_does_not_adopt_what_lost_its_record_since(project: Project, tmp_path: Path) -> None:
    declare(project, "orders.created")
    assert project.mq("apply", "--auto-approve").code == 0
    project.topics("    orders.first: {}\n    orders.created: {partitions: 4}\n")
    saved = tmp_path / "plan.json"
    assert project.mq("plan", "-o", f"json={saved}").code == 0
    without_records(project)
    assert project.mq("apply", str(saved)).code == 3
    assert project.live()[ORDERS]["spec"]["partitions"] == 3  # type: ignore[index]


def test_sugar_of_an_entry_that_adopts_is_adopted_too(project: Project) -> None:
    there_before(project, "orders.created", "orders.created.dlq", partitions=3)
    entry = "{partitions: 3, deadLetter: {partitions: 4}, lifecycle: {adopt: true}}"
    project.topics(f"    orders.first: {{}}\n    orders.created: {entry}\n")
    (found,) = changes(project)
    assert found[1:] == ([], True)
    assert project.mq("apply", "--auto-approve").code == 0
    assert "found" not in origins(project).values()
