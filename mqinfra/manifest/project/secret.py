"""Looking up secrets when they are needed: environment variables and files. No value and no content is ever quoted.

A variable's value is the secret as it is, blanks and line ends included. Of a file one line end is left out, because
editors and `echo` add one. Neither may be empty or anything but UTF-8, which is what every broker is sent.
"""

import codecs
import os
import stat
from fnmatch import fnmatchcase
from pathlib import Path

from mqinfra.manifest.codes import MISSING_SECRET, NOT_ALLOWED_SECRET
from mqinfra.model.errors import UserError
from mqinfra.model.frozen import dataclass
from mqinfra.model.secret import SecretRef, SecretResolver, SecretValue

MAX_BYTES = 64 * 2**10


@dataclass(frozen=True, slots=True)
class Reach:
    """Which secrets may be read.

    Attributes:
        root: the project's folder, without symbolic links in its path; paths of manifests are relative to it.
        env: patterns of variables that manifests may refer to; None for all.
        files: files, and folders of files, that they may refer to; None for those in the project's folder.
        own: references of the clusters themselves in a file of the runner, which may lead anywhere.
        base: folder of that file; their paths are relative to it.
    """

    root: Path
    env: tuple[str, ...] | None = None
    files: tuple[Path, ...] | None = None
    own: frozenset[SecretRef] = frozenset()
    base: Path | None = None

    def why_not(self, reference: SecretRef) -> str:
        """Why a manifest may not refer to a secret; empty when it may."""
        if reference.env is not None:
            if self.env is None or any(fnmatchcase(reference.env, pattern) for pattern in self.env):
                return ""
            return f"the clusters file of the runner does not allow the variable `{reference.env}`"
        if "\0" in (reference.file or "\0"):
            return ""  # no path at all, which whoever looks it up says
        real = Path(os.path.realpath(self.root / (reference.file or "")))
        allowed = (self.root,) if self.files is None else self.files
        if any(real.is_relative_to(Path(os.path.realpath(one))) for one in allowed):
            return ""
        if self.files is None:
            return f"the secret file `{reference.file}` is outside the project's folder"
        return f"the clusters file of the runner does not allow the file `{reference.file}`"

    def path(self, reference: SecretRef) -> Path:
        """Where a file is; the clusters' own are relative to the file that has them."""
        folder = self.base if self.base is not None and reference in self.own else self.root
        return folder / (reference.file or "")


def not_allowed_help(reference: SecretRef) -> str:
    """What to do about a reference that is not allowed."""
    line = f"env: [{reference.env}]" if reference.env is not None else f"files: [{reference.file}]"
    return f"to allow it, add to the file of `--clusters` or MQINFRA_CLUSTERS: `secrets: {{{line}}}`"


def resolver(reach: Reach) -> SecretResolver:
    """Make a resolver for what may be read.

    The resolver raises UserError: MQ703 when a secret may not be read; MQ702 when a variable is not set, empty or not
    UTF-8, or a file is missing, no regular file, larger than 64 KiB, empty, not UTF-8, begins with a byte order mark or
    holds a NUL.
    """

    def resolve(reference: SecretRef) -> SecretValue:
        why = "" if reference in reach.own else reach.why_not(reference)
        if why:
            raise UserError([NOT_ALLOWED_SECRET.at(why, help=not_allowed_help(reference))])
        if reference.env is not None:
            return SecretValue(_variable(reference.env))
        return SecretValue(_file(reach.path(reference), reference.file or ""))

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


def _file(path: Path, name: str) -> str:
    why = "put the secret into the file; one trailing line end is dropped"
    if not name or "\0" in name:
        raise _missing("a secret's `file` is not a path", "write {file: PATH}")
    try:
        # A FIFO must not make us wait, and what is checked must be what is read.
        descriptor = os.open(os.path.realpath(path), os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _missing(f"the secret file `{name}` is not a regular file", why)
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
        raise _missing(f"the secret file `{name}` {'is empty' if not text else 'contains a NUL'}", why)
    return text


def _missing(message: str, hint: str) -> UserError:
    return UserError([MISSING_SECRET.at(message, help=hint)])
