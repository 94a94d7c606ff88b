"""What an apply records on the cluster, through the command line."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest

from mqinfra.engine.inventory.texts import written
from mqinfra.model.address import Address
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.reading import Reading
from mqinfra.model.record import Owner, Run
from mqinfra.providers.base.records import Lock
from mqinfra.providers.base.request import Request, Result
from mqinfra.providers.sandbox.records import SandboxStore
from mqinfra.providers.sandbox.session import SandboxSession
from tests.cli.conftest import Project
from tests.cli.records import origins, recorded
from tests.days import SOON


def test_what_an_apply_made_is_recorded_with_the_run(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == 0
    read = recorded(project)
    assert origins(project) == {"orders.created": "created", "orders.cancelled": "created"}
    assert [(run.number, dict(run.outcome)) for run in read.runs] == [(1, {"applied": 2})]
    record = next(record for address, record in read.records.items() if address.name == "orders.created")
    assert (record.topology, record.file, dict(record.labels)) == (
        "orders",
        "topology/orders.yaml",
        {"team": "orders"},
    )
    assert record.identity == project.live()["kafka/topics/orders.created"]["identity"]


def test_a_plan_writes_no_records(project: Project) -> None:
    project.mq("plan")
    assert not project.sandbox.exists()


def test_a_saved_plan_records_what_it_made(project: Project) -> None:
    project.mq("plan", "-o", "json=plan.json")
    assert project.mq("apply", "plan.json").code == 0
    assert set(origins(project).values()) == {"created"}


def test_the_record_goes_with_the_delete(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    tombstone = f"removed:\n  kafka/topics/orders.cancelled: {{until: {SOON}}}\n"
    project.topics("    orders.created: {partitions: 12, config: {retention.ms: 7d}}\n", tombstone)
    assert project.mq("apply", "--auto-approve").code == 0
    assert list(origins(project)) == ["orders.created"]


def forget_everything(project: Project) -> None:
    document = json.loads(project.sandbox.read_text())
    document["clusters"]["kafka"]["records"] = []
    project.sandbox.write_text(json.dumps(document))


def test_records_that_were_lost_are_made_again_as_found_without_a_change(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    forget_everything(project)
    ran = project.mq("apply", "--auto-approve")
    assert (ran.code, set(origins(project).values())) == (0, {"found"})
    assert not recorded(project).runs


def test_a_label_that_changed_alone_reaches_the_record(project: Project) -> None:
    project.mq("apply", "--auto-approve")
    text = (project.root / "topology" / "orders.yaml").read_text()
    project.topology(text.replace("team: orders", "team: billing"))
    project.mq("apply", "--auto-approve")
    assert {record.labels["team"] for record in recorded(project).records.values()} == {"billing"}
    assert set(origins(project).values()) == {"created"}


def test_a_record_of_what_is_gone_and_not_declared_goes(project: Project) -> None:
    project.mq("apply", "--auto-approve")

    def delete(live: dict[str, dict[str, object]]) -> None:
        del live["kafka/topics/orders.cancelled"]

    project.by_hand(delete)
    project.topics("    orders.created: {partitions: 12, config: {retention.ms: 7d}}\n")
    project.mq("apply", "--auto-approve")
    assert list(origins(project)) == ["orders.created"]


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    def save(_: SandboxStore, texts: Mapping[str, str | None]) -> None:  # noqa: ARG001 - a store's signature
        raise UserError([Diagnostic(code="MQ000", message="no right to write records")])

    monkeypatch.setattr(SandboxStore, "save", save)


@pytest.mark.usefixtures("refusing")
def test_a_cluster_that_takes_no_records_is_applied_to_all_the_same_and_it_is_said(project: Project) -> None:
    ran = project.mq("apply", "--auto-approve", "-o", "json")
    report = json.loads(ran.out)
    assert (ran.code, len(project.live())) == (0, 2)
    said = "records could not be written: no right to write records; 2 resources are not recorded"
    assert [(item["cluster"], item["message"]) for item in report["warnings"]] == [("kafka", said)]
    assert f"warning: kafka: {said}" in ran.err


@pytest.mark.usefixtures("refusing")
def test_what_could_not_be_recorded_stands_in_the_text_too(project: Project) -> None:
    assert "warning: kafka: records could not be written" in project.mq("apply", "--auto-approve", "-q").out


class Watched:
    """What the sandbox was asked: the resources of each look, None for each request."""

    def __init__(self) -> None:
        self.seen: list[int | None] = []

    @property
    def looks(self) -> list[int]:
        """The looks before the first request."""
        return [number for number in self.seen[: self.seen.index(None)] if number is not None]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    watched = Watched()
    look, send = SandboxSession.look, SandboxSession.send

    def looking(self: SandboxSession, wanted: Mapping[str, Sequence[Address]]) -> Reading:
        watched.seen.append(sum(map(len, wanted.values())))
        return look(self, wanted)

    def sending(self: SandboxSession, request: Request) -> Mapping[Address, Result]:
        watched.seen.append(None)
        return send(self, request)

    monkeypatch.setattr(SandboxSession, "look", looking)
    monkeypatch.setattr(SandboxSession, "send", sending)
    return watched


def test_under_the_lock_creates_are_not_looked_at_twice(project: Project, watched: Watched) -> None:
    project.mq("apply", "--auto-approve")
    assert not watched.looks


def test_under_the_lock_deletes_are_looked_at_again(project: Project, watched: Watched) -> None:
    project.mq("apply", "--auto-approve")
    watched.seen.clear()
    project.topics("    orders.new: {}\n", f"removed:\n  kafka/topics/orders.cancelled: {{until: {SOON}}}\n")
    project.mq("apply", "--auto-approve")
    assert watched.looks == [1]


def test_without_the_lock_everything_is_looked_at_again(project: Project, watched: Watched) -> None:
    assert project.mq("apply", "--auto-approve", "--no-lock").code == 0
    assert watched.looks == [2]


def test_after_another_apply_came_between_everything_is_looked_at_again(
    project: Project, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = SandboxSession.lock

    @contextmanager
    def after_another(self: SandboxSession, owner: Owner, holder: str, timeout: float) -> Iterator[Lock]:
        store = self.records(owner)
        assert store is not None
        store.save({"=run/01": written(Run(1, "bob@host", "sha256:2", 1, ""))})
        with lock(self, owner, holder, timeout) as held:
            yield held

    monkeypatch.setattr(SandboxSession, "lock", after_another)
    assert project.mq("apply", "--auto-approve").code == 0
    assert watched.looks == [2]
    assert [run.number for run in recorded(project).runs] == [2, 1]
