"""What several projects claim: nobody deletes it for another, and what all of them share goes with the last."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mqinfra.engine.inventory.texts import read_texts
from mqinfra.model.address import Address
from mqinfra.model.reading import Figures
from mqinfra.providers.sandbox.session import SandboxSession
from tests.command import Ran
from tests.ours import OURS

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: NAME}
manifests: [topology.yaml]
scope: {rabbitmq: {vhosts: [/shop], users: [w], sharedWith: [shop, billing]}}
environments:
  local:
    clusters: {rabbitmq: {type: rabbitmq, sandbox: true}}
"""
HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: t}\n"
QUEUE = "rabbitmq/queues/%2Fshop/q"
BINDING = "{exchange: ev, queue: q, routingKey: k}"
BOUND = {"queue": "q", "exchange": "ev"}


class Project:
    """One of the projects of a folder, which therefore share its sandbox."""

    def __init__(self, root: Path, name: str, mq: Callable[..., Ran]) -> None:
        self.root, self.name, self._mq, self._topology = root, name, mq, ""
        self.file = root / ".mqinfra" / "sandbox" / "local" / "rabbitmq.json"

    def declare(
        self, queue: str = "{}", *, bindings: str = "", removed: str = "", permissions: str = "", users: str = ""
    ) -> None:
        parts = [f"queues: {{other: {{}}{f', q: {queue}' if queue else ''}}}"]
        parts += [f"bindings: [{{exchange: ev, queue: other}}{bindings and ', '}{bindings}]"]
        parts += [f"permissions: {permissions}"] if permissions else []
        vhost = "".join(f"      {part}\n" for part in parts)
        self._topology = (
            f"{HEAD}rabbitmq:\n{users}  vhosts:\n    /shop:\n      exchanges: {{ev: {{type: topic}}}}\n{vhost}"
        )
        self._topology += f"removed: {{{removed}}}\n" if removed else ""

    def mq(self, *arguments: str) -> Ran:
        (self.root / "mqinfra.yaml").write_text(PROJECT.replace("NAME", self.name))
        (self.root / "topology.yaml").write_text(self._topology)
        return self._mq(*arguments)

    def plan(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.mq("plan", "-o", "json").out)
        return found

    def apply(self) -> Ran:
        """Apply what a reviewer saw, what goes by itself with it."""
        return self.mq("apply", "--expect", self.plan()["digest"])

    def origins(self) -> dict[str, str]:
        cluster: dict[str, Any] = json.loads(self.file.read_text())["clusters"]["rabbitmq"]
        held = [item["texts"] for item in cluster.get("records", []) if item["project"] == self.name]
        return {str(at): record.origin.value for at, record in read_texts(held[0], "rabbitmq").records.items()}

    def live(self) -> list[str]:
        return list(json.loads(self.file.read_text())["clusters"]["rabbitmq"]["resources"])


@pytest.fixture
def projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mq: Callable[..., Ran]) -> tuple[Project, Project]:
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path, "shop", mq), Project(tmp_path, "billing", mq)


def binding() -> str:
    kind = OURS.kind("rabbitmq", "bindings")
    assert kind is not None
    return str(Address("rabbitmq", "bindings", ("/shop",), kind.placement.pairs_of({**BOUND, "routingKey": "k"})))


def both_bound(projects: tuple[Project, Project]) -> tuple[Project, Project]:
    first, second = projects
    for project in projects:
        project.declare(bindings=BINDING)
        assert project.apply().code == 0
    return first, second


def test_a_binding_that_two_projects_declare_has_two_claims(projects: tuple[Project, Project]) -> None:
    first, second = both_bound(projects)
    assert first.origins()[binding()] == "created"
    assert second.origins()[binding()] == "adopted"
    assert second.plan()["toRecord"] == []


def test_whoever_drops_a_shared_binding_first_drops_only_its_claim(projects: tuple[Project, Project]) -> None:
    first, second = both_bound(projects)
    first.declare()
    plan = first.plan()
    assert plan["changes"] == []
    assert plan["toForget"] == [binding()]
    shown = " ".join(first.mq("plan").out.split())
    assert "claimed by `billing/local`; only this project's claim is dropped" in shown
    assert "1 claim to drop" in shown
    assert first.mq("apply", "--auto-approve").code == 0
    assert binding() not in first.origins()
    assert binding() in second.origins()
    assert binding() in first.live()


def test_a_shared_binding_goes_with_the_last_claim(projects: tuple[Project, Project]) -> None:
    first, second = both_bound(projects)
    for project in (first, second):
        project.declare()
        assert project.apply().code == 0
    assert binding() not in first.live()
    assert binding() not in second.origins()


def test_a_binding_that_was_there_before_all_of_them_stays(projects: tuple[Project, Project]) -> None:
    first = projects[0]
    first.declare()
    assert first.apply().code == 0
    document = json.loads(first.file.read_text())
    document["clusters"]["rabbitmq"]["resources"][binding()] = {"spec": {"exchange": "ev", "routingKey": "k"} | BOUND}
    first.file.write_text(json.dumps(document))
    for project in projects:
        project.declare(bindings=BINDING)
        assert project.apply().code == 0
        assert project.origins()[binding()] == "found"
    for project in projects:
        project.declare()
        assert project.apply().code == 0
    assert binding() in first.live()


def test_what_another_project_claims_is_not_recorded_for_being_as_declared(projects: tuple[Project, Project]) -> None:
    first, second = projects
    first.declare()
    assert first.apply().code == 0
    second.declare()
    for _ in range(2):
        plan = second.plan()
        assert (plan["changes"], QUEUE in plan["toRecord"]) == ([], False)
        assert {(item["code"], item["severity"]) for item in plan["diagnostics"]} == {("MQ214", "warning")}
        assert second.mq("apply", "--auto-approve").code == 0


def test_what_another_project_claims_is_not_changed_even_if_adopted(projects: tuple[Project, Project]) -> None:
    first, second = projects
    first.declare("{lifecycle: {replace: recreate}}")
    assert first.apply().code == 0
    second.declare("{type: quorum, lifecycle: {replace: recreate, adopt: true}}")
    ran = second.mq("plan", "--adopt")
    assert ran.code == 3
    assert "queue `q` is claimed by `shop/local`" in ran.err


def test_a_tombstone_of_what_another_project_claims_drops_our_claim_alone(projects: tuple[Project, Project]) -> None:
    first, second = projects
    second.declare()
    assert second.apply().code == 0
    document = json.loads(second.file.read_text())
    theirs = next(item for item in document["clusters"]["rabbitmq"]["records"] if item["project"] == "billing")
    document["clusters"]["rabbitmq"]["records"].append({**theirs, "project": "shop"})
    second.file.write_text(json.dumps(document))
    first.declare("", removed=f"{QUEUE}: {{}}")
    plan = first.plan()
    assert (plan["changes"], plan["toForget"]) == ([], [QUEUE])
    ran = first.mq("apply", "--auto-approve")
    assert ran.code == 0
    assert "is not deleted: it is claimed by `billing/local`; only this project's claim is dropped" in ran.err
    assert QUEUE in first.live()
    assert QUEUE not in first.origins()
    again = first.plan()
    assert (again["changes"], again["toForget"]) == ([], [])
    assert [item["code"] for item in again["diagnostics"] if item["address"] == QUEUE] == ["MQ214"]


def test_nothing_is_deleted_that_would_take_along_what_others_claim(
    projects: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _second = both_bound(projects)
    along = Figures(0, (), attached=(Address.parse(binding()),))
    monkeypatch.setattr(SandboxSession, "figures", lambda _, addresses: dict.fromkeys(addresses, along))
    first.declare("", removed=f"{QUEUE}: {{}}")
    ran = first.mq("apply", "--auto-approve")
    assert ran.code == 3
    said = f"queue `q` can't be deleted: `billing/local` claims what goes along with it: `{binding()}`"
    assert said in ran.err
    assert "topology.yaml:10:11" in ran.err
    assert QUEUE in first.live()


def test_a_permission_has_one_owner_and_a_second_is_refused_by_name(
    projects: tuple[Project, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("W", "pw")
    first, second = projects
    rights = "{w: {configure: '', write: '', read: ^q$}}"
    first.declare(permissions=rights, users="  users: {w: {password: {env: W}}}\n")
    assert first.apply().code == 0
    second.declare(permissions=rights)
    ran = second.mq("apply", "--auto-approve")
    assert ran.code == 3, ran.err
    assert "permission `w` is claimed by `shop/local`" in ran.err


def test_only_what_nobody_can_change_for_another_may_have_several_claims() -> None:
    shared = {f"{kind.broker}/{kind.name}" for kind in OURS.kinds() if kind.shareable}
    assert shared == {"kafka/acls", "rabbitmq/bindings"}
    assert all(kind.placement.named_by for kind in OURS.kinds() if kind.shareable)
