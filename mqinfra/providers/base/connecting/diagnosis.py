"""From failures to one Diagnostic. Brokers translate what their clients raise; the words are the same for all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.frozen import dataclass
from mqinfra.providers.base.connecting.cause import Cause
from mqinfra.providers.base.connecting.codes import LOGIN_FAILED

_PART = re.compile(r"\{(\w+)\}")
_TELLING = {cause: number for number, cause in enumerate(Cause)}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a broker's block calls the parts that a failure may be about.

    Attributes:
        product: the broker, `Redis`.
        addresses: field that the addresses come from, `nodes`.
        tls: where the TLS block is, `security.tls`.
        use_tls: how to ask for TLS, "add `tls`".
        use_plain: how to ask for plain text, "remove `tls`".
        announced: what to do about an address that the servers name themselves.
        advice: what to do now, where the broker knows better than the cause.
    """

    product: str
    addresses: str
    tls: str = "tls"
    use_tls: str = "add `tls`"
    use_plain: str = "remove `tls`"
    announced: str = ""
    advice: Mapping[Cause, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Failure:
    """One address that was not reached.

    Attributes:
        address: `host:port` that was tried.
        cause: why.
        detail: the server's or the client's words, where the cause has a place for them.
        help: what to do now, where this failure knows better than its cause.
        announced: no file names the address, the servers do.
    """

    address: str
    cause: Cause
    detail: str = ""
    help: tuple[str, ...] = ()
    announced: bool = False


def explained(failure: Failure, terms: Terms) -> tuple[str, tuple[str, ...]]:
    """What happened and what to do now. Who logs in where matters more than who named the address."""
    saying = failure.cause.value
    parts = {
        "address": failure.address,
        "host": failure.address.rpartition(":")[0],
        "detail": failure.detail,
        "product": terms.product,
        "addresses": terms.addresses,
        "tls": terms.tls,
        "use_tls": terms.use_tls,
        "use_plain": terms.use_plain,
    }
    message = _filled(saying.message, parts)
    if failure.announced and saying.code is not LOGIN_FAILED:
        return f"the deployment announces `{failure.address}`, but {message}", (terms.announced,)
    advice = terms.advice.get(failure.cause, saying.help)
    return message, failure.help or tuple(_filled(text, parts) for text in advice)


def diagnose(failures: Sequence[Failure], terms: Terms, where: str) -> Diagnostic:
    """Say why no connection came about, the most telling failure first.

    Args:
        failures: one at least, oldest first.
        terms: the broker's words.
        where: alias and address of the cluster, for messages.
    """
    failure = min(reversed(failures), key=lambda each: _TELLING[each.cause])
    message, what_now = explained(failure, terms)
    others = sorted({each.address for each in failures} - {failure.address})
    also = f"{', '.join(f'`{address}`' for address in others)} failed too" if others else ""
    return failure.cause.value.code.at(message, address=where, help=(*what_now, also))


def _filled(text: str, parts: Mapping[str, str]) -> str:
    """A text with its parts; other braces stay, such as those of `password: {env: NAME}`."""
    return _PART.sub(lambda match: parts.get(match[1], match[0]), text)
