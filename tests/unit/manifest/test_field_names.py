"""A field has one name in manifests: whatever is bound from YAML refuses the names that Python code uses."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from mqinfra.manifest.bind.binding import bind
from mqinfra.manifest.bind.positions import Layers
from mqinfra.manifest.text.source import Place, Source
from mqinfra.model.declaration import Lifecycle
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.catalogue import installed

CATALOGUE = installed()
BOUND: dict[str, type[BaseModel]] = {
    **{f"{kind.broker}/{kind.name}": kind.entry for kind in CATALOGUE.kinds()},
    **{f"cluster {name}": provider.connection for name, provider in CATALOGUE.providers.items()},
    "lifecycle": Lifecycle,
}


def misnamed(model: type[BaseModel]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each field whose Python name is another than its name in manifests, also of models inside, with data for it."""
    for name, info in model.model_fields.items():
        if info.alias not in (None, name):
            yield name, {name: None}
        for inner, data in inside(info.annotation):
            yield inner, {info.alias or name: data}


def inside(annotation: Any) -> Iterator[tuple[str, Any]]:
    """The same for the models in an annotation, in the lists and mappings that it wants."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from misnamed(annotation)
        return
    for part in get_args(annotation):
        for name, data in inside(part):
            origin = get_origin(annotation)
            yield name, {"x": data} if origin is dict else [data] if origin in (tuple, list) else data


FIELDS = [(root, name, data) for root, model in BOUND.items() for name, data in misnamed(model)]


@pytest.mark.parametrize(("root", "name", "data"), FIELDS, ids=str)
def test_python_names_are_no_fields_of_manifests(root: str, name: str, data: dict[str, Any]) -> None:
    found: list[Diagnostic] = []
    assert bind(BOUND[root], data, Layers(Place(Source("t", ""), 0), ()), found, what="it") is None
    assert any(item.code == "MQ112" and f"`{name}`" in item.message for item in found), found


def test_fields_of_all_depths_are_looked_at() -> None:
    names = {(root, name) for root, name, _ in FIELDS}
    assert {
        ("kafka/topics", "replication_factor"),
        ("rabbitmq/queues", "routing_key"),
        ("redis/streams", "start_at"),
        ("cluster kafka", "key_password"),
    } <= names
