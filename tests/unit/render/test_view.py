"""What the view of a plan promises: which names, places and values are written, and that none is lost."""

from dataclasses import replace

import pytest
from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Cost, CostKind, FieldDifference, Reason
from mqinfra.model.diagnostic import Diagnostic, Severity
from mqinfra.model.plan import Plan, PlanCluster
from mqinfra.model.setting import Unit
from mqinfra.model.story import Detail, Effect
from mqinfra.render.plan_text import render_plan
from mqinfra.render.terminal import Style
from mqinfra.render.view.fields import Field, fields_of
from mqinfra.render.view.names import joined_names
from mqinfra.render.view.places import joined_places


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["orders"], "orders"),
        (["shop.e00", "shop.e01"], "shop.e00 e01"),
        (["shop.e03", "shop.e04", "shop.e05"], "shop.e03 .. e05 (3)"),
        (["shop.e09", "shop.e10", "shop.e11", "shop.e20"], "shop.e09 .. e11 (3) e20"),
        (["e9", "e10", "e11"], "e9 .. e11 (3)"),
        (["e01", "e2", "e3"], "e01 e2 e3"),
        (["a.dlq", "b.dlq"], "a.dlq b.dlq"),
        (["a", "", "", ""], "a   "),
        (["e9x", "e10x", "e11y", "e12y"], "e9x e10x e11y e12y"),
        (["ev --a--> q", "ev --b--> q"], "ev --a--> q, ev --b--> q"),
        (["a.", "a.b"], "a. a.b"),
    ],
)
def test_names_that_are_alike_are_written_short(names: list[str], said: str) -> None:
    assert joined_names(names) == said


def test_many_names_are_counted_and_all_are_named_where_that_matters() -> None:
    names = [f"{letter}{at}" for at in range(0, 100, 2) for letter in "ab"]
    assert joined_names(names).endswith(" and 80 more (-v lists them)")
    assert joined_names(names, most=None, ranges=False).split() == names
    assert joined_names(["e1", "e2", "e3"], most=None, ranges=False) == "e1 e2 e3"


def test_cutting_a_name_makes_no_command_to_a_runner() -> None:
    assert "::set-env" not in joined_names(["a.b", "a.::set-env::x"])
    assert "##vso[" not in joined_names(["a.b", "a.##vso[x]"])


@pytest.mark.parametrize(
    ("places", "said"),
    [
        (["k.yaml:13", "k.yaml:14", "k.yaml:17"], "k.yaml:13-14,17"),
        (["k.yaml:3", "", "a.yaml:1"], "a.yaml:1, k.yaml:3"),
        (["k.yaml:3"], "k.yaml:3"),
        (["k.yaml"], ""),
        ([""], ""),
        ([f"k.yaml:{line}" for line in range(5, 100, 5)], "k.yaml:5,10,15..95"),
    ],
)
def test_places_are_written_by_file(places: list[str], said: str) -> None:
    assert joined_places(places) == said


def change(address: str, action: Action, **more: object) -> Change:
    return Change(Address.parse(address), action, Reason.DIFFERS, **more)  # type: ignore[arg-type]


def plan_of(*changes: Change) -> Plan:
    clusters = (PlanCluster(alias="k", type="kafka"),)
    return Plan(tool_version="0", project="p", environment="e", clusters=clusters, changes=changes)


@pytest.mark.parametrize("width", [80, 120, 200])
def test_five_hundred_updates_of_two_fields_show_every_value(width: int) -> None:
    some = [
        change(
            f"k/topics/t{at:03}",
            Action.UPDATE,
            differences=(
                FieldDifference(("config", "retention.ms"), 1_000_000 + at, 2_000_000 + at),
                FieldDifference(("config", "segment.ms"), 3_000_000 + at, 4_000_000 + at),
            ),
        )
        for at in range(500)
    ]
    words = set(render_plan(plan_of(*some), Style(width=width)).split())
    assert not {str(million * 1_000_000 + at) for million in range(1, 5) for at in range(500)} - words


def test_what_is_destroyed_is_named_one_by_one() -> None:
    some = [change(f"k/topics/t{at}", Action.DELETE) for at in range(300)]
    words = set(render_plan(plan_of(*some), Style()).split())
    assert {f"t{at}" for at in range(300)} <= words


@pytest.mark.parametrize(
    ("before", "after", "fields"),
    [
        ("12", 12, [Field("a", '"12"', "12")]),
        ({"x": "true"}, {"x": True}, [Field("a.x", '"true"', "true")]),
        ({"x": 1}, {"x": True}, [Field("a.x", "1", "true")]),
        ([{"n": 1}, {"n": 2}], [{"n": 1}, {"n": 3}], [Field("a.1.n", "2", "3")]),
        ('{"x": [1, 2]}', '{"x": [2, 4]}', [Field("a.x", minus=["1"], plus=["4"], stay=["2"])]),
        ("one\ntwo\n", "one\n2\n", [Field("a", minus=["two"], plus=["2"])]),
        ('{"x":1}', '{"x": 1}', [Field("a", '{"x":1}', '{"x": 1}')]),
        (["a", "b"], ["b", "a"], [Field("a", '["a", "b"]', '["b", "a"]')]),
    ],
)
def test_values_that_differ_are_told_apart(before: JsonValue, after: JsonValue, fields: list[Field]) -> None:
    given = change("k/topics/t", Action.UPDATE, differences=(FieldDifference(("a",), before, after),))
    assert fields_of(given) == fields


@pytest.mark.parametrize(("values", "lines"), [((1, 1), 1), ((1, True), 2), ((1, 2), 2)])
def test_creates_that_read_alike_are_one_line_only_where_all_their_values_are_equal(
    values: tuple[JsonValue, JsonValue], lines: int
) -> None:
    some = [
        change(
            f"k/topics/t{at}", Action.CREATE, summary="of one kind", differences=(FieldDifference(("a",), None, one),)
        )
        for at, one in enumerate(values)
    ]
    assert render_plan(plan_of(*some), Style()).count("of one kind") == lines


def test_fields_of_a_new_resource_are_read_by_their_own_names_and_with_what_nodes_have() -> None:
    paths = (("config", "a.b"), ("config", "c"), ("quota", "c"), ("d",))
    some = tuple(FieldDifference(path, None, at) for at, path in enumerate(paths))
    fields = fields_of(change("k/topics/t", Action.CREATE, differences=some))
    assert [field.short or field.name for field in fields] == ["a.b", "config.c", "quota.c", "d"]
    on_nodes = FieldDifference(("e",), None, "x", nodes={"n1": None, "n2": "y"})
    rows = fields_of(change("k/topics/t", Action.CREATE, differences=(on_nodes, *some[:1])))
    assert [(row.name, row.before, row.after, row.note) for row in rows] == [
        ("e", None, "x", ""),
        ("", "absent", None, "on n1"),
        ("", "y", None, "on n2"),
        ("config.a.b", None, "0", ""),
    ]


def test_what_one_change_means_for_many_is_one_line() -> None:
    effects = tuple(Cost(kind=CostKind.EFFECT, text=f"`q{at}`: max-length 1 → 2") for at in range(9))
    given = change("k/policies/p", Action.UPDATE, costs=effects)
    assert "q0 .. q8 (9): max-length 1 → 2" in render_plan(plan_of(given), Style())


def test_what_goes_with_its_entry_is_read_with_it() -> None:
    entry = change("k/queues/q", Action.DELETE)
    part = Change(
        Address.parse("k/queues/q.dlq"), Action.DELETE, Reason.SUGAR_GONE, made_by=(entry.address,), title="queue"
    )
    text = render_plan(plan_of(entry, part), Style())
    assert "NO LONGER DECLARED" not in text
    assert text.index("q.dlq") > text.index("LOSES DATA")


def test_what_blocks_many_is_one_line_with_their_count_and_names() -> None:
    some = [
        change(f"k/topics/t{at}", Action.UPDATE, differences=(FieldDifference(("a",), 0, at),), blocked_by=("MQ215",))
        for at in range(1, 6)
    ]
    found = Diagnostic(
        code="MQ215", severity=Severity.ERROR, message="5 exist, and nobody claims them", help=("adopt",)
    )
    text = render_plan(plan_of(*some).model_copy(update={"diagnostics": (found,)}), Style(width=120))
    assert text.count("MQ215") == 1
    assert "blocked by MQ215 (5): t1 .. t5 (5): 5 exist, and nobody claims them" in text


def test_what_blocks_one_is_said_below_it() -> None:
    one = change("k/topics/a", Action.UPDATE, blocked_by=("MQ215",))
    found = Diagnostic(code="MQ215", severity=Severity.ERROR, message="nobody claims it", help=("adopt",))
    text = render_plan(plan_of(one).model_copy(update={"diagnostics": (found,)}), Style())
    assert "    blocked by MQ215: nobody claims it" in text


def test_new_resources_of_the_same_words_are_one_line_only_where_their_values_are_the_same() -> None:
    def new(name: str, value: JsonValue) -> Change:
        return change(
            f"k/queues/{name}", Action.CREATE, summary="x 5", differences=(FieldDifference(("x",), None, value),)
        )

    text = render_plan(plan_of(new("a", 5), new("b", "5"), new("c", 5)), Style())
    assert "+ queues a c" in text
    assert "+ queue  b" in text


def test_effects_alike_are_one_line_with_all_names_and_what_they_come_through() -> None:
    policy = Address.parse("k/policies/p")

    def effect(at: int, by: str) -> Effect:
        return Effect(
            Address.parse(f"k/queues/q{at}"), {"ttl": 1000}, {"ttl": 2000}, Address.parse(by), {"ttl": Unit.MS}
        )

    differs = (FieldDifference(("definition", "ttl"), 1000, 2000, unit=Unit.MS),)
    names = [f"k/policies/q{at}" for at in (4, 5)]
    made = [
        change(name, Action.UPDATE, differences=differs, belongs_to=policy, effects=(effect(at, name),))
        for at, name in zip((4, 5), names, strict=True)
    ]
    own = tuple(effect(at, "k/policies/p") for at in (1, 2, 3))
    head = change("k/policies/p", Action.UPDATE, differences=differs, effects=own)
    lines = [line.strip() for line in render_plan(plan_of(head, *made), Style()).splitlines()]
    assert lines[lines.index("in force on q1 .. q5 (5), through 2 made policies") - 1].endswith("ttl 1s -> 2s")
    more = replace(own[0], after={"ttl": 3000})
    text = render_plan(plan_of(replace(head, effects=(*own, more))), Style())
    assert "in force on q1 .. q3 (3)\n    in force on q1: ttl 1s -> 3s\n" in text


def test_entries_alike_say_the_lines_below_them_once_with_a_star_for_their_names() -> None:
    def new(name: str) -> Change:
        details = (Detail("dead", f"-> {name}.dlq (quorum)"),)
        return change(f"k/queues/{name}", Action.CREATE, summary="quorum", details=details)

    text = render_plan(plan_of(new("orders"), new("invoices")), Style())
    assert "dead      -> *.dlq (quorum)" in text
    assert render_plan(plan_of(new("orders")), Style()).count("-> orders.dlq (quorum)") == 1


def test_no_part_is_left_out_whatever_it_is_like() -> None:
    holder = Address.parse("k/users/u")
    effect = (Cost(kind=CostKind.EFFECT, text="opens it to everybody"),)
    rights = [
        change(f"k/rights/{action.value}-{kind}", action, belongs_to=holder, summary=summary, costs=costs, note=note)
        for action in (Action.CREATE, Action.UPDATE, Action.DELETE)
        for kind, summary, costs, note in (
            ("said", "may do it", (), ""),
            ("plain", "", (), ""),
            ("meaning", "may do that", effect, ""),
            ("noted", "may do this", (), "OPS-1"),
        )
        if (kind, action) != ("plain", Action.UPDATE)  # that only follows what it belongs to
    ]
    for some in (rights, [change("k/users/u", Action.UPDATE), *rights], [change("k/users/u", Action.DELETE), *rights]):
        text = render_plan(plan_of(*some), Style())
        for right in rights:
            assert (right.summary or right.address.name) in text, right.address
        assert text.count("opens it to everybody") >= 1
        assert "OPS-1" in text
