"""POSIX access lists as the kernel stores them: the attribute ``system.posix_acl_access`` (acl(5), xattr(7)).

Layout from linux/posix_acl_xattr.h: a version word, then entries of tag, rights and id, little-endian, in tag order.
"""

from __future__ import annotations

import errno
import os
import struct

from tholos.apply.steps import Acl

_NAME = "system.posix_acl_access"
_USER_OBJ, _USER, _GROUP_OBJ, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_NOBODY = 0xFFFFFFFF
_NONE = (errno.ENODATA, errno.ENOTSUP)


def encode(mode: int, acl: Acl) -> bytes:
    """The attribute's bytes for a mode (owner, group, other) and the extra entries; the mask allows what they grant."""
    extra = [rights for _, rights in (*acl.users, *acl.groups)]
    mask = (mode >> 3) & 7
    for rights in extra:
        mask |= rights
    entries = [(_USER_OBJ, (mode >> 6) & 7, _NOBODY)]
    entries += [(_USER, rights, uid) for uid, rights in sorted(acl.users)]
    entries.append((_GROUP_OBJ, (mode >> 3) & 7, _NOBODY))
    entries += [(_GROUP, rights, gid) for gid, rights in sorted(acl.groups)]
    entries += [(_MASK, mask, _NOBODY), (_OTHER, mode & 7, _NOBODY)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def get_acl(descriptor: int) -> bytes | None:
    """The access list of an open directory as the kernel gives it, None when it has none."""
    try:
        return os.getxattr(descriptor, _NAME)
    except OSError as error:
        if error.errno not in _NONE:
            raise
        return None


def set_acl(descriptor: int, value: bytes | None) -> None:
    """Give an open directory an access list, or take it away."""
    if value is not None:
        os.setxattr(descriptor, _NAME, value)
        return
    try:
        os.removexattr(descriptor, _NAME)
    except OSError as error:
        if error.errno not in _NONE:
            raise


def has_acl(descriptor: int, mode: int, acl: Acl | None) -> bool:
    """Tell whether the open directory already has exactly this access list."""
    return get_acl(descriptor) == (None if acl is None else encode(mode, acl))
