"""Reading groups: one list of all, where each stands, and the settings of all of them.

A group that is not there may have settings, and is there by them.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Coverage, Facts, Live
from mqinfra.model.span import Path
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.kafka.api.config_entry import OF_GROUP, Entry
from mqinfra.providers.kafka.api.faults import KafkaFault
from mqinfra.providers.kafka.api.rights import Right
from mqinfra.providers.kafka.groups.settings import FIRST, GROUP_SETTINGS
from mqinfra.providers.kafka.groups.shares import share_groups
from mqinfra.providers.kafka.groups.spec import KIND, GroupSpec
from mqinfra.providers.kafka.topics.spec import ConfigValue
from mqinfra.providers.kafka.topics.values import canonical

if TYPE_CHECKING:
    from mqinfra.providers.kafka.api.client import KafkaClient
    from mqinfra.providers.kafka.api.group_calls import Positions

_NO_SETTINGS = "INVALID_REQUEST"
"""What a broker before Kafka 4.0 says of the settings of groups."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a group besides its spec.

    Attributes:
        active: it has members.
        settings: why its settings can't be told; empty where they can.
    """

    active: bool = False
    settings: str = ""


@dataclass(frozen=True, slots=True)
class _Settings:
    own: Mapping[str, ConfigValue | None]
    inherited: Mapping[Path, JsonValue]
    unseen: str = ""


_NONE = _Settings({}, {})


def read(client: "KafkaClient", wanted: Iterable[Address] | None, alias: str, facts: Facts) -> KindReading:
    """Read the named groups, or all.

    Raises:
        UserError: the cluster did not answer.
    """
    seen = client.groups.seen()
    if isinstance(seen, KafkaFault):
        raise client.wire.unreadable("ListGroups", seen)
    shares = share_groups(client) if wanted is None else {}
    named = [Address(alias, KIND, (name,)) for name in (*seen, *shares)] if wanted is None else list(wanted)
    found = _read(client, named, seen, facts)
    if not client.groups.sees_all:
        unseen: dict[tuple[str, ...], str] = {}
        if wanted is None:
            unseen = {(): "not allowed: to see all groups, this needs Describe on the cluster"}
        return KindReading(found.resources, found.denied, unseen=unseen)
    coverage = Coverage.COMPLETE if wanted is None else Coverage.NAMED
    listed = [Address(alias, KIND, (name,)) for name in (*seen, *shares)]
    return KindReading(found.resources, found.denied, coverage, listed=listed)


def _read(client: "KafkaClient", wanted: Collection[Address], seen: Mapping[str, bool], facts: Facts) -> KindReading:
    names = [address.name for address in wanted]
    stand = client.groups.positions(names)
    settings = _settings(client, names, facts)
    unexplained = [name for name in names if name not in seen and not stand[name]]
    shares = share_groups(client) if unexplained and facts.version_tuple >= FIRST else {}
    resources: dict[Address, Live] = {}
    denied: dict[Address, str] = {}
    for address in wanted:
        name, positions, configs = address.name, stand[address.name], settings.get(address.name, _NONE)
        if isinstance(positions, KafkaFault):
            denied[address] = Right("Describe", "group", name).missing if positions.denied else positions.message
        elif name in shares:
            resources[address] = _live(positions, configs, "share", active=shares[name])
        elif name in seen or positions or configs.own:
            kind = "consumer" if name in seen else ""
            resources[address] = _live(positions, configs, kind, active=seen.get(name, False))
    return KindReading(resources, denied)


def _live(positions: "Positions", settings: _Settings, kind: str, *, active: bool) -> Live:
    values: dict[str, Any] = {"offsets": dict(positions), "topics": tuple(positions), "config": dict(settings.own)}
    if kind:
        values["type"] = kind
    # Not validated: a later Kafka may have settings that no manifest could ask for.
    spec = GroupSpec.model_construct({name for name, value in values.items() if value}, **{**_DEFAULTS, **values})
    unknown = frozenset() if kind else frozenset({("type",)})
    if settings.unseen:
        unknown |= {("config",)}
    return Live(spec, inherited=settings.inherited, unknown=unknown, private=Seen(active, settings.unseen))


_DEFAULTS: Mapping[str, Any] = {name: getattr(GroupSpec.model_construct(), name) for name in GroupSpec.model_fields}


def _settings(client: "KafkaClient", names: Collection[str], facts: Facts) -> dict[str, _Settings]:
    """The settings of groups; none of any before Kafka 4.0."""
    if facts.version_tuple and facts.version_tuple < FIRST:
        return {}
    found: dict[str, _Settings] = {}
    for name, answer in client.groups.configs(names):
        if isinstance(answer, KafkaFault):
            if answer.denied:
                found[name] = _Settings({}, {}, Right("DescribeConfigs", "group", name).missing)
            elif answer.name != _NO_SETTINGS:
                found[name] = _Settings({}, {}, answer.message)
            continue
        found[name] = _split(answer)
    return found


def _split(entries: Mapping[str, Entry]) -> _Settings:
    """Part a group's own settings from the brokers'."""
    own: dict[str, ConfigValue | None] = {}
    inherited: dict[Path, JsonValue] = {}
    for key, entry in entries.items():
        value = canonical(GROUP_SETTINGS.get(key), entry.value)
        if entry.source == OF_GROUP:
            own[key] = value
        else:
            inherited["config", key] = value
    return _Settings(own, inherited)
