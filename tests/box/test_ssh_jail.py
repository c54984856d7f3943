"""The login shell that confines, on the real sshd: the own home, the machine's programs, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.box.test_sftp_jail import new_key, sftp, ssh
from tests.box.test_web_sites import put, v

NAME, OTHER = "confined", "confother"


@pytest.fixture(scope="module")
def jail(machine: Machine) -> Iterator[Machine]:
    """An account in the jail, and another with a secret."""
    public = new_key(machine)
    assert v(machine, "v-add-sys-ssh-jail") == (0, "")
    for name in (NAME, OTHER):
        assert v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
        assert v(machine, "v-add-web-domain", name, f"{name}.test") == (0, "")
        assert v(machine, "v-add-user-ssh-key", name, public) == (0, "")
    assert v(machine, "v-change-user-shell", NAME, "jailbash") == (0, "")
    put(machine, f"/home/{OTHER}/web/{OTHER}.test/public_html/secret", "the neighbours secret", OTHER)
    yield machine
    for name in (NAME, OTHER):
        assert v(machine, "v-delete-user", name) == (0, "")


def test_a_shell_in_the_own_home(jail: Machine) -> None:
    assert ssh(jail, NAME, "pwd; id -un; echo $SHELL $HOME").stdout == f"/home/{NAME}\n{NAME}\n/bin/bash /home/{NAME}\n"
    assert ssh(jail, NAME, "echo kept >tmp/kept; cat tmp/kept").stdout == "kept\n"
    assert jail.exec(["stat", "-c", "%U", f"/home/{NAME}/tmp/kept"]).stdout.strip() == NAME
    assert ssh(jail, NAME, "php -r 'echo PHP_MAJOR_VERSION;'").stdout == "8"
    assert ssh(jail, NAME, "exit 7").returncode == 7
    assert ssh(jail, NAME, "printf '%s|' \"$0\" 'a b' \"it's\"").stdout.endswith("|a b|it's|")
    assert (
        "hello" in jail.exec(["runuser", "-u", NAME, "--", "sh", "-c", "echo echo hello | /usr/sbin/jailbash"]).stdout
    )


@pytest.mark.parametrize(
    "command",
    [
        f"cat /home/{OTHER}/web/{OTHER}.test/public_html/secret",
        f"ls /home/{OTHER}",
        "cat /etc/shadow",
        "cat /var/lib/extrausers/passwd",
        "ls /var/lib/tholos",
        "ls /etc/tholos",
        "ls /etc/nginx",
        "ls /root",
        "ls /run/tholos",
        "ls /var/log",
        "v-list-users",
        "touch /usr/bin/x",
        "touch /etc/x",
        "mount -t tmpfs none /mnt",
    ],
)
def test_what_is_not_there(jail: Machine, command: str) -> None:
    done = ssh(jail, NAME, command)
    assert done.returncode != 0, done.stdout
    assert done.stdout == ""


def test_other_accounts_and_processes_are_not_seen(jail: Machine) -> None:
    assert ssh(jail, NAME, "ls /home").stdout == f"{NAME}\n"
    assert ssh(jail, NAME, "cut -d: -f1 /etc/passwd").stdout == f"{NAME}\n"
    assert "nginx" not in ssh(jail, NAME, "ps ax").stdout
    assert "the neighbours secret" not in ssh(jail, NAME, "cat /proc/*/root/home/*/web/*/public_html/secret").stdout


def test_files_are_copied_inside_the_jail(jail: Machine) -> None:
    jail.exec(["sh", "-c", "echo copied >/root/copied"])
    assert sftp(jail, NAME, "put /root/copied tmp/copied").returncode == 0
    assert ssh(jail, NAME, "cat tmp/copied").stdout == "copied\n"
    assert sftp(jail, NAME, "ls /etc/shadow").returncode != 0


def test_nothing_of_the_caller_opens_the_jail(jail: Machine) -> None:
    hostile = "HOME=/root PATH=/tmp ENV=/etc/passwd BASH_ENV=/etc/passwd /usr/sbin/jailbash -c 'ls /home; ls /root'"
    done = jail.exec(["runuser", "-u", NAME, "--", "sh", "-c", hostile], check=False)
    assert done.stdout == f"{NAME}\n"


def test_a_suspended_account_is_not_let_in(jail: Machine) -> None:
    assert v(jail, "v-suspend-user", NAME) == (0, "")
    assert ssh(jail, NAME, "id").returncode != 0
    assert v(jail, "v-unsuspend-user", NAME) == (0, "")
    assert ssh(jail, NAME, "id").returncode == 0


def test_without_the_jail_there_is_no_shell(jail: Machine) -> None:
    assert v(jail, "v-delete-sys-ssh-jail") == (0, "")
    assert "uid=" not in ssh(jail, NAME, "id").stdout
    assert jail.exec(["getent", "passwd", NAME]).stdout.strip().endswith(":/usr/sbin/nologin")
    assert jail.exec(["test", "-e", "/usr/sbin/jailbash"], check=False).returncode == 1
    assert "jailbash" not in jail.exec(["cat", "/etc/shells"]).stdout
    assert v(jail, "v-change-user-shell", NAME, "jailbash")[0] == 2
