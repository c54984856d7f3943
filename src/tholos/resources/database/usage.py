"""What databases count towards an account's limits."""

from __future__ import annotations

from sqlalchemy import func, select

from tholos.resources.database.model import databases
from tholos.resources.usage import counted
from tholos.resources.user.model import accounts

_OWN = databases.c.account == accounts.c.name
_DATABASES = select(func.count()).where(_OWN)

DATABASES = counted("u_databases", _DATABASES, limit="databases")
SUSPENDED = counted("suspended_db", _DATABASES.where(databases.c.suspended))
DISK = counted("bytes_databases", select(func.coalesce(func.sum(databases.c.disk_bytes), 0)).where(_OWN))
