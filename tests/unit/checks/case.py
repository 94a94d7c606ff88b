"""Cases of rules: what a user writes and what is live, taken through the loader and the planner as a plan takes them.

A case holds the sections of a manifest (brokers, `removed`, `allowed`, `suppressed`), the project's `scope` and
`policy`, and what is live. They are written to files, loaded, and planned against a session that answers from a
reading.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path as File
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import yaml

from mqinfra.engine.planning import planner
from mqinfra.engine.planning.options import Options
from mqinfra.engine.planning.planner import make_plan
from mqinfra.engine.subjects import check_offline, subjects_of
from mqinfra.engine.survey import Survey, wanted_by
from mqinfra.manifest.loader import Loaded, load
from mqinfra.model.address import Address
from mqinfra.model.declaration import Desired
from mqinfra.model.diagnostic import Diagnostic, Related
from mqinfra.model.reading import Coverage, Facts, Live, Reading, Source
from mqinfra.model.setting import Problem
from mqinfra.model.span import Path, Span
from mqinfra.model.spec import flat
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.rule import Context
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.providers.sandbox.model_session import ModelSession

CASES = File(__file__).parents[2] / "cases" / "checks"
CATALOGUE = installed()
BROKERS = tuple(CATALOGUE.providers)
# What the readings of each broker say where the case says nothing.
_FACTS: Mapping[str, Mapping[str, Any]] = {
    "kafka": {"version": "4.1", "brokers": 3},
    "rabbitmq": {"version": "4.0.5"},
    "redis": {"version": "7.0.15"},
    "registry": {"version": "7.9.0"},
}
# The day by which consent counts.
_TODAY = date(2026, 12, 1)
_HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: shop}\n"
_SECTIONS = (*BROKERS, "removed", "allowed", "suppressed")


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes:
        code: id of the code that it is about.
        name: what it shows.
        given: what is written and what is live.
        expect: what is said of the findings that the code has there.
    """

    code: str
    name: str
    given: Mapping[str, Any]
    expect: list[dict[str, Any]] = field(default_factory=list)

    @property
    def broker(self) -> str:
        """The broker whose cluster, which has its name, the environment has."""
        return str(self.given.get("broker") or next(broker for broker in BROKERS if broker in self.given))

    @cached_property
    def desired(self) -> Desired:
        """What the manifests want, which has to load without an error."""
        with TemporaryDirectory() as folder:
            loaded = self._load(File(folder))
        wrong = [found.message for found in loaded.diagnostics if found.severity.value == "error"]
        assert not wrong, (self.name, wrong)
        return loaded.desired

    def _load(self, folder: File) -> Loaded:
        environment: dict[str, Any] = {"clusters": {self.broker: {"type": self.broker, "sandbox": True}}}
        scope = self.given.get("scope", {"wholeCluster": True})
        grants = None
        if "granted" in self.given:
            grants = folder / "clusters" / "prod.yaml"
            grants.parent.mkdir()
            granted = {"scope": {self.broker: self.given["granted"]}}
            grants.write_text(
                yaml.safe_dump({**environment["clusters"], "projects": {"shop": granted}}), encoding="utf-8"
            )
            environment = {}
        project = {
            "apiVersion": "mqinfra/v1",
            "kind": "Project",
            "metadata": {"name": "shop"},
            "manifests": ["topology.yaml"],
            "scope": {self.broker: scope},
            "environments": {"test": environment},
            **({"policy": self.given["policy"]} if "policy" in self.given else {}),
        }
        (folder / "mqinfra.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")
        body = {name: self.given[name] for name in _SECTIONS if name in self.given}
        text = _HEAD + yaml.safe_dump(body, sort_keys=False, allow_unicode=True)
        (folder / "topology.yaml").write_text(text, encoding="utf-8")
        return load(folder, "test", CATALOGUE, today=_TODAY, clusters=grants)

    @cached_property
    def reading(self) -> Reading | None:
        """What was read of the cluster; None where nobody could look."""
        if "cluster" not in self.given:
            return None
        facts = dict(self.given["cluster"] or {})
        source = Source(facts.pop("source", "live"))
        unread = set(facts.pop("unread", ()))
        kinds = CATALOGUE.providers[self.broker].kinds
        held = Reading(
            alias=self.broker,
            type=self.broker,
            facts=Facts.model_validate({"clusterId": "c1", **_FACTS[self.broker], **facts}),
            source=source,
            coverage={name: Coverage.DENIED if name in unread else Coverage.COMPLETE for name in kinds},
            resources=dict(self._live()),
            denied={Address.parse(text): "no right to describe it" for text in self.given.get("denied", ())},
        )
        session = ModelSession(self.broker, kinds, Snapshot(held))
        wanted = wanted_by(self.desired)[self.broker]
        return session.read({kind: wanted.get(kind, []) for kind in kinds})

    def _live(self) -> Iterator[tuple[Address, Live]]:
        for text, data in (self.given.get("live") or {}).items():
            address = Address.parse(text)
            kind = CATALOGUE.kind(self.broker, address.kind)
            assert kind is not None, text
            own = dict(data or {})
            inherited: dict[Path, Any] = flat(own.pop("inherited", {}))
            yield address, Live(kind.spec.model_validate(canonical(kind, own)), inherited=inherited)

    @cached_property
    def context(self) -> Context:
        """What the planner shows the rules; offline, what `validate` shows them."""
        reading = self.reading
        if reading is None:
            return Context(self.desired, subjects_of(self.desired, CATALOGUE))
        shown: list[Context] = []

        def look(context: Context, *_: object) -> list[Diagnostic]:
            shown.append(context)
            return []

        with patch.object(planner, "run", look):
            self._plan(reading)
        return shown[0]

    def _plan(self, reading: Reading) -> list[Diagnostic]:
        session = ModelSession(self.broker, CATALOGUE.providers[self.broker].kinds, Snapshot(reading))
        survey = Survey({self.broker: session}, {self.broker: reading})
        return list(make_plan(self.desired, survey, CATALOGUE, Options(today=_TODAY)).diagnostics)

    @cached_property
    def findings(self) -> list[Diagnostic]:
        """What a plan or `validate` finds by the code."""
        reading = self.reading
        everything = check_offline(self.desired, CATALOGUE, _TODAY) if reading is None else self._plan(reading)
        return [found for found in everything if found.code == self.code]

    def at(self, span: Span | None, address: str, wanted: str | None) -> str | None:
        """Name the place of a finding: as the case does if it stands there, else as it stands in the text."""
        if span is None:
            return None
        if wanted is not None and span in self._places(address, wanted):
            return wanted
        return str(span)

    def related(self, related: Related, wanted: str | None = None) -> str:
        """Name a second place of a finding and what is said of it: `PLACE: LABEL`."""
        place = (wanted or "").partition(": ")[0]
        known = {str(address) for address in (*self.desired.declarations, *self.desired.tombstones)}
        found = (self.at(related.span, address, place) for address in sorted(known))
        return f"{place if place in found else related.span}: {related.label}"

    def _places(self, address: str, at: str) -> Iterator[Span | None]:
        """Spans that a case may mean by `removed`, `allowed`, `entry`, `sugar`, a field, or `key` and a field."""
        desired = self.desired
        for known, tombstone in desired.tombstones.items():
            if at == "removed" and str(known) == address:
                yield tombstone.span
        for known, allowance in desired.allowed.items():
            if at == "allowed" and str(known) == address:
                yield allowance.span
        for known, declaration in desired.declarations.items():
            if str(known) != address:
                continue
            origin = declaration.origins[0]
            if at == ("entry" if origin.by is None else "sugar"):
                yield origin.span
            look = declaration.positions.key_span if at.startswith("key ") else declaration.positions.span
            for path in _readings_of(at.removeprefix("key ")):
                yield look(path)


def _readings_of(field_text: str) -> Iterator[Path]:
    """The paths that a dotted text may mean, since keys of brokers have dots too: `config.retention.ms`."""
    words = field_text.split(".")
    yield tuple(words)
    for head in range(len(words)):
        yield (*words[:head], ".".join(words[head:]))


def canonical(kind: Kind[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Give settings the form that a provider's reading gives them."""
    entry = dict(data)
    for name, table in kind.settings.items():
        for key, raw in (entry.get(name) or {}).items():
            setting = table.get(key)
            value = setting.parse(raw) if setting is not None else raw
            assert not isinstance(value, Problem), value
            entry[name] = {**entry[name], key: value}
    return entry


def all_cases() -> list[Case]:
    """Every case of every file, in the order of the files."""
    return [
        Case(document["code"], given.pop("name"), given, given.pop("expect", None) or [])
        for file in sorted(CASES.glob("*.yaml"))
        if (document := yaml.safe_load(file.read_text(encoding="utf-8")))
        for given in document["cases"]
    ]
