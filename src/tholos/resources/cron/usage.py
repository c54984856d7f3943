"""What cron jobs count towards an account's limits."""

from __future__ import annotations

from sqlalchemy import func, select

from tholos.resources.cron.model import cron_jobs
from tholos.resources.usage import counted
from tholos.resources.user.model import accounts

_JOBS = select(func.count()).where(cron_jobs.c.account == accounts.c.name)

JOBS = counted("u_cron_jobs", _JOBS, limit="cron_jobs")
SUSPENDED = counted("suspended_cron", _JOBS.where(cron_jobs.c.suspended))
