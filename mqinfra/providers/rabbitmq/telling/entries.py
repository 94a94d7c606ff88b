"""Exchanges, vhosts and users in a few words."""

from collections.abc import Iterable, Iterator

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference
from mqinfra.model.story import Detail, Told
from mqinfra.providers.base.words import named, reference, settings, valued
from mqinfra.providers.rabbitmq.telling.in_force import in_force

_TYPE, _DURABLE, _AUTO_DELETE, _INTERNAL = ("type",), ("durable",), ("autoDelete",), ("internal",)
_SWITCHES = frozenset((_DURABLE, _AUTO_DELETE, _INTERNAL))
_DESCRIPTION, _PASSWORD, _TAGS = ("description",), ("password",), ("tags",)
_KNOWN = frozenset((_TYPE, *_SWITCHES))


def traits(differences: Iterable[FieldDifference]) -> Iterator[str]:
    """What a new queue or exchange is like: its type, and its switches where they are not as usual."""
    some = {difference.path: difference.after for difference in differences}
    if _TYPE in some:
        yield valued(some[_TYPE])
    if some.get(_DURABLE) is False:
        yield "gone after a restart"
    if some.get(_AUTO_DELETE) is True:
        yield "gone when nothing uses it any more"
    if some.get(_INTERNAL) is True:
        yield "internal"
    yield from settings(differences, _KNOWN)


def exchanges(changes: Iterable[Change]) -> Iterator[tuple[Address, Told]]:
    """A new exchange by its type."""
    for change in changes:
        text = in_force(change)
        details = (Detail("in force", text),) if text else ()
        summary = ", ".join(traits(change.differences)) if change.action is Action.CREATE else ""
        if summary or details:
            yield change.address, Told(summary, details)


def vhosts(changes: Iterable[Change]) -> Iterator[tuple[Address, Told]]:
    """A new vhost by its description."""
    for change in changes:
        if change.action is Action.CREATE:
            some = {difference.path: difference.after for difference in change.differences}
            description = some.get(_DESCRIPTION)
            words = ['"' + description.replace('"', '\\"') + '"'] if isinstance(description, str) else []
            yield change.address, Told(", ".join([*words, *settings(change.differences, {_DESCRIPTION})]))


def users(changes: Iterable[Change]) -> Iterator[tuple[Address, Told]]:
    """A new user by where its password is."""
    for change in changes:
        if change.action is not Action.CREATE:
            continue
        some = {difference.path: difference.after for difference in change.differences}
        words = [f"password {reference(some[_PASSWORD])}" if _PASSWORD in some else "no password"]
        tags = some.get(_TAGS)
        if isinstance(tags, list) and tags:
            words.append(f"tags {' '.join(named(str(tag)) for tag in tags)}")
        yield change.address, Told(", ".join([*words, *settings(change.differences, {_PASSWORD, _TAGS})]))
