"""What users may say, and how passwords are compared and left out of everything."""

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, FieldDifference, Reason
from mqinfra.model.reading import Facts, Live
from mqinfra.model.secret import SecretRef, SecretValue
from mqinfra.model.span import Path
from mqinfra.providers.rabbitmq.io.user_reading import Held
from mqinfra.providers.rabbitmq.kinds.users import UserKind
from mqinfra.providers.rabbitmq.spec.user import UserSpec

FEED = Address("rabbit", "users", ("feed",))
KIND = UserKind()
PASSWORD = ("password",)
NAMES = ("sha256", "sha512", "md5")


def held(password: str, name: str = "sha256", salt: bytes = b"\x00\xff\x80~") -> Held:
    digest = hashlib.new(name, salt + password.encode(), usedforsecurity=False).digest()
    return Held(base64.b64encode(salt + digest).decode(), f"rabbit_password_hashing_{name}")


@given(password=st.text(), other=st.text(), name=st.sampled_from(NAMES), salt=st.binary(min_size=4, max_size=4))
def test_a_hash_is_of_the_password_it_was_made_from_and_of_no_other(
    password: str, other: str, name: str, salt: bytes
) -> None:
    found = held(password, name, salt)
    assert found.is_of(password)
    assert found.is_of(other) is (password == other)


def test_the_hash_of_the_documentation() -> None:
    """From docs/passwords.md: `test12` with the salt 908DC60A."""
    assert Held("kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR", "rabbit_password_hashing_sha256").is_of("test12")


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        (Held("", "rabbit_password_hashing_sha256"), False),
        (Held("AAAA", "rabbit_password_hashing_sha256"), False),
        (Held("no base64", "rabbit_password_hashing_sha256"), None),
        (Held("AAAAAAAA", "their_own_hashing"), None),
    ],
)
def test_what_is_no_hash_is_of_no_password(found: Held, answer: bool | None) -> None:  # noqa: FBT001 - a case
    assert found.is_of("") is answer


def test_a_hash_does_not_show_itself() -> None:
    found = held("planted")
    assert found.hash not in repr(found)
    assert found.hash not in repr(Live(UserSpec(), private=found))


def test_the_kind_looks_references_up() -> None:
    def secrets(reference: SecretRef) -> SecretValue:
        return SecretValue({"FEED": "planted", "OTHER": "other"}[reference.env or ""])

    live = Live(UserSpec(), private=held("planted"))
    assert KIND.holds_secret(live, PASSWORD, {"env": "FEED"}, secrets) is True
    assert KIND.holds_secret(live, PASSWORD, {"env": "OTHER"}, secrets) is False
    assert KIND.holds_secret(Live(UserSpec()), PASSWORD, {"env": "FEED"}, secrets) is None


def calls(after: dict[str, JsonValue] | None, action: Action, *paths: Path) -> list[tuple[str, dict[str, Any]]]:
    wanted = UserSpec.model_validate(after or {}).fields()
    differences = tuple(FieldDifference(path=path, after=wanted.get(path)) for path in paths or wanted)
    found = Change(FEED, action, Reason.DIFFERS, differences, {}, after)
    return [
        (request.api, dict(body))
        for request in KIND.requests([found], Facts(cluster_id="c"))
        for body in request.body.values()
    ]


def test_requests_hold_references_only() -> None:
    after: dict[str, JsonValue] = {"tags": ["b", "a"], "password": {"env": "FEED"}, "limits": {"max-channels": 5}}
    assert calls(after, Action.CREATE) == [
        ("PUT /api/users/{name}", {"tags": "a,b", "password": {"env": "FEED"}}),
        ("PUT /api/user-limits/{user}/max-channels", {"value": 5}),
    ]


def test_a_password_that_does_not_differ_is_not_in_the_request() -> None:
    after: dict[str, JsonValue] = {"tags": ["a"], "password": {"env": "FEED"}}
    assert calls(after, Action.UPDATE, ("tags",)) == [("PUT /api/users/{name}", {"tags": "a"})]
    assert calls({"tags": [], "limits": {}}, Action.UPDATE, ("limits", "max-channels")) == [
        ("DELETE /api/user-limits/{user}/max-channels", {})
    ]
    assert calls(None, Action.DELETE) == [("DELETE /api/users/{name}", {})]


def test_tags_left_out_are_none() -> None:
    assert UserSpec.model_validate({"password": None}).to_json() == {"tags": []}


def test_a_password_in_clear_is_refused_without_being_repeated() -> None:
    with pytest.raises(ValidationError) as caught:
        UserSpec.model_validate({"password": "planted"})
    assert all("planted" not in str(error["msg"]) for error in caught.value.errors())


def test_tags_are_a_set() -> None:
    assert KIND.same(("tags",), ["a", "b"], ["b", "a", "b"])
    assert not KIND.same(("tags",), ["a"], [])
