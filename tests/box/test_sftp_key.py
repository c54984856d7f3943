"""Keys for copying files for a while on the real sshd: SFTP, nothing else, and not a moment longer."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.box.test_web_sites import put, v
from tests.waiting import until

NAME, SHELL, CONFINED, JAILED = "keyplain", "keyshell", "keyjail", "keysftp"
OPTIONS = ["-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "LogLevel=ERROR"]
EXPIRY = re.compile(r'expiry-time="(\d+)Z"')


def key(name: str) -> str:
    return f"/home/{name}/.ssh/hst-filemanager-key"


def sftp(machine: Machine, name: str, *commands: str) -> subprocess.CompletedProcess[str]:
    """Give commands to sftp(1), which comes in with the key in the home."""
    argv = ["sftp", "-i", key(name), *OPTIONS, "-b", "-", f"{name}@127.0.0.1"]
    return machine.exec(argv, input="\n".join(commands), check=False)


def ssh(machine: Machine, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run ssh(1) with that key."""
    argv = ["timeout", "60", "ssh", "-i", key(name), *OPTIONS, *words[:-1], f"{name}@127.0.0.1", words[-1]]
    return machine.exec(argv, check=False)


def until_gone(machine: Machine, path: str) -> None:
    """What is taken away in a call of its own is gone a moment later."""
    until(lambda: machine.exec(["test", "-e", path], check=False).returncode)


def now(machine: Machine) -> str:
    """The time of a machine, in the form in which keys name their last moment."""
    return machine.exec(["date", "-u", "+%Y%m%d%H%M%S"]).stdout.strip()


@pytest.fixture(scope="module")
def people(machine: Machine) -> Iterator[Machine]:
    """An account without a shell, one with bash and one with the shell that confines."""
    assert v(machine, "v-add-sys-ssh-jail") == (0, "")
    for name in (NAME, SHELL, CONFINED):
        assert v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
    assert v(machine, "v-change-user-shell", SHELL, "bash") == (0, "")
    assert v(machine, "v-change-user-shell", CONFINED, "jailbash") == (0, "")
    for name in (NAME, SHELL, CONFINED):
        put(machine, f"/home/{name}/tmp/mine", f"of {name}", name)
        assert v(machine, "v-add-user-sftp-key", name) == (0, "")
    yield machine
    for name in (NAME, SHELL, CONFINED):
        assert v(machine, "v-delete-user", name) == (0, "")
    assert v(machine, "v-delete-sys-ssh-jail") == (0, "")


@pytest.mark.parametrize("name", [NAME, SHELL, CONFINED])
def test_files_are_copied_as_the_account(people: Machine, name: str) -> None:
    people.exec(["sh", "-c", "echo uploaded >/root/uploaded"])
    done = sftp(people, name, f"put /root/uploaded /home/{name}/tmp/up", f"get /home/{name}/tmp/mine /root/back")
    assert done.returncode == 0, done.stderr
    assert people.exec(["cat", "/root/back"]).stdout == f"of {name}"
    assert people.exec(["stat", "-c", "%U", f"/home/{name}/tmp/up"]).stdout.strip() == name
    other = NAME if name != NAME else SHELL
    assert sftp(people, name, f"get /home/{other}/tmp/mine /root/stolen").returncode != 0
    assert sftp(people, name, "get /etc/shadow /root/stolen").returncode != 0


def test_the_file_is_for_the_account_and_root_alone(people: Machine) -> None:
    assert people.exec(["stat", "-c", "%U %G %a", key(NAME)]).stdout == f"{NAME} {NAME} 600\n"
    shown = people.exec(["ssh-keygen", "-y", "-f", key(NAME)]).stdout.split()[1]
    assert shown in people.exec(["cat", f"/home/{NAME}/.ssh/authorized_keys"]).stdout
    private = people.exec(["cat", key(NAME)]).stdout.splitlines()[2]
    found = people.exec(["grep", "-rlF", private, "/var/lib/tholos", "/var/log", "/run", "/etc"], check=False)
    assert found.stdout == ""
    assert private not in people.exec(["journalctl", "--no-pager", "--output=cat"]).stdout


@pytest.mark.parametrize("name", [NAME, SHELL, CONFINED])
def test_it_gives_files_and_nothing_else(people: Machine, name: str) -> None:
    assert "uid=" not in ssh(people, name, "id").stdout
    assert "uid=" not in ssh(people, name, "-tt", "id").stdout
    assert "SSH-2.0" not in ssh(people, name, "-W", "127.0.0.1:22", "true").stdout
    assert ssh(people, name, "-o", "ExitOnForwardFailure=yes", "-N", "-R", "18022:127.0.0.1:22", "true").returncode


def test_a_shell_that_confines_confines_it_too(people: Machine) -> None:
    assert sftp(people, SHELL, "ls /etc/ssh").returncode == 0
    assert sftp(people, CONFINED, "ls /etc/ssh").returncode != 0
    assert sftp(people, CONFINED, "ls /var/log").returncode != 0


def test_another_shell_ends_it(people: Machine) -> None:
    assert v(people, "v-change-user-shell", SHELL, "jailbash") == (0, "")
    until_gone(people, key(SHELL))
    assert v(people, "v-change-user-shell", SHELL, "bash") == (0, "")
    assert "restrict" not in people.exec(["cat", f"/home/{SHELL}/.ssh/authorized_keys"]).stdout
    assert v(people, "v-add-user-sftp-key", SHELL) == (0, "")
    assert sftp(people, SHELL, "ls").returncode == 0


def test_a_new_key_ends_the_last(people: Machine) -> None:
    people.exec(["cp", "-p", key(NAME), "/root/last"])
    assert v(people, "v-add-user-sftp-key", NAME, "60") == (0, "")
    assert sftp(people, NAME, "ls").returncode == 0
    old = people.exec(["sftp", "-i", "/root/last", *OPTIONS, "-b", "-", f"{NAME}@127.0.0.1"], input="ls", check=False)
    assert old.returncode != 0
    assert "Permission denied" in old.stderr


def test_suspension_ends_it(people: Machine) -> None:
    people.exec(["cp", "-p", key(NAME), "/root/kept"])
    assert v(people, "v-suspend-user", NAME) == (0, "")
    until_gone(people, key(NAME))
    assert v(people, "v-unsuspend-user", NAME) == (0, "")
    people.exec(["install", "-o", NAME, "-g", NAME, "-m", "600", "/root/kept", key(NAME)])
    assert sftp(people, NAME, "ls").returncode != 0
    assert v(people, "v-add-user-sftp-key", NAME) == (0, "")
    assert sftp(people, NAME, "ls").returncode == 0


def test_in_the_jail_it_sees_the_home_alone(people: Machine) -> None:
    assert v(people, "v-add-sys-sftp-jail") == (0, "")
    assert v(people, "v-add-user", JAILED, "Pass12345", f"{JAILED}@example.org") == (0, "")
    try:
        assert v(people, "v-add-user-sftp-key", JAILED) == (0, "")
        assert "tmp" in sftp(people, JAILED, "ls -1 /").stdout
        assert sftp(people, JAILED, "ls /etc").returncode != 0
    finally:
        assert v(people, "v-delete-user", JAILED) == (0, "")
        assert v(people, "v-delete-sys-sftp-jail") == (0, "")


def test_its_time_ends_while_the_engine_is_down(people: Machine) -> None:
    """sshd looks at the clock itself; the files go as soon as an engine runs again."""
    assert v(people, "v-add-user-sftp-key", NAME, "1") == (0, "")
    found = EXPIRY.search(people.exec(["cat", f"/home/{NAME}/.ssh/authorized_keys"]).stdout)
    assert found is not None
    try:
        people.exec(["systemctl", "kill", "--signal=KILL", "tholos-engine"])
        people.exec(["systemctl", "stop", "tholos-engine"])
        assert sftp(people, NAME, "ls").returncode == 0
        until(lambda: now(people), 100, found[1].__lt__, pause=0.5)
        late = sftp(people, NAME, "ls")
        assert late.returncode != 0
        assert "Permission denied" in late.stderr
        assert people.exec(["test", "-e", key(NAME)], check=False).returncode == 0
    finally:
        people.exec(["systemctl", "start", "tholos-engine"])
    until_gone(people, key(NAME))
    assert "restrict" not in people.exec(["cat", f"/home/{NAME}/.ssh/authorized_keys"]).stdout
