"""Sites in nginx: the directories of a site, its logs, and its server block."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Check, Directory, Discard, Link, Reload, Remove, Step, Write
from tholos.drivers.encoders import nginx
from tholos.drivers.templates import render
from tholos.drivers.unix_accounts import WWW_DATA
from tholos.kernel.want import Key
from tholos.resources.web.want import SiteWant, log_path, site_home

LOGS = "/var/log/nginx/domains"
ENABLED = "/etc/nginx/conf.d/domains"
CHECK = Check(("nginx", "-q", "-t"))
RELOAD = Reload("nginx", "/run/nginx.pid")
_LOG_KINDS = ("log", "error.log", "bytes")
_SKELETON = files("tholos.drivers.nginx") / "skeleton"


def plan(key: Key, want: SiteWant | None, host: Host) -> Iterator[Step]:
    """The site's tree, its logs, its server block, and a check and reload of nginx."""
    account, domain = key
    if want is None:
        yield from _absent(account, domain)
    else:
        yield from _tree(want, host)
        yield from _logs(want, host)
        yield from _server(want)
    yield CHECK
    yield RELOAD


def configuration(account: str, domain: str) -> str:
    """The directory of a site's configuration."""
    return f"/home/{account}/conf/web/{domain}"


def _absent(account: str, domain: str) -> Iterator[Step]:
    yield Remove(f"{ENABLED}/{domain}.conf")
    yield Discard(site_home(account, domain))
    yield Discard(configuration(account, domain))
    for kind in _LOG_KINDS:
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
    for kind in _LOG_KINDS:
        yield Write(log_path(want.domain, kind), b"", 0o640, 0, want.uid, keep=True)
    if not host.exists(f"{want.home}/logs"):
        for kind in ("log", "error.log"):
            yield Link(f"{want.home}/logs/{want.domain}.{kind}", log_path(want.domain, kind))


def _server(want: SiteWant) -> Iterator[Step]:
    directory = configuration(want.account, want.domain)
    content = render("nginx", "site.conf.j2", nginx, site=want, conf=directory, logs=LOGS)
    yield Directory(directory)
    yield Write(f"{directory}/nginx.conf", content, 0o640, 0, want.uid)
    yield Link(f"{ENABLED}/{want.domain}.conf", f"{directory}/nginx.conf")


DRIVER = Driver("nginx", "site", 40, plan)
