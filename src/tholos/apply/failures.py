"""Failures of the machine as refusals: what a client is told when the disk is full or a path is not what it was."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import OperationalError

from tholos.kernel.errors import DiskFull, Forbidden

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_HOSTILE = (errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG)
# SQLite's write-ahead index is mapped memory: where it cannot grow, the disk has no room (sqlite.org/rescode.html).
_SQLITE_FULL = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_WRITE")


def as_refusal(error: Exception) -> Exception:
    """The refusal that a failure of the machine amounts to; any other error as it is."""
    if isinstance(error, OperationalError) and isinstance(error.orig, sqlite3.Error):
        full = getattr(error.orig, "sqlite_errorname", "") in _SQLITE_FULL
        return DiskFull("no space left on the device; nothing was changed") if full else error
    if isinstance(error, OSError) and error.errno in _FULL:
        return DiskFull("no space left on the device; nothing was changed")
    if isinstance(error, OSError) and error.errno in _HOSTILE:
        return Forbidden(f"{error.filename} can't be used :: {error.strerror}")
    return error
