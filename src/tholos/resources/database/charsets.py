"""Character sets by the names that people give, and what each engine calls them."""

from __future__ import annotations

from tholos.kernel.errors import Invalid
from tholos.kernel.view import words
from tholos.resources.database.types import PGSQL

MARIADB = frozenset(
    words(
        "armscii8 ascii big5 binary cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 cp932 dec8 eucjpms euckr gb2312 gbk "
        "geostd8 greek hebrew hp8 keybcs2 koi8r koi8u latin1 latin2 latin5 latin7 macce macroman sjis swe7 tis620 "
        "ucs2 ujis utf16 utf16le utf32 utf8 utf8mb3 utf8mb4"
    )
)
"""The names of MariaDB (information_schema.character_sets)."""
_SPOKEN = {"win1250": "cp1250", "win1251": "cp1251", "win1252": "latin1", "win1256": "cp1256", "koi8": "koi8r"}
_ENCODINGS = {
    **dict.fromkeys(("UTF8", "UTF8MB3", "UTF8MB4", "UTF-8", "UNICODE"), "UTF8"),
    **{name: name for name in words("LATIN1 LATIN2 LATIN5 LATIN7 WIN1250 WIN1251 WIN1252 WIN1256 WIN1257 WIN1258")},
    "KOI8": "KOI8R",
    "KOI8R": "KOI8R",
    "KOI8U": "KOI8U",
    "ASCII": "SQL_ASCII",
}
"""The encodings of PostgreSQL (its manual, 24.3.1) by the names that people give."""


def mariadb(charset: str) -> str:
    """MariaDB's name of a character set, or empty."""
    name = charset.lower().replace("-", "")
    name = _SPOKEN.get(name, name)
    return name if name in MARIADB else ""


def postgresql(charset: str) -> str:
    """PostgreSQL's name of an encoding, or empty."""
    return _ENCODINGS.get(charset.upper(), "")


def require_charset(engine: str, charset: str) -> None:
    """Raise Invalid for a character set that an engine does not know."""
    if not (postgresql(charset) if engine == PGSQL else mariadb(charset)):
        raise Invalid(f"invalid charset format :: {charset}", argument="charset")
