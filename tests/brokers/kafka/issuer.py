"""An OpenID Connect issuer on loopback: gives signed tokens to whoever has the secret, and shows its public key."""

from __future__ import annotations

import base64
import json
import subprocess
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from tests.brokers.errors import BrokerError
from tests.brokers.ports import HOST

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_KEY_ID = "one"
AUDIENCE = "kafka"


class Issuer:
    """The issuer.

    Attributes:
        clients: secrets of clients, by their ids; a token's subject is the id.
        lasting: seconds that a token is good for.
        given: subjects of the tokens that it gave, in order.
    """

    def __init__(self, folder: Path, clients: dict[str, str]) -> None:
        self.clients, self.lasting = clients, 600
        self.given: list[str] = []
        self._key = folder / "issuer.key"
        folder.mkdir(parents=True, exist_ok=True)
        _openssl("genrsa", "-out", str(self._key), "2048")
        self._server = ThreadingHTTPServer((HOST, 0), _handler(self))
        self.url = f"http://{HOST}:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def token_endpoint(self) -> str:
        return f"{self.url}/token"

    @property
    def jwks_endpoint(self) -> str:
        return f"{self.url}/keys"

    def keys(self) -> dict[str, Any]:
        """Its public key, as a JSON Web Key Set."""
        modulus = bytes.fromhex(_openssl("rsa", "-in", str(self._key), "-noout", "-modulus").decode().partition("=")[2])
        key = {"kty": "RSA", "kid": _KEY_ID, "use": "sig", "alg": "RS256", "e": "AQAB", "n": _text(modulus)}
        return {"keys": [key]}

    def token(self, subject: str, scope: str) -> str:
        """A signed token."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + self.lasting}
        parts = ({"alg": "RS256", "typ": "JWT", "kid": _KEY_ID}, claims | {"scope": scope})
        signed = ".".join(_text(json.dumps(part).encode()) for part in parts)
        signature = _openssl("dgst", "-sha256", "-sign", str(self._key), given=signed.encode())
        self.given.append(subject)
        return f"{signed}.{_text(signature)}"


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers one request."""

        def do_GET(self) -> None:
            self._say(200, issuer.keys())

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            scheme, _, login = self.headers.get("Authorization", "").partition(" ")
            name, _, secret = base64.b64decode(login).decode().partition(":") if scheme == "Basic" else ("", "", "")
            if form.get("grant_type") != ["client_credentials"] or issuer.clients.get(name) != secret:
                self._say(401, {"error": "invalid_client"})
                return
            token = issuer.token(name, form.get("scope", [""])[0])
            self._say(200, {"access_token": token, "token_type": "Bearer", "expires_in": issuer.lasting})

        def _say(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing on stderr."""

    return Handler


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _openssl(*arguments: str, given: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *arguments], input=given, capture_output=True, timeout=30, check=False)
    if done.returncode:
        raise BrokerError(f"openssl {arguments[0]} failed: {done.stderr.decode()}")
    return done.stdout
