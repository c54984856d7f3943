"""What sites count towards an account's limits."""

from __future__ import annotations

from sqlalchemy import func, select

from tholos.resources.usage import compared, counted
from tholos.resources.user.model import accounts
from tholos.resources.web.model import web_aliases, web_domains

_SITES = select(func.count()).where(web_domains.c.account == accounts.c.name)
_ALIASES = (
    select(func.count()).select_from(web_aliases.join(web_domains)).where(web_domains.c.account == accounts.c.name)
)

SITES = counted("u_web_domains", _SITES, limit="web_domains")
SUSPENDED = counted("suspended_web", _SITES.where(web_domains.c.suspended))
SECURED = counted("u_web_ssl", _SITES.where(web_domains.c.ssl))
ALIASES = counted("u_web_aliases", _ALIASES)
_MOST = _ALIASES.group_by(web_aliases.c.domain_id).order_by(func.count().desc()).limit(1)
MOST_ALIASES = compared("web_aliases", _MOST)
"""A package limits the aliases of one site."""
