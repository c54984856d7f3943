"""Temporary files: how much is kept for an account and in all, and that it is gone after its time and with its key."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from tests.conftest import call

from tholos.apply import vault as vaults
from tholos.apply.vault import PrivateVault
from tholos.bootstrap import Engine
from tholos.kernel.errors import DiskFull

ALICE, BOB = "alice/KEY1", "bob/KEY2"
PAGE = 4096


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PrivateVault:
    """A vault with room for four pages of an account and six in all."""
    monkeypatch.setattr(vaults, "MOST_OF_ACCOUNT", 4 * PAGE)
    monkeypatch.setattr(vaults, "MOST_OF_ALL", 6 * PAGE)
    return PrivateVault(tmp_path / "vault")


def _files(tmp_path: Path) -> int:
    return sum(len(files) for _, _, files in os.walk(tmp_path / "vault"))


def _age(tmp_path: Path, seconds: float) -> None:
    for directory, _, files in os.walk(tmp_path / "vault"):
        for file in files:
            os.utime(Path(directory, file), (time.time() - seconds,) * 2)


def test_the_texts_of_an_account_have_so_much_room(vault: PrivateVault) -> None:
    vault.put(ALICE, "one", "x" * 2 * PAGE)
    vault.put("alice/OTHER", "one", "x" * PAGE)
    with pytest.raises(DiskFull):
        vault.put("alice/THIRD", "one", "x" * (PAGE + 1))
    vault.put("alice/THIRD", "one", "x" * PAGE)
    assert vault.get("alice/OTHER", "one") == "x" * PAGE
    assert vault.get("alice/THIRD", "one") == "x" * PAGE


def test_a_small_text_takes_what_the_memory_takes(vault: PrivateVault) -> None:
    for number in range(4):
        vault.put(ALICE, f"{number}", "x")
    with pytest.raises(DiskFull):
        vault.put(ALICE, "one more", "x")


def test_what_is_replaced_does_not_count(vault: PrivateVault) -> None:
    for content in ("x", "y"):
        vault.put(ALICE, "one", content * 4 * PAGE)
    assert vault.get(ALICE, "one") == "y" * 4 * PAGE
    with pytest.raises(DiskFull):
        vault.put(ALICE, "one", "z" * 5 * PAGE)
    assert vault.get(ALICE, "one") == "y" * 4 * PAGE


def test_all_texts_have_so_much_room(vault: PrivateVault) -> None:
    vault.put(ALICE, "one", "x" * 4 * PAGE)
    vault.put(BOB, "one", "x" * PAGE)
    with pytest.raises(DiskFull):
        vault.put(BOB, "two", "x" * 2 * PAGE)
    vault.forget(ALICE, "one")
    vault.put(BOB, "two", "x" * 2 * PAGE)


def test_every_owner_is_swept(vault: PrivateVault, tmp_path: Path) -> None:
    vault.put(ALICE, "one", "old")
    vault.put(BOB, "one", "old")
    _age(tmp_path, vaults.KEPT + 1)
    vault.put(BOB, "two", "new")
    vault.sweep()
    assert _files(tmp_path) == 1
    assert vault.get(BOB, "two") == "new"
    assert len(list((tmp_path / "vault").iterdir())) == 1


def test_a_full_vault_of_old_texts_has_room(vault: PrivateVault, tmp_path: Path) -> None:
    vault.put(ALICE, "one", "x" * 4 * PAGE)
    vault.put(BOB, "one", "x" * 2 * PAGE)
    _age(tmp_path, vaults.KEPT + 1)
    vault.put("carol/KEY3", "one", "x")
    assert _files(tmp_path) == 1


def test_texts_go_with_their_key_and_with_their_account(town: Engine) -> None:
    kept = town.dispatcher.vault
    keys = []
    for _ in range(2):
        told = call(town, "v-add-access-key", "alice", "purge-nginx-cache", "", "json")[1]
        keys.append(json.loads(told)["ACCESS_KEY_ID"])
    for owner in (f"alice/{keys[0]}", f"alice/{keys[1]}", "alice/", "bob/"):
        kept.put(owner, "one", "text")
    assert call(town, "v-delete-access-key", keys[0])[0] == 0
    assert [kept.get(f"alice/{key}", "one") for key in keys] == [None, "text"]
    assert call(town, "v-delete-user", "alice")[0] == 0
    assert [kept.get(owner, "one") for owner in (f"alice/{keys[1]}", "alice/", "bob/")] == [None, None, "text"]
