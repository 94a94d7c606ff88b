"""TLS for kafka-python, as librdkafka has it: certificates of files, of text, and of PKCS#12 keystores.

Python's `ssl` loads a client's certificate from files alone. What is text, or comes out of a keystore, is handed over
in a file that lies in memory and has no name, so that no key is ever on a disk.
"""

import os
import ssl
import subprocess
from collections.abc import Callable

from mqinfra.model.errors import UserError
from mqinfra.model.secret import SecretRef
from mqinfra.providers.base.connecting.bounded import tls_context
from mqinfra.providers.kafka.api.security import KafkaTls

Reveal = Callable[[str | SecretRef | None], str | None]
_OUT_OF_REACH = ("curves", "signature_algorithms", "providers")
_PATIENCE = 10.0


def context_of(tls: KafkaTls, reveal: Reveal) -> ssl.SSLContext | str:
    """Make the context of a `tls` block.

    Args:
        tls: the block.
        reveal: looks a reference to a secret up.

    Returns:
        the context; or why there is none, as a predicate.
    """
    used = [name for name in _OUT_OF_REACH if getattr(tls, name) is not None]
    if used:
        name = type(tls).model_fields[used[0]].alias or used[0]
        return f"is not possible here with `security.tls.{name}`"
    try:
        context = tls_context(tls, reveal(tls.key_password), "", tls.ca_pem)
        if tls.crl is not None:
            context.load_verify_locations(tls.crl)
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
        if tls.cipher_suites is not None:
            context.set_ciphers(tls.cipher_suites)
        trouble = _own_certificate(context, tls, reveal)
    except UserError as error:
        return f"failed: {error.diagnostics[0].message}"
    except (OSError, ValueError) as error:
        return f"failed with {type(error).__name__}: `security.tls`"
    return trouble or context


def _own_certificate(context: ssl.SSLContext, tls: KafkaTls, reveal: Reveal) -> str:
    """Load what is in no file of its own; says why that can't be."""
    if tls.certificate_pem is not None or tls.key_pem is not None:
        parts = [tls.certificate_pem or _text(tls.certificate), reveal(tls.key_pem) or _text(tls.key)]
        return _load(context, "\n".join(parts), reveal(tls.key_password), "keyPem")
    if tls.keystore is not None:
        opened = _opened(tls.keystore, reveal(tls.keystore_password) or "")
        return opened[1] or _load(context, opened[0], None, "keystore")
    return ""


def _text(path: str | None) -> str:
    if path is None:
        return ""
    with open(path, encoding="utf-8") as stream:  # noqa: PTH123 - a path as librdkafka takes it
        return stream.read()


def _opened(path: str, password: str) -> tuple[str, str]:
    """Certificate, key and chain of a keystore as text, or what is wrong with it. OpenSSL's own command opens it."""
    found = []
    for wanted in (("-clcerts", "-nodes"), ("-cacerts", "-nokeys")):
        command = ["openssl", "pkcs12", "-in", path, "-passin", "stdin", *wanted]
        try:
            done = subprocess.run(  # noqa: S603 - the path is one argument of it, and the password is not
                command, input=f"{password}\n", capture_output=True, text=True, timeout=_PATIENCE, check=False
            )
        except FileNotFoundError:
            return "", "needs the command `openssl` for `security.tls.keystore`"
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            return "", f"failed with {type(error).__name__}: `security.tls.keystore`"
        if done.returncode:
            return "", "failed: `openssl` can't open `security.tls.keystore` with its password"
        found.append(done.stdout)
    return "\n".join(found), ""


def _load(context: ssl.SSLContext, pem: str, password: str | None, name: str) -> str:
    if not hasattr(os, "memfd_create"):
        return f"is not possible on this system with `security.tls.{name}`"
    handle = os.memfd_create("certificate")
    with os.fdopen(handle, "wb", buffering=0) as stream:
        stream.write(pem.encode())
        context.load_cert_chain(f"/proc/self/fd/{handle}", password=lambda: password or "")
    return ""
