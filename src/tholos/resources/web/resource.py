"""Sites as the REST API shows them."""

from __future__ import annotations

from typing import Self

import msgspec

from tholos.resources.shown import Moment, moment, split
from tholos.resources.web.record import Site, alias_names


class WebDomain(msgspec.Struct, frozen=True):
    """A site: its names, where it is served, from which templates, and what it uses (megabytes)."""

    user: str
    domain: str
    aliases: list[str]
    ip: str
    document_root: str
    template: str
    backend: str
    proxy: str
    proxy_extensions: list[str]
    ssl: bool
    suspended: bool
    disk: int
    bandwidth: int
    created: Moment

    @classmethod
    def of(cls, site: Site) -> Self:
        """The resource of a record."""
        return cls(
            user=site.account,
            domain=site.domain,
            aliases=list(alias_names(site)),
            ip=site.ip,
            document_root=f"/home/{site.account}/web/{site.domain}/public_html/",
            template=site.template,
            backend=site.backend,
            proxy=site.proxy,
            proxy_extensions=split(site.proxy_extensions),
            ssl=site.ssl,
            suspended=site.suspended,
            disk=site.disk,
            bandwidth=site.bandwidth,
            created=moment(site.created),
        )
