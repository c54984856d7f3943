"""How databases and their servers print (``commands.json``: group database)."""

from __future__ import annotations

from tholos.kernel.view import Csv, Field, Labels, Table, View, moments, words
from tholos.resources.stats.sizes import begun

_CREATED = moments("created")
_FIELDS: dict[str, Field] = {
    "DATABASE": "name",
    "DB": "name",
    "DBUSER": "login",
    "U_DISK": lambda database: begun(database.disk_bytes),
    **_CREATED,
}
_COLUMNS = words("DATABASE DBUSER HOST TYPE CHARSET U_DISK SUSPENDED TIME DATE")

DATABASE = View(
    key="DATABASE",
    fields=_FIELDS,
    json=_COLUMNS,
    plain=_COLUMNS,
    csv=Csv(_COLUMNS, ",".join(_COLUMNS)),
    shell=Labels(
        tuple(({"DBUSER": "DB USER", "U_DISK": "DISK"}.get(word, word) + ":", word) for word in _COLUMNS),
        width=16,
    ),
)

DATABASES = View(
    key="DATABASE",
    fields=_FIELDS,
    json=_COLUMNS,
    plain=_COLUMNS,
    csv=Csv(_COLUMNS, ",".join(_COLUMNS)),
    shell=Table(
        (
            ("DATABASE", "DATABASE"),
            ("USER", "DBUSER"),
            ("HOST", "HOST"),
            ("TYPE", "TYPE"),
            ("DISK", "U_DISK"),
            ("SPND", "SUSPENDED"),
            ("DATE", "DATE"),
        )
    ),
)

_SERVER: dict[str, Field] = {"U_SYS_USERS": "accounts", "U_DB_BASES": "used", "TPL": "template", **_CREATED}
_SERVER_COLUMNS = words("HOST PORT TYPE CHARSETS MAX_DB U_SYS_USERS U_DB_BASES TPL SUSPENDED TIME DATE")
_QUOTED = frozenset(("CHARSETS", "U_SYS_USERS"))
_LABELS = words("HOST PORT TYPE CHARSETS MAX_DB U_DB_BASES U_SYS_USERS TPL SUSPENDED TIME DATE")

SERVER = View(
    key="HOST",
    fields=_SERVER,
    json=_SERVER_COLUMNS,
    plain=_SERVER_COLUMNS,
    csv=Csv(_SERVER_COLUMNS, ",".join(_SERVER_COLUMNS), _QUOTED),
    shell=Labels(tuple((f"{word}:", word) for word in _LABELS), width=14),
)

SERVERS = View(
    key="HOST",
    fields=_SERVER,
    json=_SERVER_COLUMNS,
    plain=_SERVER_COLUMNS,
    csv=Csv(_SERVER_COLUMNS, ",".join(_SERVER_COLUMNS), _QUOTED),
    shell=Table(
        (
            ("HOST", "HOST"),
            ("PORT", "PORT"),
            ("TYPE", "TYPE"),
            ("MAX_DB", "MAX_DB"),
            ("DB_USED", "U_DB_BASES"),
            ("SPND", "SUSPENDED"),
            ("TIME", "TIME"),
            ("DATE", "DATE"),
        )
    ),
    shape="array",
)

ENGINES = View(
    key="",
    json=(),
    plain=("TYPE",),
    csv=Csv(("TYPE",), "TYPE"),
    shell=Table((("TYPE", "TYPE"),)),
    shape="names",
)

LOGIN = View(key="", wrapper="login", json=("user", "password"), fields={"user": "login", "password": "password"})
