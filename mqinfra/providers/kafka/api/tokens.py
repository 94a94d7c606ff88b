"""Tokens for a login by OAUTHBEARER, asked for as librdkafka asks: it does not hand on the ones that it gets."""

import base64
import json
import ssl
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from mqinfra.model.secret import SecretRef
from mqinfra.providers.base.connecting.http_connection import HttpConnection
from mqinfra.providers.kafka.api.sasl import OAuth

if TYPE_CHECKING:
    from kafka.net.sasl.oauth import AbstractTokenProvider

_EARLY = 30.0
"""Seconds before its end from which a token counts as over."""
_PORTS = {"http": 80, "https": 443}


class TokenError(OSError):
    """No token was to be had; the text says why, and holds no secret."""


def impossible(oauth: OAuth) -> str:
    """The field of the block for which this can't ask; empty where it can."""
    if oauth.metadata != "none":
        return "metadata"
    if oauth.assertion is not None or oauth.grant_type != "client_credentials":
        return "assertion"
    return ""


class Tokens:
    """Asks a token endpoint, and again when the token is nearly over.

    Args:
        oauth: the block.
        secret: the value of `clientSecret`.
        patience: seconds that an answer may take.
    """

    def __init__(self, oauth: OAuth, secret: str, patience: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._oauth, self._secret, self._patience, self._clock = oauth, secret, patience, clock
        self._token, self._over = "", 0.0

    def __repr__(self) -> str:
        return f"Tokens({self._oauth.token_endpoint!r})"

    def token(self) -> str:
        """A token that is still good for a while.

        Raises:
            TokenError: there is none.
        """
        if not self._token or self._clock() >= self._over:
            self._token, lasting = self._asked()
            self._over = self._clock() + max(0.0, lasting - _EARLY)
        return self._token

    def _asked(self) -> tuple[str, float]:
        end = time.monotonic() + self._patience
        parts = urlsplit(self._oauth.token_endpoint or "")
        where = f"{parts.scheme}://{parts.hostname}"
        try:
            context = self._context() if parts.scheme == "https" else None
            connection = HttpConnection(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443), context, end)
            try:
                page, _ = connection.exchange("POST", self._request(), end)
            finally:
                connection.close()
            said = json.loads(page.body)
        except (OSError, HTTPException, ValueError) as error:
            raise TokenError(f"no usable answer from {where} ({type(error).__name__})") from None
        token, lasting = (said.get(key) if isinstance(said, dict) else None for key in ("access_token", "expires_in"))
        if page.status != 200 or not isinstance(token, str) or not token:
            raise TokenError(f"{where} gave no token (HTTP {page.status})")
        return token, float(lasting) if isinstance(lasting, int | float) else 0.0

    def _request(self) -> bytes:
        oauth, parts = self._oauth, urlsplit(self._oauth.token_endpoint or "")
        form = {"grant_type": oauth.grant_type} | ({"scope": oauth.scope} if oauth.scope else {})
        body = urlencode(form).encode()
        login = base64.b64encode(f"{oauth.client_id or ''}:{self._secret}".encode()).decode()
        head = (
            f"POST {parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1",
            f"Host: {parts.netloc}",
            f"Authorization: Basic {login}",
            "Accept: application/json",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
            "Connection: close",
        )
        return "\r\n".join((*head, "", "")).encode() + body

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._oauth.ca, cadata=self._oauth.ca_pem)


def provider(tokens: Tokens, extensions: Mapping[str, str]) -> "AbstractTokenProvider":
    """What kafka-python asks for tokens."""
    from kafka.net.sasl.oauth import AbstractTokenProvider  # noqa: PLC0415 - see SecondClient

    class Provider(AbstractTokenProvider):  # type: ignore[misc]  # kafka-python has no types
        """Hands on what `Tokens` has."""

        def token(self) -> str:
            return tokens.token()

        def extensions(self) -> dict[str, str]:
            return dict(extensions)

    return Provider()


def tokens_of(oauth: OAuth, reveal: Callable[[str | SecretRef | None], str | None], patience: float) -> Tokens:
    """The tokens of a block."""
    return Tokens(oauth, reveal(oauth.client_secret) or "", patience)
