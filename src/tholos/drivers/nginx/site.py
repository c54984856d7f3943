"""Sites in nginx: the directories of a site, its logs, and its server block."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.traffic import DIRECTORY, LOG
from tholos.apply.steps import Check, Directory, Discard, Link, Reload, Remove, Step, Write
from tholos.drivers.nginx import moving, parts, templates
from tholos.drivers.nginx.places import ENABLED, LOG_KINDS, LOGS, cache, configuration
from tholos.drivers.unix_accounts import WWW_DATA
from tholos.kernel.touched import Key
from tholos.resources.web.want import Elsewhere, SiteWant, log_path, site_home

CHECK = Check(("nginx", "-q", "-t"))
RELOAD = Reload("nginx", "/run/nginx.pid")
_SKELETON = files("tholos.drivers.nginx") / "skeleton"


def plan(key: Key, want: SiteWant | Elsewhere | None, host: Host) -> Iterator[Step]:
    """The site's tree, its logs, its server block, and a check and reload of nginx.

    The key may name the account and the domain that the site had before: then its tree and logs come from there.
    """
    account, domain, *before = key
    if isinstance(want, SiteWant):
        yield from _present(want, before, host)
    elif isinstance(want, Elsewhere):
        yield from _left(account, domain)
    elif not before:
        yield from _absent(account, domain)
    yield CHECK
    yield RELOAD


def _present(want: SiteWant, before: list[str], host: Host) -> Iterator[Step]:
    came_from = (before[0], before[1]) if before else None
    if came_from and moving.is_due(want, came_from, host):
        yield from moving.plan(want, came_from, host)
    else:
        yield from _tree(want, host)
        yield from _logs(want, host)
    yield from _server(want, host)


def _left(account: str, domain: str) -> Iterator[Step]:
    """The site is another account's, with the logs and the link that have its name alone."""
    yield Discard(site_home(account, domain))
    yield Discard(configuration(account, domain))


def _absent(account: str, domain: str) -> Iterator[Step]:
    yield Remove(f"{ENABLED}/{domain}.conf")
    yield from _left(account, domain)
    yield Discard(cache(domain))
    for kind in LOG_KINDS:
        yield Discard(log_path(domain, kind))


def _tree(want: SiteWant, host: Host) -> Iterator[Step]:
    """The directories belong to the account, which may change them as it likes; we only see that they exist."""
    home, uid = want.home, want.uid
    yield Directory(home, 0o551, uid, uid, keep=True)
    for name, mode, group in (("public_html", 0o751, WWW_DATA), ("document_errors", 0o751, uid)):
        yield Directory(f"{home}/{name}", mode, uid, group, keep=True)
        if not host.exists(f"{home}/{name}"):
            yield from _pages(want, name)
    for name in ("cgi-bin", "private"):
        yield Directory(f"{home}/{name}", 0o751, uid, uid, keep=True)
    for name in ("stats", "logs"):
        yield Directory(f"{home}/{name}", 0o551, uid, uid, keep=True)


def _pages(want: SiteWant, directory: str) -> Iterator[Step]:
    for page in sorted((_SKELETON / directory).iterdir(), key=lambda entry: entry.name):
        content = page.read_bytes().replace(b"%domain%", want.domain.encode())
        yield Write(f"{want.home}/{directory}/{page.name}", content, 0o644, want.uid, want.uid)


def _logs(want: SiteWant, host: Host) -> Iterator[Step]:
    yield Directory(LOGS, 0o771)
    # Its workers open the common log anew when it was rotated, and so must be able to pass; nobody else may read it.
    yield Directory(DIRECTORY, 0o711)
    yield Write(f"{DIRECTORY}/{LOG}", b"", 0o640, keep=True)
    for kind in LOG_KINDS:
        yield Write(log_path(want.domain, kind), b"", 0o640, 0, want.uid, keep=True)
    if not host.exists(f"{want.home}/logs"):
        for kind in ("log", "error.log"):
            yield Link(f"{want.home}/logs/{want.domain}.{kind}", log_path(want.domain, kind))


def _server(want: SiteWant, host: Host) -> Iterator[Step]:
    directory = configuration(want.account, want.domain)
    yield Directory(directory)
    yield from parts.plan(want, directory)
    yield Write(f"{directory}/nginx.conf", templates.server(want, directory, host), 0o640, 0, want.uid)
    yield Link(f"{ENABLED}/{want.domain}.conf", f"{directory}/nginx.conf")


DRIVER = Driver("nginx", "site", 40, plan)
