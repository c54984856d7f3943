"""A customer as the machine has it: what works of it, and what is left of it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import dns.message
import dns.query
import dns.rcode
from box.machine import Machine
from tests.box.test_web_sites import fetch

PASSWORD, DATABASE_PASSWORD = "AcmePass12345", "DbPass-12345"
JOB = "true --of-the-customer"
ROWS = """
import json, sqlite3, sys
state = sqlite3.connect("file:/var/lib/tholos/state.db?mode=ro", uri=True)
tables = [name for (name,) in state.execute("select name from sqlite_master where type = 'table'")]
found = []
for table in set(tables) - {"audit", "repeats", "dns_past"}:
    for row in state.execute(f"select * from {table}"):
        kept = (table == "history" and "system" in row) or (table == "site_tenures" and "" in row)
        if not kept and any(sys.argv[1] in str(value) for value in row):
            found.append(f"{table}: {row}")
print(json.dumps(found))
"""
"""Rows that name somebody.

Kept are the administrator's history, the audit trail, when nobody had a site, and the last serials of deleted zones.
"""

ALL = dict.fromkeys(("site", "zone", "mysql", "pgsql", "job", "login"), True)
NONE = dict.fromkeys(ALL, False)
"""What of a customer works."""
MYSQL = "select concat('login ', user) from mysql.user union select schema_name from information_schema.schemata"
PGSQL = "select datname from pg_database union select rolname from pg_roles"


@dataclass(frozen=True)
class Customer:
    """Somebody who orders an account with a domain, a database on each server, and a job."""

    machine: Machine
    name: str

    @property
    def domain(self) -> str:
        """The domain that comes with the account."""
        return f"{self.name}.example"

    def login(self, password: str) -> bool:
        """Tell whether the password lets the account in, asked as PAM asks."""
        argv = ["runuser", "-u", "nobody", "--", "su", self.name, "-c", "id -un"]
        done = self.machine.exec(argv, input=f"{password}\n", check=False)
        return done.returncode == 0 and done.stdout.strip().endswith(self.name)

    def working(self, password: str = PASSWORD) -> dict[str, bool]:
        """What of the account works."""
        return {
            "site": fetch(self.machine, self.domain)[0] == 200,
            "zone": self.rcode() == dns.rcode.NOERROR,
            "mysql": self.mysql(f"{self.name}_my", DATABASE_PASSWORD),
            "pgsql": self._pgsql(f"{self.name}_pg", DATABASE_PASSWORD),
            "job": JOB in self._read(f"/var/spool/cron/crontabs/{self.name}"),
            "login": self.login(password),
        }

    def rcode(self) -> dns.rcode.Rcode:
        """What the name server answers for the domain."""
        query = dns.message.make_query(self.domain, "SOA")
        return dns.query.tcp(query, self.machine.address, timeout=60).rcode()

    def listed(self) -> str:
        """The account as the list shows it, or nothing."""
        return self.machine.exec(["v-list-user", self.name, "json"], check=False).stdout

    def left(self) -> list[str]:
        """What is on the machine of a customer who should be gone; what is deleted in the background is waited for."""
        deadline = time.monotonic() + 100
        while (found := self._left()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return found

    def uid(self) -> str:
        """The account's number."""
        return self.machine.exec(["id", "-u", self.name]).stdout.strip()

    def run(self, *program: str) -> None:
        """Leave a program running as the account, outside of any session."""
        argv = ["setsid", "-f", "runuser", "-u", self.name, "--", *program]
        self.machine.exec(["sh", "-c", '"$@" >/dev/null 2>&1', "sh", *argv])

    def _left(self) -> list[str]:
        machine, name = self.machine, self.name
        find = ["find", "/", "-xdev", "-name", f"*{name}*", "-not", "-path", "/proc/*", "-not", "-path", "/sys/*"]
        files = machine.exec(find, check=False).stdout.split()
        words = [
            ["getent", "passwd", name],
            ["getent", "group", name],
            ["mysql", "-NBe", MYSQL],
            ["runuser", "-u", "postgres", "--", "psql", "-Atc", PGSQL],
            ["systemctl", "list-units", "--all", "--plain", "--no-legend"],
            ["nginx", "-T"],
            ["ps", "-eo", "user:40,args"],
        ]
        printed = "\n".join(machine.exec(argv, check=False).stdout for argv in words).splitlines()
        printed = [line for line in printed if name in line]
        zone = [] if self.rcode() == dns.rcode.REFUSED else ["the zone is served"]
        rows: list[str] = json.loads(machine.exec(["python3", "-c", ROWS, name]).stdout)
        return files + printed + zone + rows

    def mysql(self, login: str, password: str, database: str = "") -> bool:
        """Tell whether a login gets into the database on MariaDB, or into another one."""
        argv = ["mysql", "-h", "127.0.0.1", "-u", login, database or f"{self.name}_my", "-e", "do 1"]
        return self.machine.exec(argv, env={"MYSQL_PWD": password}, check=False).returncode == 0

    def fill(self) -> None:
        """Make a table in the database on MariaDB."""
        self.machine.exec(["mysql", f"{self.name}_my", "-e", "create table theirs (one int)"])

    def tables(self) -> str:
        """The tables in the database on MariaDB."""
        return self.machine.exec(["mysql", "-NB", f"{self.name}_my", "-e", "show tables"]).stdout

    def _pgsql(self, login: str, password: str) -> bool:
        argv = ["psql", "-h", "127.0.0.1", "-U", login, f"{self.name}_pg", "-c", "select"]
        return self.machine.exec(argv, env={"PGPASSWORD": password}, check=False).returncode == 0

    def _read(self, path: str) -> str:
        return self.machine.exec(["cat", path], check=False).stdout


def runs_anything(machine: Machine, uid: str) -> bool:
    """Tell whether a process has this number; the kernel itself is asked, which misses none (kill(2))."""
    argv = ["setpriv", "--reuid", uid, "--clear-groups", "kill", "-0", "-1"]
    return machine.exec(argv, check=False).returncode == 0
