"""Where entries of Kafka hold names: of topics, groups, transactional ids, users and subjects."""

from collections.abc import Iterator, Mapping
from typing import Any

from mqinfra.model.frozen import dataclass
from mqinfra.model.names import Affix, NameAt, NameForm, PlainName, without
from mqinfra.model.setting import Problem
from mqinfra.providers.base.naming import names_at, part

TOPICS, GROUPS, USERS, IDS = "topics", "groups", "users", "transactionalIds"
_SUBJECTS = "registry/subjects"
_USER = "User:"
TOPIC = PlainName(own=("__*",))
_QUOTA_USER = PlainName(own=("<default>",))


@dataclass(frozen=True, slots=True)
class _Principal(NameForm):
    """`User:NAME`; a distinguished name, everybody and other types of principals are no users that one declares."""

    def with_affix(self, text: str, affix: Affix, *, begins: bool) -> str | Problem:
        name = text.removeprefix(_USER)
        if self._other(text) or affix.keeps(name):
            return text
        return f"{_USER}{affix.prefix}{name}{'' if begins else affix.suffix}"

    def without_affix(self, text: str, affix: Affix, *, begins: bool) -> str:
        name = text.removeprefix(_USER)
        if self._other(text) or affix.keeps(name):
            return text
        return _USER + without(name, affix, begins=begins)

    def _other(self, text: str) -> bool:
        name = text.removeprefix(_USER)
        return name == text or name in ("*", "ANONYMOUS") or "=" in name


@dataclass(frozen=True, slots=True)
class _Granted(NameForm):
    """What an ACL is about; a literal `*` is everything, of all environments."""

    plain: PlainName = TOPIC

    def with_affix(self, text: str, affix: Affix, *, begins: bool) -> str | Problem:
        if text == "*" and not begins:
            return Problem(
                "`*` is all there are, and this environment gives names a prefix or suffix",
                "write `pattern: prefixed` with what names begin with, or `external: true` if all are meant",
            )
        return self.plain.with_affix(text, affix, begins=begins)

    def without_affix(self, text: str, affix: Affix, *, begins: bool) -> str:
        return self.plain.without_affix(text, affix, begins=begins)


PRINCIPAL = _Principal()
_GRANTED = _Granted()
_RESOURCES = {"topic": TOPICS, "group": GROUPS, "transactionalId": IDS}


def in_topic(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """The topic of dead letters, and subjects that are named."""
    yield from names_at(part(data, "deadLetter"), ("deadLetter", "name"), TOPICS, form=TOPIC)
    for field in ("keySchema", "valueSchema"):
        yield from names_at(data, (field,), _SUBJECTS)


def in_group(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """The topics that it reads."""
    return names_at(data, ("topics",), TOPICS, form=TOPIC)


def in_quota(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """The user that it limits."""
    return names_at(data, ("user",), USERS, form=_QUOTA_USER)


def in_acl(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """Whom it is about, and what; not what others own."""
    yield from names_at(data, ("principal",), USERS, form=PRINCIPAL)
    resource = data.get("resource")
    if data.get("external") is not True and isinstance(resource, str):
        prefixed = data.get("pattern") == "prefixed"
        if resource in _RESOURCES:
            yield from names_at(data, ("name",), _RESOURCES[resource], form=_GRANTED, begins=prefixed)
        elif resource == "user":
            yield from names_at(data, ("name",), USERS, form=PRINCIPAL, begins=prefixed)


def in_access(data: Mapping[str, Any]) -> Iterator[NameAt]:
    """Whom it is for, and all that it names; external topics are mappings."""
    yield from names_at(data, ("principal",), USERS, form=PRINCIPAL)
    said = data.get("prefixed")
    prefixed = said if isinstance(said, list | tuple) else ()
    for field in ("produces", "consumes", "admin"):
        yield from names_at(data, (field,), TOPICS, form=TOPIC, begins=field in prefixed)
    yield from names_at(data, ("group",), GROUPS, begins="group" in prefixed)
    yield from names_at(data, ("transactionalId",), IDS, begins="transactionalId" in prefixed)
    for field, name in (("streams", "applicationId"), ("connect", "group")):
        yield from names_at(data, (field,), GROUPS)
        yield from names_at(part(data, field), (field, name), GROUPS)
    for name in ("configs", "offsets", "status"):
        yield from names_at(part(data, "connect"), ("connect", name), TOPICS, form=TOPIC)
