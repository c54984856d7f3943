"""The SFTP jail on the real sshd: a home and nothing else, files and nothing else; and what suspension does to keys."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.box.test_web_sites import fetch, v

NAME, OTHER, FREE = "jailed", "jailother", "jailfree"
KEY = "/root/.ssh/jail"
OPTIONS = ["-i", KEY, "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"]


def new_key(machine: Machine) -> str:
    """Make a key pair for root; give the public key."""
    make = f"mkdir -p -m 700 /root/.ssh && rm -f {KEY}* && ssh-keygen -q -t ed25519 -N '' -f {KEY} && cat {KEY}.pub"
    return machine.exec(["sh", "-c", make]).stdout.strip()


@pytest.fixture(scope="module")
def jail(machine: Machine) -> Iterator[Machine]:
    """Three accounts with a site and a key each, the last with a shell; the jail is on."""
    public = new_key(machine)
    assert v(machine, "v-add-sys-sftp-jail") == (0, "")
    for name in (NAME, OTHER, FREE):
        assert v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
        assert v(machine, "v-add-web-domain", name, f"{name}.test") == (0, "")
        assert v(machine, "v-add-user-ssh-key", name, public) == (0, "")
    assert v(machine, "v-change-user-shell", FREE, "bash") == (0, "")
    yield machine
    for name in (NAME, OTHER, FREE):
        assert v(machine, "v-delete-user", name) == (0, "")
    assert v(machine, "v-delete-sys-sftp-jail") == (0, "")
    assert (
        machine.exec(
            ["sh", "-c", "ls /etc/ssh/sshd_config.d; grep _sftp_ /var/lib/extrausers/group"], check=False
        ).stdout
        == ""
    )


def sftp(machine: Machine, name: str, *commands: str) -> subprocess.CompletedProcess[str]:
    """Give commands to sftp(1) as an account."""
    return machine.exec(["sftp", *OPTIONS, "-b", "-", f"{name}@127.0.0.1"], input="\n".join(commands), check=False)


def ssh(machine: Machine, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run ssh(1) as an account."""
    return machine.exec(["ssh", *OPTIONS, *words[:-1], f"{name}@127.0.0.1", words[-1]], check=False, timeout=120)


def test_files_of_the_own_home_and_none_else(jail: Machine) -> None:
    jail.exec(["sh", "-c", "echo uploaded >/root/page.html"])
    page = f"/home/{NAME}/web/{NAME}.test/public_html/page.html"
    # The same path inside as outside, and the one that begins at the home.
    assert sftp(jail, NAME, f"put /root/page.html {page}").returncode == 0
    assert sftp(jail, NAME, f"get web/{NAME}.test/public_html/page.html /root/back.html").returncode == 0
    assert fetch(jail, f"{NAME}.test", "/page.html") == (200, "uploaded\n")
    assert jail.exec(["stat", "-c", "%U", page]).stdout.strip() == NAME
    listed = sftp(jail, NAME, "cd /", "ls -1a").stdout.split()
    assert {"web", "conf", "tmp", "home"} <= set(listed)
    assert not {"etc", "usr", "root", OTHER} & set(listed)


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", f"/home/{OTHER}/web", "/../../etc/passwd", f"/home/{NAME}/../../etc/passwd", "/proc/1/environ"],
)
def test_what_lies_outside_is_not_there(jail: Machine, path: str) -> None:
    done = sftp(jail, NAME, f"ls {path}")
    assert done.returncode != 0
    assert "root:" not in done.stdout


def test_a_link_leads_nowhere(jail: Machine) -> None:
    jail.exec(["runuser", "-u", NAME, "--", "ln", "-sfn", "/etc", f"/home/{NAME}/tmp/out"])
    assert sftp(jail, NAME, "ls tmp/out/passwd").returncode != 0
    assert sftp(jail, NAME, "symlink /etc/passwd tmp/again", "get tmp/again /root/got").returncode != 0


def test_no_commands_no_terminals_no_forwarding(jail: Machine) -> None:
    done = ssh(jail, NAME, "id")
    assert "uid=" not in done.stdout
    assert done.returncode != 0
    forwarded = ssh(jail, NAME, "-o", "ExitOnForwardFailure=yes", "-W", "127.0.0.1:22", "true")
    assert "SSH-2.0" not in forwarded.stdout


def test_who_has_a_shell_is_free(jail: Machine) -> None:
    assert "uid=" in ssh(jail, FREE, "id").stdout
    assert "root:" in ssh(jail, FREE, "cat /etc/passwd").stdout
    assert v(jail, "v-add-user-sftp-jail", FREE) == (0, "")
    assert "uid=" not in ssh(jail, FREE, "id").stdout
    assert sftp(jail, FREE, "ls /").returncode == 0
    assert v(jail, "v-delete-user-sftp-jail", FREE) == (0, "")
    assert "uid=" in ssh(jail, FREE, "id").stdout
    assert v(jail, "v-delete-user-sftp-jail", FREE) == (2, "")


def test_without_shell_and_jail_there_is_no_way_in(jail: Machine) -> None:
    assert v(jail, "v-delete-user-sftp-jail", NAME) == (0, "")
    assert sftp(jail, NAME, "ls /").returncode != 0
    assert v(jail, "v-add-user-sftp-jail", NAME) == (0, "")
    assert sftp(jail, NAME, "ls /").returncode == 0


def test_a_suspended_account_is_not_let_in(jail: Machine) -> None:
    assert v(jail, "v-suspend-user", NAME) == (0, "")
    assert sftp(jail, NAME, "ls /").returncode != 0
    assert v(jail, "v-unsuspend-user", NAME) == (0, "")
    assert sftp(jail, NAME, "ls /").returncode == 0


def test_the_password_of_the_account_opens_it(jail: Machine) -> None:
    assert "web" in with_password(jail, NAME, "Pass12345")
    assert "web" not in with_password(jail, NAME, "Pass12346")
    assert v(jail, "v-change-user-password", NAME, "Another12345") == (0, "")
    assert "web" not in with_password(jail, NAME, "Pass12345")
    assert "web" in with_password(jail, NAME, "Another12345")


def with_password(machine: Machine, name: str, password: str) -> str:
    """What sftp(1) lists at the root for whoever knows a password; ssh(1) asks a program for it."""
    machine.exec(["sh", "-c", "cat >/root/answer && chmod 700 /root/answer"], input=f"#!/bin/sh\necho '{password}'\n")
    asked = {"SSH_ASKPASS": "/root/answer", "SSH_ASKPASS_REQUIRE": "force"}
    options = ["PubkeyAuthentication=no", "StrictHostKeyChecking=no", "NumberOfPasswordPrompts=1", "ConnectTimeout=20"]
    words = [word for option in options for word in ("-o", option)]
    return machine.exec(["sftp", *words, f"{name}@127.0.0.1"], input="ls\n", check=False, env=asked).stdout


def test_a_broken_configuration_of_sshd_is_refused_and_nothing_changed(jail: Machine) -> None:
    assert v(jail, "v-delete-sys-sftp-jail") == (0, "")
    broken = "/etc/ssh/sshd_config.d/broken.conf"
    jail.exec(["sh", "-c", f"echo 'NoSuchKeyword yes' >{broken}"])
    code, text = v(jail, "v-add-sys-sftp-jail")
    jail.exec(["rm", broken])
    assert code == 20
    assert "NoSuchKeyword" in text
    assert jail.exec(["ls", "/etc/ssh/sshd_config.d"]).stdout == ""
    assert jail.exec(["grep", "-c", "_sftp_", "/var/lib/extrausers/group"], check=False).stdout.strip() == "0"
    assert v(jail, "v-add-sys-sftp-jail") == (0, "")
    assert sftp(jail, NAME, "ls /").returncode == 0
