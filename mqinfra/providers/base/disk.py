"""Files that mqinfra writes: whole or not at all, through no symbolic link, and with a reason when it can't be.

A manifest's folder comes with a pull request, and so may a symbolic link in it. What is written below it is therefore
opened step by step from the project's folder, each step by its name alone (O_NOFOLLOW), so that no link that is there,
or is put there meanwhile, leads a write elsewhere.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PRIVATE, PUBLIC = 0o600, 0o666
"""Rights of a new file: of its owner only, or what the user's umask leaves of everybody's."""
_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ENOENT: "its folder does not exist",
    errno.ENOTDIR: "its parent is not a folder",
    errno.EISDIR: "it is a folder",
    errno.ENAMETOOLONG: "the name is too long",
}
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class LinkError(OSError):
    """A symbolic link, or something that is no regular file, stands where mqinfra keeps a file of its own."""


def reason(error: OSError) -> str:
    """Say why something can't be written, in words."""
    if isinstance(error, LinkError):
        return str(error)
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def advice(error: OSError) -> str:
    """Say what to do about it."""
    if isinstance(error, LinkError):
        return "remove it; mqinfra does not follow links to files that it writes"
    if error.errno in _NO_ROOM:
        return "free some disk space, then run the same command again; any previous file is unchanged"
    return "check that its folder exists and is writable"


def replace_file(path: Path, text: str, *, mode: int = PRIVATE) -> None:
    """Put a file in place of what is there; a symbolic link of that name is replaced, and not followed.

    Args:
        path: the file. Its folder is taken as it is named, links in it included.
        text: what to write.
        mode: rights of the new file, less the umask.

    Raises:
        OSError: it can't be written; what was there before is as it was, and nothing else is left behind.
    """
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        replace_in(folder, path.name, text, mode=mode)
    finally:
        os.close(folder)


def replace_in(folder: int, name: str, text: str, *, mode: int = PRIVATE) -> None:
    """The same for a name in an open folder.

    Raises:
        OSError: it can't be written.
    """
    temporary = f".mqinfra-{secrets.token_hex(8)}"
    descriptor = os.open(temporary, _CREATE, mode, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:  # an interrupt leaves nothing behind either
        os.unlink(temporary, dir_fd=folder)
        raise


@contextmanager
def folder_below(root: Path, names: Iterable[str], *, make: bool) -> Iterator[int]:
    """Open a folder below another, following no link on the way down.

    Args:
        root: the folder to begin in, taken as it is named.
        names: the folders below it, outermost first.
        make: make those that are missing.

    Yields:
        A descriptor for `dir_fd`, good as long as the context.

    Raises:
        OSError: a folder is missing or may not be opened; LinkError, one is a symbolic link.
    """
    at, path = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), root
    try:
        for name in names:
            path /= name
            if make:
                with suppress(FileExistsError):
                    os.mkdir(name, dir_fd=at)
            inner = _open(name, os.O_RDONLY | os.O_DIRECTORY, at, path)
            os.close(at)
            at = inner
        yield at
    finally:
        os.close(at)


def open_in(folder: int, name: str, flags: int, path: Path) -> int:
    """Open a regular file in an open folder, following no link.

    Args:
        folder: the folder.
        name: the file.
        flags: as for `os.open`.
        path: the file for people.

    Raises:
        OSError: it can't be opened; LinkError, it is a symbolic link or no regular file.
    """
    descriptor = _open(name, flags | os.O_NONBLOCK, folder, path)  # a FIFO must not make us wait
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise LinkError(f"`{path}` is not a regular file")
    return descriptor


def _open(name: str, flags: int, folder: int, path: Path) -> int:
    try:
        return os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE, dir_fd=folder)
    except OSError as error:
        # Linux says ENOTDIR of a link where a folder is asked for, and other systems have words of their own.
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK) and _is_link(name, folder):
            raise LinkError(f"`{path}` is a symbolic link") from None
        raise


def _is_link(name: str, folder: int) -> bool:
    return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
