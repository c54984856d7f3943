"""How accounts print (``commands.json``: v-list-user, v-list-users)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tholos.kernel.view import FORMATS, Csv, Field, Labels, Table, View, moments, words


def _of(*names: str) -> Callable[[Any], str]:
    return lambda record: "/".join(str(getattr(record, name)) for name in names)


def _nothing(_record: Any) -> str:
    return ""


FIELDS: dict[str, Field] = {
    "USER": "name",
    "NAME": "full_name",
    "HOME": lambda record: f"/home/{record.name}",
    "RKEY": "recovery_key",
    # That there is a second factor, and not its secret: whoever may list accounts could log in with it.
    "TWOFA": lambda record: "yes" if record.second_factor else "",
    "QRCODE": _nothing,
    "NOTIFICATIONS": "notified",
    "RKEYEXP": lambda record: record.recovery_expires or "",
    "PREF_UI_SORT": "sort_order",
    "PHPCLI": "php_cli",
    **moments("created"),
    "WEB": "u_web_domains",
    "DNS": "u_dns_domains",
    "MAIL": "u_mail_domains",
    "DB": "u_databases",
    "DISK": "u_disk",
    "BW": "u_bandwidth",
    "WEB_OF": _of("u_web_domains", "web_domains"),
    "ALIASES_OF": _of("u_web_aliases", "web_aliases"),
    "DNS_OF": _of("u_dns_domains", "dns_domains"),
    "RECORDS_OF": _of("u_dns_records", "dns_records"),
    "MAIL_OF": _of("u_mail_domains", "mail_domains"),
    "MAILBOXES_OF": _of("u_mail_accounts", "mail_accounts"),
    "BACKUPS_OF": _of("u_backups", "backups"),
    "DATABASES_OF": _of("u_databases", "databases"),
    "JOBS_OF": _of("u_cron_jobs", "cron_jobs"),
    "DISK_OF": _of("u_disk", "disk_quota"),
    "BANDWIDTH_OF": _of("u_bandwidth", "bandwidth"),
    "IPS_OF": _of("ip_avail", "ip_owned"),
}

_TEMPLATES = "NAME PACKAGE WEB_TEMPLATE BACKEND_TEMPLATE PROXY_TEMPLATE DNS_TEMPLATE "
_LIMITS = "WEB_DOMAINS WEB_ALIASES DNS_DOMAINS DNS_RECORDS MAIL_DOMAINS MAIL_ACCOUNTS DATABASES CRON_JOBS DISK_QUOTA "
_CGROUP = "CPU_QUOTA CPU_QUOTA_PERIOD MEMORY_LIMIT SWAP_LIMIT "
_COUNTERS = (
    "SUSPENDED SUSPENDED_USERS SUSPENDED_WEB SUSPENDED_DNS SUSPENDED_MAIL SUSPENDED_DB SUSPENDED_CRON IP_AVAIL "
    "IP_OWNED U_USERS U_DISK U_DISK_DIRS U_DISK_WEB U_DISK_MAIL U_DISK_DB U_BANDWIDTH U_WEB_DOMAINS U_WEB_SSL "
    "U_WEB_ALIASES U_DNS_DOMAINS U_DNS_RECORDS U_MAIL_DOMAINS U_MAIL_DKIM U_MAIL_ACCOUNTS U_DATABASES U_CRON_JOBS "
    "U_BACKUPS "
)
_CREATED = "TIME DATE"
_QUOTED = frozenset(("NAME", "NS", "RKEY"))

_ONE_PLAIN = words(
    "USER "
    + _TEMPLATES
    + _LIMITS
    + "BANDWIDTH NS HOME SHELL BACKUPS CONTACT CRON_REPORTS RKEY "
    + _COUNTERS
    + "LANGUAGE THEME "
    + _CREATED
)
_ONE_CSV = _ONE_PLAIN[:-2] + words("NOTIFICATIONS " + _CREATED)
_ALL_JSON = words(
    _TEMPLATES
    + _LIMITS
    + _CGROUP
    + "BANDWIDTH NS SHELL BACKUPS CONTACT CRON_REPORTS RKEY ROLE "
    + _COUNTERS
    + "LANGUAGE "
    + _CREATED
)
_ALL_CSV = words(
    "USER "
    + _TEMPLATES
    + _LIMITS
    + _CGROUP
    + "BANDWIDTH NS HOME SHELL BACKUPS CONTACT CRON_REPORTS RKEY ROLE "
    + _COUNTERS
    + "LANGUAGE "
    + _CREATED
)

ACCOUNT = View(
    key="USER",
    fields=FIELDS,
    json=words(
        _TEMPLATES
        + _LIMITS
        + "BANDWIDTH HOME NS SHELL BACKUPS CONTACT CRON_REPORTS RKEY TWOFA QRCODE ROLE "
        + _COUNTERS
        + "BACKUPS_INCREMENTAL LANGUAGE THEME NOTIFICATIONS PREF_UI_SORT LOGIN_DISABLED "
        "LOGIN_USE_IPLIST LOGIN_ALLOW_IPS PHPCLI " + _CREATED
    ),
    plain=_ONE_PLAIN,
    csv=Csv(_ONE_CSV, ",".join(_ONE_CSV), _QUOTED),
    shell=Labels(
        (
            ("USERNAME:", "USER"),
            ("FULL NAME:", "NAME"),
            ("EMAIL:", "CONTACT"),
            ("LANGUAGE:", "LANGUAGE"),
            ("THEME:", "THEME"),
            ("SUSPENDED:", "SUSPENDED"),
            ("PACKAGE:", "PACKAGE"),
            ("SHELL:", "SHELL"),
            ("WEB DOMAINS:", "WEB_OF"),
            ("WEB ALIASES:", "ALIASES_OF"),
            ("DNS DOMAINS:", "DNS_OF"),
            ("DNS RECORDS:", "RECORDS_OF"),
            ("MAIL DOMAINS:", "MAIL_OF"),
            ("MAIL ACCOUNTS:", "MAILBOXES_OF"),
            ("BACKUPS:", "BACKUPS_OF"),
            ("DATABASES:", "DATABASES_OF"),
            ("CRON_JOBS:", "JOBS_OF"),
            ("DISK:", "DISK_OF"),
            ("BANDWIDTH:", "BANDWIDTH_OF"),
            ("IP ADDRESSES", "IPS_OF"),
            ("TIME:", "TIME"),
            ("DATE:", "DATE"),
        ),
        width=15,
    ),
)

ACCOUNTS = View(
    key="USER",
    fields=FIELDS,
    json=_ALL_JSON,
    plain=("USER", *_ALL_JSON),
    csv=Csv(_ALL_CSV, ",".join(_ALL_CSV), _QUOTED),
    shell=Table(
        (
            ("USER", "USER"),
            ("ROLE", "ROLE"),
            ("PKG", "PACKAGE"),
            ("WEB", "WEB"),
            ("DNS", "DNS"),
            ("MAIL", "MAIL"),
            ("DB", "DB"),
            ("DISK", "DISK"),
            ("BW", "BW"),
            ("SPND", "SUSPENDED"),
            ("DATE", "DATE"),
        )
    ),
    formats=FORMATS | {"list"},
)
