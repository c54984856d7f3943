"""What loads dumps: only into the very database that its job is about."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import IO, cast

import pytest

from tholos.jobs.databases import clients, moving
from tholos.jobs.databases.clients import Way
from tholos.jobs.databases.logins import Place
from tholos.jobs.run import Run
from tholos.jobs.sandbox import Program, Rehearsed, _Started
from tholos.resources.database.record import Gone

PLACE = Place(7, "pgsql", "localhost", 5432, "alice_geo", "alice_geo", "UTF8")
WAY = Way("pgsql", "localhost", 5432, "alice_geo", "~tholos-w", "secret")
SAYS = r"""IFS= read -r a; IFS= read -r b; b="${b#*\'}"; echo "${b%% *} begins 77"; cat > "$0"; exit 1"""
"""A client that says which transaction it has begun, and keeps what it is told after that."""


class Box(Rehearsed):
    """A sandbox whose client is that one."""

    def start(self, program: Program, stdin: int | IO[bytes], stdout: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """Start it."""
        argv = ["/bin/sh", "-c", SAYS, str(self._place.parent / "heard")]
        process = subprocess.Popen(argv, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL)
        self._started.append(_Started(program, process))
        return process


def test_a_client_of_postgresql_is_told_nothing_where_its_database_is_gone(tmp_path: Path) -> None:
    """It may have come to a namesake: it is asked after the client is in, when that can be no other any more."""

    def gone(_reading: object) -> None:
        raise Gone("the database was deleted meanwhile", argument="database")

    run = cast(Run, SimpleNamespace(host=SimpleNamespace(rehearse=False), id="job", place=tmp_path, read=gone))
    with Box("job", tmp_path, tmp_path) as box, pytest.raises(Gone):
        loader = moving._Loader(run, box, WAY, PLACE)
        loader.fill(io.BytesIO(b"DROP TABLE orders;\n"), None, lambda: None)
    assert b"DROP TABLE" not in (tmp_path / "heard").read_bytes()


def test_a_database_of_mariadb_is_made_anew_by_its_own_login() -> None:
    """Its password is good for this database alone, so a namesake's is never emptied."""
    way = Way("mysql", "localhost", 3306, "alice_shop", "alice_shop", "secret", ("latin1", "latin1_bin"))
    assert clients.framed(way, "token")[0].decode().splitlines() == [
        "SET SESSION lock_wait_timeout=60;",
        "DROP DATABASE IF EXISTS `alice_shop`;",
        "CREATE DATABASE `alice_shop` CHARACTER SET latin1 COLLATE latin1_bin;",
        "USE `alice_shop`;",
        "SET SESSION lock_wait_timeout=DEFAULT;",
    ]
    # Else the client would not begin where an attempt was cut off after the first of them.
    assert "alice_shop" not in clients.loader(way).argv
    plain = way._replace(anew=None)
    assert (clients.framed(plain, "token"), clients.loader(plain).argv[-1]) == ((b"", b""), "alice_shop")
