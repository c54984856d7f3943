"""As ``inside.py``: an engine that is killed in the middle of changes of databases, on the real servers.

``inside_databases.py some`` kills at one point of every kind of every change, ``all`` at every point.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import NamedTuple

from tests.box.inside import ADD_USER, DELETE, NAME, Calls, carry_out, kinds_of, mend_and_look, reset
from tests.crashing import one_of_each

from tholos.kernel import passwords

DATABASE = f"{NAME}_shop"
ENGINES = ("mysql", "pgsql")


class Change(NamedTuple):
    """A change: what comes before it, its calls, and whether the database and which login are there afterwards."""

    name: str
    before: Calls
    calls: Calls
    database: bool = True
    login: str = DATABASE


def add(engine: str) -> Calls:
    """The call that adds a database."""
    return (("v-add-database", NAME, "shop", "shop", "Pass12345", engine),)


def changes(engine: str) -> tuple[Change, ...]:
    """Every kind of change."""
    there = ADD_USER + add(engine)
    return (
        Change("add", ADD_USER, add(engine)),
        Change("delete", there, (("v-delete-database", NAME, DATABASE),), database=False),
        Change("suspend", there, (("v-suspend-database", NAME, DATABASE),)),
        Change("password", there, (("v-change-database-password", NAME, DATABASE, "another"),)),
        Change("login", there, (("v-change-database-user", NAME, DATABASE, "other"),), login=f"{NAME}_other"),
        Change("delete the account", there, DELETE, database=False),
    )


def ask(engine: str, statement: str) -> list[str]:
    """What root is answered by a server."""
    mysql = ["mariadb", "-NB", "-e", statement, "mysql"]
    argv = mysql if engine == "mysql" else ["psql", "-XAtq", "-d", "postgres", "-c", statement]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.splitlines()


def found(engine: str) -> tuple[list[str], list[str]]:
    """Our databases and logins at a server."""
    mysql = engine == "mysql"
    names = "schema_name FROM information_schema.schemata" if mysql else "datname FROM pg_database"
    logins = "User FROM global_priv" if mysql else "rolname FROM pg_roles"
    return tuple(  # type: ignore[return-value]
        ask(engine, f"SELECT {what} WHERE {what.split()[0]} LIKE '{NAME}%' ORDER BY 1") for what in (names, logins)
    )


def killed_at(point: int, engine: str, change: Change) -> list[str]:
    """Carry a change out, killed at a point; give what is wrong after a restart."""
    answered = carry_out(change.calls, point)
    wrong = mend_and_look()
    there, logins = found(engine)
    after = ([DATABASE], [change.login]) if change.database else ([], [])
    before = ([DATABASE], [DATABASE]) if change.before != ADD_USER else ([], [])
    if (there, logins) not in (before, after):
        wrong.append(f"neither before nor after: {there} {logins}")
    if answered and (there, logins) != after:
        wrong.append(f"answered and not there: {there} {logins}")
    return wrong


def kill_everywhere(*, every: bool) -> None:
    """Kill at points of every change on both servers; print a line for each."""
    passwords.hash_password = lambda password: f"$y$j9T$salt${password}"
    for engine, change in [(name, change) for name in ENGINES for change in changes(name)]:
        carry_out(change.before)
        kinds = kinds_of(change.calls)
        tried = range(1, len(kinds) + 1) if every else one_of_each(kinds)
        wrong: list[str] = []
        for point in tried:
            reset()
            carry_out(change.before)
            wrong += [f"{point} ({kinds[point - 1]}): {problem}" for problem in killed_at(point, engine, change)]
        reset()
        used = sorted({kinds[at - 1] for at in tried})
        print(json.dumps({"change": f"{engine} {change.name}", "kinds": used, "wrong": wrong}), flush=True)


if __name__ == "__main__":
    kill_everywhere(every=sys.argv[1:] == ["all"])
