"""How zones, records and templates print (``commands.json``: v-list-dns-...)."""

from __future__ import annotations

from tholos.kernel.view import Csv, Field, Labels, Table, View, moments, words

_WIDEST_VALUE = 30
"""Signs of a value that the shell's table shows."""


FIELDS: dict[str, Field] = {
    "TPL": "template",
    "EXP": "expires",
    "SERIAL": lambda zone: f"{zone.serial:010d}",
    **moments("created"),
}
_JSON = words("IP TPL TTL EXP SOA SERIAL DNSSEC SRC RECORDS SUSPENDED TIME DATE")
_ONE = words("DOMAIN IP TPL TTL EXP SOA SERIAL DNSSEC RECORDS SUSPENDED TIME DATE")
_ALL_CSV = words("DOMAIN IP TPL TTL EXP SOA SERIAL SRC DNSSEC RECORDS SUSPENDED TIME DATE")

ZONE = View(
    key="DOMAIN",
    fields=FIELDS,
    json=_JSON,
    plain=_ONE,
    csv=Csv(_ONE, ",".join(_ONE)),
    shell=Labels(tuple((f"{'TEMPLATE' if word == 'TPL' else word}:", word) for word in _ONE), width=16),
)
ZONES = View(
    key="DOMAIN",
    fields=FIELDS,
    json=_JSON,
    plain=words("DOMAIN IP TPL TTL EXP SOA DNSSEC SERIAL SRC RECORDS SUSPENDED TIME DATE"),
    csv=Csv(_ALL_CSV, ",".join(_ALL_CSV)),
    shell=Table(
        (
            *((word, word) for word in words("DOMAIN IP TPL TTL DNSSEC")),
            ("REC", "RECORDS"),
            ("SPND", "SUSPENDED"),
            ("DATE", "DATE"),
        )
    ),
)

_RECORD = words("ID RECORD TYPE PRIORITY VALUE SUSPENDED TIME DATE TTL")
_RECORD_JSON = words("RECORD TYPE PRIORITY VALUE ID SUSPENDED TIME DATE TTL")
_RECORD_FIELDS: dict[str, Field] = {
    "ID": "number",
    **moments("created"),
    "SHORT": lambda record: record.value[:_WIDEST_VALUE],
}
RECORD = View(
    key="ID",
    fields=_RECORD_FIELDS,
    json=_RECORD_JSON,
    plain=_RECORD,
    csv=Csv(_RECORD, ",".join(_RECORD), frozenset(("VALUE",))),
    shell=Labels(tuple((f"{word}:", word) for word in _RECORD), width=11),
)
RECORDS = View(
    key="ID",
    fields=_RECORD_FIELDS,
    json=_RECORD_JSON,
    plain=_RECORD,
    csv=Csv(_RECORD, ",".join(_RECORD), frozenset(("VALUE",))),
    shell=Table(
        tuple(("VALUE" if word == "SHORT" else word, word) for word in words("ID RECORD TYPE SHORT DATE TTL")),
        rule=words("-- ------ ---- ----- ---- ----"),
    ),
)

_LINE = words("ID RECORD TYPE PRIORITY VALUE")
TEMPLATE = View(
    key="ID",
    fields={"ID": "number"},
    json=words("RECORD TYPE PRIORITY VALUE ID"),
    plain=_LINE,
    csv=Csv(_LINE, ",".join(_LINE), frozenset(("VALUE",))),
    shell=Table(tuple((word, word) for word in words("ID RECORD TYPE VALUE"))),
)
TEMPLATES = View(
    key="",
    json=(),
    plain=("TEMPLATE",),
    csv=Csv(("TEMPLATE",), "TEMPLATE"),
    shell=Table((("TEMPLATE", "TEMPLATE"),)),
    shape="names",
)

KEY = View(
    key="DOMAIN",
    json=words("RECORD KEYTAG FLAG ALGORITHM KEY DS"),
    plain=("RECORD",),
    shell=Labels(tuple((f"{word}:", word) for word in words("RECORD DS KEYTAG FLAG ALGORITHM KEY")), width=11),
)
