"""What goes, what stays and what is said when the manifests no longer declare something that an apply made."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mqinfra.model.address import Address
from tests.cli.conftest import Project

HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: NAME}\n"
PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope: {rabbitmq: {vhosts: [/shop], users: [w, v]}}
environments:
  local:
    clusters: {rabbitmq: {type: rabbitmq, sandbox: true}}
"""
EXCHANGES = "exchanges: {ev: {type: topic}, in: {type: topic}}"
ROUTED = "bindings: [{exchange: ev, routingKey: KEY}]"


def vhost(text: str, *, name: str = "t", users: str = "") -> str:
    head = HEAD.replace("NAME", name) + "rabbitmq:\n"
    return head + (f"  users: {users}\n" if users else "") + "  vhosts:\n    /shop: {" + text + "}\n"


QUEUE = vhost(f"{EXCHANGES}, queues: {{q: {{type: quorum, deadLetter: true, {ROUTED}}}}}")
ACCESS = "users: {w: {password: {env: W}}}"


@pytest.fixture
def rabbit(begin: Callable[[str], Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("W", "pw")
    return begin(PROJECT)


def plan_of(project: Project, *options: str) -> dict[str, Any]:
    ran = project.mq("plan", "-o", "json", *options)
    found: dict[str, Any] = json.loads(ran.out)
    return found


def deletes(plan: dict[str, Any]) -> set[str]:
    return {change["address"].partition("/")[2] for change in plan["changes"] if change["action"] == "delete"}


def file_of(project: Project) -> Path:
    return project.root / ".mqinfra" / "sandbox" / "local" / "rabbitmq.json"


def applied(project: Project, text: str) -> None:
    project.topology(text)
    ran = project.mq("apply", "--auto-approve")
    assert ran.code == 0, ran.err


def test_an_edited_binding_goes_after_the_new_one_was_added(rabbit: Project) -> None:
    applied(rabbit, QUEUE.replace("KEY", "order.*"))
    rabbit.topology(QUEUE.replace("KEY", "order.paid"))
    plan = plan_of(rabbit)
    old = next(change for change in plan["changes"] if change["action"] == "delete")
    new = next(change for change in plan["changes"] if change["action"] == "create")
    assert old["reason"] == "sugar-gone"
    assert old["claim"] == {
        "owner": "shop/local",
        "origin": "created",
        "makers": ["queues/%2Fshop/q"],
        "sugar": "bindings.0 of rabbitmq/queues/%2Fshop/q",
    }
    assert old["madeBy"] == ["rabbitmq/queues/%2Fshop/q"]
    assert new["address"] in old["needs"]


def test_a_delete_whose_replacement_is_excluded_is_excluded_too(rabbit: Project) -> None:
    applied(rabbit, QUEUE.replace("KEY", "order.*"))
    rabbit.topology(QUEUE.replace("KEY", "order.paid"))
    new = next(change["address"] for change in plan_of(rabbit)["changes"] if change["action"] == "create")
    assert plan_of(rabbit, "--exclude", new)["changes"] == []


def test_a_right_that_nobody_declares_goes_and_its_user_stays(rabbit: Project) -> None:
    text = f"{EXCHANGES}, queues: {{q: {{type: classic}}}}"
    applied(rabbit, vhost(f"{text}, access: {{w: {{consumes: [q]}}}}", users="{w: {password: {env: W}}}"))
    rabbit.topology(vhost(text))
    plan = plan_of(rabbit)
    assert deletes(plan) == {"permissions/%2Fshop/w"}
    assert [item["address"] for item in plan["undeclared"]] == ["rabbitmq/users/w"]
    assert rabbit.mq("apply", "--expect", plan["digest"]).code == 0
    assert deletes(plan_of(rabbit)) == set()


@pytest.mark.parametrize("where", ["project", "environment"])
@pytest.mark.parametrize("said", ["none", "{rabbitmq/permissions: none}"])
def test_nothing_goes_by_itself_of_what_is_not_pruned(rabbit: Project, said: str, where: str) -> None:
    text = f"{EXCHANGES}, queues: {{q: {{type: classic}}}}"
    file = rabbit.root / "mqinfra.yaml"
    indent = "    " if where == "environment" else ""
    file.write_text(PROJECT + f"{indent}prune: {said}\n", encoding="utf-8")
    applied(rabbit, vhost(f"{text}, access: {{w: {{consumes: [q]}}}}", users="{w: {password: {env: W}}}"))
    rabbit.topology(vhost(text))
    plan = plan_of(rabbit)
    assert deletes(plan) == set()
    stays = {item["address"].partition("/")[2]: item["why"] for item in plan["undeclared"]}
    assert stays["permissions/%2Fshop/w"] == "`prune: {rabbitmq/permissions: none}`"
    file.write_text(PROJECT + "prune: {rabbitmq/bindings: none}\n", encoding="utf-8")
    assert deletes(plan_of(rabbit)) == {"permissions/%2Fshop/w"}


def test_parts_go_with_the_tombstone_of_their_maker_also_where_nothing_is_pruned(rabbit: Project) -> None:
    (rabbit.root / "mqinfra.yaml").write_text(PROJECT + "prune: none\n", encoding="utf-8")
    applied(rabbit, QUEUE.replace("KEY", "order.*"))
    rest = vhost("exchanges: {in: {type: topic}}")
    rabbit.topology(rest + "removed: {rabbitmq/queues/%2Fshop/q: {}, rabbitmq/exchanges/%2Fshop/ev: {}}\n")
    assert {"queues/%2Fshop/q", "queues/%2Fshop/q.dlq", "policies/%2Fshop/q.policy"} <= deletes(plan_of(rabbit))


@pytest.mark.parametrize(
    ("said", "finding"),
    [
        ("[rabbitmq/bindings]", "`prune` must be `none`, or a mapping of kinds"),
        ("{rabbitmq/binding: none}", "unknown kind `rabbitmq/binding`"),
        ("{rabbitmq/bindings: all}", "`rabbitmq/bindings` under `prune` must be `none`"),
    ],
)
def test_what_is_not_pruned_is_read_strictly(rabbit: Project, said: str, finding: str) -> None:
    (rabbit.root / "mqinfra.yaml").write_text(PROJECT + f"prune: {said}\n", encoding="utf-8")
    rabbit.topology(vhost(EXCHANGES))
    ran = rabbit.mq("validate")
    assert (ran.code, finding in ran.out) == (1, True), ran.out


def test_what_sugar_made_goes_with_the_tombstone_of_its_maker(rabbit: Project) -> None:
    applied(rabbit, QUEUE.replace("KEY", "order.*"))
    rest = vhost("exchanges: {in: {type: topic}}")
    rabbit.topology(rest + "removed: {rabbitmq/queues/%2Fshop/q: {}, rabbitmq/exchanges/%2Fshop/ev: {}}\n")
    plan = plan_of(rabbit)
    assert {"queues/%2Fshop/q", "queues/%2Fshop/q.dlq", "policies/%2Fshop/q.policy"} <= deletes(plan)
    assert not [change for change in plan["changes"] if change["blockedBy"]]
    assert rabbit.mq("apply", "--expect", plan["digest"]).code == 0
    left = json.loads(file_of(rabbit).read_text())["clusters"]["rabbitmq"]["resources"]
    assert set(left) == {"rabbitmq/vhosts/%2Fshop", "rabbitmq/exchanges/%2Fshop/in"}


def test_a_queue_that_is_dropped_stays_with_what_its_sugar_made_and_is_said(rabbit: Project) -> None:
    applied(rabbit, QUEUE.replace("KEY", "order.*"))
    rabbit.topology(vhost(EXCHANGES))
    plan = plan_of(rabbit)
    assert deletes(plan) == set()
    stays = {item["address"].partition("/")[2]: item for item in plan["undeclared"]}
    assert {"queues/%2Fshop/q", "queues/%2Fshop/q.dlq", "policies/%2Fshop/q.policy"} <= set(stays)
    assert stays["queues/%2Fshop/q"]["line"] == "rabbitmq/queues/%2Fshop/q: {}"
    route = next(item for key, item in stays.items() if key.startswith("bindings/"))
    assert route["why"] == "`rabbitmq/exchanges/%2Fshop/ev` would be left without a declared route"
    assert route["beside"] == "rabbitmq/exchanges/%2Fshop/ev"
    assert "No changes." not in rabbit.mq("plan").out
    assert "removed: {rabbitmq/queues/%2Fshop/q: {}}" in rabbit.mq("plan", "--undeclared").out
    assert "no longer declared; left in place:" in rabbit.mq("plan", "-o", "markdown").out


def test_a_document_that_is_missing_deletes_nothing_until_a_line_says_so(rabbit: Project) -> None:
    queues = "queues: {q: {type: classic}, p: {type: classic, bindings: [{exchange: ev, routingKey: p}]}}"
    rabbit.topology(vhost(f"{EXCHANGES}, {queues}"))
    rights = vhost("access: {w: {consumes: [q]}}", name="rights", users="{w: {password: {env: W}}}")
    rabbit.topology(rights, "rights.yaml")
    assert rabbit.mq("apply", "--auto-approve").code == 0
    (rabbit.root / "topology" / "rights.yaml").unlink()
    plan = plan_of(rabbit)
    assert deletes(plan) == set()
    assert [item["code"] for item in plan["diagnostics"]] == ["MQ213"]
    rabbit.topology(vhost(f"{EXCHANGES}, {queues}") + "removed: {topology/rights: {}}\n")
    assert deletes(plan_of(rabbit)) == {"permissions/%2Fshop/w"}


def test_the_last_route_of_an_exchange_stays_although_the_exchange_s_file_is_missing(rabbit: Project) -> None:
    rabbit.topology(vhost("exchanges: {ev: {type: topic}}", name="exchanges"), "exchanges.yaml")
    applied(rabbit, vhost(f"queues: {{q: {{type: classic, {ROUTED.replace('KEY', 'a')}}}}}"))
    (rabbit.root / "topology" / "exchanges.yaml").unlink()
    rabbit.topology(vhost("queues: {q: {type: classic}}"))
    plan = plan_of(rabbit)
    assert deletes(plan) == set()
    route = next(item for item in plan["undeclared"] if "/bindings/" in item["address"])
    assert route["why"] == "`rabbitmq/exchanges/%2Fshop/ev` would be left without a declared route"


def test_dead_letters_keep_their_queue_while_the_policy_that_leads_them_there_is_excluded(rabbit: Project) -> None:
    applied(rabbit, vhost("queues: {q: {type: quorum, deadLetter: true}}"))
    rabbit.topology(vhost("queues: {q: {type: quorum}}"))
    assert deletes(plan_of(rabbit)) == {"queues/%2Fshop/q.dlq", "policies/%2Fshop/q.policy"}
    assert deletes(plan_of(rabbit, "--exclude", "kind:policies")) == set()


def test_a_section_that_empties_deletes_nothing_until_a_line_says_so(rabbit: Project) -> None:
    plain = f"{EXCHANGES}, queues: {{q: {{type: classic, bindings: [{{exchange: ev, routingKey: a}}]}}}}"
    lines = "permissions: {w: {read: ^q$}, v: {read: ^q$}}"
    both = "{w: {password: {env: W}}, v: {password: {env: W}}}"
    applied(rabbit, vhost(f"{plain}, {lines}", users=both))
    rabbit.topology(vhost(plain, users=both))
    plan = plan_of(rabbit)
    assert deletes(plan) == set()
    assert [item["code"] for item in plan["diagnostics"]] == ["MQ213"]
    rabbit.topology(vhost(plain, users=both) + "removed: {rabbitmq/permissions: {}}\n")
    assert len(deletes(plan_of(rabbit, "--max-deletes", "rabbitmq/permissions=2"))) == 2


def test_no_records_no_deletes(rabbit: Project) -> None:
    applied(rabbit, QUEUE.replace("KEY", "order.*"))
    document = json.loads(file_of(rabbit).read_text())
    document["clusters"]["rabbitmq"].pop("records")
    file_of(rabbit).write_text(json.dumps(document))
    rabbit.topology(QUEUE.replace("KEY", "order.paid"))
    plan = plan_of(rabbit)
    assert deletes(plan) == set()
    assert [item["beside"] for item in plan["undeclared"]]


SELECTORS = st.lists(
    st.sampled_from(
        [
            "kind:bindings",
            "kind:queues",
            "name:q*",
            "cluster:rabbitmq",
            "file:topology/*",
            "label:team=x",
            "kind:policies",
        ]
    ),
    max_size=2,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(select=SELECTORS, exclude=SELECTORS)
def test_selecting_and_excluding_never_deletes_more(rabbit: Project, select: list[str], exclude: list[str]) -> None:
    if not file_of(rabbit).exists():
        applied(rabbit, QUEUE.replace("KEY", "order.*"))
    rabbit.topology(QUEUE.replace("KEY", "order.paid").replace("deadLetter: true, ", ""))
    options = [word for text in select for word in ("--select", text)]
    options += [word for text in exclude for word in ("--exclude", text)]
    assert deletes(plan_of(rabbit, *options)) <= deletes(plan_of(rabbit))


def test_the_work_of_a_plan_grows_with_the_number_of_what_is_no_longer_declared(
    rabbit: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = list[None]()

    def hashed(address: Address) -> int:
        looked_up.append(None)
        return hash(address.text)

    def looks(queues: int) -> int:
        entries = [f"q{number}: {{{ROUTED.replace('KEY', 'paid')}}}" for number in range(queues)]
        shutil.rmtree(rabbit.root / ".mqinfra", ignore_errors=True)
        applied(rabbit, vhost(f"{EXCHANGES}, queues: {{{', '.join(entries)}}}"))
        rabbit.topology(vhost(f"{EXCHANGES}, queues: {{{', '.join(entries[queues // 2 :])}}}"))
        with monkeypatch.context() as patched:
            patched.setattr(Address, "__hash__", hashed)
            looked_up.clear()
            assert "ev --paid--> q0" in rabbit.mq("plan").out
        return len(looked_up)

    few = looks(100)
    assert looks(400) < 5 * few


def test_what_a_verification_makes_is_nobodys_leftover_and_in_no_export(rabbit: Project) -> None:
    canary, alike = "__mqinfra_canary.20261129T130000Z-k3x9qa.1.q", "__mqinfra_canary.of-mine"
    applied(rabbit, QUEUE.replace("KEY", "order.*"))
    text = file_of(rabbit).read_text(encoding="utf-8")
    document = json.loads(text)
    resources = document["clusters"]["rabbitmq"]["resources"]
    for name in (canary, alike):
        resources[f"rabbitmq/queues/%2Fshop/{name}"] = resources["rabbitmq/queues/%2Fshop/q"]
    file_of(rabbit).write_text(json.dumps(document), encoding="utf-8")
    shown = rabbit.mq("plan", "--undeclared").out + rabbit.mq("export").out
    assert shown.count(alike) >= 2
    assert canary not in shown
