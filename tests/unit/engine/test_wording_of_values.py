"""No value is shown as Python has it: neither in what guards say, nor in a plan as text or Markdown."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from mqinfra.engine.guard import judge
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.declaration import Declaration, Origin
from mqinfra.model.plan import Plan, PlanCluster
from mqinfra.model.reading import Facts, Live
from mqinfra.model.span import Span
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.verdict import Verdict, Way
from mqinfra.render.markdown.comment import render_plan_markdown
from mqinfra.render.plan_text import render_plan
from mqinfra.render.terminal import Style

WORDS = r"\b(?:None|True|False|mappingproxy|frozenset|SettingType)\b|Address\(|<\w+\.\w+"
PYTHON = re.compile(WORDS + r"|\{'|\['")
VALUES: tuple[JsonValue, ...] = (None, True, 10, "all", ["a", None], {"a": None, "b": True})
PAIRS = [(one, other) for one in VALUES for other in VALUES if one is not other]


class Nowhere:
    """Positions of an entry that nobody wrote."""

    def span(self, path: tuple[str, ...]) -> None:
        """Nowhere."""

    def key_span(self, path: tuple[str, ...]) -> None:
        """Nowhere."""

    def line(self, span: Span) -> None:
        """No text."""


def said(kind: Kind[Any], way: Way, before: JsonValue, after: JsonValue, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is said of a field of a kind that changes so: by the guard, and by both views of the plan."""
    monkeypatch.setattr(type(kind), "classify", lambda *_: Verdict(way))
    name = next(iter(kind.spec.model_fields.values())).alias or "field"
    address = Address("c", kind.name, ("x",))
    difference = FieldDifference((name,), before, after)
    change = Change(address, Action.UPDATE, Reason.DIFFERS, (difference,), before={name: before}, after={name: after})
    declaration = Declaration(kind.spec.model_construct(), Nowhere(), (Origin(Span("t.yaml", 1, 1)),))
    guarded = judge(change, declaration, Live(kind.spec.model_construct()), kind, Facts(cluster_id="c"))
    assert guarded.diagnostics or way is Way.IN_PLACE
    plan = Plan(
        tool_version="0",
        project="p",
        environment="e",
        clusters=(PlanCluster(alias="c", type=kind.broker),),
        digest="sha256:1",
        changes=(guarded.change,),
        diagnostics=guarded.diagnostics,
    )
    texts = [text for item in guarded.diagnostics for text in (item.message, item.label, *item.help)]
    return "\n".join([*texts, render_plan(plan, Style()), render_plan_markdown(plan)])


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("kind", installed().kinds(), ids=lambda kind: f"{kind.broker}/{kind.name}")
def test_no_value_is_shown_as_python_has_it(kind: Kind[Any], way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    for before, after in PAIRS:
        text = said(kind, way, before, after, monkeypatch)
        assert not PYTHON.search(text), text


def test_what_is_unset_is_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = next(kind for kind in installed().kinds() if kind.name == "queues")
    assert "`type` can't be unset (now 10)" in said(kind, Way.REPLACE, 10, None, monkeypatch)
    assert "`type` can't be set to true (now unset)" in said(kind, Way.IMPOSSIBLE, None, True, monkeypatch)


def test_no_expected_output_shows_python() -> None:
    cases = Path(__file__).parents[2] / "cases"
    files = [path for path in cases.rglob("*") if path.suffix in (".txt", ".md", ".json", ".yaml")]
    shown = {
        str(path): found[0]
        for path in files
        if (found := re.search(WORDS, path.read_text(encoding="utf-8", errors="replace")))
    }
    assert len(files) > 200
    assert shown == {}
