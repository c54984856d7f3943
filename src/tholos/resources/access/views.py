"""How access keys and permission profiles print (``commands.json``: groups access-key and api)."""

from __future__ import annotations

from collections.abc import Mapping

from tholos.kernel.view import Field, Labels, Table, View, moments, words

_FIELDS: Mapping[str, Field] = {
    "ID": "access_key_id",
    "PAIR": lambda record: f"{record.access_key_id}:{record.secret_access_key}",
    **moments("created"),
}
_ONE = words("ACCESS_KEY_ID SECRET_ACCESS_KEY USER PERMISSIONS COMMENT TIME DATE")

KEY = View(
    key="ACCESS_KEY_ID",
    fields=_FIELDS,
    json=_ONE,
    plain=("PAIR",),
    shell=Labels(tuple((f"{word}:", word) for word in _ONE), width=20, also_plain=False),
    shape="object",
    lists=frozenset(("PERMISSIONS",)),
)

KEYS = View(
    key="ACCESS_KEY_ID",
    fields=_FIELDS,
    json=words("ACCESS_KEY_ID USER PERMISSIONS COMMENT TIME DATE"),
    shell=Table(
        tuple((word, word) for word in words("ID USER PERMISSIONS COMMENT TIME DATE")),
        trailing=True,
        rule=("--", "------", "----", "-----------", "-------", "----", "----"),
    ),
    shape="lines",
    lists=frozenset(("PERMISSIONS",)),
)

PROFILE = View(
    key="API",
    fields={"API": "name"},
    json=words("API ROLE COMMANDS"),
    shell=Labels((("API:", "API"), ("ROLE:", "ROLE"), ("COMMANDS:", "COMMANDS")), width=15, also_plain=False),
    shape="object",
    lists=frozenset(("COMMANDS",)),
)

PROFILES = View(
    key="API",
    fields={"API": "name"},
    json=words("COMMANDS ROLE"),
    shell=Table((("API", "API"), ("ROLE", "ROLE"), ("COMMANDS", "COMMANDS"))),
    shape="lines",
    lists=frozenset(("COMMANDS",)),
)

CHECKED = View(
    key="USER",
    json=("USER", "USER_ARG_POSITION"),
    shell=Labels((("USER:", "USER"), ("USER_ARG_POSITION:", "USER_ARG_POSITION")), width=20, also_plain=False),
    shape="object",
    numbers=frozenset(("USER_ARG_POSITION",)),
)
