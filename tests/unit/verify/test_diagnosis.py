"""What is concluded from the facts of an examination: a file each in tests/cases/verify/diagnosis."""

from pathlib import Path

import pytest
import yaml

from mqinfra.model.diagnosis import Suspect
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.verification.examination import Examination, letter_of
from mqinfra.verify.diagnosis.diagnose import causes_of

CASES = Path(__file__).parents[2] / "cases" / "verify" / "diagnosis"
FILES = sorted(CASES.glob("*.yaml"))
REMEDIES = {name: one.remedies for name, one in installed().providers.items() if one.remedies}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_causes_are_as_the_case_says_and_ranked(path: Path) -> None:
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = causes_of(Examination.model_validate(given["seen"]), {})
    assert [f"{one.suspect} ({one.likelihood}): {one.evidence}" for one in found] == given["causes"]


def test_every_suspect_is_seen_and_what_is_healthy_has_none() -> None:
    causes = [yaml.safe_load(path.read_text(encoding="utf-8"))["causes"] for path in FILES]
    assert {cause.partition(" (")[0] for some in causes for cause in some} == {one.value for one in Suspect}
    assert [] in causes


@pytest.mark.parametrize("suspect", Suspect)
def test_some_broker_says_what_to_do_about_every_suspect(suspect: Suspect) -> None:
    assert any(suspect in some for some in REMEDIES.values())


@pytest.mark.parametrize(
    ("headers", "error", "source", "times"),
    [
        (
            [
                ("kafka_dlt-exception-fqcn", "org.springframework.SerializationException"),
                ("kafka_dlt-exception-message", "can't read it"),
                ("kafka_dlt-original-topic", "orders"),
            ],
            "org.springframework.SerializationException",
            "orders",
            None,
        ),
        (
            [("__connect.errors.topic", "orders"), ("__connect.errors.exception.class.name", "DataException")],
            "DataException",
            "orders",
            None,
        ),
        (
            [("error", "timeout\n at line 3"), ("deliveries", "4"), ("source", "orders")],
            "timeout at line 3",
            "orders",
            4,
        ),
        ([("trace-id", "17")], "", "", None),
    ],
)
def test_letters_are_read_by_what_frameworks_and_people_write(
    headers: list[tuple[str, str]], error: str, source: str, times: int | None
) -> None:
    found = letter_of("0:1", headers)
    assert (found.error, found.source, found.times) == (error, source, times)
