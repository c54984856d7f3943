"""Limits of slices and quotas: what systemd and quota print, what is set, and what follows the package."""

from __future__ import annotations

import pytest
from tests.conftest import call

from tholos.apply.readings import quotas, slices
from tholos.apply.readings.slices import Limits
from tholos.bootstrap import Engine
from tholos.drivers.quotas import LEAST_FILES, files_of

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
