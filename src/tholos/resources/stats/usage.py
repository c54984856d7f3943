"""What is measured of an account, in bytes: its home, its sites, and what they have sent this month."""

from __future__ import annotations

from sqlalchemy import func, select

from tholos.resources.stats.model import disk_usage, site_tenures
from tholos.resources.stats.sums import sent
from tholos.resources.usage import counted
from tholos.resources.user.model import accounts
from tholos.resources.web.model import web_domains

_SITES = select(func.coalesce(func.sum(web_domains.c.disk_bytes), 0)).where(web_domains.c.account == accounts.c.name)

HOME = counted("bytes_home", select(disk_usage.c.home).where(disk_usage.c.account == accounts.c.name))
WEB = counted("bytes_web", _SITES)
SENT = counted("bytes_sent", sent(site_tenures.c.account == accounts.c.name))
"""Sites that the account deleted or gave away in the month have sent for it all the same."""
