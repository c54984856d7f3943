"""Disk: what is measured of homes and sites, and in which turn."""

from __future__ import annotations

import os
import time
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import select
from tests.conftest import call

from tholos.apply.host import Host
from tholos.apply.readings import disk
from tholos.bootstrap import Engine
from tholos.jobs import disk as jobs_disk
from tholos.jobs.disk import EVERY
from tholos.kernel.errors import ServiceFailed
from tholos.resources.stats.model import disk_usage
from tholos.resources.web.model import web_domains

MB = 2**20


def home_of(engine: Engine) -> Path:
    return engine.applier.host.root / "home/alice"


def fill(path: Path, megabytes: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(MB) * megabytes)
    return path


def shown(engine: Engine) -> tuple[int, int]:
    """Megabytes of the home and of the site, as far as they are above what comes with them."""
    with engine.store.reading() as connection:
        home = connection.execute(select(disk_usage.c.home).where(disk_usage.c.account == "alice")).scalar() or 0
        site = connection.execute(select(web_domains.c.disk_bytes)).scalar() or 0
    return home // MB, site // MB


def test_each_command_measures_its_part(town: Engine) -> None:
    home = home_of(town)
    fill(home / "web/alice.test/public_html/a.bin", 3)
    fill(home / "tmp/session", 2)
    fill(home / ".ssh/x", 1)
    fill(home / "mail/alice.test/box", 7)
    assert shown(town) == (0, 0)
    assert call(town, "v-update-web-domain-disk", "alice", "alice.test") == (0, "")
    assert shown(town) == (0, 3)
    fill(home / "web/alice.test/private/b.bin", 1)
    assert call(town, "v-update-web-domains-disk", "alice") == (0, "")
    assert shown(town) == (0, 4)
    assert call(town, "v-update-user-disk", "alice") == (0, "")
    assert shown(town) == (3, 4)
    # What is begun counts, as with du: the sites' pages and directories take some kilobytes.
    listed = call(town, "v-list-user", "alice", "json")[1]
    for word, megabytes in {"U_DISK": 9, "U_DISK_DIRS": 4, "U_DISK_WEB": 5, "U_DISK_MAIL": 0, "U_DISK_DB": 0}.items():
        assert f'"{word}": "{megabytes}"' in listed


def test_no_link_is_followed_and_a_file_of_many_names_counts_once(town: Engine) -> None:
    home = home_of(town)
    big = fill(town.applier.host.root / "home/outside.bin", 20)
    site = home / "web/alice.test/public_html"
    (site / "link").symlink_to(big)
    (site / "root").symlink_to(town.applier.host.root)
    (site / "loop").symlink_to(site)
    one = fill(site / "one", 2)
    for name in ("two", "three"):
        os.link(one, site / name)
    with (site / "sparse").open("wb") as file:
        file.truncate(500 * MB)
    assert call(town, "v-update-web-domain-disk", "alice", "alice.test") == (0, "")
    assert shown(town) == (0, 2)


def test_a_link_in_the_place_of_a_site_measures_nothing(town: Engine) -> None:
    home = home_of(town)
    fill(town.applier.host.root / "home/bob/big", 20)
    (home / "web/alice.test").rename(home / "web/gone")
    (home / "web/alice.test").symlink_to(town.applier.host.root / "home/bob")
    assert call(town, "v-update-web-domain-disk", "alice", "alice.test") == (0, "")
    assert call(town, "v-update-web-domains-disk", "alice") == (0, "")
    assert shown(town) == (0, 0)


def test_names_that_would_mislead_a_reader_of_lines(town: Engine) -> None:
    home = home_of(town)
    fill(home / "tmp/x\n999999999\t./web/alice.test/y", 1)
    fill(home / "tmp" / "\udcff\udcfe" / "z", 1)
    fill(home / "web/alice.test/public_html/a\n./mail", 1)
    assert call(town, "v-update-user-disk", "alice") == (0, "")
    assert call(town, "v-update-web-domains-disk", "alice") == (0, "")
    assert shown(town) == (2, 1)


def test_a_very_deep_tree_is_measured(town: Engine) -> None:
    descriptor = os.open(home_of(town) / "tmp", os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=descriptor)
        below = os.open("d", os.O_RDONLY | os.O_DIRECTORY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(os.open("f", os.O_WRONLY | os.O_CREAT, dir_fd=descriptor))
    file = os.open("f", os.O_WRONLY, dir_fd=descriptor)
    os.write(file, os.urandom(MB))
    os.close(file)
    os.close(descriptor)
    assert call(town, "v-update-user-disk", "alice") == (0, "")
    assert shown(town)[0] >= 1
    town.applier.host.purge("/home/alice/tmp")  # Python's own rmtree gives up on it.


def test_every_account_has_its_turn_and_the_oldest_is_next(town: Engine) -> None:
    job = town.usage.disk
    fill(home_of(town) / "tmp/file", 5)
    turns = [job.next() for _ in range(4)]
    assert turns == [True, True, True, False]
    assert shown(town)[0] == 5
    with mock.patch.object(time, "time", return_value=time.time() + EVERY + 5):
        assert job.next()


def test_what_cannot_be_measured_does_not_keep_the_others_waiting(town: Engine) -> None:
    job = town.usage.disk
    with mock.patch.object(disk, "home", side_effect=ServiceFailed("du was stopped")):
        for _ in range(3):
            with pytest.raises(ServiceFailed):
                job.next()
    assert job.next() is False


def test_who_waits_is_told_when_it_takes_too_long(town: Engine) -> None:
    with mock.patch.object(disk, "PATIENCE", -1.0):
        code, text = call(town, "v-update-user-disk", "alice")
    assert (code, "measured in the background" in text) == (20, True)
    assert call(town, "v-update-user-disk", "alice") == (0, "")


def test_a_du_that_fails_is_no_empty_home(town: Engine) -> None:
    fill(home_of(town) / "tmp/file", 5)
    assert call(town, "v-update-user-disk", "alice") == (0, "")
    with mock.patch.object(disk, "_DU", ("false",)):
        assert call(town, "v-update-user-disk", "alice") == (20, "Error: du did not come to an end\n")
    with mock.patch.object(disk, "_DU", ("there-is-no-such-program",)):
        assert call(town, "v-update-user-disk", "alice")[0] == 20
    assert shown(town)[0] == 5


def test_after_a_measurement_that_failed_the_thread_rests_too(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_disk, "time", mock.Mock(monotonic=mock.Mock(side_effect=(100.0, 130.0))))
    monkeypatch.setattr(town.usage.disk, "next", mock.Mock(side_effect=OSError(5, "Input/output error")))
    assert town.usage.disk._look() == 30.0 * jobs_disk.SHARE


def test_an_engine_that_stops_does_not_wait_for_a_measurement(town: Engine) -> None:
    town.usage.disk.stop()
    with pytest.raises(disk.UnwantedError):
        town.usage.disk.next()


def test_an_account_that_goes_while_it_is_measured_leaves_nothing(town: Engine) -> None:
    job = town.usage.disk
    real = disk.home

    def gone(host: Host, account: str, wanted: disk.Wanted) -> disk.Home:
        found = real(host, account, wanted)
        assert call(town, "v-delete-user", "alice") == (0, "")
        return found

    with mock.patch.object(disk, "home", gone):
        job.measure("alice")
    with town.store.reading() as connection:
        assert connection.execute(select(disk_usage.c.account)).all() == []
