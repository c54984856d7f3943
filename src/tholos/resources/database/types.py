"""Argument types of databases and their servers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Number, Text, printable
from tholos.kernel.view import words
from tholos.resources.database import hashes
from tholos.resources.types import Common, ObjectName, Sought
from tholos.resources.user.types import GivenPassword

MYSQL, PGSQL = "mysql", "pgsql"
ENGINES = (MYSQL, PGSQL)
_SYSTEM = frozenset(
    words("information_schema performance_schema mysql sys postgres template0 template1 mariadb.sys root public none")
)
"""Names that servers use themselves."""


class DatabaseName(Text):
    """A database's whole name (is_database_format_valid): letters, digits and ``_ - . ~ [ ]``; at most 63.

    A name that nobody could have given is not found anyhow, so only signs that no name has are refused.
    """

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9_.~\[\]-]+")
    max_length = 63
    expected = "the name of a database with its account's name before it: letters, digits, _ - ."
    example = "alice_shop"


class NewDatabaseName(DatabaseName):
    """The name of a database to be, whole; the names that servers use themselves are refused."""

    __slots__ = ()
    word = "database"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        lowered = raw.lower()
        return super().accepts(raw) and lowered not in _SYSTEM and not lowered.startswith("pg_")

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {cls.word} format :: {printable(raw)}", argument=argument)


class NewLogin(NewDatabaseName):
    """A login to be, whole (is_dbuser_format_valid): as a database's name, at most 32."""

    __slots__ = ()
    max_length = 32
    word = "dbuser"
    expected = "a login with its account's name before it, at most 32 characters"
    example = "alice_shop"


class ShortName(Text):
    """What follows the account's name in the name of a database or a login; the whole is checked apart.

    So a refusal shows the whole, as clients know it; only what cannot be shown is refused here. The REST API shows
    whole names, and takes them too.
    """

    __slots__ = ()
    pattern = re.compile(r".+")
    max_length = 100
    expected = "letters, digits, _ - ., at most 63 together with the account's name and _ before it"
    example = "shop"

    @staticmethod
    def from_shown(text: str, placed: Mapping[str, str]) -> str:
        """The name without the account's, which stands in the path, before it; PostgreSQL's are in lower case."""
        front, short = f"{placed['user']}_", text[len(placed["user"]) + 1 :]
        return short if short and text.lower().startswith(front.lower()) else text


class GuestLogin(Text):
    """A login for a while: all of them begin alike."""

    __slots__ = ()
    pattern = re.compile(r"hestia_sso_[A-Za-z0-9]{1,21}")
    max_length = 32
    expected = "a login as v-add-database-temp-user gave it"
    example = "hestia_sso_0123456789abcdef"


class AdminLogin(Text):
    """The login of a server's administrator (is_dbuser_format_valid)."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9_.~\[\]-]+")
    max_length = 32
    expected = "a login of letters, digits, _ - ."
    example = "root"


class DatabasePassword(GivenPassword):
    """A password of a login: any text of one line, less than 512 bytes; only its hash is told to a server.

    What looks like a hash of the server's own is taken as that, so that a login can be moved without its password.
    """

    __slots__ = ()

    def hashed_for(self, engine: str) -> str:
        """The hash as an engine keeps it."""
        if engine == PGSQL:
            return hashes.given_verifier(self) or hashes.scram(self)
        return hashes.given_native(self) or hashes.native(self)


class Engine(Text):
    """The engine of a database server; whether it is used here is checked apart, with another refusal."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9_-]+")
    max_length = 30
    expected = "mysql or pgsql"
    example = "mysql"

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"{printable(raw)} type is invalid", argument=argument)


class ServerName(ObjectName):
    """A server's host name or address (is_object_format_valid); ``localhost`` is this machine, over its socket."""

    __slots__ = ()
    expected = "the name or address of a host, or localhost"
    example = "localhost"


class SoughtServer(Sought):
    """The name or address of a server that is there."""

    __slots__ = ()
    expected = "the name or address of a server that is there"
    example = ServerName.example


class SoughtDatabase(Sought):
    """The whole name of a database that is there."""

    __slots__ = ()
    expected = DatabaseName.expected
    example = DatabaseName.example


class Charset(ObjectName):
    """A character set, such as UTF8MB4; kept in upper case."""

    __slots__ = ()
    expected = "a character set such as UTF8MB4"
    example = "UTF8MB4"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        return cls(super().parse(raw, argument).upper())


class Charsets(Common):
    """The character sets that a server is good for, with commas between."""

    __slots__ = ()
    expected = "character sets with commas between"
    listed = True
    example = "UTF8,LATIN1"


class MostDatabases(Number):
    """How many databases a server takes."""

    expected = "how many databases the server takes"
    example = "500"


class ServerPort(Number):
    """The TCP port of a server."""

    lowest = 1
    highest = 65535
    expected = "a port from 1 to 65535"
    example = "3306"
