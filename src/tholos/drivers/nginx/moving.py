"""A site that was another account's, or had another name: its files, logs and own directives come along."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.apply.steps import Directory, Give, Link, Move, Step, Write
from tholos.drivers.nginx.parts import OURS
from tholos.drivers.nginx.places import LOG_KINDS, configuration
from tholos.resources.web.want import SiteWant, log_path, site_home

Site = tuple[str, str]
"""An account and a domain."""


def is_due(want: SiteWant, came_from: Site, host: Host) -> bool:
    """Tell whether the site's files still are where they were before."""
    return not host.exists(want.home) and host.exists(site_home(*came_from))


def plan(want: SiteWant, came_from: Site, host: Host) -> Iterator[Step]:
    """Renames, and for another account a new owner for all that belonged to the old one."""
    before = site_home(*came_from)
    if want.domain != came_from[1] and _is_directory(host, f"{before}/logs"):
        yield from _links(want, came_from, host)
    yield Move(before, want.home)
    if want.account != came_from[0]:
        yield Give(want.home, want.before_uid, want.uid)
    yield from _logs(want, came_from, host)
    yield from _own_directives(want, came_from, host)


def _links(want: SiteWant, came_from: Site, host: Host) -> Iterator[Step]:
    """Links to the logs are made anew before the tree moves; old ones go the way of the old configuration."""
    logs, domain = f"{site_home(*came_from)}/logs", came_from[1]
    for kind in ("log", "error.log"):
        if host.exists(f"{logs}/{domain}.{kind}"):
            yield Move(f"{logs}/{domain}.{kind}", f"{configuration(*came_from)}/{domain}.{kind}")
        yield Link(f"{logs}/{want.domain}.{kind}", log_path(want.domain, kind))


def _logs(want: SiteWant, came_from: Site, host: Host) -> Iterator[Step]:
    for kind in LOG_KINDS:
        before, after = log_path(came_from[1], kind), log_path(want.domain, kind)
        if not host.exists(before):
            yield Write(after, b"", 0o640, 0, want.uid, keep=True)
            continue
        if after != before:
            yield Move(before, after)
        if want.account != came_from[0]:
            yield Give(after, want.before_uid, want.uid)


def _own_directives(want: SiteWant, came_from: Site, host: Host) -> Iterator[Step]:
    """What the administrator put beside our configuration; ours is written anew."""
    before, after = configuration(*came_from), configuration(want.account, want.domain)
    yield Directory(after)
    with suppress(OSError), paths.directory(host.tree.root, before) as directory:
        for name in sorted(set(os.listdir(directory)) - set(OURS)):  # noqa: PTH208 - of a descriptor
            yield Move(f"{before}/{name}", f"{after}/{name}")
            if want.account != came_from[0]:
                yield Give(f"{after}/{name}", want.before_uid, want.uid)


def _is_directory(host: Host, path: str) -> bool:
    """Tell whether the account has left a directory of its own a directory."""
    try:
        with paths.directory(host.tree.root, path):
            return True
    except OSError:
        return False
