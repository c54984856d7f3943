"""Accounts on the machine: real Linux accounts with closed homes, locked while suspended, gone when deleted."""

from __future__ import annotations

import json

from box.machine import Machine
from tests.box.test_web_sites import v

NAME = "linuxuser"


def shadow(machine: Machine, name: str) -> str:
    """The password field of an account."""
    return machine.exec(["getent", "shadow", name]).stdout.split(":")[1]


def test_an_account_from_its_beginning_to_its_end(machine: Machine) -> None:
    passwd = machine.exec(["sha256sum", "/etc/passwd", "/etc/shadow", "/etc/group"]).stdout
    assert v(machine, "v-add-user", NAME, "Pass12345", f"{NAME}@example.org", "default", "Lin User") == (0, "")
    fields = machine.exec(["getent", "passwd", NAME]).stdout.strip().split(":")
    assert (fields[0], fields[5], fields[6]) == (NAME, f"/home/{NAME}", "/usr/sbin/nologin")
    assert int(fields[2]) > 20000
    assert fields[2] == fields[3]
    hashed = shadow(machine, NAME)
    assert hashed.startswith("$y$")
    assert v(machine, "v-check-user-password", NAME, "Pass12345")[0] == 0
    assert v(machine, "v-suspend-user", NAME) == (0, "")
    assert shadow(machine, NAME) == f"!{hashed}"
    assert v(machine, "v-unsuspend-user", NAME) == (0, "")
    assert shadow(machine, NAME) == hashed
    assert v(machine, "v-delete-user", NAME) == (0, "")
    assert machine.exec(["getent", "passwd", NAME], check=False).returncode == 2
    assert machine.exec(["test", "-e", f"/home/{NAME}"], check=False).returncode == 1
    assert machine.exec(["sha256sum", "/etc/passwd", "/etc/shadow", "/etc/group"]).stdout == passwd


def test_a_number_is_never_given_twice(machine: Machine) -> None:
    numbers = []
    for _ in range(2):
        assert v(machine, "v-add-user", NAME, "Pass12345", f"{NAME}@example.org") == (0, "")
        numbers.append(machine.exec(["id", "-u", NAME]).stdout.strip())
        assert v(machine, "v-delete-user", NAME) == (0, "")
    assert len(set(numbers)) == 2


def test_homes_have_owners_modes_and_access_lists(machine: Machine) -> None:
    assert v(machine, "v-add-user", NAME, "Pass12345", f"{NAME}@example.org") == (0, "")
    home = f"/home/{NAME}"
    paths = [home, *(f"{home}/{name}" for name in ("conf", "conf/web", "web", "tmp", ".ssh", "mail"))]
    listed = machine.exec(["stat", "-c", "%a %U:%G", *paths]).stdout.splitlines()
    own = f"700 {NAME}:{NAME}"
    assert listed == ["750 root:root", "755 root:root", "751 root:root", f"751 root:{NAME}", own, own, "751 root:root"]
    uid = int(machine.exec(["id", "-u", NAME]).stdout)
    read = f"import os,struct,json;v=os.getxattr('{home}','system.posix_acl_access')[4:];"
    read += "print(json.dumps([struct.unpack_from('<HHI',v,i) for i in range(0,len(v),8)]))"
    nobody = 0xFFFFFFFF
    assert json.loads(machine.exec(["python3", "-c", read]).stdout) == [
        [1, 7, nobody],
        [2, 5, uid],
        [4, 0, nobody],
        [8, 1, 33],
        [16, 5, nobody],
        [32, 0, nobody],
    ]
    for user, allowed in ((NAME, 0), ("www-data", 2), ("nobody", 2)):
        assert machine.exec(["runuser", "-u", user, "--", "ls", home], check=False).returncode == allowed
    assert machine.exec(["runuser", "-u", NAME, "--", "touch", f"{home}/x"], check=False).returncode == 1
    assert v(machine, "v-delete-user", NAME) == (0, "")
    names = machine.exec(["stat", "-c", "%a %U:%G", "/var/lib/extrausers/shadow", "/var/lib/extrausers/passwd"]).stdout
    assert names.split("\n")[:2] == ["640 root:shadow", "644 root:root"]


def test_a_trees_purge_cannot_be_stopped_by_its_depth(machine: Machine) -> None:
    assert v(machine, "v-add-user", NAME, "Pass12345", f"{NAME}@example.org") == (0, "")
    deep = f"import os\nos.chdir('/home/{NAME}/tmp')\nfor _ in range(5000): os.mkdir('d'); os.chdir('d')"
    machine.exec(["runuser", "-u", NAME, "--", "python3", "-c", deep])
    assert v(machine, "v-delete-user", NAME) == (0, "")
    waited = "for i in $(seq 600); do ls -A /home | grep -q '^.tholos-' || exit 0; sleep 0.1; done; exit 1"
    machine.exec(["sh", "-c", waited])
