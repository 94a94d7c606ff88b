"""What the `tls` block makes of a context: whom it trusts, and what it does not check."""

import ssl
from pathlib import Path

import pytest

from mqinfra.model.errors import UserError
from mqinfra.providers.base.connecting.bounded import tls_context
from mqinfra.providers.base.connecting.tls import Tls, TlsBlock
from mqinfra.providers.kafka.api.security import KafkaTls
from tests.brokers.tls import make_identity

REQUIRED, NONE = ssl.CERT_REQUIRED, ssl.CERT_NONE


@pytest.mark.parametrize(
    ("block", "verify", "names"),
    [
        (Tls(), REQUIRED, True),
        (Tls(check_name=False), REQUIRED, False),
        (Tls(verify=False), NONE, False),
        (KafkaTls(), REQUIRED, True),
        (KafkaTls(endpoint_identification="none"), REQUIRED, False),
        (KafkaTls(verify=False), NONE, False),
    ],
)
def test_what_is_checked(block: TlsBlock, verify: ssl.VerifyMode, names: bool) -> None:  # noqa: FBT001 - a case
    context = tls_context(block, None, "it")
    assert (context.verify_mode, context.check_hostname) == (verify, names)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_an_authority_is_a_file_or_text_and_then_the_only_one(tmp_path: Path) -> None:
    identity = make_identity(tmp_path)
    text = identity.ca_file.read_text(encoding="ascii")
    for context in (tls_context(Tls(ca=str(identity.ca_file)), None, "it"), tls_context(KafkaTls(), None, "it", text)):
        assert len(context.get_ca_certs()) == 1


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (Tls(ca="/no/such/ca.pem"), "`tls.ca` can't be used: `/no/such/ca.pem`: No such file"),
        (Tls(certificate="/no/such/c.pem", key="/k"), "`tls.certificate` and `tls.key` can't be used"),
    ],
)
def test_a_file_that_can_not_be_used_is_named(block: Tls, words: str) -> None:
    with pytest.raises(UserError) as caught:
        tls_context(block, "hunter2", "it (a:1)")
    [found] = caught.value.diagnostics
    assert (found.code, found.address) == ("MQ456", "it (a:1)")
    assert words in found.message
    assert "hunter2" not in str(caught.value)
