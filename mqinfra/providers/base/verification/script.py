"""Scripts that a team keeps: templates of a broker, filled with what is declared. One manifest gives one text."""

import hashlib
import json
import re
from collections.abc import Mapping

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass
from mqinfra.model.secret import SecretRef
from mqinfra.model.span import Span

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_MARK = re.compile(r"^@(?P<name>[A-Z]+)@\n", re.MULTILINE)
_SEAL = "# mqinfra-script: "
_DIGITS = 12
_LOOK_UP = '''\
def secret(env: str = "", file: str = "") -> str:
    """Look a secret up where the project says it is: in the environment, or in a file."""
    if file:
        return pathlib.Path(file).read_text(encoding="utf-8").removesuffix("\\n")
    if env not in os.environ:
        sys.exit(f"set the environment variable {env}")
    return os.environ[env]
'''


@dataclass(frozen=True, slots=True)
class Script:
    """A script.

    Attributes:
        folder: the folder that it stands in, `kafka/orders.created`.
        name: its name, `produce.py`.
        text: what it says.
    """

    folder: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """What a script is made from.

    Attributes:
        address: the resource.
        span: its entry.
        environment: the environment whose cluster it reaches.
    """

    address: Address
    span: Span
    environment: str


def filled(template: str, source: Source, constants: Mapping[str, str | int], connection: str) -> str:
    """Fill a template.

    Args:
        template: Python with lines such as `@DECLARED@`; it begins with a line that says what it does.
        source: what it is made from.
        constants: what is declared, by the names of constants.
        connection: Python that opens a connection, which may call `secret`.
    """
    what, _, body = template.partition("\n")
    made = (
        f"Made by `mqinfra verify --scripts` of {_plain(source.address.text)} in "
        f"{_plain(source.span.file)}:{source.span.line}, for the\nenvironment {_plain(source.environment)}. It needs "
        "nothing of mqinfra. Change it as you like: a changed file is not written again.\n\n"
    )
    parts = {
        "MADE": made,
        "DECLARED": "".join(f"{name} = {literal(value)}\n" for name, value in constants.items()),
        "CONNECTION": f"{_LOOK_UP}\n\n{connection}",
        "SSL": "import ssl\n" if "ssl." in connection else "",
    }
    text = f'#!/usr/bin/env python3\n"""{what}\n' + _MARK.sub(lambda mark: parts[mark["name"]], body)
    return sealed(text)


def literal(value: str | int | SecretRef) -> str:
    """A value as Python; a reference as a call that looks it up."""
    if isinstance(value, SecretRef):
        place = "file" if value.env is None else "env"
        return f"secret({place}={json.dumps(value.file if value.env is None else value.env)})"
    return json.dumps(value) if isinstance(value, str) else repr(value)


def sealed(text: str) -> str:
    """A text with a line at its end by which a change of it is noticed."""
    return f"{text}\n{_SEAL}{_digest(text)}\n"


def was_changed(text: str) -> bool:
    """Whether somebody changed a script since it was written, or it never was one."""
    body, mark, seal = text.rpartition(f"\n{_SEAL}")
    return not mark or seal.strip() != _digest(body)


def slug(name: str) -> str:
    """A name as that of a folder; what can't stand there is told apart by a digest."""
    plain = _UNSAFE.sub("_", name).strip("_")
    return plain if plain == name and not name.startswith(".") else f"{plain.lstrip('.')}-{_digest(name)[:6]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _plain(text: str) -> str:
    """A text that ends no docstring."""
    return text.replace("\\", "/").replace('"', "'")
