"""Parts of a site's configuration in files of their own, which every template includes: redirect, logins and cache."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.steps import Directory, Discard, Remove, Step, Write
from tholos.drivers.encoders import colon_field, nginx, nginx_url
from tholos.drivers.nginx.places import CACHES, cache
from tholos.drivers.templates import render
from tholos.drivers.unix_accounts import WWW_DATA
from tholos.resources.web.want import SiteWant

OURS = (
    "nginx.conf",
    "nginx.conf_redirect",
    "nginx.conf_htaccess",
    "nginx.conf_fastcgi_cache",
    "nginx.fastcgi_cache.conf",
    "htpasswd",
)
"""The files of a site's configuration that are written here; what else is in its directory is the administrator's."""


def plan(want: SiteWant, directory: str) -> Iterator[Step]:
    """The files of what the site has, and none of what it has not."""
    yield _part(want, f"{directory}/nginx.conf_redirect", "redirect.conf.j2" if want.redirect else "")
    yield from _logins(want, directory)
    yield from _cache(want, directory)


def _part(want: SiteWant, path: str, template: str, **values: str) -> Step:
    if not template:
        return Remove(path)
    return Write(path, render("nginx", template, nginx_url, site=want, **values), 0o640, 0, want.uid)


def _logins(want: SiteWant, directory: str) -> Iterator[Step]:
    """The logins can be read by nginx alone: neither the account nor its PHP sees a hash."""
    path = f"{directory}/htpasswd"
    if not want.logins:
        yield _part(want, f"{directory}/nginx.conf_htaccess", "")
        yield Remove(path)
        return
    lines = [f"{colon_field(login)}:{colon_field(hashed)}\n" for login, hashed in want.logins]
    yield Write(path, "".join(lines).encode(), 0o640, 0, WWW_DATA)
    yield _part(want, f"{directory}/nginx.conf_htaccess", "logins.conf.j2", logins=path)


def _cache(want: SiteWant, directory: str) -> Iterator[Step]:
    for name, template in (
        ("nginx.conf_fastcgi_cache", "cache_server.conf.j2"),
        ("nginx.fastcgi_cache.conf", "cache_location.conf.j2"),
    ):
        yield _part(want, f"{directory}/{name}", template if want.cached else "")
    if not want.cached:
        yield Discard(cache(want.domain))
        return
    yield Directory(CACHES.rpartition("/")[0])
    yield Directory(CACHES)
    yield Directory(cache(want.domain), 0o700, WWW_DATA, WWW_DATA)


def zone(want: SiteWant) -> bytes:
    """The line that makes a cache known to nginx; it stands before the server block."""
    if not want.cached:
        return b""
    return render("nginx", "cache_zone.conf.j2", nginx, site=want, path=cache(want.domain))
