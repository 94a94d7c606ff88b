"""Avro: whether one schema reads what another wrote, by the `avro` library; the reasons are told field by field."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mqinfra.providers.registry.compatibility.finding import Finding, Side
from mqinfra.providers.registry.schemas.avro import AvroDocument, read
from mqinfra.providers.registry.schemas.located import Pointer
from mqinfra.providers.registry.schemas.schema import Spot

if TYPE_CHECKING:
    from avro.compatibility import ReaderWriterCompatibilityChecker


def findings(reader: Side, writer: Side) -> list[Finding]:
    """Say what keeps the reader's schema from reading what the writer's wrote; nothing where it can.

    Raises:
        SchemaError: one of them is no Avro schema.
        UncheckedError: what one of them refers to is none.
    """
    from avro.compatibility import (  # noqa: PLC0415 - only runs with Avro schemas pay for the library
        ReaderWriterCompatibilityChecker,
        SchemaCompatibilityType,
    )

    reading, writing = read(reader.schema), read(writer.schema)
    checker: ReaderWriterCompatibilityChecker = ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]
    result = checker.get_compatibility(reading.schema, writing.schema)
    if result.compatibility is SchemaCompatibilityType.compatible:
        return []
    walker = _Walker(reader, writer, reading, writing, checker)
    found = list(dict.fromkeys(walker.walk(reading.schema, writing.schema, "", (), ())))
    return found or [Finding(text) for text in sorted(str(text) for text in result.messages)]


class _Walker:
    """Goes through two schemas side by side."""

    def __init__(
        self,
        reader: Side,
        writer: Side,
        reading: AvroDocument,
        writing: AvroDocument,
        checker: "ReaderWriterCompatibilityChecker",
    ) -> None:
        self._reader, self._writer, self._checker = reader, writer, checker
        self._documents = {True: reading.located, False: writing.located}
        self._seen: set[tuple[int, int]] = set()

    def walk(self, one: Any, other: Any, path: str, at: Pointer, there: Pointer) -> Iterator[Finding]:  # noqa: ANN401 - schemas of a library without types
        """Yield the reasons; `at` and `there` lead to the two in their texts."""
        if (id(one), id(other)) in self._seen or self._fits(one, other):
            return
        self._seen.add((id(one), id(other)))
        kinds = one.type, other.type
        if kinds[1] in ("union", "error_union"):
            for index, branch in enumerate(other.schemas):
                yield from self.walk(one, branch, path, at, (*there, index))
        elif kinds[0] in ("union", "error_union"):
            same = [(n, branch) for n, branch in enumerate(one.schemas) if _name(branch) == _name(other)]
            if same:
                yield from self.walk(same[0][1], other, path, (*at, same[0][0]), there)
            else:
                options = " or ".join(_name(branch) for branch in one.schemas)
                yield self._found(
                    f"{_of(path)} is {_name(other)} in {{writer}}, and {{reader}} allows {options}", at, there
                )
        elif kinds[0] != kinds[1]:
            yield self._found(f"{_of(path)} is {_name(one)} in {{reader}}, and {_name(other)} in {{writer}}", at, there)
        elif kinds[0] in ("record", "error"):
            yield from self._record(one, other, path, at, there)
        elif kinds[0] == "enum":
            yield from self._enum(one, other, path, at, there)
        elif kinds[0] == "array":
            yield from self.walk(one.items, other.items, f"{path}[]", (*at, "items"), (*there, "items"))
        elif kinds[0] == "map":
            yield from self.walk(one.values, other.values, f"{path}[]", (*at, "values"), (*there, "values"))
        elif kinds[0] == "fixed":
            yield from self._fixed(one, other, path, at, there)

    def _record(self, one: Any, other: Any, path: str, at: Pointer, there: Pointer) -> Iterator[Finding]:  # noqa: ANN401 - as in `walk`
        here = path or one.name
        if _last(one.fullname) != _last(other.fullname) and not _aliased(one, other):
            yield self._renamed(one, other, path, at, there)
            return
        written = {field.name: (index, field) for index, field in enumerate(other.fields)}
        for index, field in enumerate(one.fields):
            names = [field.name, *(field.props.get("aliases") or ())]
            name = next((name for name in names if name in written), None)
            place = (*at, "fields", index)
            if name is None:
                if not field.has_default:
                    text = f"`{here}.{field.name}` has no default in {{reader}}, and {{writer}} does not have the field"
                    yield self._found(text, (*place, "name"), there)
                continue
            number, match = written[name]
            yield from self.walk(
                field.type, match.type, f"{here}.{field.name}", (*place, "type"), (*there, "fields", number, "type")
            )

    def _enum(self, one: Any, other: Any, path: str, at: Pointer, there: Pointer) -> Iterator[Finding]:  # noqa: ANN401 - as in `walk`
        if _last(one.fullname) != _last(other.fullname) and not _aliased(one, other):
            yield self._renamed(one, other, path, at, there)
            return
        missing = [symbol for symbol in other.symbols if symbol not in one.symbols]
        if missing:
            named = ", ".join(f"`{symbol}`" for symbol in missing)
            text = f"the enum `{one.name}`{_at(path)} lacks {named} in {{reader}}, which {{writer}} has, and no default"
            yield self._found(text, (*at, "symbols"), (*there, "symbols"))

    def _fixed(self, one: Any, other: Any, path: str, at: Pointer, there: Pointer) -> Iterator[Finding]:  # noqa: ANN401 - as in `walk`
        if _last(one.fullname) != _last(other.fullname) and not _aliased(one, other):
            yield self._renamed(one, other, path, at, there)
            return
        text = f"the fixed `{one.name}`{_at(path)} has {one.size} bytes in {{reader}}, and {other.size} in {{writer}}"
        yield self._found(text, (*at, "size"), (*there, "size"))

    def _renamed(self, one: Any, other: Any, path: str, at: Pointer, there: Pointer) -> Finding:  # noqa: ANN401 - as in `walk`
        text = (
            f"the {one.type}{_at(path)} is called `{one.fullname}` in {{reader}}, and `{other.fullname}` in {{writer}}"
        )
        return self._found(text, (*at, "name"), (*there, "name"))

    def _fits(self, one: Any, other: Any) -> bool:  # noqa: ANN401 - as in `walk`
        from avro.compatibility import SchemaCompatibilityType  # noqa: PLC0415 - as in `findings`

        return self._checker.get_compatibility(one, other).compatibility is SchemaCompatibilityType.compatible

    def _found(self, text: str, at: Pointer, there: Pointer) -> Finding:
        told = text.replace("{reader}", self._reader.title).replace("{writer}", self._writer.title)
        if self._reader.new:
            return Finding(told, self._documents[True].spot(at))
        return Finding(told, self._documents[False].spot(there) if self._writer.new else Spot())


def _name(schema: Any) -> str:  # noqa: ANN401 - as in `walk`
    return str(getattr(schema, "fullname", "") or schema.type)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _aliased(one: Any, other: Any) -> bool:  # noqa: ANN401 - as in `walk`
    aliases = one.props.get("aliases") or ()
    return any(_last(other.fullname) == _last(str(alias)) for alias in aliases)


def _of(path: str) -> str:
    return f"`{path}`" if path else "the schema"


def _at(path: str) -> str:
    return f" of `{path}`" if path else ""
