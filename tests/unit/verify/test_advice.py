"""Every adviser against usages of which it recommends something, and of which it says nothing: files in tests/cases."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Origin
from mqinfra.model.span import Span
from mqinfra.model.spec import Spec
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.verification.adviser import Adviser
from mqinfra.verify.advice import advised

CASES = Path(__file__).parents[2] / "cases" / "verify" / "advice"
ADVISERS: dict[str, Adviser[Any]] = {
    f"{broker}/{one.name.replace(' ', '-')}": one
    for broker, provider in installed().providers.items()
    for one in provider.advisers
}
FILES = sorted(CASES.rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CASES).with_suffix("").as_posix())
def test_advice_is_as_the_case_says(path: Path) -> None:
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    adviser = ADVISERS[path.parent.relative_to(CASES).as_posix()]
    found = adviser.advise(adviser.usage.model_validate(given["usage"]))
    assert [{"text": one.text, "evidence": one.evidence, "line": one.line} for one in found] == given["advice"]


@pytest.mark.parametrize("name", ADVISERS)
def test_every_adviser_is_seen_to_recommend_and_to_say_nothing(name: str) -> None:
    seen = {bool(yaml.safe_load(path.read_text(encoding="utf-8"))["advice"]) for path in (CASES / name).glob("*.yaml")}
    assert seen == {True, False}


@pytest.mark.parametrize("name", ADVISERS)
def test_every_adviser_says_why_and_by_whom(name: str) -> None:
    assert ADVISERS[name].reason
    assert ADVISERS[name].source


class _Positions:
    """Knows one field."""

    def span(self, path: tuple[str, ...]) -> Span | None:
        return Span("t.yaml", 9, 3) if path == ("partitions",) else None

    key_span = span

    def line(self, span: Span) -> str | None:  # noqa: ARG002 - nothing is shown
        return None


def test_advice_points_at_the_line_that_would_change_and_else_at_the_entry() -> None:
    provider, address = installed().providers["kafka"], Address("k", "topics", ("orders",))
    declared = {address: Declaration(Spec(), _Positions(), (Origin(Span("t.yaml", 4, 3)),))}
    usage = ADVISERS["kafka/partitions"].usage.model_validate(
        {"partitions": 1, "replicas": 3, "minInSync": 1, "groups": [{"name": "g", "members": 2}]}
    )
    found = advised(provider.advisers, {address: usage}, declared)
    assert [(one.name, one.span and one.span.line, one.line) for one in found] == [
        ("replication", 4, "config: {min.insync.replicas: 2}"),
        ("partitions", 9, "partitions: 2"),
    ]
