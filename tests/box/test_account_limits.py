"""Limits of accounts that the kernel keeps: processor and memory of sessions and of PHP together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.box.test_sftp_jail import new_key, ssh
from tests.box.test_web_sites import fetch, put, v

NAME, OTHER = "limited", "unlimited"
SMALL = "CPU_QUOTA='20%'\nCPU_QUOTA_PERIOD='100ms'\nMEMORY_LIMIT='96M'\nSWAP_LIMIT='0'\n"
GREEDY = "<?php ini_set('memory_limit', -1); echo strlen(str_repeat('x', 400_000_000));"
BUSY = (
    "<?php $end = microtime(true) + 2; while (microtime(true) < $end); $used = getrusage();"
    "echo $used['ru_utime.tv_sec'] + $used['ru_utime.tv_usec'] / 1e6;"
)


@pytest.fixture(scope="module")
def limited(machine: Machine) -> Iterator[Machine]:
    """Two accounts with a site each; the package of the first is small, and limits are on."""
    machine.exec(["tee", "/tmp/small.pkg"], input=SMALL)
    assert v(machine, "v-add-user-package", "/tmp/small.pkg", "small") == (0, "")
    assert v(machine, "v-add-sys-cgroups") == (0, "")
    for name, package in ((NAME, "small"), (OTHER, "default")):
        assert v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org", package) == (0, "")
        assert v(machine, "v-add-web-domain", name, f"{name}.test") == (0, "")
        for page, code in (("greedy", GREEDY), ("busy", BUSY), ("idle", "<?php echo 'up';")):
            put(machine, f"/home/{name}/web/{name}.test/public_html/{page}.php", code, name)
    yield machine
    for name in (NAME, OTHER):
        assert v(machine, "v-delete-user", name) == (0, "")
    assert v(machine, "v-delete-sys-cgroups") == (0, "")
    assert v(machine, "v-delete-user-package", "small") == (0, "")


def property_of(machine: Machine, unit: str, name: str) -> str:
    """A property of a unit, as systemd has it."""
    return machine.exec(["systemctl", "show", "--value", f"--property={name}", unit]).stdout.strip()


def slice_of(machine: Machine, name: str) -> str:
    """The slice of an account."""
    return f"user-{machine.exec(['id', '-u', name]).stdout.strip()}.slice"


def test_php_runs_in_the_slice_of_its_account(limited: Machine) -> None:
    for name in (NAME, OTHER):
        assert fetch(limited, f"{name}.test", "/idle.php") == (200, "up")
        assert property_of(limited, f"tholos-php@{name}.service", "Slice") == slice_of(limited, name)
        assert property_of(limited, f"tholos-php@{name}.service", "NeedDaemonReload") == "no"
    assert property_of(limited, slice_of(limited, NAME), "MemoryMax") == str(96 * 2**20)
    assert property_of(limited, slice_of(limited, NAME), "CPUQuotaPerSecUSec") == "200ms"


def test_memory_of_php_has_a_limit(limited: Machine) -> None:
    assert fetch(limited, f"{OTHER}.test", "/greedy.php") == (200, "400000000")
    assert fetch(limited, f"{NAME}.test", "/greedy.php")[0] in (502, 503)
    # Only what was too large is ended: the next request is answered.
    assert fetch(limited, f"{NAME}.test", "/idle.php") == (200, "up")


def test_processor_time_of_php_has_a_limit(limited: Machine) -> None:
    status, used = fetch(limited, f"{NAME}.test", "/busy.php")
    assert status == 200
    assert float(used) < 1.0
    status, used = fetch(limited, f"{OTHER}.test", "/busy.php")
    assert status == 200
    assert float(used) > 0.0


def test_sessions_have_the_same_limits(limited: Machine) -> None:
    public = new_key(limited)
    for name in (NAME, OTHER):
        assert v(limited, "v-add-user-ssh-key", name, public) == (0, "")
        assert v(limited, "v-change-user-shell", name, "bash") == (0, "")
        uid = limited.exec(["id", "-u", name]).stdout.strip()
        assert f"/user-{uid}.slice/session-" in ssh(limited, name, "cat /proc/self/cgroup").stdout
    greedy = "python3 -c 'print(len(bytearray(400_000_000)))'"
    assert ssh(limited, OTHER, greedy).stdout == "400000000\n"
    # What is too large is killed, and the session is ended with it.
    done = ssh(limited, NAME, greedy)
    assert done.returncode in (137, 255)
    assert done.stdout == ""


def test_a_change_of_the_limits_holds_at_once_and_switching_off_takes_them_away(limited: Machine) -> None:
    assert v(limited, "v-change-user-package", NAME, "default") == (0, "")
    assert fetch(limited, f"{NAME}.test", "/greedy.php") == (200, "400000000")
    assert v(limited, "v-change-user-package", NAME, "small") == (0, "")
    assert fetch(limited, f"{NAME}.test", "/greedy.php")[0] in (502, 503)
    assert v(limited, "v-delete-sys-cgroups") == (0, "")
    assert fetch(limited, f"{NAME}.test", "/greedy.php") == (200, "400000000")
    assert v(limited, "v-add-sys-cgroups") == (0, "")
    assert fetch(limited, f"{NAME}.test", "/greedy.php")[0] in (502, 503)


def test_an_account_of_the_same_name_has_its_own_slice(limited: Machine) -> None:
    name = "twice"
    slices = []
    for _ in range(2):
        assert v(limited, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
        assert v(limited, "v-add-web-domain", name, f"{name}.test") == (0, "")
        put(limited, f"/home/{name}/web/{name}.test/public_html/idle.php", "<?php echo 'up';", name)
        assert fetch(limited, f"{name}.test", "/idle.php") == (200, "up")
        limited.exec(["systemctl", "kill", "--signal=KILL", f"tholos-php@{name}.service"])
        assert property_of(limited, f"tholos-php@{name}.service", "Slice") == slice_of(limited, name)
        slices.append(slice_of(limited, name))
        assert v(limited, "v-delete-user", name) == (0, "")
    assert len(set(slices)) == 2
