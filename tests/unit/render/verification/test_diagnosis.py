"""A diagnosis as people and programs read it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from mqinfra.model.address import Address
from mqinfra.model.diagnosis import Cause, Diagnoses, Diagnosis, Likelihood, Suspect, Symptom
from mqinfra.model.span import Span
from mqinfra.render.terminal import Style
from mqinfra.render.verification.diagnosis import diagnoses_json, diagnoses_text

SCHEMA = Path(__file__).parents[4] / "schemas" / "diagnoses.schema.json"


def found(*causes: Cause, unread: tuple[str, ...] = ()) -> Diagnoses:
    one = Diagnosis(
        address=Address("kafka", "topics", ("orders",)),
        consumer="billing",
        span=Span("topology/orders.yaml", 21, 3),
        seconds=4.0,
        facts=("waits: 402, then 403 in 4 s",),
        causes=causes,
        unread=unread,
    )
    began = datetime(2026, 11, 29, 13, tzinfo=UTC)
    return Diagnoses(project="shop", environment="prod", name="billing", began=began, diagnoses=(one,))


NOBODY = Cause(
    suspect=Suspect.NOBODY,
    symptom=Symptom.LAG,
    likelihood=Likelihood.SEEN,
    evidence="402 messages wait, and nobody is connected\x1b[2J",
    fix="start the consumers",
)


def test_causes_stand_below_what_was_seen_and_say_what_to_do() -> None:
    assert diagnoses_text(found(NOBODY), Style(width=100)).splitlines() == [
        "kafka/topics/orders, group billing  topology/orders.yaml:21",
        "    waits: 402, then 403 in 4 s",
        "",
        "1. lag: nobody reads (seen)",
        "    observed 402 messages wait, and nobody is connected\\x1b[2J",
        "    fix      start the consumers",
    ]


@pytest.mark.parametrize(
    ("unread", "last"),
    [((), "no problem found."), (("group `billing`: not allowed",), "no problem found in what could be read.")],
)
def test_without_causes_it_says_how_much_of_it_was_seen(unread: tuple[str, ...], last: str) -> None:
    assert diagnoses_text(found(unread=unread), Style(width=100)).splitlines()[-1] == last


def test_json_has_the_form_of_its_schema() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(json.loads(diagnoses_json(found(NOBODY))))


def test_the_exit_code_says_whether_something_is_amiss() -> None:
    assert [int(one.exit_code) for one in (found(NOBODY), found(), found(unread=("a",)))] == [7, 0, 8]
