"""Builds what rules see of Redis out of a case file: entries with their sugar, what is live, and traits."""

from collections.abc import Mapping
from typing import Any

from mqinfra.engine.diff import compare
from mqinfra.engine.guard import judge
from mqinfra.engine.measure import Measure
from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Desired, Origin, Tombstone
from mqinfra.model.reading import Coverage, Facts, Live, Reading
from mqinfra.model.scope import Scope
from mqinfra.model.span import Path, Span
from mqinfra.model.spec import flat
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.rule import Context, Subject
from tests.unit.checks.topic_case import Places

KINDS: Mapping[str, Kind[Any]] = installed().providers["redis"].kinds


def context_of(case: Mapping[str, Any]) -> Context:
    """Make the context of a case: `redis` is the manifest's section, `live` what is there by address."""
    declarations: dict[Address, Declaration] = {}
    for late in (False, True):
        for kind, entries in case["redis"].items():
            if KINDS[kind].late is late:
                for name, data in (entries or {}).items():
                    declare(Address("redis", kind, (name,)), data or {}, declarations)
    reading = reading_of(case) if "cluster" in case else None
    desired = Desired(
        project="shop",
        environment="test",
        declarations=dict(sorted(declarations.items())),
        tombstones={
            Address.parse(text): Tombstone(Span("removed", 1, 1), source="text of removed")
            for text in case.get("removed", ())
        },
        clusters={"redis": "redis"},
        scope=scope_of(case),
    )
    subjects = {address: subject_of(address, item, reading) for address, item in desired.declarations.items()}
    return Context(desired, subjects, {"redis": reading} if reading else {})


def scope_of(case: Mapping[str, Any]) -> Scope:
    """`scope` gives the patterns of what is owned; without it, all is."""
    if "scope" not in case:
        return Scope(whole=frozenset({"redis"}))
    patterns = {word: tuple(some) for word, some in case["scope"].items()}
    return Scope(patterns={"redis": patterns}, ownership={"redis": installed().providers["redis"].ownership})


def declare(address: Address, data: Mapping[str, Any], declarations: dict[Address, Declaration]) -> None:
    kind = KINDS[address.kind]
    entry = dict(data)
    for field, table in kind.settings.items():
        for key, value in (entry.get(field) or {}).items():
            setting = table.get(key)
            assert setting is not None
            entry[field] = {**entry[field], key: setting.parse(value)}
    expansion = kind.expand(address, kind.entry.model_validate(entry), declarations)
    if expansion.spec is not None:
        declarations[address] = Declaration(
            spec=expansion.spec,
            positions=Places(),
            origins=(Origin(Span("entry", 1, 1)),),
            references=expansion.references,
        )
    for made in expansion.made:
        declare(Address("redis", made.kind, made.path), made.data, declarations)


def reading_of(case: Mapping[str, Any]) -> Reading:
    resources = {}
    for text, data in (case.get("live") or {}).items():
        address = Address.parse(text)
        own = {key: value for key, value in (data or {}).items() if key != "inherited"}
        inherited: dict[Path, Any] = flat((data or {}).get("inherited", {}))
        resources[address] = Live(KINDS[address.kind].spec.model_validate(own), inherited=inherited)
    return Reading(
        alias="redis",
        type="redis",
        facts=Facts(cluster_id="c1", version="7.0.15", traits=case["cluster"] or {}),
        coverage=dict.fromkeys(KINDS, Coverage.NAMED),
        resources=resources,
    )


def subject_of(address: Address, declaration: Declaration, reading: Reading | None) -> Subject:
    kind, fields = KINDS[address.kind], declaration.spec.fields()
    live = reading.resources.get(address) if reading is not None else None
    change = None
    if reading is not None:
        change = compare(address, declaration, fields, live, Measure(kind, lambda *_: True)).change
        if change is not None and live is not None:
            change = judge(change, declaration, live, kind, reading.facts).change
    return Subject(address, kind, declaration, fields, live, change, reading)
