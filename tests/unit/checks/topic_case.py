"""Builds what rules see out of a case file: declared topics, what is live, and facts. Separate from the tests of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

import yaml

from mqinfra.model.address import Address
from mqinfra.model.declaration import Allowance, Declaration, Desired, Lifecycle, Origin, Reference, Tombstone
from mqinfra.model.reading import Coverage, Facts, Live, Reading, Source
from mqinfra.model.scope import Scope
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path, Span
from mqinfra.model.spec import Spec
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.rule import Context, Subject

CASES = File(__file__).parents[2] / "cases" / "checks"


@dataclass(frozen=True)
class Places:
    """Gives every field a place whose file says which field it is, so that cases can name it."""

    def span(self, path: Path) -> Span | None:
        return Span(".".join(path) or "entry", 1, 1)

    def key_span(self, path: Path) -> Span | None:
        return Span(f"key {'.'.join(path)}", 1, 1)

    def line(self, span: Span) -> str | None:
        return f"text of {span.file}"


def topics_kind() -> Kind[Any]:
    kind = installed().kind("kafka", "topics")
    assert kind is not None
    return kind


def address_of(text: str) -> Address:
    return Address.parse(text) if "/" in text else Address("kafka", "topics", (text,))


def context_of(case: Mapping[str, Any]) -> Context:
    """Make the context of a case; `cluster` gives facts and a live reading, without it nobody could look."""
    kind = topics_kind()
    declarations = _declarations(kind, case)
    reading = _reading(kind, case)
    desired = Desired(
        project="shop",
        environment="test",
        declarations=dict(sorted(declarations.items())),
        tombstones={
            address_of(name): Tombstone(Span("removed", 1, 1), source="text of removed")
            for name in case.get("removed", ())
        },
        allowed={
            address_of(name): Allowance(Span("allowed", 1, 1), frozenset({"messages"}), source="text of allowed")
            for name in case.get("allowed", ())
        },
        clusters={"kafka": "kafka"},
        scope=_scope(case.get("scope"), case.get("grantor", "")),
    )
    subjects = {
        address: Subject(
            address=address,
            kind=kind,
            declaration=declaration,
            fields=declaration.spec.fields(),
            live=reading.resources.get(address) if reading else None,
            reading=reading,
        )
        for address, declaration in desired.declarations.items()
    }
    return Context(desired, subjects, {"kafka": reading} if reading else {})


@dataclass(frozen=True)
class CaseFile:
    """The cases of one code.

    Attributes:
        name: the file's name.
        code: id of the code that its cases are about.
        cases: what is given and what is expected.
    """

    name: str
    code: str
    cases: list[dict[str, Any]]


def case_files() -> list[CaseFile]:
    return [
        CaseFile(file.name, **yaml.safe_load(file.read_text(encoding="utf-8"))) for file in sorted(CASES.glob("*.yaml"))
    ]


def _declarations(kind: Kind[Any], case: Mapping[str, Any]) -> dict[Address, Declaration]:
    declarations: dict[Address, Declaration] = {}
    for name, written in (case.get("topics") or {}).items():
        data = dict(written)
        extra = [_reference(item) for item in data.pop("references", ())]
        lifecycle = Lifecycle.model_validate(data.pop("lifecycle", {}))
        address = address_of(name)
        expansion = kind.expand(address, kind.entry.model_validate(data))
        assert expansion.spec is not None
        declarations[address] = Declaration(
            spec=canonical(kind, expansion.spec),
            positions=Places(),
            origins=(Origin(Span("entry", 1, 1)),),
            lifecycle=lifecycle,
            references=(*expansion.references, *extra),
        )
        for made in expansion.made:
            entry = kind.entry.model_validate(made.data)
            declarations[Address("kafka", made.kind, made.path)] = Declaration(
                spec=canonical(kind, kind.spec.narrow(entry)),
                positions=Places(),
                origins=(Origin(Span("sugar", 1, 1), f"deadLetter of {address}"),),
            )
    return declarations


def canonical(kind: Kind[Any], spec: Spec) -> Spec:
    """Give config values the form that the binding of manifests gives them."""
    data = spec.to_json()
    config = data.get("config")
    if isinstance(config, dict):
        data["config"] = {key: _value(kind, key, value) for key, value in config.items()}
    return kind.spec.model_validate(data)


def _value(kind: Kind[Any], key: str, raw: Any) -> Any:
    setting = kind.settings["config"].get(key)
    value = setting.parse(raw) if setting is not None else raw
    assert not isinstance(value, Problem), value
    return value


def _reading(kind: Kind[Any], case: Mapping[str, Any]) -> Reading | None:
    if "cluster" not in case:
        return None
    facts = dict(case["cluster"] or {})
    source = Source(facts.pop("source", "live"))
    coverage = Coverage(facts.pop("coverage", "named"))
    resources = {}
    for name, data in (case.get("live") or {}).items():
        inherited: dict[Path, Any] = {
            ("config", key): value for key, value in (data or {}).get("inherited", {}).items()
        }
        inherited |= {(key,): value for key, value in (data or {}).get("seen", {}).items()}
        own = {key: value for key, value in (data or {}).items() if key not in ("inherited", "seen")}
        resources[address_of(name)] = Live(canonical(kind, kind.spec.model_validate(own)), inherited=inherited)
    return Reading(
        alias="kafka",
        type="kafka",
        facts=Facts.model_validate({"clusterId": "c1", "brokers": 3, "version": "4.1"} | facts),
        source=source,
        coverage={"topics": coverage},
        resources=resources,
        denied={address_of(name): "no right to describe it" for name in case.get("denied", ())},
    )


def _reference(data: Mapping[str, Any]) -> Reference:
    return Reference(
        (data.get("path", "deadLetter"),), address_of(data["to"]), data.get("role", "schema"), data.get("needed", True)
    )


def _scope(patterns: Iterable[str] | None, grantor: str) -> Scope:
    if patterns is None:
        return Scope(whole=frozenset({"kafka"}))
    return Scope({"kafka": {"topics": tuple(patterns)}}, grantor=grantor)
