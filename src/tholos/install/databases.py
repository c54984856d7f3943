"""The database servers that were chosen, as Debian ships them, made ready for databases of accounts."""

from __future__ import annotations

import re
import time
from pathlib import Path

from tholos.install.applied import fingerprint, once, written
from tholos.install.context import COMMANDS, Context
from tholos.install.host import InstallError, attempt, file, run

FILES = Path(__file__).parent / "files"
ENGINES = {"mariadb": "mysql", "postgresql": "pgsql"}
"""What the servers are called in commands."""
MARIADB = Path("/etc/mysql/mariadb.conf.d/90-tholos.cnf")
POSTGRESQL = Path("/etc/postgresql")
EXISTS = 4
ROLE = (
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'root') "
    "THEN CREATE ROLE root SUPERUSER LOGIN; END IF; END $$"
)
OURS = "# Root administers the server over its socket (Tholos)."


def chosen(text: str) -> tuple[str, ...]:
    """The servers of a comma list; those whose configuration is here already stay chosen when it is empty."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise InstallError(f"{unknown[0]!r} is no database server; choose of {', '.join(ENGINES)}.")
    return tuple(name for name in ENGINES if name in names or (not names and _is_ready(name)))


def servers(context: Context) -> None:
    """Configure the chosen servers, and start them with every boot."""
    if "mariadb" in context.databases:
        # What an administrator has made of it stays (v-change-sys-service-config).
        settings = MARIADB.read_text() if MARIADB.exists() else written(FILES / "mariadb.cnf", MARIADB)
        once("mariadb", fingerprint(settings), lambda: _start("mariadb.service"))
    if "postgresql" in context.databases:
        version = _cluster()
        settings = written(FILES / "postgresql.conf", version / "conf.d/tholos.conf")
        access = version / "pg_hba.conf"
        allowed = _with_root(access.read_text())
        file(access, allowed, 0o640, "postgres", "postgres")
        once("postgresql", fingerprint(settings, allowed), lambda: _start("postgresql.service"))
        _psql(ROLE)


def hosts(context: Context) -> None:
    """Make the chosen servers known, unless they are."""
    engines = [ENGINES[name] for name in reversed(ENGINES) if name in context.databases]
    if not engines:
        return
    run([str(COMMANDS / "v-change-sys-config-value"), "DB_SYSTEM", ",".join(engines)])
    for engine in engines:
        # The socket knows root by its number, so there is no password to be told.
        done = attempt([str(COMMANDS / "v-add-database-host"), engine, "localhost", "root", "socket"])
        if done.returncode not in (0, EXISTS):
            raise InstallError(f"v-add-database-host {engine} failed: {(done.stdout or done.stderr).strip()}")


def _is_ready(name: str) -> bool:
    if name == "mariadb":
        return MARIADB.exists()
    return any(POSTGRESQL.glob("*/main/conf.d/tholos.conf"))


def _cluster() -> Path:
    """The configuration of the newest cluster that Debian has made."""
    found = sorted(POSTGRESQL.glob("*/main"), key=lambda path: int(path.parent.name))
    if not found:
        raise InstallError("Debian's postgresql has made no cluster called main; make one with pg_createcluster.")
    return found[-1]


def _with_root(text: str) -> str:
    """Root is let in over the socket before all others, and accounts' own logins by their passwords.

    ``md5`` means SCRAM for every password but those that were given as an MD5 hash (PostgreSQL's manual, 21.5).
    """
    if OURS not in text:
        text = f"{OURS}\nlocal   all             root                                    peer\n{text}"
    return re.sub(r"(?m)^(local\s+all\s+all|host\s+all\s+all\s+\S+)(\s+)(?:peer|scram-sha-256)$", r"\1\2md5", text)


def _start(unit: str) -> None:
    run(["systemctl", "enable", "--quiet", unit])
    run(["systemctl", "restart", unit])


def _psql(statement: str) -> None:
    """Say something to PostgreSQL as its own user; a server that has only just started may want a moment."""
    argv = ["runuser", "-u", "postgres", "--", "psql", "--no-psqlrc", "--quiet", "--command", statement]
    deadline = time.monotonic() + 30
    while (done := attempt(argv)).returncode != 0:
        if time.monotonic() > deadline:
            raise InstallError(f"PostgreSQL refused a statement: {done.stderr.strip()}")
        time.sleep(0.2)
