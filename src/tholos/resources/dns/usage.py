"""What zones count towards an account's limits."""

from __future__ import annotations

from sqlalchemy import func, select

from tholos.resources.dns.model import dns_domains, dns_records
from tholos.resources.usage import compared, counted
from tholos.resources.user.model import accounts

_ZONES = select(func.count()).where(dns_domains.c.account == accounts.c.name)
_RECORDS = (
    select(func.count()).select_from(dns_records.join(dns_domains)).where(dns_domains.c.account == accounts.c.name)
)

ZONES = counted("u_dns_domains", _ZONES, limit="dns_domains")
SUSPENDED = counted("suspended_dns", _ZONES.where(dns_domains.c.suspended))
RECORDS = counted("u_dns_records", _RECORDS)
_MOST = _RECORDS.group_by(dns_records.c.domain_id).order_by(func.count().desc()).limit(1)
MOST_RECORDS = compared("dns_records", _MOST)
"""A package limits the records of one zone."""
