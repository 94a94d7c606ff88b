"""Reading subjects: the latest version, the level and the mode of each, some subjects at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.reading import Coverage, Live
from mqinfra.model.span import Path
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.kind import KindReading
from mqinfra.providers.registry.api.call import RegistryFault
from mqinfra.providers.registry.client import RegistryClient
from mqinfra.providers.registry.schemas.schema import SchemaType
from mqinfra.providers.registry.subjects import fields
from mqinfra.providers.registry.subjects.spec import KIND, SubjectSpec

_MANY = 20
_NEVER_KEPT: frozenset[Path] = frozenset({("metadata",), ("ruleSet",)})


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for subjects that say nothing: level and mode."""

    level: str
    mode: str


def read(client: RegistryClient, wanted: Iterable[Address] | None, alias: str) -> KindReading:
    """Read the named subjects, or all, and list what there is besides, which takes a call for each thousand."""
    names = client.subjects()
    if isinstance(names, RegistryFault):
        if wanted is None:
            return KindReading({}, coverage=Coverage.DENIED, unseen={(): names.message})
        return _read(client, list(wanted))
    listed = [Address(alias, KIND, (name,)) for name in names]
    if wanted is None:
        return replace(_read(client, listed), coverage=Coverage.COMPLETE, listed=listed)
    return replace(_read(client, _there(client, list(wanted), names)), listed=listed)


def look(client: RegistryClient, wanted: Sequence[Address]) -> KindReading:
    """Read the named subjects and nothing else, but for a list where that spares asking for many that are not there."""
    names = client.subjects() if client.dialect.lists_all and len(wanted) >= _MANY else None
    return _read(client, wanted if names is None or isinstance(names, RegistryFault) else _there(client, wanted, names))


def _there(client: RegistryClient, wanted: Sequence[Address], names: Iterable[str]) -> Sequence[Address]:
    """Those that can be there by the list of all names."""
    if not client.dialect.lists_all:
        return wanted
    known = set(names)
    return [address for address in wanted if address.name in known]


def _read(client: RegistryClient, addresses: Sequence[Address]) -> KindReading:
    if not addresses:
        return KindReading({}, coverage=Coverage.NAMED)
    defaults = defaults_of(client)
    found = client.each(addresses, _reader(client, defaults))
    resources: dict[Address, Live] = {}
    denied: dict[Address, str] = {}
    for address, one in zip(addresses, found, strict=True):
        if isinstance(one, Live):
            resources[address] = one
        elif one is not None:
            denied[address] = one.message
    return KindReading(resources, denied, Coverage.NAMED)


def defaults_of(client: RegistryClient) -> Defaults:
    """Read what holds for the whole registry.

    Raises:
        UserError: it could not be read.
    """
    level, mode = client.get("config"), client.get("mode")
    if isinstance(level, RegistryFault):
        raise UserError([level.unread("to `GET /config`", client.where)])
    # A server without modes, or a caller who may not see them, is one where nothing else than the usual can be told.
    return Defaults(level_in(level) or client.dialect.level, _word(mode, "mode") or "READWRITE")


def level_in(body: JsonValue) -> str:
    """The level that an answer names, under either of its names."""
    return _word(body, "compatibilityLevel") or _word(body, "compatibility")


def _reader(client: RegistryClient, defaults: Defaults) -> Callable[[Address], Live | RegistryFault | None]:
    def read_one(address: Address) -> Live | RegistryFault | None:
        latest = client.get("subjects", address.name, "versions", "latest")
        if isinstance(latest, RegistryFault):
            return None if latest.absent else latest
        if not isinstance(latest, dict) or not isinstance(latest.get("schema"), str):
            raise UserError([_odd(address, client)])
        level = own_level(client, address.name, defaults)
        if isinstance(level, RegistryFault):
            return level
        mode = _own_mode(client, address.name, defaults)
        inherited = inherited_of(client, defaults, latest.get("version"), level)
        unknown = frozenset[Path]() if client.dialect.keeps_metadata else _NEVER_KEPT
        return Live(_spec(latest, level, mode), inherited=inherited, unknown=unknown)

    return read_one


def own_level(client: RegistryClient, subject: str, defaults: Defaults) -> str | RegistryFault:
    """The level that a subject has itself; empty where it has none, or where that can't be told."""
    said = client.get("config", subject)
    if isinstance(said, RegistryFault):
        return "" if said.absent else said
    level = level_in(said)
    if client.dialect.tells_own_level or level != "NONE":
        return level
    if defaults.level == "NONE":
        return ""
    effective = client.get("config", subject, defaultToGlobal="true")
    if isinstance(effective, RegistryFault):
        return "" if effective.absent else effective
    return "NONE" if level_in(effective) == "NONE" else ""


def _own_mode(client: RegistryClient, subject: str, defaults: Defaults) -> str:
    said = client.get("mode", subject)
    mode = "" if isinstance(said, RegistryFault) else _word(said, "mode")
    return "" if not client.dialect.tells_own_mode and mode == defaults.mode else mode


def inherited_of(client: RegistryClient, defaults: Defaults, version: JsonValue, level: str) -> dict[Path, JsonValue]:
    """What a reading says of a subject besides what it sets itself."""
    found: dict[Path, JsonValue] = {
        fields.COMPATIBILITY: defaults.level,
        fields.MODE: defaults.mode,
        fields.VERSION: version,
    }
    dialect = client.dialect
    dropped = [
        word for word, kept in (("doc", dialect.keeps_avro_docs), ("metadata", dialect.keeps_metadata)) if not kept
    ]
    if dropped:
        found[fields.DROPPED] = ",".join(dropped)
    if not dialect.tells_own_level and not level and defaults.level == "NONE":
        found[fields.OWN_UNKNOWN] = True
    if not dialect.tells_own_mode:
        found[fields.OWN_MODE_UNKNOWN] = True
    return found


def _spec(latest: dict[str, JsonValue], level: str, mode: str) -> SubjectSpec:
    data: dict[str, Any] = {
        "type": SchemaType.of(latest.get("schemaType")).value,
        "schema": latest["schema"],
        "references": latest.get("references") or [],
    }
    data |= {name: value for name, value in (("compatibility", level), ("mode", mode)) if value}
    for name in ("metadata", "ruleSet"):
        held = latest.get(name)
        kept = {key: item for key, item in held.items() if item} if isinstance(held, dict) else {}
        if kept:
            data[name] = kept
    return SubjectSpec.model_validate(data)


def _odd(address: Address, client: RegistryClient) -> Any:  # noqa: ANN401 - a Diagnostic
    message = f"unexpected answer about the latest version of `{address.name}`: it names no schema"
    return NOT_READ.at(message, address=client.where)


def _word(body: JsonValue | RegistryFault, name: str) -> str:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""
