"""What to say of an answer that is not RabbitMQ's: a proxy's page, a login form, a redirect, another program's port."""

import re
from urllib.parse import urlsplit

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.connecting.fault import Meaning
from mqinfra.providers.base.connecting.http_connection import Page
from mqinfra.providers.rabbitmq.api.call import Call, RabbitFault
from mqinfra.providers.rabbitmq.api.codes import NOT_MANAGEMENT

_TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_MAYBE_DONE = frozenset({408, 500, 502, 504})
"""Statuses with which a proxy may come back after it has handed the call on; so may any 2xx that it made up."""
_LATER = frozenset({408, 429, 502, 503, 504})


SLASH = "%2F"
"""A slash within a name, as it stands in a path."""
WITH_SLASHES = Call("GET", ("vhosts", "mqinfra/asks/whether/slashes/stay"), only_json=True)
"""A call that is about a vhost which is hardly there, and of a path that no server has once it is decoded."""
_NOT_FOUND, _NOT_ACCEPTABLE = 404, 406
_HAND_ON = "a proxy has to forward `%2F` in paths unchanged: it stands for the vhost `/`"


def foreign_response_fault(call: Call, page: Page, address: str, where: str) -> RabbitFault:
    """The fault of an answer that did not come from RabbitMQ, or was changed on the way."""
    hints: tuple[str, ...]
    if 300 <= page.status < 400:
        words = f"`{address}` redirects `{call.method}` calls{_target(page.location)} (status {page.status})"
        hints = ("give the address that it points to under `url`: redirects are not followed with credentials",)
    else:
        words = f"`{address}` answered `{call}` with status {page.status} and {_what(page)}, unlike RabbitMQ"
        hints = ("check that `url` is the address of the management API, and that no proxy in between changes it",)
    if SLASH in call.path and page.status in (301, 302, 307, 308, 400, 403, 404):
        hints = (*hints, _HAND_ON)
    lost = call.method != "GET" and (page.status in _MAYBE_DONE or 200 <= page.status < 300)
    finding = NOT_MANAGEMENT.at(words, address=where, help=hints)
    status = page.status if call is WITH_SLASHES else 0
    meaning = Meaning.LOST if lost else Meaning.RETRY if page.status in _LATER else Meaning.REFUSED
    return RabbitFault(words, meaning, hints, finding, status, call.method)


def decoded(said: RabbitFault, address: str, where: str) -> Diagnostic | None:
    """What to say of an answer to `WITH_SLASHES` that is none of RabbitMQ's about a vhost; None for one that is."""
    own = said.finding is None and said.status != _NOT_ACCEPTABLE
    if own or (said.finding is not None and said.finding.code != NOT_MANAGEMENT.id):
        return None
    words = f"a proxy at `{address}` does not forward `%2F` in paths unchanged, so RabbitMQ sees another path"
    if said.status not in (_NOT_FOUND, _NOT_ACCEPTABLE):
        words = f"{words}: {said.message}"
    hints = (
        _HAND_ON,
        "with nginx: `proxy_pass` without a path; with Apache: `AllowEncodedSlashes NoDecode`, `nocanon`",
    )
    return NOT_MANAGEMENT.at(words, address=where, help=hints)


def _what(page: Page) -> str:
    if not page.body:
        return "nothing else"
    title = _TITLE.search(page.body[:20_000])
    if title is not None:
        return f"the web page `{' '.join(title[1].decode('utf-8', 'replace').split())}`"
    if "html" in page.kind or page.body.lstrip()[:1] == b"<":
        return "a web page"
    return (
        f"text of type `{page.kind[:100]}`" if page.kind and "json" not in page.kind else "text that is not usable JSON"
    )


def _target(location: str) -> str:
    """Where a redirect leads, without path and query, which may hold tokens."""
    try:
        parts = urlsplit(location)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    return f" to `{parts.scheme}://{host}`" if host and parts.scheme else ""
