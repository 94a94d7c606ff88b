"""Where an endpoint listens, and what it shows to those who ask: its address, certificate and password."""

import ssl
from pathlib import Path

import click

from mqinfra.model.code import Code
from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.addresses import is_host
from mqinfra.providers.base.disk import reason

LISTEN = Code(
    "MQ185",
    "metrics can't be served",
    "`monitor export` could not begin: something else listens on its address, or a file of its certificate or password "
    "can't be read or holds none. Nothing was looked at.",
    bad="mqinfra monitor export --listen 127.0.0.1:9808      # another exporter has that port\n",
    good="mqinfra monitor export --listen 127.0.0.1:9809\n",
)


def read_address(text: str) -> tuple[str, int]:
    """Host, without brackets, and port; port 0 is one that is free.

    Raises:
        click.UsageError: the text is no address.
    """
    host, _, port = text.rpartition(":")
    if not (is_host(host) and port.isdecimal() and int(port) < 65_536):
        raise click.UsageError(f"--listen must be HOST:PORT such as 127.0.0.1:9808 or [::]:9808, got `{text}`")
    return host.strip("[]"), int(port)


def read_password(path: Path) -> str:
    """The only line of a file.

    Raises:
        UserError: it can't be read, or is another text than one line.
    """
    try:
        text = path.read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            [LISTEN.at(f"`{path}` can't be read: {reason(error) if isinstance(error, OSError) else 'it is no text'}")]
        ) from None
    if not text or "\n" in text:
        raise UserError([LISTEN.at(f"`{path}` must hold the password, as its only line")])
    return text


def read_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """What serves TLS 1.2 and newer.

    Raises:
        UserError: the files are no certificate with its key, or the key has a password.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ssl.SSLError) as error:
        why = error.reason if isinstance(error, ssl.SSLError) else reason(error)
        raise UserError([LISTEN.at(f"`{certificate}` and `{key}` are no certificate with its key: {why}")]) from None
    return context


def _no_password() -> str:
    """A key with a password would ask for it on the terminal."""
    return ""
