"""Protobuf: whether a schema may follow another, by the rules of Confluent's registry or of Apicurio's."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mqinfra.providers.registry.compatibility.finding import Finding, Side
from mqinfra.providers.registry.compatibility.protobuf_index import Field, Index, index_of
from mqinfra.providers.registry.compatibility.rules import Rules
from mqinfra.providers.registry.schemas.protobuf import read
from mqinfra.providers.registry.schemas.schema import Spot

if TYPE_CHECKING:
    from mqinfra.providers.registry.compatibility.protobuf_index import Message


def findings(reader: Side, writer: Side, rules: Rules) -> list[Finding]:
    """Say what keeps the reader's schema from reading what the writer's wrote; nothing where it can.

    Raises:
        SchemaError: one of them is no Protobuf schema.
        UncheckedError: there is no compiler, or one of them refers to what is not known here.
    """
    new, old = index_of(read(reader.schema)), index_of(read(writer.schema))
    by = _ByName if rules.protobuf_by_name else _ByNumber
    return list(dict.fromkeys(by(reader, writer, old, new).compare()))


class _Comparison:
    def __init__(self, reader: Side, writer: Side, old: Index, new: Index) -> None:
        self.reader, self.writer, self.old, self.new = reader, writer, old, new

    def compare(self) -> Iterator[Finding]:
        raise NotImplementedError

    def found(self, text: str, *, old: Spot = Spot(), new: Spot = Spot()) -> Finding:  # noqa: B008 - a frozen value
        """A finding at the place that the new schema has, whichever of the two it is."""
        told = text.replace("{reader}", self.reader.title).replace("{writer}", self.writer.title)
        return Finding(told, new if self.reader.new else old if self.writer.new else Spot())


class _ByNumber(_Comparison):
    """Confluent's rules (protobuf/diff/*.java): what is on the wire counts, and names don't."""

    def compare(self) -> Iterator[Finding]:
        """Compare."""
        if self.old.package != self.new.package:
            yield self.found(
                f"the package is `{self.new.package}` in {{reader}}, and `{self.old.package}` in {{writer}}",
                old=self.old.package_spot,
                new=self.new.package_spot,
            )
        for name, message in self.old.messages.items():
            if name not in self.new.messages:
                holder = name.rpartition(".")[0]
                if not holder or holder in self.new.messages:
                    yield self.found(
                        f"the message `{name}` is missing in {{reader}}, which {{writer}} has", old=message.spot
                    )
            else:
                yield from self._message(name, message, self.new.messages[name])

    def _message(self, name: str, old: "Message", new: "Message") -> Iterator[Finding]:
        gone = {one.oneof for one in old.fields.values() if one.oneof}
        gone -= {one.oneof for number, one in old.fields.items() if number in new.fields}
        kept_oneofs = {one.oneof for one in new.fields.values() if one.oneof}
        for number, field in old.fields.items():
            if number in new.fields:
                yield from self._field(name, field, new.fields[number])
            elif field.oneof and (field.oneof in kept_oneofs or field.oneof not in gone):
                text = (
                    f"`{name}.{field.name}` of the oneof `{field.oneof}` is missing in {{reader}}, which {{writer}} has"
                )
                yield self.found(text, old=field.spot, new=new.spot)
            elif field.label == "required":
                text = f"the required `{name}.{field.name}` is missing in {{reader}}, which {{writer}} has"
                yield self.found(text, old=field.spot, new=new.spot)
        for number, field in new.fields.items():
            if number not in old.fields and field.label == "required":
                text = f"`{name}.{field.name}` is required in {{reader}}, and {{writer}} does not have it"
                yield self.found(text, old=old.spot, new=field.spot)
        yield from self._oneofs(name, old, new)

    def _oneofs(self, name: str, old: "Message", new: "Message") -> Iterator[Finding]:
        for oneof in dict.fromkeys(field.oneof for field in new.fields.values() if field.oneof):
            groups = {
                old.fields[number].oneof or f"field {number}"
                for number, field in new.fields.items()
                if field.oneof == oneof and number in old.fields
            }
            if len(groups) > 1:
                first = next(field for field in new.fields.values() if field.oneof == oneof)
                text = f"fields of `{name}` are in the oneof `{oneof}` in {{reader}}, and independent in {{writer}}"
                yield self.found(text, old=old.spot, new=first.spot)

    def _field(self, name: str, old: Field, new: Field) -> Iterator[Finding]:
        where = f"`{name}.{new.name}` (number {new.number})"
        if old.wire_kind != new.wire_kind:
            yield self.found(
                f"{where} is {new.type} in {{reader}}, and {old.type} in {{writer}}", old=old.spot, new=new.spot
            )
        elif old.wire_kind == "message" and old.local_type != new.local_type:
            yield self.found(
                f"{where} is `{new.local_type}` in {{reader}}, and `{old.local_type}` in {{writer}}",
                old=old.spot,
                new=new.spot,
            )
        elif old.label and new.label and old.label != new.label and old.numeric:
            yield self.found(
                f"{where} is {new.label} in {{reader}}, and {old.label} in {{writer}}", old=old.spot, new=new.spot
            )


class _ByName(_Comparison):
    """Apicurio's rules (ProtobufCompatibilityCheckerLibrary.java): nothing is renamed, and what goes is reserved."""

    def compare(self) -> Iterator[Finding]:
        """Compare."""
        for name, old in self.old.messages.items():
            new = self.new.messages.get(name)
            if new is None:
                if old.fields:
                    yield self.found(
                        f"the message `{name}` is missing in {{reader}}, which {{writer}} has", old=old.spot
                    )
                continue
            yield from self._message(name, old, new)
            yield from self._reserved(name, old, new)
        for name, values in self.old.enums.items():
            if name in self.new.enums:
                yield from self._enum(name, values, self.new.enums[name])
        for name, signature in self.old.calls.items():
            if name not in self.new.calls:
                yield self.found(f"the call `{name}` is missing in {{reader}}, which {{writer}} has")
            elif self.new.calls[name] != signature:
                yield self.found(f"the call `{name}` takes or gives something else in {{reader}} than in {{writer}}")

    def _message(self, name: str, old: "Message", new: "Message") -> Iterator[Finding]:
        named = {field.name: field for field in new.fields.values()}
        for number, field in old.fields.items():
            match = named.get(field.name)
            there = new.fields.get(number)
            if match is None and there is not None:
                text = f"`{name}.{field.name}` (number {number}) is called `{there.name}` in {{reader}}"
                yield self.found(text, old=field.spot, new=there.spot)
            elif match is None:
                if not ({number, field.name} <= new.reserved):
                    text = (
                        f"`{name}.{field.name}` (number {number}) is missing in {{reader}}, and its number and name "
                        "are not both `reserved` there"
                    )
                    yield self.found(text, old=field.spot, new=new.spot)
            elif match.number != number:
                text = f"`{name}.{field.name}` has number {match.number} in {{reader}}, and {number} in {{writer}}"
                yield self.found(text, old=field.spot, new=match.spot)
            else:
                yield from self._field(name, field, match)
        if self.old.proto2:
            before = {field.name for field in old.fields.values()}
            for field in new.fields.values():
                if field.label == "required" and field.name not in before:
                    text = f"`{name}.{field.name}` is required in {{reader}}, and {{writer}} does not have it"
                    yield self.found(text, old=old.spot, new=field.spot)

    def _field(self, name: str, old: Field, new: Field) -> Iterator[Finding]:
        for word, was, now in (("", old.type, new.type), ("labelled ", old.label or "nothing", new.label or "nothing")):
            if was != now:
                text = f"`{name}.{new.name}` is {word}{now} in {{reader}}, and {was} in {{writer}}"
                yield self.found(text, old=old.spot, new=new.spot)

    def _reserved(self, name: str, old: "Message", new: "Message") -> Iterator[Finding]:
        used = {one for field in new.fields.values() for one in (field.number, field.name)} & old.reserved
        if used:
            named = ", ".join(f"`{one}`" for one in sorted(used, key=str))
            yield self.found(f"`{name}` uses {named} in {{reader}}, reserved in {{writer}}", old=old.spot, new=new.spot)
        gone = old.reserved - new.reserved - used
        if gone:
            named = ", ".join(f"`{one}`" for one in sorted(gone, key=str))
            yield self.found(f"`{name}` no longer reserves {named} in {{reader}}", old=old.spot, new=new.spot)

    def _enum(self, name: str, old: dict[int, str], new: dict[int, str]) -> Iterator[Finding]:
        for number, value in old.items():
            if new.get(number) != value:
                became = f"is `{new[number]}`" if number in new else "is missing"
                yield self.found(f"`{name}.{value}` (number {number}) {became} in {{reader}}")
