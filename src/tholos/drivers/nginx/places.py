"""Where nginx finds what belongs to a site."""

from __future__ import annotations

LOGS = "/var/log/nginx/domains"
ENABLED = "/etc/nginx/conf.d/domains"
CACHES = "/var/cache/nginx/micro"
LOG_KINDS = ("log", "error.log")


def configuration(account: str, domain: str) -> str:
    """The directory of a site's configuration."""
    return f"/home/{account}/conf/web/{domain}"


def cache(domain: str) -> str:
    """The directory of the pages that are kept for a site."""
    return f"{CACHES}/{domain}"
