"""What the text of a plan promises, beyond what the golden files show."""

import pytest
from pydantic import TypeAdapter

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.plan import Plan, PlanCluster, Uncompared
from mqinfra.model.setting import Unit
from mqinfra.render.markdown.comment import render_plan_markdown
from mqinfra.render.plan_text import render_plan
from mqinfra.render.plan_verdict import argument
from mqinfra.render.requests_text import RequestView
from mqinfra.render.terminal import Style
from mqinfra.render.value import shown
from tests.unit.render.golden import CASES

KAFKA = PlanCluster(alias="kafka", type="kafka")
CHANGE = TypeAdapter(Change)  # making one takes longer than all that it validates
EVERYTHING = Plan.model_validate_json((CASES / "everything.plan.json").read_bytes())


def change(name: str, action: Action, **rest: object) -> Change:
    return CHANGE.validate_python(
        {"address": Address("kafka", "topics", (name,)), "action": action, "reason": Reason.DIFFERS, **rest}
    )


def plan_of(*changes: Change, **rest: object) -> Plan:
    base = {"toolVersion": "0", "project": "p", "environment": "e", "clusters": (KAFKA,), "digest": "sha256:1"}
    return Plan.model_validate({**base, "changes": changes, **rest})


@pytest.mark.parametrize("width", range(20, 201, 9))
def test_only_words_that_must_stay_whole_stick_out(width: int) -> None:
    for line in render_plan(EVERYTHING, Style(width=width)).splitlines():
        if len(line) > width:
            assert len(line.split()) == 1 or line.startswith(("  mqinfra ", "Digest "))


def test_what_destroys_stands_before_everything_else() -> None:
    text = render_plan(
        plan_of(
            change("a", Action.CREATE),
            change("b", Action.UPDATE),
            change("c", Action.DELETE),
            change("d", Action.REPLACE),
        ),
        Style(),
    )
    places = [text.index(f"topic  {name}") for name in "dcba"]
    assert places == sorted(places)


def test_many_creates_hide_no_delete() -> None:
    creates = [change(f"new.{i}", Action.CREATE) for i in range(5000)]
    deletes = [change(f"old.{i}", Action.DELETE) for i in range(123)]
    text = render_plan(plan_of(*creates, *deletes), Style())
    assert len(text.splitlines()) < 400
    words = text.split()
    assert all(word in words for word in ("old.0", *map(str, range(1, 123))))


def test_full_folds_nothing() -> None:
    creates = [change(f"new.{i}", Action.CREATE) for i in range(500)]
    words = render_plan(plan_of(*creates), Style(), expand=("all",)).split()
    assert all(word in words for word in ("new.0", *map(str, range(1, 500))))


def test_all_is_well_is_never_said_where_it_was_not_seen() -> None:
    error = Diagnostic(code="MQ501", message="no such topic")
    unread = PlanCluster(alias="kafka", type="kafka", reachable=False)
    assert "No changes. 0 resources are as declared." in render_plan(plan_of(), Style())
    for plan in (plan_of(diagnostics=(error,)), plan_of(clusters=(unread,))):
        assert "as declared" not in render_plan(plan, Style())
        assert "as declared" not in render_plan_markdown(plan)


def test_a_blocked_plan_offers_no_apply() -> None:
    plan = plan_of(change("a", Action.DELETE, blocked_by=("MQ201",)), change("b", Action.UPDATE))
    text = render_plan(plan, Style())
    assert "mqinfra apply" not in text
    assert "mqinfra plan -e e --exclude kafka/topics/a" in text
    assert "Fix these before applying" in render_plan(plan_of(plan.changes[0]), Style())


def test_many_blocked_changes_say_that_more_have_to_be_left_out() -> None:
    blocked = [change(f"a{i:02}", Action.DELETE, blocked_by=("MQ201",)) for i in range(12)]
    text = render_plan(plan_of(*blocked, change("b", Action.UPDATE)), Style())
    assert "12 changes are blocked" in text
    assert text.count("--exclude kafka") == 10
    assert "(2 more)" in text


def test_a_plan_from_a_snapshot_offers_no_apply() -> None:
    snapshot = {"alias": "kafka", "type": "kafka", "source": "snapshot"}
    text = render_plan(plan_of(change("a", Action.UPDATE), clusters=(snapshot,)), Style())
    assert "mqinfra apply" not in text
    assert "snapshot" in text


def test_a_change_that_needs_a_blocked_one_says_which() -> None:
    error = Diagnostic(code="MQ203", message="no", address="kafka/topics/a")
    first = change("a", Action.REPLACE, blocked_by=("MQ203",))
    second = change("b", Action.CREATE, blocked_by=("MQ203",), needs=(first.address,))
    text = render_plan(plan_of(first, second, diagnostics=(error,)), Style())
    assert "blocked by MQ203: it needs `kafka/topics/a`, which is blocked" in text


def test_requests_stand_before_the_verdict() -> None:
    view = RequestView("kafka", "CreateTopics", {Address("kafka", "topics", ("a",)): {"partitions": 1}})
    text = render_plan(plan_of(change("a", Action.CREATE)), Style(), requests=[view])
    assert text.index("CreateTopics") < text.index("Plan: ")


@pytest.mark.parametrize("name", ["a\u202eb", "a b", "$(id)", "é", "\ud800", "a\x1b", "it's", "%41"])
def test_an_address_on_a_command_line_parses_back(name: str) -> None:
    address = Address("rabbitmq", "queues", ("/", name))
    assert Address.parse(argument(address)) == address
    assert argument(address).isascii()


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, None, "broker default"),
        (True, None, "true"),
        ("true", None, '"true"'),
        (12, None, "12"),
        ("12", None, '"12"'),
        (604800000, Unit.MS, "7d"),
        (-1, Unit.MS, "-1"),
        (1073741824, Unit.BYTES, "1GiB"),
        ("", None, '""'),
        ("two words", None, '"two words"'),
        ({"a": [1, None], "b": {"c": "x"}}, None, "{a: [1, null], b: {c: x}}"),
        ("x" * 35_000, None, "x" * 80 + " ... " + "x" * 20 + " (35,000 characters)"),
    ],
)
def test_values_read_as_in_a_manifest(value: None, unit: Unit | None, text: str) -> None:
    assert shown(value, unit) == text


def test_secrets_that_were_not_compared_are_told_once_per_missing_value_in_every_format() -> None:
    why = "the environment variable `P` is not set"
    missing = [
        Uncompared(address=Address("kafka", "users", (name,)), field="password", reason=why) for name in ("a", "b", "c")
    ]
    plan = plan_of(uncompared=tuple(missing))
    told = f"kafka/users/a  password: not compared, {why} (and 2 more secrets)"
    assert told in render_plan(plan, Style(width=120))
    assert "not compared" in render_plan_markdown(plan)
    assert plan.model_dump(mode="json", by_alias=True)["uncompared"][0]["reason"] == why


def test_a_secret_that_differs_shows_no_default() -> None:
    differs = FieldDifference(("password",), None, {"env": "P"}, note="differs", secret=True)
    text = render_plan(plan_of(change("a", Action.UPDATE, differences=(differs,))), Style())
    assert "password another value -> from $P" in text
