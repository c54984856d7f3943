"""How packages print (``commands.json``: v-list-user-package, v-list-user-packages).

The reference's csv of all packages lacks most values; here it has them.
"""

from __future__ import annotations

from tholos.kernel.view import Csv, Field, Labels, Table, View, moments, words

_FIELDS: dict[str, Field] = {
    "PACKAGE": "name",
    **moments("created"),
}
_COUNTS = "WEB_DOMAINS WEB_ALIASES DNS_DOMAINS DNS_RECORDS MAIL_DOMAINS MAIL_ACCOUNTS "
_CGROUP = "CPU_QUOTA CPU_QUOTA_PERIOD MEMORY_LIMIT SWAP_LIMIT "
_ONE = "WEB_TEMPLATE BACKEND_TEMPLATE PROXY_TEMPLATE DNS_TEMPLATE " + _COUNTS + "RATE_LIMIT DATABASES CRON_JOBS "
_END = "BANDWIDTH NS SHELL BACKUPS "
_ONE_CSV = words("PACKAGE " + _ONE + "DISK_QUOTA " + _CGROUP + _END + "TIME DATE")
_ALL = words(
    "PACKAGE WEB_TEMPLATE PROXY_TEMPLATE DNS_TEMPLATE "
    + _COUNTS
    + "DATABASES CRON_JOBS DISK_QUOTA "
    + _CGROUP
    + _END
    + "TIME DATE"
)
_LABELS = {"RATE_LIMIT", "CPU_QUOTA", "CPU_QUOTA_PERIOD", "MEMORY_LIMIT", "SWAP_LIMIT"}
"""The labels in which the reference leaves the underscore."""

PACKAGE = View(
    key="PACKAGE",
    fields=_FIELDS,
    json=words(_ONE + "DISK_QUOTA " + _CGROUP + _END + "BACKUPS_INCREMENTAL TIME DATE"),
    plain=words("PACKAGE " + _ONE + _CGROUP + "DISK_QUOTA " + _END + "TIME DATE"),
    csv=Csv(_ONE_CSV, ",".join(_ONE_CSV), frozenset(("NS",))),
    shell=Labels(tuple((f"{word if word in _LABELS else word.replace('_', ' ')}:", word) for word in _ONE_CSV)),
)

PACKAGES = View(
    key="PACKAGE",
    fields=_FIELDS,
    json=_ALL[1:],
    plain=_ALL,
    csv=Csv(_ALL, ",".join(_ALL), frozenset(("NS",))),
    shell=Table(
        (
            ("PKG", "PACKAGE"),
            ("TPL", "WEB_TEMPLATE"),
            ("WEB", "WEB_DOMAINS"),
            ("DNS", "DNS_DOMAINS"),
            ("MAIL", "MAIL_DOMAINS"),
            ("DB", "DATABASES"),
            ("SHELL", "SHELL"),
            ("DISK", "DISK_QUOTA"),
            ("CPU_QUOTA", "CPU_QUOTA"),
            ("CPU_QUOTA_PERIOD", "CPU_QUOTA_PERIOD"),
            ("MEMORY_LIMIT", "MEMORY_LIMIT"),
            ("SWAP_LIMIT", "SWAP_LIMIT"),
            ("BW", "BANDWIDTH"),
        )
    ),
)
