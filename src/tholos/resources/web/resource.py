"""Sites as the REST API shows them."""

from __future__ import annotations

from typing import ClassVar, Self

import msgspec

from tholos.resources.shown import Moment, moment, some, split
from tholos.resources.stats.sizes import begun, full
from tholos.resources.web.record import Site, alias_names


class Redirect(msgspec.Struct, frozen=True):
    """Where a site sends its visitors, and with which status (RFC 9110, 15.4)."""

    target: str
    code: int


class WebDomain(msgspec.Struct, frozen=True):
    """A site: its names, where it is served, from which templates, and what it uses (megabytes, and exact bytes).

    ``custom_document_root`` and ``custom_php_root`` are null while they are the site's own; ``logins`` are the names
    that it asks visitors for, ``cache_duration`` is for how long pages of PHP are kept, ``allow_users`` whether other
    accounts may have names below its own. ``ip`` is the node's own address, also behind NAT.
    """

    unsteady: ClassVar[frozenset[str]] = frozenset(("disk", "disk_bytes", "bandwidth", "bandwidth_bytes"))
    user: str
    domain: str
    aliases: list[str]
    ip: str
    document_root: str
    custom_document_root: str | None
    custom_php_root: str | None
    template: str
    backend: str
    proxy: str
    proxy_extensions: list[str]
    redirect: Redirect | None
    logins: list[str]
    cache: bool
    cache_duration: str | None
    directory_listing: bool
    allow_users: bool
    ssl: bool
    ssl_home: str
    suspended: bool
    disk: int
    disk_bytes: int
    bandwidth: int
    bandwidth_bytes: int
    created: Moment

    @classmethod
    def of(cls, site: Site) -> Self:
        """The resource of a record."""
        return cls(
            user=site.account,
            domain=site.domain,
            aliases=list(alias_names(site)),
            ip=site.ip,
            document_root=site.custom_docroot or f"/home/{site.account}/web/{site.domain}/public_html/",
            custom_document_root=some(site.custom_docroot),
            custom_php_root=some(site.custom_phproot),
            template=site.template,
            backend=site.backend,
            proxy=site.proxy,
            proxy_extensions=split(site.proxy_extensions),
            redirect=Redirect(site.redirect, int(site.redirect_code)) if site.redirect else None,
            logins=split(site.logins, ":"),
            cache=site.fastcgi_cache == "yes",
            cache_duration=site.fastcgi_duration if site.fastcgi_cache == "yes" else None,
            directory_listing=site.listing,
            allow_users=site.allow_users,
            ssl=site.ssl,
            ssl_home=site.ssl_home,
            suspended=site.suspended,
            disk=begun(site.disk_bytes),
            disk_bytes=site.disk_bytes,
            bandwidth=full(site.bytes_sent),
            bandwidth_bytes=site.bytes_sent,
            created=moment(site.created),
        )
