"""Applying accounts again, whatever an account has made of its own directory."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import call

from tholos.apply.host import Host
from tholos.apply.steps import Change
from tholos.bootstrap import Engine
from tholos.kernel.errors import ServiceFailed

pytestmark = pytest.mark.thorough

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRk"
NOTE = "SSH keys not applied again"


def home(town: Engine, name: str = "alice") -> Path:
    return town.applier.host.root / "home" / name


def link(path: Path) -> None:
    path.symlink_to("/etc/shadow")


def large(path: Path) -> None:
    path.write_bytes(b"#" * 300_000)


HOSTILE: dict[str, Callable[[Path], None]] = {"link": link, "directory": Path.mkdir, "fifo": os.mkfifo, "large": large}


def noted(town: Engine) -> bool:
    return NOTE in call(town, "v-list-user-log", "alice", "plain")[1]


@pytest.mark.parametrize("command", [("v-rebuild-user", "alice"), ("v-rebuild-all", "alice"), ("v-rebuild-users",)])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_file_of_keys_that_cannot_be_used_stops_no_rebuild(
    town: Engine, hostile: str, command: tuple[str, ...]
) -> None:
    assert call(town, "v-add-user-ssh-key", "alice", KEY) == (0, "")
    keys = home(town) / ".ssh/authorized_keys"
    keys.unlink()
    HOSTILE[hostile](keys)
    for name in ("alice", "admin"):
        shutil.rmtree(home(town, name) / ".cache")
    assert call(town, *command)[0] == 0
    assert (home(town) / ".cache").is_dir()
    assert (home(town, "admin") / ".cache").is_dir() == (command == ("v-rebuild-users",))
    assert not keys.is_file() or hostile == "large" or keys.is_symlink()
    assert noted(town)
    assert call(town, "v-add-user-ssh-key", "alice", KEY)[0] == 10


@pytest.mark.parametrize("hostile", ["link", "file"])
@pytest.mark.parametrize("name", [".ssh", ".cache", ".config", ".composer", "tmp"])
def test_what_an_account_puts_in_place_of_a_directory_stops_no_rebuild(town: Engine, name: str, hostile: str) -> None:
    assert call(town, "v-add-user-composer", "alice") == (0, "")
    assert call(town, "v-add-user-ssh-key", "alice", KEY) == (0, "")
    shutil.rmtree(home(town) / name)
    if hostile == "link":
        link(home(town) / name)
    else:
        (home(town) / name).write_text("mine")
    for command in (("v-rebuild-user", "alice"), ("v-rebuild-all", "alice"), ("v-rebuild-users",)):
        code, text = call(town, *command)
        assert code == 0, text
    assert noted(town) == (name == ".ssh")


def test_an_account_that_cannot_be_applied_keeps_no_other_from_it(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Host.do

    def refuse_alice(host: Host, step: Change, batch: str) -> None:
        if "/alice/" in getattr(step, "path", ""):
            raise ServiceFailed("no room")
        make(host, step, batch)

    for name in ("alice", "admin"):
        shutil.rmtree(home(town, name) / ".cache")
    monkeypatch.setattr(Host, "do", refuse_alice)
    assert call(town, "v-rebuild-users") == (0, "1 of 3 accounts are left out, their histories say why")
    assert (home(town, "admin") / ".cache").is_dir()
    assert "Account not applied again: no room." in call(town, "v-list-user-log", "alice", "plain")[1]
