"""Declared resources as JSON: what each is, and which line gave each value."""

import json
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration, Desired
from mqinfra.model.frozen import dataclass
from mqinfra.model.span import Path, Span
from mqinfra.render.json_text import printable_json


@dataclass(frozen=True, slots=True)
class Given:
    """Where the value of a field comes from.

    Attributes:
        path: the field.
        span: where it stands; None where nobody wrote it.
        by: the sugar that made it; empty where it is written as it is.
    """

    path: Path
    span: Span | None
    by: str


def rendered_json(desired: Desired, some: Iterable[tuple[Address, Declaration, Iterable[Given]]]) -> str:
    """Write resources of an environment.

    Args:
        desired: the environment.
        some: the resources, each with where its values come from.
    """
    document = {
        "kind": "Rendered",
        "project": desired.project,
        "environment": desired.environment,
        "resources": [_resource(desired, address, item, given) for address, item, given in some],
        "without": {address.text: kind for address, kind in desired.without.declared.items()},
    }
    return printable_json(json.dumps(document, indent=1, ensure_ascii=False)) + "\n"


def _resource(desired: Desired, address: Address, item: Declaration, given: Iterable[Given]) -> Mapping[str, JsonValue]:
    origins: list[JsonValue] = [
        {"topology": one.topology, **_place(one.span), **({"by": one.by} if one.by else {})} for one in item.origins
    ]
    provenance: dict[str, JsonValue] = {
        ".".join(one.path): {**(_place(one.span) if one.span else {}), **({"by": one.by} if one.by else {})}
        for one in given
    }
    return {
        "address": address.text,
        "declared": desired.names.declared(address).text,
        "kind": f"{desired.clusters[address.cluster]}/{address.kind}",
        "spec": item.spec.to_json(),
        "labels": dict(sorted(item.labels.items())),
        "lifecycle": item.lifecycle.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "promises": item.promises.written(),
        "origins": origins,
        "provenance": provenance,
    }


def _place(span: Span) -> dict[str, JsonValue]:
    return {"file": span.file, "line": span.line, "column": span.column}
