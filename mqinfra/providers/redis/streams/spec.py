"""What a stream looks like, and what a manifest may say of one: the spec and its sugar."""

from typing import Annotated

from pydantic import Field, JsonValue, field_validator

from mqinfra.model.address import Address
from mqinfra.model.declaration import Reference
from mqinfra.model.promises import PromisesOfConsumers
from mqinfra.model.setting import Setting, SettingTable, SettingType, Unit
from mqinfra.model.spec import CreateOnly, Spec
from mqinfra.model.written import Written
from mqinfra.providers.base.expansion import Expansion, Generated
from mqinfra.providers.redis.addresses import GROUPS, STREAMS
from mqinfra.providers.redis.api.entry_id import canonical
from mqinfra.providers.redis.groups.spec import GroupSpec

DEAD_LETTER_SUFFIX = ":dlq"
DEAD_LETTERS = "dead letters"
DEAD_LETTER_GROUP = "dlq"

TRIM = SettingTable(
    [
        Setting("maxLength", SettingType.LONG, minimum=0, description="Keep the newest entries, so many."),
        Setting("minId", SettingType.STRING, description="Drop the entries before this id."),
    ],
    closed=True,
)
IDEMPOTENCE = SettingTable(
    [
        Setting(
            "duration",
            SettingType.LONG,
            Unit.MS,
            default=100_000,
            minimum=1_000,
            maximum=86_400_000,
            description="How long ids of producers are remembered, in whole seconds (Redis 8.6, `IDMP-DURATION`).",
        ),
        Setting(
            "maxSize",
            SettingType.LONG,
            default=100,
            minimum=1,
            maximum=10_000,
            description="How many ids per producer are remembered (Redis 8.6, `IDMP-MAXSIZE`).",
        ),
    ],
    closed=True,
)


class StreamSpec(Spec):
    """A stream.

    Attributes:
        expected_max_length: how long the stream should be at most. A contract with whoever trims it: Redis stores no
            limit, so a longer stream is reported, and never cut for it.
        trim: cut the stream when the plan is applied: `maxLength` keeps the newest, `minId` drops what is older. What
            goes needs consent under `allowed:`; the plan prints the line. Remove both afterwards.
        idempotence: how producers' ids are remembered (Redis 8.6). Changing it forgets them all.
    """

    expected_max_length: Annotated[int | None, CreateOnly, Field(ge=0)] = None
    trim: dict[str, str | int | None] = Field(default_factory=dict)
    idempotence: dict[str, int | None] = Field(default_factory=dict)

    @field_validator("trim")
    @classmethod
    def _trim(cls, value: dict[str, str | int | None]) -> dict[str, str | int | None]:
        _known(value, TRIM)
        oldest = value.get("minId")
        return value if oldest is None else {**value, "minId": canonical(str(oldest))}

    @field_validator("idempotence")
    @classmethod
    def _idempotence(cls, value: dict[str, int | None]) -> dict[str, int | None]:
        _known(value, IDEMPOTENCE)
        duration = value.get("duration")
        if duration is not None and duration % 1_000:
            raise ValueError(f"`duration` must be in whole seconds, got {duration} ms")
        return value


class GroupInStream(GroupSpec):
    """A group as it stands in the entry of its stream.

    Attributes:
        promises: what it holds up to; what it leaves out, the stream promises for all its groups.
    """

    promises: PromisesOfConsumers | None = None


class DeadLetter(Written):
    """How the stream for dead letters differs from what `deadLetter: true` makes.

    Attributes:
        name: its name; the stream's own with `:dlq` by default.
        expected_max_length: how long it should be at most; the stream's by default.
        groups: its groups; one called `dlq` that begins with the first letter by default.
    """

    name: str | None = None
    expected_max_length: int | None = None
    groups: dict[str, GroupInStream | None] | None = None


class StreamEntry(StreamSpec):
    """A stream in a manifest.

    Attributes:
        groups: its consumer groups by name; each becomes a resource `groups/STREAM/GROUP`.
        dead_letter: `true`, or a block, also makes a stream with a group for entries that consumers give up on. A
            convention: on Redis it is the consumer that moves them there.
    """

    groups: dict[str, GroupInStream | None] = Field(default_factory=dict)
    dead_letter: bool | DeadLetter | None = None


def expand(address: Address, entry: Spec) -> Expansion:
    """Take the sugar out of an entry: `groups` and `deadLetter` become resources of their own.

    A stream that is itself one for dead letters by its name, and gets `deadLetter: true` from defaults, gets none.
    """
    spec = StreamSpec.narrow(entry)
    if not isinstance(entry, StreamEntry):
        return Expansion(spec)
    made = [
        Generated(GROUPS, (address.name, name), _data(group), ("groups", name))
        for name, group in sorted(entry.groups.items())
    ]
    wish = entry.dead_letter
    if not wish or (wish is True and address.name.endswith(DEAD_LETTER_SUFFIX)):
        return Expansion(spec, tuple(made))
    details = DeadLetter() if wish is True else wish
    name = details.name or address.name + DEAD_LETTER_SUFFIX
    made.append(Generated(STREAMS, (name,), _dead_letter_data(spec, details), ("deadLetter",)))
    points_at = Reference(("deadLetter",), Address(address.cluster, STREAMS, (name,)), DEAD_LETTERS, needed=False)
    return Expansion(spec, tuple(made), (points_at,))


def _dead_letter_data(source: StreamSpec, details: DeadLetter) -> dict[str, JsonValue]:
    groups: dict[str, JsonValue] = {DEAD_LETTER_GROUP: {"startAt": "0"}}
    if details.groups is not None:
        groups = {name: _data(group) for name, group in details.groups.items()}
    # Said out loud, so that defaults don't give the new stream dead letters in turn.
    data: dict[str, JsonValue] = {"deadLetter": False, "groups": groups}
    length = details.expected_max_length if details.expected_max_length is not None else source.expected_max_length
    if length is not None:
        data["expectedMaxLength"] = length
    return data


def _data(group: GroupInStream | None) -> dict[str, JsonValue]:
    return group.to_json() if group is not None and group.model_fields_set else {}


def _known(value: dict[str, str | int | None] | dict[str, int | None], table: SettingTable) -> None:
    for key in value:
        if table.get(key) is None:
            raise ValueError(f"unknown field `{key}`; accepted: {', '.join(table.names())}")
