"""Pydantic's errors in our own sentences: which field, what was given, what is accepted. Never pydantic's own text.

Separate from `binding` because it runs only when something is wrong and knows pydantic's vocabulary.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from mqinfra.manifest import codes
from mqinfra.manifest.bind.shape import fields_of, models_at, models_in
from mqinfra.manifest.fields import wrong_type
from mqinfra.manifest.text.scalar import describe, number_meant
from mqinfra.manifest.text.source import Place
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.secret import SecretRef
from mqinfra.model.setting import did_you_mean
from mqinfra.model.span import Path

_TYPES = {
    "a whole number": ("int_type", "int_parsing", "int_parsing_size", "int_from_float"),
    "a number": ("float_type", "float_parsing", "finite_number", "decimal_type", "decimal_parsing"),
    "`true` or `false`": ("bool_type", "bool_parsing"),
    "text": ("string_type", "string_sub_type", "string_unicode"),
    "a mapping": ("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"),
    "a list": ("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"),
    "null": ("none_required",),
}
_WANTED = {error: wanted for wanted, errors in _TYPES.items() for error in errors}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
    "multiple_of": ("a multiple of", "multiple_of"),
}
_LENGTHS = {
    "string_too_short": ("at least", "min_length", "characters"),
    "string_too_long": ("at most", "max_length", "characters"),
    "too_short": ("at least", "min_length", "items"),
    "too_long": ("at most", "max_length", "items"),
}

_TYPE_NAME = re.compile(r"\w+(?=\]*$)")
"""The type in pydantic's name of a branch: `SecretRef`, `function-after[_one_source(), SecretRef]`."""

_IN_YAML = {"True": "true", "False": "false", "None": "null"}
_PYTHON_WORD = re.compile(r"(?<![\w`])(?:True|False|None)(?![\w`])")

Find = Callable[[Path], tuple[Place, Place]]


def explain(
    error: ValidationError,
    model: type[BaseModel],
    data: Mapping[str, Any],
    find: Find,
    *,
    what: str,
    address: str | None = None,
    also: tuple[str, ...] = (),
) -> Iterator[Diagnostic]:
    """Tell what is wrong; see `binding.bind` for the arguments."""
    told: dict[tuple[Path, bool], list[Any]] = {}
    for item in _meant_branches(error.errors(include_url=False), model, data):
        path, tagged = _path(item["loc"][:-1] if item["type"] == "missing" else item["loc"], data)
        told.setdefault((path, tagged), []).append(item)
    above = {path[:depth] for path, _ in told for depth in range(len(path))}
    for (path, tagged), items in told.items():
        deeper = tagged and path in above
        own = [item for item in items if item["type"] not in _WANTED]
        if deeper and not own:
            continue  # a branch of a union that was not meant
        key, value = find(path)
        field = _text(path)
        given = _at(data, path)
        secret = _is_secret(model, path)
        if own:
            for item in own:
                yield _tell(item, path, key, value, model, what, address, also, secret=secret)
        else:
            described = _alternatives(dict.fromkeys(_WANTED[item["type"]] for item in items))
            if secret:
                message = f"`{field}` must be {described}"
                yield value.report(codes.WRONG_VALUE, message, address=address, secret=True)
            else:
                hint = number_meant(value.written) if "number" in described else ""
                found = wrong_type(value, f"`{field}`", described, given, hint)
                yield found.model_copy(update={"address": address})


def _tell(
    item: Any,  # noqa: ANN401 - pydantic's ErrorDetails, a TypedDict with optional keys
    path: Path,
    key: Place,
    value: Place,
    model: type[BaseModel],
    what: str,
    address: str | None,
    also: tuple[str, ...],
    *,
    secret: bool,
) -> Diagnostic:
    kind, context, field = item["type"], item.get("ctx", {}), _text(path)
    given = "" if secret else f", got {as_typed(item['input'], value)}"
    if kind == "missing":
        name = str(item["loc"][-1])
        inside = f"`{field}`" if path else what
        return value.report(codes.MISSING_FIELD, f"`{name}` is missing in {inside}", address=address, secret=secret)
    if kind == "extra_forbidden":
        names = [name for one in models_at(model, path[:-1]) for name in fields_of(one)]
        names += also if len(path) == 1 else ()
        names = list(_fields_of_branch(item["loc"], model)) if secret else names
        hint = _meant(path[-1], names)
        inside = f"`{_text(path[:-1])}`" if len(path) > 1 else what
        hidden = secret or any(_is_secret(model, (*path[:-1], name)) and f"`{name}`" in hint for name in names)
        message = f"`{path[-1]}`: unknown field of {inside}"
        return key.report(codes.UNKNOWN_FIELD, message, help=hint, address=address, secret=hidden)
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        message = f"`{field}` must be {words} {context[name]}{given}"
    elif kind in _LENGTHS:
        words, name, unit = _LENGTHS[kind]
        least = context[name]
        message = f"`{field}` must have {words} {least} {unit if least != 1 else unit.removesuffix('s')}"
    elif kind in ("literal_error", "enum"):
        accepted = _PYTHON_WORD.sub(lambda found: f"`{_IN_YAML[found[0]]}`", str(context["expected"]).replace("'", "`"))
        message = f"`{field}` must be {accepted}{given}"
    elif kind in ("value_error", "assertion_error"):
        message = f"`{field}`: {context['error']}" if path else f"{what}: {context['error']}"
    elif kind == "string_pattern_mismatch":
        message = f"`{field}` must match `{context['pattern']}`{given}"
    else:
        message = f"`{field}`: invalid value" if secret else f"{describe(item['input'])}: invalid value for `{field}`"
    return value.report(codes.WRONG_VALUE, message, address=address, secret=secret)


def _meant_branches(errors: Iterable[Any], model: type[BaseModel], data: Any) -> list[Any]:  # noqa: ANN401 - any data
    """Leave out what is wrong with the types of a union that were not meant: those that have fewer of the fields."""
    errors = list(errors)
    known = models_in(model)
    branches: dict[Path, dict[str, int]] = {}
    taken: list[tuple[Path, str] | None] = []
    for item in errors:
        path, label, node = _branch(item["loc"], data)
        name = _TYPE_NAME.search(label)
        branch = known.get(name[0]) if name is not None else None
        if branch is None or not isinstance(node, Mapping):
            taken.append(None)
            continue
        taken.append((path, label))
        branches.setdefault(path, {})[label] = sum(key in fields_of(branch) for key in node)
    best = {path: max(scores, key=lambda label: scores[label]) for path, scores in branches.items()}
    return [item for item, at in zip(errors, taken, strict=True) if at is None or best[at[0]] == at[1]]


def _branch(loc: tuple[int | str, ...], data: Any) -> tuple[Path, str, Any]:  # noqa: ANN401 - any data
    """The first branch of a union in pydantic's place: where the union stands, the branch's name, what stands there."""
    path: list[str] = []
    node = data
    for step in loc[:-1]:
        try:
            node = node[step]
        except (LookupError, TypeError):
            return tuple(path), str(step), node
        path.append(str(step))
    return tuple(path), "", node


def _alternatives(wanted: Iterable[str]) -> str:
    """`true`, `false` or a mapping."""
    *others, last = [part for one in wanted for part in one.split(" or ")]
    return f"{', '.join(others)} or {last}" if others else last


def _meant(word: str, names: list[str]) -> str:
    """Suggest a name; some are settings with the field that they belong under, `config.retention.ms`."""
    settings = {name.partition(".")[2]: name for name in names if "." in name}
    plain = [name for name in names if "." not in name]
    hint = did_you_mean(word, [*plain, *settings]) if settings else ""
    close = hint.removeprefix("did you mean `").removesuffix("`?")
    return f"did you mean `{settings[close]}`?" if close in settings else did_you_mean(word, plain)


def _fields_of_branch(loc: tuple[int | str, ...], model: type[BaseModel]) -> Iterable[str]:
    """Names of the fields of the type in pydantic's place, of a reference to a secret by default."""
    name = _TYPE_NAME.search(str(loc[-2])) if len(loc) > 1 else None
    return fields_of(models_in(model).get(name[0] if name is not None else "", SecretRef))


def as_typed(value: object, place: Place) -> str:
    """A number as somebody wrote it, `1e9`, rather than as we read it, for a message."""
    written = place.written
    return f"`{written}`" if isinstance(value, float) and written[:1].isdecimal() else describe(value)


def _path(loc: tuple[int | str, ...], data: Any) -> tuple[Path, bool]:  # noqa: ANN401 - any data
    """Pydantic's place as a path into the data, without the names of union branches; and whether it had any."""
    path: list[str] = []
    node = data
    for step in loc:
        try:
            node = node[step]
        except (LookupError, TypeError):  # the name of a branch, which the data do not have
            continue
        path.append(str(step))
    return tuple(path), len(path) < len(loc)


def _at(data: Any, path: Path) -> Any:  # noqa: ANN401 - any data
    for step in path:
        data = data[step] if isinstance(data, Mapping) else data[int(step)]
    return data


def _text(path: Path) -> str:
    return ".".join(path)


def _is_secret(model: type[BaseModel], path: Path) -> bool:
    for depth in range(len(path)):
        for one in models_at(model, path[:depth]):
            field = fields_of(one).get(path[depth])
            if field is not None and field.secret:
                return True
    return False
