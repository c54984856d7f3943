"""The permission profiles that an administrator has added."""

from __future__ import annotations

import os
from collections.abc import Mapping

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.apply.machine import reading

DIRECTORY = "/etc/tholos/profiles"
_LARGEST = 64 * 1024
Signature = tuple[tuple[str, int, int, int], ...]
_kept: dict[int, tuple[Signature, Mapping[str, str]]] = {}


@reading("permission profiles")
def permission_profiles(host: Host) -> Mapping[str, str]:
    """The text of every file in the administrator's directory of profiles, by name; read again when one changes."""
    signature = _signature(host)
    kept = _kept.get(host.tree.root)
    if kept is not None and kept[0] == signature:
        return kept[1]
    texts = {name: (host.read(f"{DIRECTORY}/{name}") or b"").decode(errors="replace") for name, *_ in signature}
    _kept[host.tree.root] = (signature, texts)
    return texts


def _signature(host: Host) -> Signature:
    """Names, inodes, times and sizes of the files, which tell whether any of them is another one now."""
    try:
        with paths.directory(host.tree.root, DIRECTORY) as descriptor, os.scandir(descriptor) as entries:
            found = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries if _counts(entry)]
    except OSError:
        return ()
    return tuple(sorted((name, status.st_ino, status.st_mtime_ns, status.st_size) for name, status in found))


def _counts(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
        return False
    return entry.stat(follow_symlinks=False).st_size <= _LARGEST
