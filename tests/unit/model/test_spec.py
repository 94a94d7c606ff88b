"""Specs: fields by path, unset and null, markers, and the way to JSON and back."""

from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError

from mqinfra.model.errors import Bug
from mqinfra.model.reading import Live
from mqinfra.model.secret import SecretRef
from mqinfra.model.spec import CreateOnly, GrowOnly, Immutable, Mutability, Secret, Spec, flat, nested


class Binding(BaseModel):
    exchange: str
    key: str = ""


class Queue(Spec):
    max_length: Annotated[int | None, GrowOnly] = None
    kind: Annotated[str, Immutable] = "quorum"
    seed: Annotated[int | None, CreateOnly] = None
    password: Annotated[SecretRef | None, Secret] = None
    bindings: tuple[Binding, ...] = ()
    arguments: dict[str, str | int | None] = Field(default_factory=dict)


class QueueEntry(Queue):
    dead_letter: bool = False


def test_unset_fields_are_absent_and_null_ones_are_not() -> None:
    assert Queue().fields() == {}
    assert Queue(max_length=None).fields() == {("maxLength",): None}
    assert Queue.model_validate({"arguments": {"a": None}}).fields() == {("arguments", "a"): None}


def test_fields_are_json_by_path() -> None:
    queue = Queue(
        max_length=3,
        password=SecretRef(env="PASSWORD"),
        bindings=(Binding(exchange="orders", key="paid"), Binding(exchange="audit")),
        arguments={"x-a": 1, "x-b": "two"},
    )
    assert queue.fields() == {
        ("maxLength",): 3,
        ("password",): {"env": "PASSWORD"},
        ("bindings",): [{"exchange": "orders", "key": "paid"}, {"exchange": "audit"}],
        ("arguments", "x-a"): 1,
        ("arguments", "x-b"): "two",
    }
    assert all(queue.field(path) == value for path, value in queue.fields().items())


def test_fields_are_the_flat_form_of_json() -> None:
    queue = Queue(max_length=3, kind="classic", bindings=(Binding(exchange="orders"),), arguments={"x-a": 1})
    assert flat(queue.to_json()) == queue.fields()
    assert nested(queue.fields()) == queue.to_json()
    assert Queue.model_validate(queue.to_json()) == queue


@pytest.mark.parametrize("path", [("nothing",), ("arguments",), ("arguments", "no"), ("maxLength", "x"), ("seed",)])
def test_a_field_that_is_not_there_is_none(path: tuple[str, ...]) -> None:
    assert Queue(max_length=3, arguments={"x-a": 1}).field(path) is None


def test_markers_say_what_can_change() -> None:
    assert Queue.marker(("maxLength",)).mutability is Mutability.GROW_ONLY
    assert Queue.marker(("kind",)).mutability is Mutability.IMMUTABLE
    assert Queue.marker(("seed",)).mutability is Mutability.CREATE_ONLY
    assert Queue.marker(("arguments", "x-a")).mutability is Mutability.MUTABLE
    assert Queue.marker(("unknown",)).mutability is Mutability.MUTABLE
    assert Queue.marker(("password",)).secret
    assert QueueEntry.marker(("kind",)).mutability is Mutability.IMMUTABLE


def test_markers_reach_json_schema() -> None:
    properties = Queue.model_json_schema()["properties"]
    assert properties["maxLength"]["x-mqinfra-mutability"] == "grow-only"
    assert properties["password"]["x-mqinfra-secret"] is True
    assert "x-mqinfra-mutability" not in properties["arguments"]


def test_an_entry_narrows_to_its_spec_without_its_sugar() -> None:
    entry = QueueEntry(max_length=3, dead_letter=True)
    narrow = Queue.narrow(entry)
    assert type(narrow) is Queue
    assert narrow == Queue(max_length=3)
    assert narrow.fields() == {("maxLength",): 3}


def test_specs_of_one_type_that_declare_the_same_share_the_names_of_it() -> None:
    some = [
        Queue.narrow(QueueEntry(max_length=length, dead_letter=letters)) for length, letters in ((1, True), (2, False))
    ]
    assert some[0].model_fields_set == {"max_length"}
    assert some[0].model_fields_set is some[1].model_fields_set
    assert Queue.narrow(QueueEntry(kind="classic")).model_fields_set == {"kind"}


def test_only_an_entry_of_the_type_narrows_to_it() -> None:
    with pytest.raises(Bug, match="Queue is no QueueEntry"):
        QueueEntry.narrow(Queue())


def test_unknown_fields_are_refused_and_specs_do_not_change() -> None:
    with pytest.raises(ValidationError, match="maxLenght"):
        Queue.model_validate({"maxLenght": 3})
    with pytest.raises(ValidationError, match="frozen"):
        Queue().max_length = 3  # type: ignore[misc]  # the point of the test


def test_a_live_value_is_the_own_one_before_the_inherited() -> None:
    live = Live(
        Queue(arguments={"x-a": 1}), inherited={("arguments", "x-a"): 9, ("arguments", "x-b"): 2, ("maxLength",): 7}
    )
    assert live.value(("arguments", "x-a")) == 1
    assert live.value(("arguments", "x-b")) == 2
    assert live.value(("maxLength",)) == 7
    assert live.value(("seed",)) is None
