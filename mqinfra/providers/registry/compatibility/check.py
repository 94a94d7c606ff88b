"""May a schema follow others at a level? Each direction, and transitively; the reasons are sentences."""

from collections.abc import Sequence

from mqinfra.model.frozen import dataclass
from mqinfra.providers.registry.compatibility import avro, json_schema, protobuf
from mqinfra.providers.registry.compatibility.finding import Finding, Side
from mqinfra.providers.registry.compatibility.levels import Level
from mqinfra.providers.registry.compatibility.rules import Rules
from mqinfra.providers.registry.schemas.schema import Schema, SchemaError, SchemaType, Spot, UncheckedError

THE_NEW, THE_LATEST = "the new schema", "the latest version"
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Older:
    """A version that is registered.

    Attributes:
        schema: its schema.
        title: what messages call it, `version 3`.
    """

    schema: Schema
    title: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What can be said of a new schema.

    Attributes:
        findings: what makes it incompatible, the latest version's first; nothing where it is compatible.
        unchecked: why it could not be held against some of the versions; empty where it could.
    """

    findings: tuple[Finding, ...] = ()
    unchecked: str = ""

    @property
    def spot(self) -> Spot:
        """The first place in the new schema that is to blame."""
        return next((one.spot for one in self.findings if one.spot.line), Spot())

    def sentence(self, title: str, level: Level) -> str:
        """Say why the schema is refused.

        Args:
            title: the version that it is held against first.
            level: the level in force.
        """
        told = "; ".join(one.text for one in self.findings[:_SHOWN])
        more = len(self.findings) - _SHOWN
        rest = f"; and {more} more" if more > 0 else ""
        return f"the new schema is not compatible with {title} ({level.value}): {told}{rest}"


def judge(new: Schema, older: Sequence[Older], level: Level, rules: Rules) -> Judgement:
    """Hold a schema against those that were registered before it.

    Args:
        new: the schema.
        older: versions, the latest first; only that one counts where the level is not transitive.
        level: the level.
        rules: what the registry forgives.

    Raises:
        SchemaError: the new schema can't be read.
    """
    found: dict[Finding, None] = {}
    unchecked = ""
    for one in older if level.transitive else older[:1]:
        if one.schema.type is not new.type:
            found[Finding(f"it is {new.type.value}, and {one.title} is {one.schema.type.value}")] = None
            continue
        mine, theirs = Side(new, THE_NEW, new=True), Side(one.schema, one.title)
        pairs = [(mine, theirs)] if level.backward else []
        pairs += [(theirs, mine)] if level.forward else []
        for reader, writer in pairs:
            try:
                found.update(dict.fromkeys(_findings(reader, writer, rules)))
            except UncheckedError as error:
                unchecked = str(error)
            except SchemaError as error:
                if _readable(new):
                    unchecked = f"{one.title} can't be read here: {error.reason}"
                    continue
                raise
    return Judgement(tuple(found), unchecked)


def _findings(reader: Side, writer: Side, rules: Rules) -> list[Finding]:
    match reader.schema.type:
        case SchemaType.AVRO:
            return avro.findings(reader, writer)
        case SchemaType.PROTOBUF:
            return protobuf.findings(reader, writer, rules)
        case SchemaType.JSON:
            return json_schema.findings(reader, writer, rules)


def _readable(schema: Schema) -> bool:
    from mqinfra.providers.registry.schemas.syntax import problem_of  # noqa: PLC0415 - only where one can't be read

    return problem_of(schema) is None
