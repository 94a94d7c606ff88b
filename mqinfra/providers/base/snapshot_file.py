"""Snapshots as a file, which export, tests, plans and the sandbox share.

Separate from snapshots, since a run that has no such file need not make the models that read one. What resources
inherit repeats from one to the next, so it is kept once per distinct set.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pydantic_core
from pydantic import Field, JsonValue, ValidationError

from mqinfra.model.address import Address, AddressError, text_of
from mqinfra.model.document import Document
from mqinfra.model.reading import Coverage, Facts, Figures, Live, Reading, Source
from mqinfra.model.record import Owner
from mqinfra.model.span import Path
from mqinfra.model.spec import Spec, flat, nested
from mqinfra.providers.base.catalogue import Catalogue
from mqinfra.providers.base.records import Stored
from mqinfra.providers.base.snapshot import Snapshot, SnapshotError

FORMAT_VERSION = "1.0"
_REPLACED = "\ufffd"


class _Resource(Document):
    spec: dict[str, JsonValue]
    identity: str = ""
    inherits: int | None = None
    messages: int | None = None
    consumers: tuple[str, ...] | None = None
    positions: int | None = None


class _Records(Document):
    project: str
    environment: str
    exists: bool = True
    texts: dict[str, str] = Field(default_factory=dict)


class _Cluster(Document):
    type: str
    source: Source
    facts: Facts
    serial: int = 0
    coverage: dict[str, Coverage] = Field(default_factory=dict)
    inherited: tuple[dict[str, JsonValue], ...] = ()
    resources: dict[str, _Resource] = Field(default_factory=dict)
    denied: dict[str, str] = Field(default_factory=dict)
    records: tuple[_Records, ...] = ()


class _File(Document):
    kind: str
    format_version: str
    taken_at: datetime | None = None
    clusters: dict[str, _Cluster]


Specs = dict[Address, tuple[Spec, dict[str, JsonValue]]]
"""What was written of specs, for who writes the same snapshot again and again with a few of them changed."""


def to_json(snapshots: Mapping[str, Snapshot], taken: datetime | None = None, *, specs: Specs | None = None) -> str:
    """Write snapshots by alias, resources sorted by address.

    Args:
        snapshots: what to write.
        taken: when they were read, in UTC; None leaves it out.
        specs: what was written before, to be read and written.
    """
    specs = {} if specs is None else specs
    document = {
        "kind": "Snapshot",
        "formatVersion": FORMAT_VERSION,
        **({"takenAt": taken.isoformat(timespec="seconds")} if taken is not None else {}),
        "clusters": {alias: _dump(snapshots[alias], specs) for alias in sorted(snapshots)},
    }
    try:
        text = pydantic_core.to_json(document, indent=1).decode()
    except ValueError:
        text = _REPLACED
    # A lone surrogate, which a broker's text may hold, raises in a value and is silently replaced in a key.
    return (text if _REPLACED not in text else json.dumps(document, indent=1, ensure_ascii=False)) + "\n"


def from_json(text: str, catalogue: Catalogue) -> dict[str, Snapshot]:
    """Read snapshots by alias.

    Raises:
        SnapshotError: no JSON, no snapshot, another major version of the format, or a resource that does not fit.
    """
    try:
        file = _File.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SnapshotError(
            f"it does not read as a snapshot: {first['msg']}" + (f" at {place}" if place else "")
        ) from None
    if file.kind != "Snapshot":
        raise SnapshotError(f"it is a {file.kind}, not a Snapshot")
    if file.format_version.split(".")[0] != FORMAT_VERSION.split(".", maxsplit=1)[0]:
        raise SnapshotError(f"its format is {file.format_version}, and this mqinfra reads {FORMAT_VERSION}")
    taken = _utc(file.taken_at) if file.taken_at is not None else None
    return {alias: _load(alias, cluster, catalogue, taken) for alias, cluster in file.clusters.items()}


def _utc(taken: datetime) -> datetime:
    return taken.replace(tzinfo=UTC) if taken.tzinfo is None else taken.astimezone(UTC)


def _dump(snapshot: Snapshot, specs: Specs) -> dict[str, Any]:
    reading = snapshot.reading
    sets: dict[int, int] = {}
    inherited: list[dict[str, JsonValue]] = []
    resources: dict[str, dict[str, Any]] = {}
    for address in sorted(reading.resources, key=text_of):
        live = reading.resources[address]
        spec, written = specs.get(address) or (None, {})
        if spec is not live.spec:
            written = live.spec.to_json()
            specs[address] = live.spec, written
        entry: dict[str, Any] = {"spec": written}
        if live.identity:
            entry["identity"] = live.identity
        if live.inherited and reading.source is not Source.SANDBOX:
            key = id(live.inherited)
            if key not in sets:
                sets[key] = len(inherited)
                inherited.append(nested(live.inherited))
            entry["inherits"] = sets[key]
        figures = snapshot.figures.get(address)
        if figures is not None:
            entry |= {"messages": figures.messages, "consumers": figures.consumers}
            if figures.positions is not None:
                entry["positions"] = figures.positions
        resources[address.text] = entry
    return {
        "type": reading.type,
        "source": reading.source.value,
        "serial": snapshot.serial,
        "facts": _facts(reading.facts),
        "coverage": {kind: coverage.value for kind, coverage in reading.coverage.items()},
        "inherited": inherited,
        "resources": resources,
        "denied": {str(address): reason for address, reason in sorted(reading.denied.items())},
        "records": [_records(owner, snapshot.records[owner]) for owner in sorted(snapshot.records)],
    }


def _records(owner: Owner, stored: Stored) -> dict[str, Any]:
    texts = {key: stored.texts[key] for key in sorted(stored.texts)}
    return {"project": owner.project, "environment": owner.environment, "exists": stored.exists, "texts": texts}


def _facts(facts: Facts) -> dict[str, Any]:
    empty = {name for name in ("traits", "known_as") if not getattr(facts, name)}
    return facts.model_dump(mode="json", by_alias=True, exclude=empty)


def _load(alias: str, cluster: _Cluster, catalogue: Catalogue, taken: datetime | None) -> Snapshot:
    inherited: list[Mapping[Path, JsonValue]] = [flat(values) for values in cluster.inherited]
    defaults: dict[str, Mapping[Path, JsonValue]] = {}
    resources: dict[Address, Live] = {}
    figures: dict[Address, Figures] = {}
    for text, entry in cluster.resources.items():
        address = _address(text, alias)
        kind = catalogue.kind(cluster.type, address.kind)
        if kind is None:
            raise SnapshotError(f"`{text}` is of an unknown kind on {cluster.type}")
        if entry.inherits is not None and not 0 <= entry.inherits < len(inherited):
            raise SnapshotError(f"`{text}` inherits from set {entry.inherits}, which is not in the file")
        try:
            spec = kind.spec.model_validate(entry.spec)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise SnapshotError(f"`{text}` does not fit its kind: {first['msg']} at {place}") from None
        if entry.inherits is not None:
            own = inherited[entry.inherits]
        elif address.kind in defaults:
            own = defaults[address.kind]
        else:
            own = defaults[address.kind] = kind.inherited(cluster.facts)
        resources[address] = Live(spec, entry.identity, own)
        if entry.messages is not None or entry.consumers is not None or entry.positions is not None:
            figures[address] = Figures(entry.messages, entry.consumers, positions=entry.positions)
    reading = Reading(
        alias=alias,
        type=cluster.type,
        facts=cluster.facts,
        source=cluster.source,
        coverage=cluster.coverage,
        resources=resources,
        denied={_address(text, alias): reason for text, reason in cluster.denied.items()},
        taken=taken,
    )
    records = {Owner(held.project, held.environment): Stored(held.exists, held.texts) for held in cluster.records}
    return Snapshot(reading, figures, cluster.serial, records)


def _address(text: str, alias: str) -> Address:
    try:
        address = Address.parse(text)
    except AddressError as error:
        raise SnapshotError(str(error)) from None
    if address.cluster != alias:
        raise SnapshotError(f"`{text}` is listed under cluster `{alias}`")
    return address
