"""Secrets: passwords are hashed as the system does it, and appear nowhere on the node."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from tests.conftest import Run, call

from tholos.apply.steps import Statement
from tholos.apply.undo import SqlBack
from tholos.bootstrap import ROOT, Engine
from tholos.kernel import passwords
from tholos.kernel.call import Call, Credentials
from tholos.kernel.log import reason
from tholos.kernel.tx import Caller
from tholos.resources.system.model import settings
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


def test_a_key_of_few_rights_is_shown_no_secret(engine: Engine, run: Run) -> None:
    for key in ("SERVER_SMTP_PASSWD", "PHPMYADMIN_KEY"):
        assert run("v-change-sys-config-value", key, SECRET) == (0, "")
    known = json.loads(run("v-list-user", "admin", "json")[1])["admin"]["RKEY"]
    few = Caller("admin", is_root=True, key="k", profiles=("sync-dns-cluster",))
    for secret, words in (
        (SECRET, ("v-list-sys-config", "json")),
        (known, ("v-list-users", "json")),
        (known, ("v-list-user", "admin", "csv")),
        (known, ("v-get-user-value", "admin", "RKEY")),
    ):
        # In both orders, because answers are kept.
        for caller, shown in ((few, False), (ROOT, True), (few, False)):
            code, text = call(engine, *words, caller=caller)
            assert (code, secret in text) == (0, shown), words


def test_what_is_logged_of_a_failure_holds_no_value(engine: Engine) -> None:
    with engine.store.writing() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(insert(settings).values([{"key": SECRET, "value": None}]))
    assert SECRET not in str(failed.value)
    assert reason(failed.value) == "IntegrityError: NOT NULL constraint failed: settings.value"
    assert SECRET not in reason(ValueError(SECRET))
    assert reason(OSError(28, "No space left on device")) == "OSError: [Errno 28] No space left on device"
    statement = Statement("ALTER USER %s IDENTIFIED", (SECRET,))
    assert SECRET not in repr(SqlBack("mysql/localhost", (statement, Statement(f"CREATE ROLE x PASSWORD '{SECRET}'"))))
