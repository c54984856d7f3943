"""What a client that hashes passwords itself needs: the salt, the hash, and a yes."""

from __future__ import annotations

import pytest
from tests.conftest import call, snapshot

from tholos.bootstrap import Engine


def test_a_hash_made_with_the_salt_is_right(town: Engine) -> None:
    method, salt = call(town, "v-get-user-salt", "alice", "198.18.0.9", "plain")[1].split()
    assert method == "yescrypt"
    hashed = call(town, "v-generate-password-hash", method, salt, "AlicePass123")[1].strip()
    assert call(town, "v-check-user-hash", "alice", hashed) == (0, "")
    printed = call(town, "v-check-user-password", "alice", "AlicePass123", "", "yes")
    assert printed == (0, f"{hashed}\n")


def test_a_password_given_as_a_file_is_its_first_line(town: Engine) -> None:
    town.dispatcher.vault.put("root/", "secret", "First line\nsecond\n")
    assert call(town, "v-change-user-password", "alice", "/tmp/secret") == (0, "")
    assert call(town, "v-check-user-password", "alice", "First line") == (0, "")


@pytest.mark.parametrize("path", ["/tmp/gone", "/tmp/../tmp/secret", "/tmp/"])
def test_a_file_that_is_not_there_is_no_password(town: Engine, path: str) -> None:
    """A client whose file has expired would otherwise have set a password that anybody can guess."""
    town.dispatcher.vault.put("admin/KEY", "gone", "of somebody else")
    before = snapshot(town)
    refused = (2, "Error: invalid {} format :: no file of that name in /tmp is the caller's own\n")
    for line, argument in (
        (("v-change-user-password", "alice", path), "password"),
        (("v-add-user", "carol", path, "carol@example.org"), "password"),
        (("v-change-user-rkey", "alice", path), "hash"),
    ):
        assert call(town, *line) == (refused[0], refused[1].format(argument))
    assert snapshot(town) == before
    # What the state has against a call comes first where the facts say so, and nothing is set by comparing.
    assert call(town, "v-add-user", "alice", path, "alice@example.org")[0] == 4
    assert call(town, "v-check-user-password", "alice", path)[0] == 9


def test_a_changed_password_is_in_the_shadow_file_and_in_no_record(town: Engine) -> None:
    before = town.applier.host.read("/var/lib/extrausers/shadow")
    assert call(town, "v-change-user-password", "alice", "Very secret 1") == (0, "")
    assert town.applier.host.read("/var/lib/extrausers/shadow") != before
    assert b"Very secret 1" not in (town.directory / "state.db").read_bytes()
    assert call(town, "v-check-user-password", "alice", "AlicePass123")[0] == 9
