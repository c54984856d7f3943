"""What was sent in the month that is shown, as columns of other statements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from tholos.resources.stats.model import MONTH, site_tenures, traffic


def sent(*here: ColumnElement[bool]) -> Select[Any]:
    """Bytes that some tenures have sent this month."""
    total = func.coalesce(func.sum(traffic.c.sent), 0)
    return select(total).select_from(traffic.join(site_tenures)).where(traffic.c.month == MONTH, *here)


def sent_by_site(site_id: ColumnElement[int], account: ColumnElement[str]) -> ColumnElement[int]:
    """What a site has sent for the account that has it now, under whichever names."""
    tenures = sent(site_tenures.c.site_id == site_id, site_tenures.c.account == account)
    return tenures.scalar_subquery().label("bytes_sent")
