"""A project whose scope owns names of another project on the same cluster: refused, and both are named."""

import json
from pathlib import Path

import pytest

from mqinfra.engine.inventory.texts import HEADER
from mqinfra.model.record import Owner
from mqinfra.providers.base.records import Stored
from mqinfra.providers.sandbox.records import SandboxStore
from tests.cli.sharing import TOPICS, Sharing

WHOLE = {"/shop": None}


def test_a_newcomer_whose_scope_overlaps_is_refused_with_both_patterns_and_the_line(sharing: Sharing) -> None:
    sharing.topics("shop", "orders.*").apply()
    late = sharing.topics("returns", "returns.*", "orders.returned")
    for command in ("plan", "apply"):
        ran = late.mq(command)
        assert ran.code == 3
        assert "error[MQ221]: the scope overlaps with that of project `shop/prod` on `kafka`" in ran.err
        assert "`orders.returned` of `topics` with their `orders.*`" in ran.err
        assert "--> mqinfra.yaml:11:7" in ran.err
        assert "`mqinfra adopt --from shop/prod`" in ran.err
        assert "`sharedWith: [shop]` under `scope:`, `kafka:`" in ran.err
    assert list(sharing.live("kafka")["resources"]) == ["kafka/topics/orders.created"]
    assert {owner["project"] for owner in sharing.live("kafka")["records"]} == {"shop"}


def test_every_change_on_the_cluster_is_blocked_and_those_elsewhere_can_go(sharing: Sharing) -> None:
    sharing.topics("shop", "orders.*").apply()
    topology = {
        "kafka": {"topics": {"returns.created": TOPICS}},
        "redis": {"streams": {"returns": {"expectedMaxLength": 10}}},
    }
    scope = {"kafka": {"topics": ["returns.*", "orders.x"]}, "redis": {"keys": ["returns"]}}
    late = sharing.project("returns", scope, topology)
    blocked = {change["address"]: change["blockedBy"] for change in late.plan()["changes"]}
    assert blocked == {"kafka/topics/returns.created": ["MQ221"], "redis/streams/returns": []}
    assert late.mq("plan", "--exclude", "cluster:kafka").code == 0


def test_a_plan_that_was_saved_before_the_other_project_came_is_refused(sharing: Sharing, tmp_path: Path) -> None:
    late, saved = sharing.topics("returns", "orders.*"), tmp_path / "plan.json"
    assert late.mq("plan", "-o", f"json={saved}").code == 0
    sharing.topics("shop", "orders.x").apply()
    ran = late.mq("apply", str(saved))
    assert (ran.code, "MQ221" in ran.err) == (3, True), ran.err


def test_projects_apart_and_those_that_refer_to_others_things_are_not_refused(sharing: Sharing) -> None:
    sharing.topics("shop", "orders.*").apply()
    access = {
        "billing": {
            "principal": "User:billing",
            "consumes": [{"topic": "orders.created", "external": True}],
            "group": "billing",
        }
    }
    scope = {"kafka": {"topics": ["billing.*"], "principals": ["User:billing"], "groups": ["billing"]}}
    sharing.project("billing", scope, {"kafka": {"access": access}}).apply()


def test_a_scope_is_held_against_others_when_it_is_widened(sharing: Sharing) -> None:
    sharing.topics("shop", "orders.*").apply()
    sharing.topics("returns", "returns.*").apply()
    assert sharing.topics("returns", "returns.*", "orders.x").mq("plan").code == 3
    assert sharing.topics("shop", "orders.*", "orders.eu.*").mq("plan").code == 0


def test_after_two_applies_others_scopes_are_not_read_again(sharing: Sharing, monkeypatch: pytest.MonkeyPatch) -> None:
    sharing.topics("shop", "orders.*").apply()
    shop = sharing.topics("shop", "orders.*", "stock.*").apply()
    monkeypatch.setattr(SandboxStore, "load_others", lambda _: pytest.fail("everybody's records were read"))
    assert shop.mq("plan").code == 0


def test_projects_that_came_at_the_same_moment_are_refused_at_their_next_plan(
    sharing: Sharing, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(SandboxStore, "load_others", lambda _: {})
        both = [sharing.topics("shop", "orders.*").apply(), sharing.topics("returns", "orders.returned").apply()]
    for one, other in zip(both, ("returns/prod", "shop/prod"), strict=True):
        ran = one.mq("plan")
        assert ran.code == 3
        assert f"that of project `{other}` on `kafka`" in ran.err
    assert sharing.topics("shop", "orders.created").mq("plan").code == 0


@pytest.mark.parametrize(
    ("vhosts", "code"),
    [({"/shop": {"names": ["orders.*"]}}, 0), ({"/shop": {"names": ["billing.eu.*"]}}, 3), (WHOLE, 3)],
)
def test_names_in_a_vhost_of_another_project_are_no_overlap_and_the_same_names_are(
    vhosts: dict[str, object], code: int, sharing: Sharing
) -> None:
    sharing.queues("platform", WHOLE, "own").apply()
    sharing.queues("billing", {"/shop": {"names": ["billing.*"]}}, "billing.q").apply()
    ran = sharing.queues("late", vhosts).mq("plan")
    assert ran.code == code, ran.err
    if code:
        said = "`billing/prod` on `rabbitmq`: `billing.eu.*` of `vhosts` in `/shop` with their `billing.*`"
        whole = "`platform/prod` on `rabbitmq`: `/shop` of `vhosts` with their `/shop`"
        assert (whole if vhosts == WHOLE else said) in ran.err


def test_a_whole_cluster_is_refused_where_anybody_owns_something(sharing: Sharing) -> None:
    sharing.topics("shop", "orders.*").apply()
    late = sharing.project("late", {"kafka": {"wholeCluster": True}}, {"kafka": {"topics": {"x": TOPICS}}})
    ran = late.mq("plan")
    assert ran.code == 3
    assert "`wholeCluster` with their `orders.*`" in ran.err


def test_projects_that_agree_share_names_and_each_thing_still_has_one_owner(sharing: Sharing) -> None:
    sharing.topics("shop", "orders.*").apply()
    late = sharing.topics("returns", "orders.created", sharedWith=["shop"])
    ran = late.mq("plan")
    assert (ran.code, "MQ221" in ran.err) == (0, False)
    assert "warning[MQ214]: topic `orders.created` is claimed by `shop/prod`" in ran.err


def test_a_renamed_project_is_refused_until_it_took_the_claims_over(sharing: Sharing) -> None:
    sharing.topics("shop", "orders.*").apply()
    renamed = sharing.topics("store", "orders.*")
    assert renamed.mq("plan").code == 3
    assert renamed.mq("adopt", "--from", "shop/prod").code == 0
    ran = renamed.mq("plan", "--detailed-exitcode")
    assert ran.code == 0, ran.err


def test_environments_of_one_project_may_have_one_scope(sharing: Sharing) -> None:
    sharing.topics("shop", "orders.*").apply()
    held = sharing.live("kafka")["records"]
    assert [(one["project"], one["environment"]) for one in held] == [("shop", "prod")]
    path = sharing.root / ".mqinfra" / "sandbox" / "prod" / "kafka.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"environment": "prod"', '"environment": "test"'))
    ran = sharing.topics("shop", "orders.*").mq("plan")
    assert "MQ221" not in ran.err


def test_others_whose_records_cannot_be_read_are_named_in_a_warning(
    sharing: Sharing, monkeypatch: pytest.MonkeyPatch
) -> None:
    unread = {Owner("other", "prod"): Stored(exists=True, unavailable="no right to read")}
    monkeypatch.setattr(SandboxStore, "load_others", lambda _: unread)
    ran = sharing.topics("shop", "orders.*").mq("plan")
    assert ran.code == 0
    assert "warning[MQ221]" in ran.err
    assert "the records of `other/prod` can't be read: no right to read" in " ".join(ran.err.split())


def test_the_scope_that_counts_is_what_the_clusters_file_leaves_of_it(sharing: Sharing) -> None:
    sharing.topics("shop", "orders.eu.*").apply()
    grant = {"scope": {"kafka": {"topics": ["orders.us.*"]}}}
    sharing.clusters(projects={"late": grant})
    topology = {"kafka": {"topics": {"orders.us.created": TOPICS}}}
    late = sharing.project("late", {"kafka": {"topics": ["orders.*"]}}, topology)
    assert late.mq("plan").code == 0
    sharing.clusters(projects={"late": {"scope": {"kafka": {"topics": ["orders.*"]}}}})
    ran = late.mq("plan")
    assert ran.code == 3
    assert "is also up to `projects:` in" in ran.err


def test_records_say_what_a_project_may_own(sharing: Sharing) -> None:
    scope = {
        "kafka": {"topics": ["orders.*"], "sharedWith": ["other"]},
        "rabbitmq": {"vhosts": {"/a": None, "/b": {"names": ["x.*"]}}},
    }
    topology = {"kafka": {"topics": {"orders.a": TOPICS}}, "rabbitmq": {"vhosts": {"/a": {}}}}
    sharing.project("shop", scope, topology).apply()
    said = [json.loads(sharing.live(name)["records"][0]["texts"][HEADER])["scope"] for name in ("kafka", "rabbitmq")]
    assert said == [
        {"patterns": {"topics": ["orders.*"]}},
        {"patterns": {"vhosts": ["/a"]}, "parts": {"/b": ["x.*"]}},
    ]


def test_what_others_own_in_a_vhost_is_not_left_over(sharing: Sharing) -> None:
    platform = sharing.queues("platform", WHOLE, "own").apply()
    sharing.queues("billing", {"/shop": {"names": ["billing.*"]}}, "billing.q").apply()
    plan = platform.plan()
    assert plan["undeclared"] == []
    assert [cluster["undeclared"] for cluster in plan["clusters"]] == [0]


def test_a_vhost_that_is_only_named_is_neither_recorded_nor_warned_of(sharing: Sharing) -> None:
    sharing.queues("platform", WHOLE, "own").apply()
    billing = sharing.queues("billing", {"/shop": {"names": ["billing.*"]}}, "billing.q").apply()
    records = {one["project"]: one["texts"] for one in sharing.live("rabbitmq")["records"]}
    assert "vhosts/%2Fshop" in records["platform"]
    assert "vhosts/%2Fshop" not in records["billing"]
    ran = billing.mq("plan")
    assert (ran.code, ran.err) == (0, "")
    assert billing.plan()["toRecord"] == []
