"""Taking secrets out of what others say: a server's error may repeat the call that it is about.

A secret is looked for as it is and in the encodings in which it travels: in URLs, base64 (also inside a longer text, as
in `Basic`), hexadecimal, JSON, C and Python escapes, HTML, and as the SHA-256 that Redis knows its passwords by.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, quote_plus
from weakref import WeakSet

from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.model.secret import SecretRef, SecretResolver, SecretValue

_HIDDEN = "***"
_WORD_ONLY_BELOW = 4
_TRIPLE = 3


def scrub_everywhere(text: str) -> str:
    """A text without any secret that was looked up in this process, for whoever knows nothing of who looked it up."""
    for secrets in list(_EVERYBODY):
        text = secrets.scrub(text)
    return text


class Secrets:
    """Looks secrets up, and remembers every value that it gave, so that no text repeats it."""

    def __init__(self, look_up: SecretResolver) -> None:
        self._look_up = look_up
        self._values: frozenset[str] = frozenset()
        self._known: tuple[frozenset[str], list[str]] = (frozenset(), [])
        _EVERYBODY.add(self)

    @classmethod
    def around(cls, look_up: SecretResolver) -> "Secrets":
        """The one that a resolver is, or a new one around it."""
        return look_up if isinstance(look_up, cls) else cls(look_up)

    def __call__(self, reference: SecretRef) -> SecretValue:
        """Look a secret up; see `SecretResolver`."""
        value = self._look_up(reference)
        self._values |= {value.reveal()}
        return value

    def scrub(self, text: str) -> str:
        """A text without the secrets, longer ones first, so that none is left in part."""
        values, forms = self._known
        if values != self._values:
            values = self._values
            forms = sorted({form for value in values for form in _forms(value)}, key=lambda form: (-len(form), form))
            self._known = values, forms
        low = text.lower()
        for form in forms:
            if form in low:
                text = _pattern(form).sub(_HIDDEN, text)
        return text

    def scrubbed(self, found: Diagnostic) -> Diagnostic:
        """A finding without the secrets. Addresses stay as they are: they name what the reader looks for."""
        told = {"message": self.scrub(found.message), "help": tuple(map(self.scrub, found.help))}
        return found.model_copy(update=told)

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """Take the secrets out of every error that ends what is done meanwhile."""
        try:
            yield
        except UserError as error:
            raise UserError(map(self.scrubbed, error.diagnostics), error.exit_code) from None


_EVERYBODY: WeakSet[Secrets] = WeakSet()


def _forms(value: str) -> Iterator[str]:
    """How a value may be written, in small letters."""
    import html  # noqa: PLC0415 - many commands have no secrets, and its table of characters is long

    data = value.encode("utf-8", "surrogatepass")
    escaped = [
        value,
        quote(data, safe=""),
        quote(data),
        quote_plus(data),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        repr(data)[2:-1],
        html.escape(value),
        data.hex(),
        data.hex(" "),
        hashlib.sha256(data).hexdigest(),
        *value.splitlines(),
    ]
    inside = [text for shift in range(_TRIPLE) for text in _base64(data, shift)]
    shortest = min(len(value), _WORD_ONLY_BELOW)
    yield from {form.lower() for form in (*escaped, *inside) if len(form) >= shortest}


def _base64(data: bytes, shift: int) -> tuple[str, str]:
    """What base64 of any text with the data `shift` bytes after a multiple of three has of it, in both alphabets."""
    whole = b"\0" * shift + data
    # Of the characters at either end some bits belong to the neighbours.
    first, last = -(-shift * 8 // 6), len(whole) * 8 // 6
    some = base64.b64encode(whole)[first:last], base64.urlsafe_b64encode(whole)[first:last]
    return some[0].decode(), some[1].decode()


def _pattern(form: str) -> re.Pattern[str]:
    text = re.escape(form)
    # Two or three letters are in every text; as a word of their own they may be the secret.
    return re.compile(rf"(?<!\w){text}(?!\w)" if len(form) < _WORD_ONLY_BELOW else text, re.IGNORECASE)
