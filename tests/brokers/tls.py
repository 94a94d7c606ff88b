"""A throw-away certificate authority and server certificate for loopback."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.brokers.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SAN = "IP:127.0.0.1,DNS:localhost"
_STORE_PASSWORD = "loopback"
_DAYS = "30"


@dataclass(frozen=True)
class ServerIdentity:
    """What a server needs to speak TLS, and the CA file its clients need."""

    ca_file: Path
    keystore: Path
    keystore_type: str

    def properties(self, listener: str) -> dict[str, str]:
        """What a listener of Kafka needs."""
        prefix = f"listener.name.{listener.lower()}.ssl"
        stored = {f"{prefix}.keystore.type": self.keystore_type, f"{prefix}.keystore.location": str(self.keystore)}
        if self.keystore_type == "PKCS12":
            stored[f"{prefix}.keystore.password"] = _STORE_PASSWORD
            stored[f"{prefix}.key.password"] = _STORE_PASSWORD
        return stored

    def quarkus(self) -> dict[str, str]:
        """What a server made with Quarkus needs."""
        prefix = "quarkus.http.ssl.certificate"
        if self.keystore_type == "PKCS12":
            return {
                f"{prefix}.key-store-file": str(self.keystore),
                f"{prefix}.key-store-password": _STORE_PASSWORD,
            }
        return {f"{prefix}.files": str(self.keystore), f"{prefix}.key-files": str(self.keystore)}


def make_identity(folder: Path) -> ServerIdentity:
    """Make a CA and a server key with openssl, or with the keytool every Java has."""
    folder.mkdir(parents=True, exist_ok=True)
    return with_openssl(folder) if shutil.which("openssl") else with_keytool(folder)


def with_openssl(folder: Path) -> ServerIdentity:
    ca_key, ca_file = folder / "ca.key", folder / "ca.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", _DAYS, "-keyout"]
    _run([*request, str(ca_key), "-out", str(ca_file), "-subj", "/CN=mqinfra test CA"])
    key, certificate = folder / "server.key", folder / "server.crt"
    signed = ["-CA", str(ca_file), "-CAkey", str(ca_key), "-subj", "/CN=localhost"]
    extensions = ["-addext", f"subjectAltName={_SAN}", "-addext", "basicConstraints=critical,CA:FALSE"]
    _run([*request, str(key), "-out", str(certificate), *signed, *extensions])
    keystore = folder / "server.pem"
    keystore.write_text(key.read_text() + certificate.read_text() + ca_file.read_text())
    return ServerIdentity(ca_file, keystore, "PEM")


@dataclass(frozen=True)
class ClientIdentity:
    """What a client proves itself with: files, and the same as a PKCS#12 keystore.

    Attributes:
        certificate: its certificate.
        key: its key, without a passphrase.
        keystore: both.
        password: passphrase of the keystore.
    """

    certificate: Path
    key: Path
    keystore: Path
    password: str


def client_identity(authority: ServerIdentity, folder: Path, subject: str, password: str) -> ClientIdentity:
    """Make a client's certificate with openssl, signed by the authority that `with_openssl` made.

    Args:
        authority: of the brokers.
        folder: where the files go.
        subject: its name, `/OU=shop/CN=billing` for what RFC 2253 writes `CN=billing,OU=shop`.
        password: passphrase for the keystore.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate, keystore = (folder / name for name in ("client.key", "client.crt", "client.p12"))
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", _DAYS, "-keyout", str(key)]
    signed = ["-CA", str(authority.ca_file), "-CAkey", str(authority.ca_file.with_suffix(".key")), "-subj", subject]
    _run([*request, "-out", str(certificate), *signed, "-addext", "basicConstraints=critical,CA:FALSE"])
    store = ["openssl", "pkcs12", "-export", "-in", str(certificate), "-inkey", str(key)]
    _run([*store, "-certfile", str(authority.ca_file), "-out", str(keystore), "-passout", f"pass:{password}"])
    return ClientIdentity(certificate, key, keystore, password)


def with_keytool(folder: Path) -> ServerIdentity:
    keystore, ca_file = folder / "server.p12", folder / "ca.pem"
    store = ["-keystore", str(keystore), "-storetype", "PKCS12", "-storepass", _STORE_PASSWORD, "-alias", "server"]
    extensions = ["-ext", f"SAN={_SAN}", "-ext", "bc:c"]
    _run(
        [
            "keytool",
            "-genkeypair",
            "-keyalg",
            "RSA",
            "-dname",
            "CN=localhost",
            "-validity",
            _DAYS,
            *store,
            *extensions,
        ]
    )
    _run(["keytool", "-exportcert", "-rfc", "-file", str(ca_file), *store])
    return ServerIdentity(ca_file, keystore, "PKCS12")


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise BrokerError(f"{command[0]} could not make a certificate:\n{done.stdout}{done.stderr}")
