"""Names and texts of somebody else are read back out of a comment as they are, and mean nothing to its host."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mqinfra.model.plan import Plan
from mqinfra.render.markdown.comment import render_plan_markdown
from mqinfra.render.terminal import clean
from mqinfra.render.view.fields import fields_of
from tests.unit.render import hostile
from tests.unit.render.hostile import assert_harmless, some
from tests.unit.render.html.hostile_plan import NAMES, hostile_plan
from tests.unit.render.markdown.reader import Read, assert_only_ours, read


def assert_holds(found: Read, text: str) -> None:
    assert " ".join(clean(text).split()) in found.code


@settings(some, max_examples=30)
@given(hostile.plans(), st.sampled_from([3_000, 10_000, 60_000]))
def test_nothing_of_somebody_else_leaves_code(plan: Plan, budget: int) -> None:
    text = render_plan_markdown(plan, budget=budget)
    assert len(text.encode()) <= budget
    assert_harmless(text)
    found = read(text)
    assert_only_ours(found)
    assert hostile.SENTINEL not in "".join(found.prose)


def test_every_name_and_value_is_read_back_as_it_was() -> None:
    plan = hostile_plan()
    found = read(render_plan_markdown(plan))
    assert_only_ours(found)
    for name in NAMES:
        assert_holds(found, name)
    for one in plan.changes:
        assert_holds(found, one.address.name)
        for field in fields_of(one) if len(one.address.name) < 300 else ():  # of longer ones, where they differ
            for text in (field.short or field.name, field.before, field.after, *field.minus, *field.plus):
                assert_holds(found, text or "")
