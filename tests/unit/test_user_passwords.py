"""What a client that hashes passwords itself needs: the salt, the hash, and a yes."""

from __future__ import annotations

from tests.conftest import call

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


def test_a_changed_password_is_in_the_shadow_file_and_in_no_record(town: Engine) -> None:
    before = town.applier.host.read("/var/lib/extrausers/shadow")
    assert call(town, "v-change-user-password", "alice", "Very secret 1") == (0, "")
    assert town.applier.host.read("/var/lib/extrausers/shadow") != before
    assert b"Very secret 1" not in (town.directory / "state.db").read_bytes()
    assert call(town, "v-check-user-password", "alice", "AlicePass123")[0] == 9
