"""No secret is left in what others say, however it is written there."""

import base64
import hashlib
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.scrub import Secrets
from mqinfra.model.secret import SecretRef, SecretValue

SECRET = 'p&ss "wörd"/+=\\<x>'
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=6, max_size=40).filter(
    lambda text: all(len(line) > 5 for line in text.splitlines()) and "*" not in text
)


def knowing(*values: str) -> Secrets:
    named = {f"S{number}": value for number, value in enumerate(values)}
    secrets = Secrets(lambda reference: SecretValue(named[str(reference.env)]))
    for name in named:
        secrets(SecretRef(env=name))
    return secrets


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        SECRET.upper(),
        quote(SECRET),
        quote(SECRET, safe="").lower(),
        json.dumps({"password": SECRET}),
        json.dumps({"password": SECRET}, ensure_ascii=False),
        repr(SECRET),
        repr(SECRET.encode()),
        SECRET.encode().hex(),
        hashlib.sha256(SECRET.encode()).hexdigest(),
        "<title>p&amp;ss &quot;wörd&quot;/+=\\&lt;x&gt;</title>",
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(b"\0user\0" + SECRET.encode()).decode(),
    ],
)
def test_a_secret_is_taken_out_however_it_is_written(written: str) -> None:
    said = knowing(SECRET).scrub(f"before {written} after")
    assert "***" in said
    assert (said[:7], said[-6:]) == ("before ", " after")
    assert "wörd" not in said.lower()


@given(value=VALUES, user=NAMES, more=NAMES)
def test_no_base64_of_it_can_be_read_back(value: str, user: str, more: str) -> None:
    token = base64.b64encode(f"{user}:{value}{more}".encode()).decode()
    said = knowing(value).scrub(f"Authorization: Basic {token}")
    assert "***" in said
    longest = max((len(part) for part in said.removeprefix("Authorization: Basic ").split("***")), default=0)
    assert longest <= len(base64.b64encode(f"{user}:xx".encode())) + len(base64.b64encode(f"xx{more}".encode()))


@given(value=VALUES)
def test_none_of_a_value_with_many_lines_is_left(value: str) -> None:
    said = knowing(value).scrub(f"[{value}] and {' '.join(value.splitlines())}")
    assert all(line.lower() not in said.lower() for line in value.splitlines())


def test_a_secret_that_holds_another_goes_as_a_whole() -> None:
    assert knowing("orders", "orders-and-more").scrub("orders-and-more, orders") == "***, ***"


def test_a_short_secret_is_taken_out_as_a_word_only() -> None:
    assert knowing("ab").scrub("about ab, cab") == "about ***, cab"


def test_a_secret_that_was_not_looked_up_yet_is_looked_for_later() -> None:
    secrets = Secrets(lambda reference: SecretValue(f"value-of-{reference.env}"))
    assert secrets.scrub("value-of-A value-of-B") == "value-of-A value-of-B"
    secrets(SecretRef(env="A"))
    assert secrets.scrub("value-of-A value-of-B") == "*** value-of-B"
    secrets(SecretRef(env="B"))
    assert secrets.scrub("value-of-A value-of-B") == "*** ***"


def test_an_error_ends_without_the_secrets_and_keeps_its_address() -> None:
    found = Diagnostic(code="MQ414", message="no `hunter2`", address="kafka/topics/hunter2", help=("hunter2?",))
    with pytest.raises(UserError) as error, knowing("hunter2").guarding():
        raise UserError([found])
    [told] = error.value.diagnostics
    assert (told.message, told.help, told.address) == ("no `***`", ("***?",), "kafka/topics/hunter2")
    assert "hunter2" not in str(error.value)
