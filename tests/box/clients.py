"""The clients of the database servers, as customers use them: mariadb and psql, run by nobody in particular."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from box.machine import Machine
from tests.box.test_web_sites import v

DATABASE_FILE = "/var/lib/tholos/state.db"


@dataclass(frozen=True)
class Client:
    """A client of an engine's server at a port: ``type`` is the engine's name in commands."""

    type: str
    port: int = 0

    @property
    def unit(self) -> str:
        """The service."""
        return "mariadb.service" if self.type == "mysql" else "postgresql@15-main.service"

    def argv(self, login: str, database: str, statement: str, *, tcp: bool = False) -> list[str]:
        """The command of a log-in that runs a statement."""
        port = str(self.port or (3306 if self.type == "mysql" else 5432))
        if self.type == "mysql":
            way = ["-h", "127.0.0.1", "--protocol=tcp", "-P", port] if tcp else ["--protocol=socket"]
            return ["mariadb", "--no-defaults", "-NB", *way, "-u", login, "-e", statement, database]
        way = ["-h", "127.0.0.1" if tcp else "/run/postgresql", "-p", port]
        return ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *way, "-U", login, "-d", database, "-c", statement]

    def ask(
        self, machine: Machine, login: str, password: str, database: str, statement: str, *, tcp: bool = False
    ) -> tuple[int, str]:
        """Log in and run a statement; give the exit code and what is said."""
        argv = ["runuser", "-u", "nobody", "--", *self.argv(login, database, statement, tcp=tcp or bool(self.port))]
        variables = {"MYSQL_PWD": password} if self.type == "mysql" else {"PGPASSWORD": password}
        done = machine.exec(argv, env={**variables, "HOME": "/nonexistent"}, check=False)
        return done.returncode, (done.stdout + done.stderr).strip()

    def may(self, machine: Machine, login: str, password: str, database: str, *, tcp: bool = False) -> bool:
        """Tell whether a login with this password may use a database."""
        code, said = self.ask(machine, login, password, database, "SELECT 41 + 1", tcp=tcp)
        assert (code == 0) == (said == "42"), said
        return code == 0

    def root(self, machine: Machine, statement: str, database: str = "") -> list[str]:
        """What the administrator of the machine is answered, line by line."""
        if self.type == "mysql":
            argv: Sequence[str] = ["mariadb", "-NB", "-e", statement, database or "mysql"]
        else:
            argv = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database or "postgres", "-c", statement]
        return machine.exec(argv).stdout.splitlines()

    def logins(self, machine: Machine, beginning: str) -> list[str]:
        """The logins at the server that begin so."""
        table, column = ("mysql.global_priv", "User") if self.type == "mysql" else ("pg_roles", "rolname")
        return self.root(machine, f"SELECT {column} FROM {table} WHERE {column} LIKE '{beginning}%' ORDER BY 1")

    def databases(self, machine: Machine, beginning: str) -> list[str]:
        """The databases at the server that begin so."""
        mysql = self.type == "mysql"
        table, column = ("information_schema.schemata", "schema_name") if mysql else ("pg_database", "datname")
        return self.root(machine, f"SELECT {column} FROM {table} WHERE {column} LIKE '{beginning}%' ORDER BY 1")


MARIADB, POSTGRESQL = Client("mysql"), Client("pgsql")


def add(machine: Machine, client: Client, account: str, name: str, password: str, *more: str) -> str:
    """Add a database with a login of the same name, which has the engine's letter before it; give the whole name."""
    short = client.type[0] + name
    assert v(machine, "v-add-database", account, short, short, password, client.type, *more) == (0, "")
    return f"{account}_{short}"
