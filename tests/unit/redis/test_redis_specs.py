"""What manifests may say of streams, groups, users and access, and what the sugar makes of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from pydantic import JsonValue, ValidationError

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.declaration import Declaration, Origin
from mqinfra.model.reading import Facts, Live
from mqinfra.model.span import Path, Span
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.redis.api.entry_id import below, canonical
from mqinfra.providers.redis.groups.spec import GroupSpec, ResetTo
from mqinfra.providers.redis.streams.spec import StreamEntry, StreamSpec
from mqinfra.providers.redis.users.requests import rules_of
from mqinfra.providers.redis.users.spec import UserSpec

KINDS: Mapping[str, Any] = installed().providers["redis"].entry_types
STREAM = Address("redis", "streams", ("orders",))


class Nowhere:
    def span(self, path: Path) -> Span | None:  # noqa: ARG002 - the protocol's signature
        return None

    key_span = span

    def line(self, span: Span) -> str | None:  # noqa: ARG002 - the protocol's signature
        return None


def test_groups_and_dead_letters_become_resources() -> None:
    entry = StreamEntry.model_validate(
        {"expectedMaxLength": 9, "groups": {"mail": {"startAt": "$"}, "feed": None}, "deadLetter": True}
    )
    expansion = KINDS["streams"].expand(STREAM, entry)
    assert [(made.kind, made.path, dict(made.data), made.by) for made in expansion.made] == [
        ("groups", ("orders", "feed"), {}, ("groups", "feed")),
        ("groups", ("orders", "mail"), {"startAt": "$"}, ("groups", "mail")),
        (
            "streams",
            ("orders:dlq",),
            {"deadLetter": False, "groups": {"dlq": {"startAt": "0"}}, "expectedMaxLength": 9},
            ("deadLetter",),
        ),
    ]
    [reference] = expansion.references
    assert (reference.target.name, reference.role, reference.needed) == ("orders:dlq", "dead letters", False)


def test_dead_letters_have_none_of_their_own() -> None:
    address = Address("redis", "streams", ("orders:dlq",))
    assert KINDS["streams"].expand(address, StreamEntry(dead_letter=True)).made == ()


def test_a_group_needs_its_stream() -> None:
    address = Address("redis", "groups", ("orders", "feed"))
    [reference] = KINDS["groups"].expand(address, GroupSpec()).references
    assert (reference.target, reference.needed) == (STREAM, True)


@pytest.mark.parametrize(
    ("model", "data", "words"),
    [
        (StreamSpec, {"trim": {"maxlen": 1}}, "unknown field"),
        (StreamSpec, {"trim": {"minId": "yesterday"}}, "invalid entry id"),
        (StreamSpec, {"idempotence": {"duration": 1500}}, "whole seconds"),
        (StreamSpec, {"expectedMaxLength": -1}, "greater than or equal"),
        (GroupSpec, {"startAt": "begin"}, "invalid start"),
        (GroupSpec, {"resetTo": {"to": "0"}}, "on every apply"),
        (GroupSpec, {"resetTo": {"to": "$"}}, "on every apply"),
        (GroupSpec, {"resetTo": {"from": "5", "to": "5-0"}}, "are equal"),
        (UserSpec, {"nopass": True, "passwords": [{"env": "X"}]}, "any password works"),
        (UserSpec, {"passwords": [{"env": "A"}, {"env": "B"}, {"env": "C"}]}, "at most 2"),
        (UserSpec, {"passwords": [{"sha256": "ABC"}]}, "pattern"),
        (UserSpec, {"keys": ["orders"]}, "not a key pattern"),
        (UserSpec, {"channels": ["news"]}, "not a channel pattern"),
        (UserSpec, {"selectors": [{"commands": ["get"]}]}, "not a command rule"),
    ],
)
def test_what_can_not_be_meant_is_refused(model: type[Any], data: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        model.model_validate(data)


def test_ids_are_compared_as_numbers() -> None:
    assert canonical("5") == "5-0"
    assert below("9-0", "10-0")
    assert below("5-9", "5-10")
    assert not below("5-0", "5")


@pytest.mark.parametrize(
    ("reset", "position", "moves"),
    [
        ({"to": "5"}, "3-0", True),
        ({"to": "5"}, "5-0", False),
        ({"to": "5"}, "9-0", False),
        ({"from": "9", "to": "0"}, "9-0", True),
        ({"from": "9", "to": "0"}, "0-0", False),
        ({"from": "9", "to": "0"}, "4-0", False),
        ({"from": "9", "to": "$"}, "9-0", True),
    ],
)
def test_a_group_is_moved_once(reset: dict[str, str], position: str, *, moves: bool) -> None:
    assert ResetTo.model_validate(reset).moves(position) is moves


def test_a_user_is_declared_whole_and_denied_by_default() -> None:
    spec = UserSpec.model_validate({"keys": None})
    assert spec.to_json() == {
        "enabled": True,
        "nopass": False,
        "commands": [],
        "keys": [],
        "channels": [],
        "selectors": [],
    }
    assert list(rules_of(spec)) == ["reset", "resetchannels", "on"]


def test_only_patterns_that_count_are_sent() -> None:
    """A pattern after `~*` is an error of the server."""
    spec = UserSpec.model_validate(
        {"keys": ["~a", "~*"], "selectors": [{"commands": ["+get"], "keys": ["~b", "%R~b"]}]}
    )
    assert list(rules_of(spec)) == ["reset", "resetchannels", "on", "~*", "(~b +get)"]


def declared(dead_letter: object) -> MappingProxyType[Address, Declaration]:
    entry = StreamEntry.model_validate({"deadLetter": dead_letter})
    expansion = KINDS["streams"].expand(STREAM, entry)
    assert expansion.spec is not None
    origins = (Origin(Span("a.yaml", 1, 1)),)
    return MappingProxyType({STREAM: Declaration(expansion.spec, Nowhere(), origins, references=expansion.references)})


def test_access_makes_a_user_with_rights_kept_apart() -> None:
    kind = KINDS["access"]
    entry = kind.entry.model_validate(
        {"password": {"env": "FEED"}, "consumes": ["orders", "a*"], "publishes": ["parcels"], "user": "feed"}
    )
    expansion = kind.expand_last(Address("redis", "access", ("x",)), entry, declared({"name": "orders:failed"}))
    [made] = expansion.made
    assert (expansion.spec, made.kind, made.path) == (None, "users", ("feed",))
    assert made.data["passwords"] == [{"env": "FEED"}]
    assert made.data["selectors"] == [
        {
            "commands": ["+xreadgroup", "+xack", "+xautoclaim", "+xclaim", "+xpending", "+xinfo"],
            "keys": ["~a\\*", "~orders"],
        },
        {"commands": ["+xadd", "+xlen"], "keys": ["~parcels"]},
        {"commands": ["+xadd"], "keys": ["~orders:failed"]},
    ]
    assert "keys" not in made.data


def test_access_to_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="set `consumes`"):
        KINDS["access"].entry.model_validate({"user": "feed"})


def requests_of(kind: Kind[Any], change: Change) -> list[tuple[str, dict[str, Any]]]:
    return [
        (request.api, dict(body))
        for request in kind.requests([change], Facts(cluster_id="c"))
        for body in request.body.values()
    ]


def test_settings_that_are_equal_are_never_sent_again() -> None:
    """XCFGSET forgets all producers, so only a difference sends it."""
    after: dict[str, JsonValue] = {"idempotence": {"duration": 300_000, "maxSize": 50}}
    difference = FieldDifference(path=("idempotence", "duration"), before=None, after=300_000)
    change = Change(
        address=STREAM, action=Action.UPDATE, reason=Reason.DIFFERS, differences=(difference,), before={}, after=after
    )
    assert requests_of(KINDS["streams"], change) == [("XCFGSET", {"key": "orders", "duration": 300_000})]
    live = Live(StreamSpec(), inherited={("idempotence", "duration"): 300_000})
    assert KINDS["streams"].deviation(("idempotence", "duration"), 300_000, 300_000, live) is None
    verdict = KINDS["streams"].classify(difference, live, Facts(cluster_id="c"))
    assert "counts as new" in verdict.costs[0].text


def test_passwords_stand_in_requests_as_references() -> None:
    change = Change(
        address=Address("redis", "users", ("feed",)),
        action=Action.CREATE,
        reason=Reason.ABSENT,
        after=UserSpec.model_validate({"passwords": [{"env": "FEED"}]}).to_json(),
    )
    [(api, body)] = requests_of(KINDS["users"], change)
    assert (api, body["passwords"]) == ("ACL SETUSER", [{"env": "FEED"}])
