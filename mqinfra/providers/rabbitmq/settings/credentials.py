"""Credentials inside values that the server shows in clear: what counts as one, and what stands for it.

Shovels and federation upstreams keep URIs with passwords in runtime parameters, and every reader of parameters sees
them. In a spec such a key stands under `secrets` as a reference, never under `value`.
"""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from urllib.parse import unquote

from pydantic import JsonValue

from mqinfra.model.frozen import dataclass
from mqinfra.model.secret import SecretRef, SecretResolver

_URI = re.compile(r"://.*:.*@|[?&;](?:pass(?:word|wd)?|secret|token)=", re.IGNORECASE | re.DOTALL)
"""A URI with user and password, or with a password among its parameters. Wider than the syntax of URIs on purpose:
who writes a `/` or a blank into a password unescaped must not see it in a plan."""
_KEY = re.compile(r"pass(?:word|wd|phrase)|secret|token|credential", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")
_ERLANG_TEXT = re.compile(r'<<"?(.*?)"?(?:/utf8)?>>', re.DOTALL)
_LONG_ENOUGH = 3
"""Characters of a text that is looked for in messages; a shorter one would blank out words at random."""


def is_credential(key: str, value: JsonValue) -> bool:
    """Tell whether a value must not be shown: a text, or list of texts, with a password in it or under such a key."""
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return any(isinstance(text, str) and (_URI.search(text) or (text and _KEY.search(key))) for text in texts)


def holds_credential(value: JsonValue) -> bool:
    """Tell whether there is a credential anywhere in a value."""
    match value:
        case str():
            return _URI.search(value) is not None
        case list():
            return any(map(holds_credential, value))
        case dict():
            return any(is_credential(key, item) or holds_credential(item) for key, item in value.items())
    return False


@dataclass(frozen=True, slots=True)
class Parted:
    """A live value, taken apart.

    Attributes:
        shown: what may be shown.
        references: made-up references for what may not, by key, as an export has them.
        private: what may not be shown, by key.
        why_not: why it can't be taken apart; empty when it can.
    """

    shown: JsonValue
    references: Mapping[str, SecretRef]
    private: Mapping[str, JsonValue] = field(repr=False)
    why_not: str = ""


def part(value: JsonValue, made_up_from: Iterable[str]) -> Parted:
    """Take the credentials out of a live value.

    Args:
        value: what the server shows.
        made_up_from: names that references are made up from, such as the component and the parameter.
    """
    if not holds_credential(value):
        return Parted(value, {}, {})
    inside = value if isinstance(value, dict) else {}
    private = {key: item for key, item in inside.items() if is_credential(key, item)}
    shown = {key: item for key, item in inside.items() if key not in private}
    if not private or holds_credential(shown):
        return Parted(None, {}, {}, "it holds a password in a place where mqinfra can't keep it apart")
    names = ("RABBITMQ", *made_up_from)
    return Parted(shown, {key: SecretRef(env=_variable(*names, key)) for key in private}, private)


def _variable(*parts: str) -> str:
    return "_".join(_NOT_IN_NAMES.sub("_", text).strip("_") for text in parts).upper()


def found_under_value(value: JsonValue) -> str | None:
    """The key of a manifest's value under which a credential stands in clear; None when there is none."""
    if not isinstance(value, dict):
        return "value" if holds_credential(value) else None
    return next((key for key, item in value.items() if is_credential(key, item) or holds_credential(item)), None)


def texts_of(value: JsonValue) -> list[str]:
    """The texts of a credential: one, or those of a list."""
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def looked_up(wanted: JsonValue, secrets: SecretResolver) -> list[str]:
    """The texts that a reference, or a list of them, leads to.

    Raises:
        UserError: a reference leads nowhere.
    """
    some = wanted if isinstance(wanted, list) else [wanted]
    return [secrets(SecretRef.model_validate(item)).reveal() for item in some]


def without(message: str, texts: Iterable[str], plain: Iterable[str] = ()) -> str:
    """A message of the server's without credentials, which it repeats when it refuses a parameter (measured).

    Args:
        message: the server's words.
        texts: what was looked up.
        plain: what the message may repeat, such as the keys of the parameter.
    """
    words = html.unescape(message)
    for piece in sorted({piece for text in texts for piece in (text, *_pieces(text))}, key=len, reverse=True):
        words = words.replace(piece, "***")
    known = set(plain)
    words = _ERLANG_TEXT.sub(lambda found: found[1] if found[1] in known else "***", words)
    return re.sub(r"://.*@", "://***@", words)


def _pieces(text: str) -> Iterable[str]:
    """The password of a URI, as it is written there and as it is meant; too short ones would blank out any word."""
    userinfo, at, _ = text.partition("://")[2].rpartition("@")
    password = userinfo.partition(":")[2] if at else ""
    return (piece for piece in (password, unquote(password)) if len(piece) >= _LONG_ENOUGH)
