"""Who is in the SFTP jail, and what the machine has for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import call

from tholos.apply.host import Host
from tholos.apply.machine import READINGS
from tholos.apply.readings.configs import sshd_reads_drop_ins
from tholos.apply.steps import Check, Line, Restart, Write
from tholos.bootstrap import Engine
from tholos.drivers import sshd, unix_accounts
from tholos.drivers.ssh_jail import shell
from tholos.resources.system.sshd_want import SshdWant
from tholos.resources.user.want import AccountWant

ALICE = AccountWant("alice", 20002, "$y$hash", "nologin", "alice@example.org")


def jailed(engine: Engine) -> set[str]:
    """The names of the accounts in the jail, as the file of groups has them."""
    text = (engine.applier.host.root / "var/lib/extrausers/group").read_text()
    return {line.rpartition(":")[2] for line in text.splitlines() if line.startswith("_sftp_")}


def test_accounts_without_a_shell_are_in_the_jail_while_it_is_on(town: Engine) -> None:
    assert jailed(town) == set()
    assert call(town, "v-change-user-shell", "alice", "bash")[0] == 0
    assert call(town, "v-add-sys-sftp-jail")[0] == 0
    assert jailed(town) == {"admin", "bob"}
    assert call(town, "v-change-user-shell", "alice", "nologin")[0] == 0
    assert call(town, "v-add-user", "carol", "Pass12345", "carol@example.org")[0] == 0
    assert jailed(town) == {"admin", "alice", "bob", "carol"}
    assert call(town, "v-change-user-config-value", "alice", "SHELL", "bash")[0] == 0
    assert call(town, "v-delete-user", "carol")[0] == 0
    assert jailed(town) == {"admin", "bob"}
    assert call(town, "v-delete-sys-sftp-jail")[0] == 0
    assert jailed(town) == set()
    assert call(town, "v-change-user-shell", "alice", "nologin")[0] == 0
    assert jailed(town) == set()


def test_a_package_with_another_shell_lets_out(town: Engine, tmp_path: Path) -> None:
    assert call(town, "v-add-sys-sftp-jail")[0] == 0
    assert "alice" in jailed(town)
    (tmp_path / "shelled").write_text("SHELL='bash'\n")
    assert call(town, "v-add-user-package", str(tmp_path / "shelled"), "shelled")[0] == 0
    assert call(town, "v-change-user-package", "alice", "shelled")[0] == 0
    assert "alice" not in jailed(town)


def test_the_group_of_an_account_in_the_jail_holds_it_alone(tmp_path: Path) -> None:
    host = Host(tmp_path, rehearse=True)
    steps = [step for step in unix_accounts.plan(("alice",), ALICE, host) if isinstance(step, Line)]
    assert Line(unix_accounts.GROUP, "_sftp_alice", None) in steps
    inside = AccountWant(ALICE.name, ALICE.uid, ALICE.password_hash, ALICE.shell, ALICE.gecos, jailed=True)
    steps = [step for step in unix_accounts.plan(("alice",), inside, host) if isinstance(step, Line)]
    assert Line(unix_accounts.GROUP, "_sftp_alice", f"_sftp_alice:x:{0x70000000 + 20002}:alice") in steps


def test_sshd_is_checked_before_it_reads(tmp_path: Path) -> None:
    host = Host(tmp_path, rehearse=True)
    write, *finish = sshd.plan(("SFTP_JAIL",), SshdWant(), host)
    assert isinstance(write, Write)
    assert b"Match Group _sftp_*\n    ChrootDirectory %h\n    ForceCommand internal-sftp\n" in write.content
    assert finish == [Check(("/usr/sbin/sshd", "-t")), Restart("ssh.service", "try-reload-or-restart")]


def test_other_shells_stay_listed_as_they_are() -> None:
    listed = b"# shells\n/bin/sh\n/bin/bash"
    longer = shell.with_shell(listed)
    assert longer == b"# shells\n/bin/sh\n/bin/bash\n/usr/sbin/jailbash\n"
    assert shell.with_shell(longer) == longer
    assert shell.without_shell(longer) == b"# shells\n/bin/sh\n/bin/bash\n"
    assert shell.without_shell(listed) == listed


def test_a_jail_without_its_program_is_refused(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READINGS, "program", lambda _host, _path: False)
    assert call(town, "v-add-sys-ssh-jail") == (20, "Error: bubblewrap is not installed\n")
    monkeypatch.setitem(READINGS, "sshd reads drop-ins", lambda _host: False)
    assert call(town, "v-add-sys-sftp-jail")[0] == 20
    assert jailed(town) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Include /etc/ssh/sshd_config.d/*.conf\n", True),
        ("Port 22\n  include  /etc/x /etc/ssh/sshd_config.d/*.conf\n", True),
        ("#Include /etc/ssh/sshd_config.d/*.conf\n", False),
        ("Include /etc/ssh/other/*.conf\n", False),
        ("", False),
    ],
)
def test_a_configuration_without_drop_ins_is_seen(tmp_path: Path, text: str, expected: bool) -> None:
    (tmp_path / "etc/ssh").mkdir(parents=True)
    (tmp_path / "etc/ssh/sshd_config").write_text(text)
    host = Host(tmp_path)
    assert sshd_reads_drop_ins(host) == expected
    host.close()
