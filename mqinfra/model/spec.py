"""What a resource looks like. Each kind derives a frozen `Spec`; desired and live resources share the type.

A field that nobody declared is *unset* (not in `model_fields_set`); `None` means the broker's default. Both compare
equal to a live resource that inherits. Python names are snake_case, manifests and JSON are camelCase.
"""

from collections.abc import ItemsView, Iterator, Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Self, cast

from pydantic import BaseModel, GetJsonSchemaHandler, JsonValue, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from mqinfra.model.errors import Bug
from mqinfra.model.frozen import dataclass
from mqinfra.model.span import Path
from mqinfra.model.written import Written

Fields = Mapping[Path, JsonValue]
"""Fields of a resource by path, as `Spec.fields` gives them."""


class Mutability(StrEnum):
    """Whether a field can change on a live resource."""

    MUTABLE = "mutable"
    GROW_ONLY = "grow-only"
    IMMUTABLE = "immutable"
    CREATE_ONLY = "create-only"
    ONCE = "once"
    """It is done once for each `id` that it has, and never compared."""
    OBSERVED = "observed"
    """No manifest declares it. The broker keeps it, and a plan may set it to what other fields came to."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Annotation of a Spec field, `Annotated[int | None, Marker(Mutability.GROW_ONLY)]`; it reaches JSON Schema.

    Attributes:
        mutability: immutable differences block or replace; create-only fields are never compared, nor is what is done
            once; observed ones only where a plan sets them.
        secret: the value is a reference to a secret and never shown.
    """

    mutability: Mutability = Mutability.MUTABLE
    secret: bool = False

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        described = handler(schema)
        if self.mutability is not Mutability.MUTABLE:
            described["x-mqinfra-mutability"] = self.mutability.value
        if self.secret:
            described["x-mqinfra-secret"] = True
        return described


GrowOnly = Marker(Mutability.GROW_ONLY)
Immutable = Marker(Mutability.IMMUTABLE)
CreateOnly = Marker(Mutability.CREATE_ONLY)
Once = Marker(Mutability.ONCE)
Observed = Marker(Mutability.OBSERVED)
Secret = Marker(secret=True)
_PLAIN = Marker()


@dataclass(frozen=True, slots=True)
class FromFile:
    """Annotation of an entry's field that names a file with the text of another field, as which it is read.

    Attributes:
        field: the other field, by its name in manifests.
    """

    field: str


class Spec(Written):
    """Base of every kind's declaration of one resource.

    Attributes:
        unwritten: values that say what leaving the field out says, by names in manifests; nobody writes them down.
    """

    unwritten: ClassVar[Mapping[str, JsonValue]] = MappingProxyType({})

    @classmethod
    def marker(cls, path: Path) -> Marker:
        """Find the marker of the field that a path starts with; a plain mutable one when there is none."""
        return _markers(cls).get(path[0], _PLAIN)

    @classmethod
    def secret_fields(cls) -> tuple[str, ...]:
        """Names of the fields that hold references to secrets."""
        return _secret_fields(cls)

    @classmethod
    def fields_that_are(cls, mutability: Mutability) -> tuple[str, ...]:
        """Names of the fields with a marker."""
        return tuple(alias for alias, marker in _markers(cls).items() if marker.mutability is mutability)

    def declarable(self) -> Self:
        """The same without what no manifest declares."""
        observed = type(self).fields_that_are(Mutability.OBSERVED)
        hidden = {name for name, alias in _aliases(type(self)).items() if alias in observed}
        if self.model_fields_set.isdisjoint(hidden):
            return self
        shown = self.model_fields_set - hidden
        values = {name: getattr(self, name) for name in type(self).model_fields if name not in hidden}
        return cast("Self", type(self).model_construct(set(shown), **values))

    @classmethod
    def file_fields(cls) -> Mapping[str, str]:
        """Names of the fields that name files, and of each the field whose text is in the file."""
        return _file_fields(cls)

    def fields(self) -> dict[Path, JsonValue]:
        """List the declared fields by path, mappings one key deep; unset fields are absent, null ones None."""
        declared: dict[Path, JsonValue] = {}
        aliases = _aliases(type(self))
        held = self.__dict__
        for name in self.model_fields_set:
            value: Any = held[name]
            alias = aliases[name]
            if isinstance(value, dict):
                for key, item in value.items():
                    declared[(alias, key)] = _json(item)
            else:
                declared[(alias,)] = value if value.__class__ in _PLAIN_TYPES else _json(value)
        return declared

    def field(self, path: Path) -> JsonValue:
        """One declared field, as `fields` has it under its path; None when it is unset, null or unknown."""
        name = _names(type(self)).get(path[0])
        if name is None or name not in self.model_fields_set:
            return None
        value: Any = getattr(self, name)
        if isinstance(value, dict):
            return _json(value.get(path[1])) if len(path) == 2 else None
        return _json(value) if len(path) == 1 else None

    @classmethod
    def narrow(cls, wider: "Spec") -> Self:
        """Take the fields of this type out of a validated value of it or of a type derived from it."""
        if type(wider) is cls:
            return wider
        values = wider.__dict__.copy()
        for name in _more(type(wider), cls):
            del values[name]
        return cls.of_sound(_declared(cls, frozenset(wider.model_fields_set)), values)

    @classmethod
    def of_sound(cls, declared: set[str], values: dict[str, Any]) -> Self:
        """Make one of values that are known to be sound, as copies are made: a tenth of the time of `model_construct`.

        Args:
            declared: names of the fields that are set; specs may share it.
            values: the values of all fields, unset ones too, by their names in Python.
        """
        made = cls.__new__(cls)
        _put(made, "__dict__", values)
        _put(made, "__pydantic_fields_set__", declared)
        _put(made, "__pydantic_extra__", None)
        _put(made, "__pydantic_private__", None)
        return made

    def to_json(self) -> dict[str, JsonValue]:
        """Write the declared fields as JSON, keys in the order of the type, mappings sorted."""
        declared, held = self.model_fields_set, self.__dict__
        found: dict[str, JsonValue] = {}
        for name, alias in _aliases(type(self)).items():
            if name in declared:
                value = held[name]
                if value.__class__ not in _PLAIN_TYPES:
                    value = _json(dict(sorted(value.items())) if isinstance(value, dict) else value)
                found[alias] = value
        return found


class ImplicitSpec(Spec):
    """Base of resources with fields that have a value also when they are left out, so that it is compared and shown.

    Attributes:
        implicit: values of fields that are left out, by their names in manifests; a null leaves a field out too.
        without_nulls: fields with the broker's own keys in which a key that is null is left out.
    """

    implicit: ClassVar[Mapping[str, JsonValue]] = MappingProxyType({})
    without_nulls: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _fill_defaults(cls, data: Any) -> Any:  # noqa: ANN401 - whatever is to be validated
        if not isinstance(data, dict):
            return data
        names = _names(cls)
        given = dict(data)
        if None in given.values():
            # A field that the type does not have stays, also one that is null, so that it is refused.
            given = {name: value for name, value in data.items() if value is not None or name not in names}
        for name, value in cls.implicit.items():
            if name not in given and names[name] not in given:
                given[name] = value
        for name in cls.without_nulls:
            if isinstance(given.get(name), dict):
                given[name] = {key: value for key, value in given[name].items() if value is not None}
        return given


class WholeSpec(ImplicitSpec):
    """Base of resources that are written whole: what is left out is removed, and not left alone as elsewhere."""


_put = object.__setattr__
_PLAIN_TYPES = frozenset((str, int, float, bool, type(None)))
"""Of values that JSON has as they are; looked up before `_json` is called, as most values are of one of them."""


def _json(value: Any) -> JsonValue:  # noqa: ANN401 - whatever a field holds
    """Write a field's value as JSON, models inside lists and mappings too."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    return [_json(item) for item in value]


class SpecDocument(Mapping[str, JsonValue]):
    """A spec as JSON that remembers the spec it was written from, so that who needs that does not validate it again.

    It is written once somebody reads it: of most resources that a plan creates nobody does.

    Attributes:
        spec: the spec.
    """

    __slots__ = ("_written", "spec")

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._written: dict[str, JsonValue] | None = None

    @property
    def written(self) -> dict[str, JsonValue]:
        """The document itself, which nobody changes."""
        if self._written is None:
            self._written = self.spec.to_json()
        return self._written

    def __getitem__(self, name: str) -> JsonValue:
        return self.written[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.written)

    def __len__(self) -> int:
        return len(self.written)

    def __repr__(self) -> str:
        return repr(self.written)

    def items(self) -> ItemsView[str, JsonValue]:
        """Those of a dict, which are faster than a mapping's."""
        return self.written.items()


def nested(fields: Fields) -> dict[str, JsonValue]:
    """Turn fields by path back into the shape of a spec: `{"config": {"retention.ms": 1}}`."""
    result: dict[str, JsonValue] = {}
    for path, value in fields.items():
        if len(path) == 1:
            result[path[0]] = value
        else:
            inner = result.setdefault(path[0], {})
            if isinstance(inner, dict):
                inner[path[1]] = value
    return result


def flat(data: Mapping[str, JsonValue]) -> dict[Path, JsonValue]:
    """Turn the shape of a spec into fields by path, mappings one key deep; the reverse of `nested`."""
    result: dict[Path, JsonValue] = {}
    for name, value in data.items():
        if isinstance(value, dict):
            result.update({(name, key): item for key, item in value.items()})
        else:
            result[name,] = value
    return result


@cache
def _markers(spec: type[Spec]) -> Mapping[str, Marker]:
    return {
        alias: next((item for item in spec.model_fields[name].metadata if isinstance(item, Marker)), _PLAIN)
        for name, alias in _aliases(spec).items()
    }


@cache
def _secret_fields(spec: type[Spec]) -> tuple[str, ...]:
    return tuple(alias for alias, marker in _markers(spec).items() if marker.secret)


@cache
def _file_fields(spec: type[Spec]) -> Mapping[str, str]:
    return {
        alias: item.field
        for name, alias in _aliases(spec).items()
        for item in spec.model_fields[name].metadata
        if isinstance(item, FromFile)
    }


@cache
def _aliases(spec: type[Spec]) -> dict[str, str]:
    return {name: info.alias or name for name, info in spec.model_fields.items()}


@cache
def _more(wider: type[Spec], narrower: type[Spec]) -> tuple[str, ...]:
    """The fields that a type has beside those of the one that it is derived from."""
    if not issubclass(wider, narrower):
        raise Bug(f"{wider.__name__} is no {narrower.__name__}")
    return tuple(name for name in wider.model_fields if name not in narrower.model_fields)


@cache
def _declared(spec: type[Spec], names: frozenset[str]) -> set[str]:
    """The names that are fields of a type. One set for all specs that declare the same: it is larger than they are."""
    return set(names & spec.model_fields.keys())


@cache
def _names(spec: type[Spec]) -> Mapping[str, str]:
    return {alias: name for name, alias in _aliases(spec).items()}
