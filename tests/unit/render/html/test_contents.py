"""What the page says of changes: how grave they are, what belongs together, and every value that changes."""

import pytest
from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Cost, CostKind, FieldDifference, Moved, Reason
from mqinfra.model.holding import Holding
from mqinfra.model.leftover import Leftover, Unchecked
from mqinfra.model.plan import Plan, Uncompared, UndeclaredKeys
from mqinfra.model.setting import Unit
from mqinfra.render.html.report import contents
from mqinfra.render.view.fields import Field, fields_of
from mqinfra.render.view.severity import Severity, severity_of


def change(address: str, action: Action = Action.UPDATE, reason: Reason = Reason.DIFFERS, **more: object) -> Change:
    return Change(Address.parse(address), action, reason, **more)  # type: ignore[arg-type]


def differs(before: JsonValue, after: JsonValue, **more: object) -> FieldDifference:
    return FieldDifference(("config", "retention.ms"), before, after, **more)  # type: ignore[arg-type]


def cost(kind: CostKind) -> tuple[Cost, ...]:
    return (Cost(kind=kind, text="x"),)


@pytest.mark.parametrize(
    ("given", "severity"),
    [
        (change("k/topics/a", costs=cost(CostKind.MESSAGES_LOST), blocked_by=("MQ201",)), Severity.BLOCKED),
        (change("k/topics/a", Action.DELETE, Reason.TOMBSTONE), Severity.LOSES),
        (change("k/topics/a", Action.REPLACE, Reason.IMMUTABLE), Severity.LOSES),
        (change("k/topics/a", costs=cost(CostKind.RETENTION_LOWERED)), Severity.LOSES),
        (change("k/topics/a", costs=cost(CostKind.ORDER_BROKEN)), Severity.BREAKS),
        (
            change("k/users/a", Action.DELETE, Reason.NOT_DECLARED, costs=cost(CostKind.CONSUMERS_CUT_OFF)),
            Severity.BREAKS,
        ),
        (change("k/bindings/a", Action.DELETE, Reason.NOT_DECLARED), Severity.UNDECLARED),
        (change("k/topics/a", Action.DELETE, Reason.TOMBSTONE, holding=Holding.DATA), Severity.LOSES),
        (change("k/policies/a", Action.DELETE, Reason.TOMBSTONE, holding=Holding.SETTINGS), Severity.UNDECLARED),
        (change("k/bindings/a", Action.DELETE, Reason.TOMBSTONE, holding=Holding.ROUTE), Severity.UNDECLARED),
        (
            change(
                "k/policies/a",
                Action.DELETE,
                Reason.TOMBSTONE,
                holding=Holding.SETTINGS,
                costs=cost(CostKind.MESSAGES_LOST),
            ),
            Severity.LOSES,
        ),
        (change("k/exchanges/a", Action.REPLACE, Reason.IMMUTABLE, holding=Holding.SETTINGS), Severity.BREAKS),
        (change("k/topics/a", differences=(differs(1, 2, moved=Moved.DRIFT),)), Severity.DRIFT),
        (change("k/topics/a", differences=(differs(1, 2, moved=Moved.INTENT),)), Severity.UPDATES),
        (change("k/topics/a", Action.CREATE, Reason.ABSENT), Severity.CREATES),
    ],
)
def test_a_change_is_as_grave_as_what_it_takes(given: Change, severity: Severity) -> None:
    assert severity_of(given) is severity


def test_a_field_is_shown_with_both_values_in_its_unit() -> None:
    given = change("k/topics/a", differences=(differs(604800000, 259200000, unit=Unit.MS),))
    assert fields_of(given) == [Field("config.retention.ms", "7d", "3d")]


def test_a_list_is_shown_by_what_comes_and_goes() -> None:
    given = change("r/users/a", differences=(differs(["+xadd", "+xlen"], ["+xlen", "+xdel"]),))
    assert fields_of(given) == [Field("config.retention.ms", minus=["+xadd"], plus=["+xdel"], stay=["+xlen"])]


def test_a_nested_value_is_shown_path_by_path() -> None:
    given = change("r/queues/a", differences=(differs({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3, "d": True}}),))
    path = "config.retention.ms.a"
    assert fields_of(given) == [Field(f"{path}.c", "2", "3"), Field(f"{path}.d", "absent", "true")]


def test_long_values_are_not_cut_where_they_differ() -> None:
    one, other = "x" * 5000 + "a", "x" * 5000 + "b"
    (field,) = fields_of(change("r/policies/a", differences=(differs(one, other),)))
    assert (field.before, field.after) == (one, other)


def test_a_secret_is_shown_by_where_it_comes_from() -> None:
    given = change(
        "r/users/a",
        differences=(
            differs(None, {"env": "P", "revision": 2}, secret=True),
            differs(None, [{"file": "a/b"}], secret=True),
        ),
    )
    assert [(field.before, field.after) for field in fields_of(given)] == [
        ("another value", "from $P"),
        ("another value", "from a/b"),
    ]


def test_what_was_not_checked_and_what_stays_is_said() -> None:
    at = Address.parse("k/topics/a")
    plan = Plan(
        tool_version="0",
        project="p",
        environment="e",
        unchecked=(Unchecked(cluster="k", kind="acls", reason="no right"),),
        uncompared=(Uncompared(address=at, field="password", reason="`P` is not set"),),
        undeclared=(Leftover(address=at, why="it drains", line="k/topics/a: {}"),),
        undeclared_keys=(UndeclaredKeys(address=at, keys={"config": {"a": 1}}),),
        to_record=(at,),
    )
    said = [
        (note.heading, [(item.address, item.text, item.line) for item in note.items]) for note in contents(plan).notes
    ]
    assert said == [
        ("not known what is no longer declared", [("k/acls", "no right", "")]),
        ("1 secret not compared", [("k/topics/a password", "`P` is not set", "")]),
        ("1 in scope, not declared, and left unchanged", [("k/topics/a", "it drains", "k/topics/a: {}")]),
        ("1 resource with keys that others set, left unchanged", [("k/topics/a", "config.a 1", "")]),
        ("1 to record: there as declared, and an apply claims it", [("k/topics/a", "", "")]),
    ]


def blocks(*changes: Change) -> list[tuple[str, list[str], list[str]]]:
    found = contents(Plan(tool_version="0", project="p", environment="e", changes=changes))
    return [
        (
            block.severity,
            [found.changes[of].address for of in block.members],
            [found.changes[of].address for of in block.parts],
        )
        for block in found.blocks
    ]


def created(address: str, maker: str = "") -> Change:
    origin = f"deadLetter of {maker}" if maker else None
    return change(address, Action.CREATE, Reason.ABSENT, origin=origin)


def test_what_sugar_makes_is_folded_into_its_entry() -> None:
    found = blocks(created("k/topics/a"), created("k/topics/a.dlq", "k/topics/a"))
    assert found == [("creates", ["k/topics/a"], ["k/topics/a.dlq"])]


def test_entries_that_change_alike_are_one_block_with_all_names() -> None:
    some = [change(f"k/topics/{name}", differences=(differs(1, 2),)) for name in "abc"]
    other = change("k/topics/d", differences=(differs(1, 3),))
    assert blocks(*some, other) == [
        ("updates", ["k/topics/a", "k/topics/b", "k/topics/c"], []),
        ("updates", ["k/topics/d"], []),
    ]


def test_alike_are_entries_whose_parts_are_called_alike() -> None:
    made = [
        item
        for name in ("a", "b")
        for item in (created(f"k/topics/{name}"), created(f"k/topics/{name}.dlq", f"k/topics/{name}"))
    ]
    odd = [created("k/topics/c"), created("k/topics/c.letters", "k/topics/c")]
    found = blocks(*made, *odd)
    assert found == [
        ("creates", ["k/topics/a", "k/topics/b"], ["k/topics/a.dlq", "k/topics/b.dlq"]),
        ("creates", ["k/topics/c"], ["k/topics/c.letters"]),
    ]


def test_a_part_that_is_graver_than_its_entry_is_read_first() -> None:
    maker = change("k/topics/a", differences=(differs(1, 2),))
    part = change("k/topics/a.dlq", costs=cost(CostKind.RETENTION_LOWERED), origin="deadLetter of k/topics/a")
    assert blocks(maker, part) == [("loses", ["k/topics/a.dlq"], []), ("updates", ["k/topics/a"], [])]


def test_what_an_entry_that_stays_makes_is_one_block_under_its_name() -> None:
    made = [created(f"k/topics/a.{at}", "k/topics/a") for at in range(3)]
    found = contents(Plan(tool_version="0", project="p", environment="e", changes=tuple(made)))
    (block,) = found.blocks
    assert (block.maker, list(block.members), list(block.parts)) == ("k/topics/a", [], [0, 1, 2])
    alone = contents(Plan(tool_version="0", project="p", environment="e", changes=(made[0],)))
    assert [(block.maker, list(block.members)) for block in alone.blocks] == [("", [0])]


def test_entries_that_make_each_other_end() -> None:
    found = blocks(created("k/topics/a", "k/topics/b"), created("k/topics/b", "k/topics/a"))
    assert sorted(address for _, members, parts in found for address in (*members, *parts)) == [
        "k/topics/a",
        "k/topics/b",
    ]
