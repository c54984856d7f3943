"""Reading files that an account owns, and may therefore have made into anything."""

from __future__ import annotations

import os
import stat

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.kernel.errors import Forbidden

LARGEST = 256 * 1024
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def content(host: Host, path: str, uid: int) -> bytes:
    """The content of a file, nothing where there is none.

    Forbidden when it is a link, another's file or too large: through a hard link to it an account could otherwise have
    root read what the account itself cannot.
    """
    try:
        with paths.parent(host.tree.root, path) as (above, name):
            descriptor = os.open(name, _FLAGS, dir_fd=above)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise Forbidden(f"{path} can't be used :: {error.strerror}", argument="user") from error
    try:
        found = os.fstat(descriptor)
        own = not host.tree.owners or found.st_uid == uid or (found.st_uid == 0 and found.st_nlink == 1)
        if not stat.S_ISREG(found.st_mode) or not own or found.st_size > LARGEST:
            raise Forbidden(f"{path} can't be used :: it is no plain file of the account", argument="user")
        return os.pread(descriptor, LARGEST, 0)
    finally:
        os.close(descriptor)


def require_free(host: Host, path: str) -> None:
    """Raise Forbidden where a file or link cannot be put: a link or no directory on the way, or a directory there."""
    try:
        found = paths.status(host.tree.root, path)
    except OSError as error:
        raise Forbidden(f"{path} can't be used :: {error.strerror}", argument="user") from error
    if found is not None and stat.S_ISDIR(found.st_mode):
        raise Forbidden(f"{path} can't be used :: it is a directory", argument="user")
