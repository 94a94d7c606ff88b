"""The TLS context that both the management API and AMQP are reached with."""

import ssl

from mqinfra.model.errors import UserError
from mqinfra.providers.base.block import Tls
from mqinfra.providers.rabbitmq.codes import TLS_FAILED


def tls_context(block: Tls, key_password: str | None, where: str) -> ssl.SSLContext:
    """Make the context of a `tls` block.

    Raises:
        UserError: a file of it is missing or holds something else.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    name, path = "ca", block.ca
    try:
        if block.ca is not None:
            context = ssl.create_default_context(cafile=block.ca)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
        if block.certificate is not None:
            name, path = "certificate` and `tls.key", block.certificate
            context.load_cert_chain(block.certificate, block.key, lambda: key_password or "")
    except OSError as error:  # ssl.SSLError is one
        reason = error.strerror or str(error)
        found = TLS_FAILED.at(
            f"`tls.{name}` can't be used: `{path}`: {reason}", address=where, help="check the path, and that it is PEM"
        )
        raise UserError([found]) from None
    if not block.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif not block.check_name:
        context.check_hostname = False
    return context
