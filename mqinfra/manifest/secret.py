"""Looking up secrets when they are needed: environment variables and files. No value and no content is ever quoted.

A variable's value is the secret as it is, blanks and line ends included. Of a file one line end is left out, because
editors and `echo` add one. Neither may be empty or anything but UTF-8, which is what every broker is sent.
"""

import codecs
import os
import stat
from pathlib import Path

from mqinfra.manifest.codes import MISSING_SECRET
from mqinfra.model.errors import UserError
from mqinfra.model.secret import SecretRef, SecretResolver, SecretValue

MAX_BYTES = 64 * 2**10


def resolver(root: Path) -> SecretResolver:
    """Make a resolver; paths of files are relative to the project's folder.

    The resolver raises UserError (MQ702) when a variable is not set, empty or not UTF-8, or a file is missing, no
    regular file, larger than 64 KiB, empty, not UTF-8, begins with a byte order mark or holds a NUL.
    """

    def resolve(reference: SecretRef) -> SecretValue:
        if reference.env is not None:
            return SecretValue(_variable(reference.env))
        return SecretValue(_file(root, reference.file or ""))

    return resolve


def _variable(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        state = "is not set" if value is None else "is empty"
        raise _missing(f"the environment variable `{name}` {state}", f"set `{name}` to the secret")
    if not _is_utf8(value):
        raise _missing(f"the environment variable `{name}` is not UTF-8", f"set `{name}` to the secret in UTF-8")
    return value


def _is_utf8(value: str) -> bool:
    """Python stands a lone surrogate in for every byte of the environment that it can't decode (PEP 383)."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _file(root: Path, name: str) -> str:
    why = "put the secret into the file; one line end after it is left out"
    if not name or "\0" in name:
        raise _missing("a secret's `file` is no path", "write {file: PATH}")
    try:
        # A FIFO must not make us wait, and what is checked must be what is read.
        descriptor = os.open(root / name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _missing(f"the secret file `{name}` is no regular file", why)
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _missing(f"the secret file `{name}` can't be read: {error.strerror}", why) from None
    if len(content) > MAX_BYTES:
        raise _missing(f"the secret file `{name}` has more than {MAX_BYTES:,} bytes", why)
    if content.startswith(codecs.BOM_UTF8):
        raise _missing(f"the secret file `{name}` begins with a byte order mark", "save it as UTF-8 without one")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise _missing(f"the secret file `{name}` is not UTF-8", why) from None
    text = text.removesuffix("\n").removesuffix("\r")
    if "\0" in text or not text:
        raise _missing(f"the secret file `{name}` {'is empty' if not text else 'holds a NUL'}", why)
    return text


def _missing(message: str, hint: str) -> UserError:
    return UserError([MISSING_SECRET.at(message, help=hint)])
