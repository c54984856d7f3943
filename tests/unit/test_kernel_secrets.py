"""Secrets: passwords are hashed as the system does it, and appear nowhere on the node."""

from __future__ import annotations

import pytest
from tests.conftest import Run

from tholos.bootstrap import Engine
from tholos.kernel import passwords
from tholos.kernel.call import Call, Credentials
from tholos.resources.user.types import Password

SECRET = "unmistakable-secret-4711"


def test_a_password_has_one_hash_of_many() -> None:
    one, other = passwords.hash_password(SECRET), passwords.hash_password(SECRET)
    assert one != other and one.startswith("$y$")
    assert passwords.matches(SECRET, one) and passwords.matches(SECRET, other)
    assert not passwords.matches(SECRET + "x", one)


@pytest.mark.parametrize("hashed", ["", "!", "*", "!$y$j9T$abc", "plain", "$", "$unknown$abc$def"])
def test_nothing_matches_a_hash_that_is_none(hashed: str) -> None:
    assert not passwords.matches("", hashed)
    assert not passwords.matches(hashed, hashed)


def test_a_password_of_any_letters_up_to_511_bytes_can_be_hashed() -> None:
    for text in ("ñ" * 255, "語" * 170, "a" * 511, "\u202e zero\u200b width"):
        assert passwords.matches(text, Password.parse(text, "password").hashed)
    for text in ("ñ" * 256, "a" * 512, "a\nb", "a\0b", "\ud800", ""):
        assert not Password.accepts(text)


def test_printing_shows_no_secret() -> None:
    shown = Credentials("key", SECRET, SECRET, "user", SECRET)
    for value in (shown, Call("v-add-user", ("alice", SECRET), shown), Password(SECRET)):
        assert SECRET not in repr(value)


def test_a_password_is_nowhere_on_the_node(engine: Engine, run: Run) -> None:
    assert run("v-add-user", "alice", SECRET, "alice@example.org") == (0, "")
    assert run("v-change-user-password", "alice", SECRET + "2") == (0, "")
    engine.stop()
    files = [file for file in engine.directory.parent.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if SECRET.encode() in file.read_bytes()]
