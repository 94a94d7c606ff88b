"""What of a value is said to come and go, by the form that the plan gives it."""

import pytest
from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.form import Form
from mqinfra.render.view.fields import Field, fields_of

LIST, SET, REGEX, RULES = Form.LIST, Form.SET, Form.REGEX, Form.RULES


@pytest.mark.parametrize(
    ("form", "before", "after", "field"),
    [
        (SET, "compact,delete", "delete", Field("a", minus=["compact"], stay=["delete"])),
        (SET, ["a", "b"], ["c", "b"], Field("a", minus=["a"], plus=["c"], stay=["b"])),
        (LIST, "a,b", "a,b,c", Field("a", plus=["c"], stay=["a", "b"])),
        (LIST, ["a", "b"], ["b", "c", "a"], Field("a", '["a", "b"]', '["b", "c", "a"]')),
        (RULES, ["+@all"], ["+@all", "-keys"], Field("a", plus=["-keys"], stay=["@all"])),
        (RULES, ["+@all"], ["-keys", "+@all"], Field("a", '["+@all"]', '["-keys", "+@all"]')),
        (REGEX, r"^(?:q\.0|q\.1)$", r"^q\.1$", Field("a", minus=[r"q\.0"], stay=[r"q\.1"])),
        (REGEX, "^q0$", "", Field("a", minus=["q0"])),
        (REGEX, "^q.*$", "^q0$", Field("a", minus=["^q.*$"], plus=["^q0$"])),
        (REGEX, "^(?:a|(b))$", "^a$", Field("a", minus=["^(?:a|(b))$"], plus=["^a$"])),
        (REGEX, "^(?:a|b", "^(?:a|c", Field("a", minus=["^(?:a|b"], plus=["^(?:a|c"])),
        (None, "a,b", "a", Field("a", "a,b", "a")),
        (None, ["a", "a"], ["a"], Field("a", '["a", "a"]', '["a"]')),
        (SET, None, "a", Field("a", "unset", "a")),
    ],
)
def test_values_are_told_apart_by_what_they_are_made_of(
    form: Form | None, before: JsonValue, after: JsonValue, field: Field
) -> None:
    difference = FieldDifference(("a",), before, after, form=form)
    change = Change(Address.parse("k/things/x"), Action.UPDATE, Reason.DIFFERS, (difference,))
    (found,) = fields_of(change)
    assert (found.name, found.before, found.after) == (field.name, field.before, field.after)
    assert ([*found.minus], [*found.plus], [*found.stay]) == ([*field.minus], [*field.plus], [*field.stay])
