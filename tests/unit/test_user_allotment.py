"""Limits of slices and quotas: what systemd and quota print, what is set, and what follows the package."""

from __future__ import annotations

import json

import pytest
from tests.conftest import call

from tholos.apply.host import Host
from tholos.apply.machine import READINGS
from tholos.apply.readings import quotas, slices
from tholos.apply.readings.slices import Limits
from tholos.apply.steps import Change, Run
from tholos.bootstrap import Engine
from tholos.drivers.quotas import LEAST_FILES, files_of
from tholos.kernel.errors import ServiceFailed
from tholos.resources.user import each

SHOWN = """\
CPUQuotaPerSecUSec=1.500s
CPUQuotaPeriodUSec=50ms
MemoryMax=1073741824
MemorySwapMax=infinity
"""
QUOTA = """\
Disk quotas for user alice (uid 20002):
     Filesystem   space   quota   limit   grace   files   quota   limit   grace
      /dev/vda1   23000*  20480   20480  604800      12  300000  300000       0
"""


def commands(town: Engine) -> list[str]:
    return (town.applier.host.root / "commands.log").read_text().splitlines()


def test_limits_are_read_as_systemd_prints_them() -> None:
    assert slices.parse(SHOWN) == Limits(1_500_000, 50_000, 2**30, None)
    assert slices.parse("CPUQuotaPerSecUSec=1min 30s") == Limits(90_000_000)
    assert slices.parse("MemoryMax=18446744073709551615\nCPUQuotaPerSecUSec=infinity") == Limits()


def test_a_quota_is_read_as_quota_prints_it() -> None:
    assert quotas.parse(QUOTA) == (20480, 300000)
    assert quotas.parse("Disk quotas for user alice (uid 20002): none") == (0, 0)
    assert quotas.parse("") == (0, 0)


def test_files_are_limited_with_the_space_and_not_without() -> None:
    assert files_of(0) == 0
    assert files_of(1024) == LEAST_FILES
    assert files_of(100 * 1024 * 1024) == 25 * 1024 * 1024


def test_limits_follow_the_account_while_they_are_on(town: Engine) -> None:
    assert call(town, "v-change-sys-config-value", "RESOURCES_LIMIT", "yes") == (0, "")
    assert call(town, "v-change-user-config-value", "alice", "MEMORY_LIMIT", "1G") == (0, "")
    assert "MemoryMax=1073741824" in commands(town)[-1]
    assert call(town, "v-change-user-package", "alice", "system") == (0, "")
    done = len(commands(town))
    assert call(town, "v-delete-user", "alice") == (0, "")
    assert not any("set-property" in line for line in commands(town)[done:])


@pytest.mark.parametrize("setting", ["RESOURCES_LIMIT", "DISK_QUOTA"])
def test_nothing_is_set_while_they_are_off(town: Engine, setting: str) -> None:
    done = len(commands(town))
    for line in (("MEMORY_LIMIT", "1G"), ("DISK_QUOTA", "5")):
        assert call(town, "v-change-user-config-value", "alice", *line) == (0, "")
    assert not any("set-property" in line or "setquota" in line for line in commands(town)[done:])


ON = ("v-change-sys-config-value", "DISK_QUOTA", "yes")
STATE = """\
group quota on /home (/dev/vda2) is on
user quota on /home (/dev/vda2) is {}
"""


def test_whether_quotas_are_on_is_read_as_quotaon_prints_it() -> None:
    assert quotas.parse_state(STATE.format("on"))
    assert not quotas.parse_state(STATE.format("off"))
    assert not quotas.parse_state("quotaon: Mountpoint (or device) /home not found or has no quota enabled.")
    assert not quotas.parse_state("")


def limited(town: Engine, *names: str) -> None:
    """Give accounts a limit, each another one."""
    for number, name in enumerate(names, start=1):
        assert call(town, "v-change-user-config-value", name, "DISK_QUOTA", str(number)) == (0, "")


def quotas_set(town: Engine) -> list[str]:
    """The limits of space that were set, in kibibytes."""
    return [line.split()[3] for line in commands(town) if line.startswith("setquota")]


def test_quotas_that_are_switched_on_reach_accounts_that_are_there(town: Engine) -> None:
    limited(town, "admin", "alice")
    assert call(town, *ON) == (0, "")
    assert quotas_set(town) == ["1024", "2048"]
    assert call(town, "v-change-sys-config-value", "DISK_QUOTA", "no") == (0, "")
    assert quotas_set(town) == ["1024", "2048"]


def test_quotas_of_very_many_accounts_are_set_by_a_job(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(each, "TOGETHER", 1)
    limited(town, "admin", "alice")
    assert call(town, *ON) == (0, "")
    (job,) = json.loads(call(town, "v-list-jobs", "json")[1])
    assert town.runner.finished(job) is None
    assert quotas_set(town) == ["1024", "2048"]


def test_an_account_whose_quota_cannot_be_set_keeps_no_other_waiting(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    do = Host.do

    def refuse_one(host: Host, step: Change, batch: str) -> None:
        if isinstance(step, Run) and step.argv[3] == "1024":
            raise ServiceFailed("setquota failed: no such user")
        do(host, step, batch)

    monkeypatch.setattr(each, "TOGETHER", 2)
    limited(town, "admin", "alice")
    monkeypatch.setattr(Host, "do", refuse_one)
    code, text = call(town, *ON)
    assert (code, "1 of 3 accounts" in text) == (0, True)
    assert "2048" in quotas_set(town)
    assert "Disk quota not set: setquota failed: no such user." in call(town, "v-list-user-log", "admin", "plain")[1]


def test_quotas_are_not_switched_on_where_there_are_none(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READINGS, "quotas on", lambda _host: False)
    code, text = call(town, *ON)
    assert (code, "/home has no user quotas" in text) == (2, True), text
    assert call(town, "v-change-sys-config-value", "DISK_QUOTA", "no") == (0, "")
