"""Changes to topics, and the wait that an applier does: read until the broker shows them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mqinfra.model.reading import Live
    from mqinfra.providers.base.request import Result
    from mqinfra.providers.base.session import Session

VISIBLE_WITHIN = 20.0


def topic(name: str) -> Address:
    return Address("kafka", "topics", (name,))


def create(name: str, **after: Any) -> Change:
    return Change(address=topic(name), action=Action.CREATE, reason=Reason.ABSENT, after=after)


def update(name: str, *differences: tuple[tuple[str, ...], Any, Any]) -> Change:
    return Change(
        address=topic(name),
        action=Action.UPDATE,
        reason=Reason.DIFFERS,
        differences=tuple(FieldDifference(path=path, before=old, after=new) for path, old, new in differences),
        after={},
    )


def replace(name: str, identity: str, **after: Any) -> Change:
    return Change(address=topic(name), action=Action.REPLACE, reason=Reason.IMMUTABLE, after=after, identity=identity)


def delete(name: str) -> Change:
    return Change(address=topic(name), action=Action.DELETE, reason=Reason.TOMBSTONE)


def send(session: Session, *changes: Change) -> dict[str, Result]:
    """Send what the changes need; the last result per topic."""
    results: dict[str, Result] = {}
    for request in session.requests(changes):
        results |= {address.name: result for address, result in session.send(request).items()}
    return results


def read(session: Session, *names: str) -> Mapping[str, Live]:
    found = session.read({"topics": [topic(name) for name in names]})
    return {address.name: live for address, live in found.resources.items()}


def await_topic(session: Session, name: str, condition: Callable[[Live], bool]) -> Live:
    """Read until a topic is as it shall be."""
    return _await(session, [name], lambda found: name in found and condition(found[name]))[name]


def await_topics(session: Session, names: Iterable[str], *, there: bool = True) -> Mapping[str, Live]:
    """Read until all of the topics are there, or none is."""
    wanted = list(names)
    return _await(session, wanted, lambda found: len(found) == (len(wanted) if there else 0))


def _await(session: Session, names: list[str], condition: Callable[[Mapping[str, Live]], bool]) -> Mapping[str, Live]:
    deadline = time.monotonic() + VISIBLE_WITHIN
    while not condition(found := read(session, *names)):
        assert time.monotonic() < deadline, f"after {VISIBLE_WITHIN} s the broker shows {found}"
        time.sleep(0.05)
    return found
