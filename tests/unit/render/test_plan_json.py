"""A saved plan comes back as it was, or not at all."""

import hashlib
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mqinfra.model.plan import Plan, UndeclaredKeys, plan_digest
from mqinfra.render import plan_json
from mqinfra.render.plan_json import PlanFormatError, plan_from_json, plan_to_json
from tests.unit.render import hostile
from tests.unit.render.golden import CASES

EVERYTHING = Plan.model_validate_json((CASES / "everything.plan.json").read_bytes())
PLAN = EVERYTHING.model_copy(update={"digest": plan_digest("shop", "prod", EVERYTHING.clusters, EVERYTHING.changes)})
SAVED = plan_to_json(PLAN)
some = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Objects whose keys are names of the user's or the broker's.
NAMED_BY_OTHERS = {"before", "after", "guard", "labels", "keys", "nodes", "maxDeletes", "recorded", "live"}


def sealed(text: str) -> str:
    """Give an edited plan a checksum that fits, as an attacker would."""
    body = text.rpartition(',\n"checksum": "sha256:')[0]
    return f'{body},\n"checksum": "sha256:{hashlib.sha256(body.encode()).hexdigest()}"\n}}\n'


@settings(parent=some, max_examples=60)
@given(hostile.plans())
def test_a_plan_comes_back_equal(plan: Plan) -> None:
    assert plan_from_json(plan_to_json(plan)) == plan


@some
@given(st.integers(0, len(SAVED) - 2))
def test_a_truncated_plan_is_refused(length: int) -> None:
    with pytest.raises(PlanFormatError):
        plan_from_json(SAVED[:length])


@some
@given(st.integers(0, len(SAVED) - 1), st.characters(codec=None))
def test_a_flipped_character_is_refused_or_harmless(index: int, char: str) -> None:
    try:
        assert plan_from_json(SAVED[:index] + char + SAVED[index + 1 :]) == PLAN
    except PlanFormatError as error:
        assert str(error)  # noqa: PT017 - either outcome is right, another exception is not


@some
@given(st.one_of(st.text(), st.sampled_from(["null", "[]", "1" * 5000, "[" * 100_000, '{"kind": "Plan"}', "NaN"])))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(PlanFormatError):
        plan_from_json(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (SAVED[: len(SAVED) // 2], "cut off in the middle"),
        ("{'a': 1}", r"is not JSON \(line 1, column 2\)"),
        ('{"kind": "Report"}', "is not a plan"),
        (
            SAVED.replace('"formatVersion": "1.1"', '"formatVersion": "2.0"'),
            "format 2, and this mqinfra reads format 1",
        ),
        (SAVED.replace('"formatVersion": "1.1"', '"formatVersion": 7'), "does not say which version"),
        (SAVED.replace("OPS-812", "OPS-813"), "its checksum does not match"),
        (sealed(SAVED.replace('"after": 12', '"after": 13')), "its digest does not match its changes"),
        (sealed(SAVED.replace('"action": "delete"', '"action": "burn"')), "does not fit format 1.1"),
    ],
)
def test_a_refusal_says_why(text: str, message: str) -> None:
    with pytest.raises(PlanFormatError, match=message):
        plan_from_json(text)


def test_a_newer_minor_version_with_new_keys_is_read() -> None:
    newer = SAVED.replace('"formatVersion": "1.1"', '"formatVersion": "1.7",\n "novelty": [1]')
    assert plan_from_json(sealed(newer)) == PLAN.model_copy(update={"format_version": "1.7"})


def with_novelties(node: object) -> object:
    """The same document with a key that nobody knows in each object that is the format's own."""
    if isinstance(node, list):
        return [with_novelties(item) for item in node]
    if isinstance(node, dict):
        known = {key: with_novelties(value) for key, value in node.items() if key not in NAMED_BY_OTHERS}
        return {"novelty": 1, **known, **{key: node[key] for key in NAMED_BY_OTHERS & node.keys()}}
    return node


def test_new_keys_of_a_newer_minor_version_are_passed_over_everywhere() -> None:
    document = json.loads(SAVED) | {"formatVersion": "1.7"}
    del document["checksum"]
    newer = json.dumps(with_novelties(document), indent=1)
    assert newer.count("novelty") > 10
    closed = newer.removesuffix("\n}") + ',\n"checksum": "sha256:' + "0" * 64 + '"\n}\n'
    assert plan_from_json(sealed(closed)) == PLAN.model_copy(update={"format_version": "1.7"})


def test_a_plan_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_json, "MOST_CHARACTERS", 10)
    with pytest.raises(PlanFormatError, match="larger than 10 characters"):
        plan_from_json(SAVED)


def test_line_ends_of_another_system_at_the_end_do_no_harm() -> None:
    assert plan_from_json(SAVED + "\n\n") == PLAN


def test_names_that_are_no_unicode_survive() -> None:
    plan = PLAN.model_copy(
        update={"undeclared_keys": (UndeclaredKeys(address=PLAN.changes[0].address, keys={"\ud800": "\udfff"}),)}
    )
    assert plan_from_json(plan_to_json(plan)) == plan


def test_the_checksum_is_the_last_key() -> None:
    assert re.search(r'"checksum": "sha256:[0-9a-f]{64}"\n\}\n\Z', SAVED)
