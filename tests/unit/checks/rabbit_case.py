"""Builds what rules see of RabbitMQ out of a case file: what stands in one vhost, with its sugar, and what is live."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mqinfra.engine.diff import compare
from mqinfra.engine.guard import judge
from mqinfra.engine.measure import Measure
from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Desired, Origin, Tombstone
from mqinfra.model.reading import Coverage, Facts, Live, Reading
from mqinfra.model.scope import Scope
from mqinfra.model.setting import Problem
from mqinfra.model.span import Span
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.expansion import Made
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.rule import Context, Subject
from tests.unit.checks.topic_case import Places

PROVIDER = installed().providers["rabbitmq"]
KINDS: Mapping[str, Kind[Any]] = PROVIDER.kinds
VHOST = "shop"


def context_of(case: Mapping[str, Any]) -> Context:
    """Make the context of a case.

    `rabbitmq` holds the sections of the vhost `shop`, and users and vhosts beside them; `live` what is there by
    address, and `others` neighbours that nobody asked for.
    """
    declarations: dict[Address, Declaration] = {}
    for late in (False, True):
        for name, entries in case["rabbitmq"].items():
            if KINDS[name].late is late:
                for address, data in addressed(KINDS[name], entries or {}):
                    declare(address, data, declarations)
    for kind in KINDS.values():
        conclude(kind, declarations)
    reading = reading_of(case) if "cluster" in case else None
    desired = Desired(
        project="shop",
        environment="test",
        declarations=dict(sorted(declarations.items())),
        tombstones={
            Address.parse(text): Tombstone(Span("removed", 1, 1), source="text of removed")
            for text in case.get("removed", ())
        },
        clusters={"rabbitmq": "rabbitmq"},
        scope=scope_of(case),
    )
    subjects = {address: subject_of(address, item, reading) for address, item in desired.declarations.items()}
    return Context(desired, subjects, {"rabbitmq": reading} if reading else {})


def addressed(kind: Kind[Any], entries: Any) -> list[tuple[Address, Mapping[str, Any]]]:
    """Name the entries of a section as the loader does."""
    if kind.named_by:
        return [(Address("rabbitmq", kind.name, (VHOST,), kind.pairs_of(data)), data) for data in entries]
    within = (VHOST,) if kind.within else ()
    return [(Address("rabbitmq", kind.name, (*within, *name.split("/"))), data or {}) for name, data in entries.items()]


def declare(
    address: Address, data: Mapping[str, Any], declarations: dict[Address, Declaration], because: str | None = None
) -> None:
    kind = KINDS[address.kind]
    expansion = kind.expand(address, kind.entry.model_validate(canonical(kind, data)), declarations)
    if expansion.spec is not None:
        declarations[address] = Declaration(
            spec=expansion.spec,
            positions=Places(),
            origins=(Origin(Span("sugar" if because else "entry", 1, 1), because),),
            references=expansion.references,
            pending=expansion.pending,
        )
    for made in expansion.made:
        make(made, address, declarations)


def make(made: Made, source: Address, declarations: dict[Address, Declaration]) -> None:
    address = Address(source.cluster, made.kind, made.path, made.pairs)
    declare(address, made.data, declarations, f"{'.'.join(made.because)} of {source}")


def conclude(kind: Kind[Any], declarations: dict[Address, Declaration]) -> None:
    """Say what follows from all declarations, as the loader does."""
    conclusions = kind.conclude(dict(declarations))
    for address, references in conclusions.references.items():
        known = declarations[address]
        declarations[address] = replace(known, references=(*known.references, *references))
    for address, made in conclusions.made:
        make(made, address, declarations)


def canonical(kind: Kind[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Give settings the form that the binding of manifests gives them."""
    entry = dict(data)
    for field, table in kind.settings.items():
        for key, raw in (entry.get(field) or {}).items():
            setting = table.get(key)
            value = setting.parse(raw) if setting is not None else raw
            assert not isinstance(value, Problem), value
            entry[field] = {**entry[field], key: value}
    return entry


def reading_of(case: Mapping[str, Any]) -> Reading:
    facts = {"version": "4.0.5", **(case["cluster"] or {})}
    version = str(facts.pop("version"))
    return Reading(
        alias="rabbitmq",
        type="rabbitmq",
        facts=Facts(cluster_id="c1", version=version, traits=facts),
        coverage=dict.fromkeys(KINDS, Coverage.NAMED),
        resources=live_of(case.get("live")),
        others=live_of(case.get("others")),
    )


def live_of(resources: Mapping[str, Any] | None) -> dict[Address, Live]:
    found = {}
    for text, data in (resources or {}).items():
        address = Address.parse(text)
        kind = KINDS[address.kind]
        found[address] = Live(kind.spec.model_validate(canonical(kind, data or {})))
    return found


def scope_of(case: Mapping[str, Any]) -> Scope:
    """`scope` gives the patterns of names that are owned in the vhost; without it, all is."""
    if "scope" not in case:
        return Scope(whole=frozenset({"rabbitmq"}))
    said = dict(case["scope"])
    parts = {"rabbitmq": {vhost: tuple(names) for vhost, names in said.pop("parts", {}).items()}}
    patterns = {"rabbitmq": {word: tuple(names) for word, names in said.items()}}
    return Scope(patterns, parts=parts, ownership={"rabbitmq": PROVIDER.ownership})


def subject_of(address: Address, declaration: Declaration, reading: Reading | None) -> Subject:
    kind, fields = KINDS[address.kind], declaration.spec.fields()
    live = reading.resources.get(address) if reading is not None else None
    change = None
    if reading is not None:
        change = compare(address, declaration, fields, live, Measure(kind, lambda *_: True)).change
        if change is not None and live is not None:
            change = judge(change, declaration, live, kind, reading.facts).change
    return Subject(address, kind, declaration, fields, live, change, reading)
