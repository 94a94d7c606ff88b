"""Frozen records: the standard library's dataclasses, of which classes and values take less time to make.

Every command makes some hundred and fifty of these classes before it does anything, and a plan of 10,000 resources a
quarter of a million of their values. The standard library compiles six functions per class where one is needed, and
fills slots by `object.__setattr__`, which takes four times as long as assignments do.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, fields, is_dataclass
from dataclasses import dataclass as standard
from functools import partial
from reprlib import recursive_repr
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # So that it is checked which fields there are, and what they may be.
    from dataclasses import dataclass
    from dataclasses import replace as copied
else:

    def dataclass(
        *, frozen: bool, slots: bool, eq: bool = True, order: bool = False
    ) -> Callable[[type[Any]], type[Any]]:
        """Make a class a frozen record with slots, as `dataclasses.dataclass` does.

        Args:
            frozen: true; others are left to the standard library.
            slots: true, likewise.
            eq: values are equal that have equal fields, and are hashed by them.
            order: values are sorted by their fields.

        Raises:
            TypeError: it is to be no frozen record with slots.
        """
        if not (frozen and slots):
            raise TypeError("only for `frozen=True, slots=True`; use `dataclasses.dataclass`")
        return lambda cls: _record(cls, eq=eq, order=order)

    def copied(record: Any, /, **values: Any) -> Any:  # noqa: ANN401 - any record, and what its fields are
        """Copy a frozen record with some values changed: each phase of a plan says something more of each change.

        Args:
            record: the record.
            values: the fields that are to be otherwise.

        Raises:
            TypeError: the record has a `__post_init__`, which a copy would not run.
            AttributeError: there is no such field.
        """
        own = record.__class__
        return (_COPIES.get((own, *values)) or _copy_of(own, tuple(values)))(record, values)


def nothing() -> Mapping[Any, Any]:
    """Give the one empty mapping, as a `default_factory`: of records there are tens of thousands, most with several."""
    return _NOTHING


_NOTHING: Mapping[Any, Any] = MappingProxyType({})
_COPIES: dict[tuple[Any, ...], Callable[[Any, dict[str, Any]], Any]] = {}
"""What copies a record of a class with other values of some fields, by the class and the names of these."""
_TWINS: dict[type[Any], type[Any]] = {}
_FEW = 10
"""Values of a class that are made before its `__init__` is compiled."""


def _record(cls: type[Any], *, eq: bool, order: bool) -> type[Any]:
    cls.__doc__ = cls.__doc__ or cls.__name__  # else the library works a signature out
    # Of a frozen base only frozen classes may derive, for which the library compiles two functions.
    made: type[Any] = standard(frozen=is_dataclass(cls), slots=True, init=False, repr=False, eq=False)(cls)
    made.__dataclass_params__.frozen = True  # for those that derive from it
    for name, method in _methods(fields(made), eq=eq, order=order).items():
        if made.__dict__.get(name) is None:
            setattr(made, name, method)
    made.__init__ = _Init(made)
    return made


def _methods(some: tuple[Field[Any], ...], *, eq: bool, order: bool) -> dict[str, Callable[..., Any]]:
    """What the library compiles for each class, as functions that look at the fields."""
    shown = [item.name for item in some if item.repr]
    values = _values(*(item.name for item in some if item.compare))

    @recursive_repr()
    def text(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join([f'{name}={getattr(self, name)!r}' for name in shown])})"

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    found: dict[str, Callable[..., Any]] = {"__repr__": text, "__setattr__": _refuse, "__delattr__": _refuse}
    found |= {"__getstate__": _state, "__setstate__": _set_state}
    if eq:
        found |= {"__eq__": equal, "__hash__": hashed}
    if order:
        found |= {f"__{name}__": _compared(getattr(operator, name), values) for name in ("lt", "le", "gt", "ge")}
    return found


def _values(*names: str) -> Callable[[object], Any]:
    if len(names) > 1:
        return operator.attrgetter(*names)
    return lambda record: tuple([getattr(record, name) for name in names])


def _compared(compare: Callable[[Any, Any], bool], values: Callable[[object], Any]) -> Callable[..., Any]:
    def compared(self: object, other: object) -> bool:
        return compare(values(self), values(other)) if other.__class__ is self.__class__ else NotImplemented

    return compared


def _refuse(_record: object, name: str, _value: object = None) -> None:
    raise FrozenInstanceError(f"cannot change field {name!r}")


def _state(record: Any) -> list[Any]:  # noqa: ANN401 - any record
    return [getattr(record, item.name) for item in fields(record)]


def _set_state(record: Any, state: list[Any]) -> None:  # noqa: ANN401 - any record
    for item, value in zip(fields(record), state, strict=True):
        object.__setattr__(record, item.name, value)


class _Init:
    """The `__init__` of a record that fills the first values field by field, and then puts a compiled one in its place.

    Compiling it takes as long as the rest of the class does, and most commands make few values of most classes.
    """

    def __init__(self, made: type[Any]) -> None:
        self._made, self._left = made, _FEW

    def __get__(self, record: object, _owner: type[Any] | None = None) -> Callable[..., None]:
        self._left -= 1
        if record is not None and self._left >= 0:
            return partial(self._fill, record)
        init = self._made.__init__ = _init_of(self._made)
        return init.__get__(record) if record is not None else init

    def _fill(self, record: Any, /, *given: Any, **values: Any) -> None:  # noqa: ANN401 - whatever it is made of
        some = fields(self._made)
        of_init = [item for item in some if item.init]
        by_place = dict(zip([item.name for item in of_init if not item.kw_only], given, strict=False))
        twice = by_place.keys() & values.keys()
        values |= by_place
        needed = {item.name for item in of_init if item.default is MISSING and item.default_factory is MISSING}
        if len(by_place) < len(given) or twice or not needed <= values.keys() <= {item.name for item in of_init}:
            _init_of(self._made)(record, *given, **values)  # it says what is wrong
        for item in some:
            if item.name in values:
                object.__setattr__(record, item.name, values[item.name])
            elif item.default_factory is not MISSING:
                object.__setattr__(record, item.name, item.default_factory())
            elif item.default is not MISSING:
                object.__setattr__(record, item.name, item.default)
        if hasattr(record, "__post_init__"):
            record.__post_init__()


def _twin_of(made: type[Any]) -> type[Any]:
    """A class with the same slots that is not frozen, which values are of for as long as they are filled."""
    twin = _TWINS.get(made)
    if twin is None:
        metaclass: Any = type(made)
        twin = metaclass(
            made.__name__, made.__bases__, {"__slots__": made.__slots__, "__setattr__": object.__setattr__}
        )
        _TWINS[made] = twin
    return twin


def _init_of(made: type[Any]) -> Callable[..., None]:
    # Fields may be called anything; none begins with two underscores.
    known: dict[str, Any] = {"__twin": _twin_of(made), "__put": object.__setattr__, "__missing": MISSING}
    positional, by_keyword, body = ["__self"], list[str](), list[str]()
    for item in fields(made):
        name, value, default = item.name, item.name, ""
        if item.default_factory is not MISSING:
            known[f"__make_{name}"] = item.default_factory
            default, value = "=__missing", f"__make_{name}()"
            value = f"{value} if {name} is __missing else {name}" if item.init else value
        elif item.default is not MISSING:
            known[f"__default_{name}"] = item.default
            default, value = f"=__default_{name}", name if item.init else f"__default_{name}"
        elif not item.init:  # `__post_init__` sets it
            continue
        body.append(f" __self.{name} = {value}")
        if item.init:
            (by_keyword if item.kw_only else positional).append(name + default)
    lines = [
        f"def __init__({', '.join([*positional, *(['*', *by_keyword] if by_keyword else [])])}):",
        " __own = __self.__class__",
        " __put(__self, '__class__', __twin)",
        *body,
        " __self.__class__ = __own",
        *([" __self.__post_init__()"] if hasattr(made, "__post_init__") else []),
    ]
    exec("\n".join(lines), known)  # noqa: S102 - names of fields only, as the standard library does
    init: Callable[..., None] = known["__init__"]
    return init


def _copy_of(made: type[Any], names: tuple[str, ...]) -> Callable[[Any, dict[str, Any]], Any]:
    if hasattr(made, "__post_init__"):
        raise TypeError(f"{made.__name__} looks at its values when it is made: use `dataclasses.replace`")
    own = [item.name for item in fields(made)]
    unknown = [name for name in names if name not in own]
    if unknown:
        raise AttributeError(f"{made.__name__} has no field {unknown[0]!r}")
    known: dict[str, Any] = {"twin": _twin_of(made), "own": made, "new": object.__new__}
    lines = [
        "def copy(record, values):",
        " made = new(twin)",
        *[f" made.{name} = values[{name!r}]" if name in names else f" made.{name} = record.{name}" for name in own],
        " made.__class__ = own",
        " return made",
    ]
    exec("\n".join(lines), known)  # noqa: S102 - as above
    copy: Callable[[Any, dict[str, Any]], Any] = known["copy"]
    _COPIES[made, *names] = copy
    return copy


__all__ = ["copied", "dataclass", "nothing"]
