"""How the figures of months print (``commands.json``: v-list-user-stats, v-list-users-stats)."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from tholos.kernel.view import Csv, Field, Table, View, words


def last_day(month: str) -> date:
    """The last day of a month such as ``2026-11``."""
    year, number = map(int, month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])


def _date(record: Any) -> str:
    return last_day(record.month).isoformat()


_FIELDS: dict[str, Field] = {
    "DATE": _date,
    "TIME": lambda record: f"{record.recorded:%H:%M:%S}",
    "USER": "u_users",
    "WEB": "u_web_domains",
    "DNS": "u_dns_domains",
    "MAIL": "u_mail_domains",
    "DB": "u_databases",
    "BACKUPS": "u_backups",
    "IP": "ip_owned",
    "DISK": "u_disk",
    "BW": "u_bandwidth",
}
_FIGURES = words(
    "TIME PACKAGE IP_OWNED DISK_QUOTA U_DISK U_DISK_DIRS U_DISK_WEB U_DISK_MAIL U_DISK_DB BANDWIDTH U_BANDWIDTH "
    "U_WEB_DOMAINS U_WEB_SSL U_WEB_ALIASES U_DNS_DOMAINS U_DNS_RECORDS U_MAIL_DOMAINS U_MAIL_DKIM U_MAIL_ACCOUNTS "
    "U_DATABASES U_CRON_JOBS U_BACKUPS"
)
_SHORT = words("WEB DNS MAIL DB BACKUPS IP DISK BW")


def _view(figures: tuple[str, ...], short: tuple[str, ...]) -> View:
    columns = ("DATE", *figures)
    return View(
        key="DATE",
        fields=_FIELDS,
        json=figures,
        plain=columns,
        csv=Csv(columns, ",".join(columns)),
        shell=Table(tuple((title, title) for title in ("DATE", *short))),
    )


USER_MONTHS = _view(_FIGURES, _SHORT)
NODE_MONTHS = _view((*_FIGURES, "U_USERS"), ("USER", *_SHORT))
