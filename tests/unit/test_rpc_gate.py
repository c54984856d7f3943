"""The gate over HTTP: who gets in, in which order things are checked, and what a key may do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.rpc_app import Key, Rpc, fields, running

from tholos.apply.writer import Work
from tholos.bootstrap import ROOT
from tholos.kernel.call import Call, Credentials
from tholos.kernel.command import COMMANDS

WRONG = "0123456789012345678901234567890123456789"


@pytest.fixture
def rpc(seeded: Path) -> Iterator[Rpc]:
    with running(seeded) as started:
        yield started


@pytest.fixture
def alice(rpc: Rpc) -> Key:
    for name in ("alice", "bob"):
        assert rpc.run("v-add-user", name, "AlicePass123", f"{name}@example.org") == (0, "")
        assert rpc.run("v-add-web-domain", name, f"{name}.test") == (0, "")
    return rpc.add_key("alice", "purge-nginx-cache", "alice key", "json")


def _profile(rpc: Rpc, name: str, role: str, *commands: str) -> None:
    directory = rpc.directory / "host/etc/tholos/profiles"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / name).write_text(f"ROLE='{role}'\nCOMMANDS='{','.join(commands)}'\n")


def test_every_way_of_authenticating(rpc: Rpc) -> None:
    key = rpc.add_key("admin", "*", "all", "json")
    legacy = rpc.run("v-generate-api-key")[1].strip()
    asked = fields("v-list-user", "admin", "plain")
    password = {"user": "admin", "password": "adminPass123"}
    for proof in (
        {"access_key": key.key, "secret_key": key.secret},
        {"hash": f"{key.key}:{key.secret}"},
        {"hash": legacy},
        password,
        password | {"hash": ""},
        {"user": "admin", "access_key": key.key, "secret_key": key.secret},
        {"access_key": f" {key.key} ", "secret_key": f"{key.secret}\n"},
    ):
        for answer in (rpc.post(proof | asked), rpc.post_json(proof | asked), rpc.post_json(proof | asked, "text/odd")):
            assert answer.status == 200, (proof, answer)
            assert answer.body.startswith("admin\t")


def test_switches_are_checked_before_credentials_and_the_address_before_the_command(rpc: Rpc) -> None:
    nobody = Key("A" * 20, WRONG)
    rpc.set(API_SYSTEM="0", API_ALLOWED_IP="")
    assert rpc.post(nobody.form("")).headers["hestia-exit-code"] == "11"
    rpc.set(API_SYSTEM="nonsense")
    assert rpc.post(nobody.form("")).headers["hestia-exit-code"] == "11"
    rpc.set(API_SYSTEM="1")
    refused = rpc.post(nobody.form(""))
    assert refused.headers["hestia-exit-code"] == "10"
    assert refused.headers["tholos-refusal"] == "address 127.0.0.1 is not in API_ALLOWED_IP"
    rpc.set(API_ALLOWED_IP="10.0.0.0/8\n127.0.0.0/8,2001:db8::/32")
    assert rpc.post(nobody.form("")).body == "Error: Command not provided"
    assert rpc.post(nobody.form("ls /")).body == "Error: ls / command invalid"
    assert rpc.post(Key(nobody.key, "").form("v-list-users")).body == "Error: Authentication failed"
    assert rpc.post(nobody.form("v-list-users")).body == f"Error: key {nobody.key} doesn't exist"


def test_legacy_credentials_come_before_the_command(rpc: Rpc) -> None:
    assert rpc.post({"hash": "wrong", "cmd": "ls /"}).headers["hestia-exit-code"] == "9"
    assert rpc.post({"user": "admin", "password": "adminPass123", "cmd": "ls /"}).headers["hestia-exit-code"] == "2"
    rpc.set(API_ALLOWED_IP="0.0.0.0")
    assert rpc.post({"hash": "wrong", "cmd": "v-list-users"}).headers["hestia-exit-code"] == "10"


def test_a_switched_off_or_removed_api_is_useful_to_nobody(rpc: Rpc) -> None:
    key = rpc.add_key("admin", "*", "all", "json")
    assert rpc.run("v-change-sys-api", "disable") == (0, "")
    assert rpc.post(key.form("v-list-users")).body == "Error: API has been disabled"
    assert rpc.run("v-change-sys-api", "remove") == (0, "")
    assert rpc.post(key.form("v-list-users")).status == 404
    assert rpc.run("v-change-sys-api", "remove")[0] == 1
    assert rpc.run("v-change-sys-api", "enable", "all") == (0, "")
    rpc.run("v-add-sys-api-ip", "127.0.0.1")
    assert rpc.post(key.form("v-list-users", "plain")).status == 200


def test_a_key_that_may_only_purge_can_do_only_that(rpc: Rpc, alice: Key) -> None:
    _profile(rpc, "only-purge", "user", "v-purge-nginx-cache")
    only = rpc.add_key("alice", "only-purge", "one thing", "json")
    for name, command in COMMANDS.items():
        answer = rpc.post(only.form(name, *["alice"] * max(command.owner_position, 1)))
        if name == "v-purge-nginx-cache":
            assert answer.body.startswith("Usage: ")
            continue
        assert answer.status == 401, (name, answer)
        assert answer.body == f"Error: Key {only.key} don't have permission to run the command {name}"


def test_a_users_key_acts_for_that_user_alone(rpc: Rpc, alice: Key) -> None:
    own = rpc.post(alice.form("v-list-web-domains", "alice", "plain"))
    assert own.status == 200
    assert own.body.startswith("alice.test\t")
    for values in (("bob",), ("ALICE",), (), ("",), ("alice bob",)):
        answer = rpc.post(alice.form("v-list-web-domains", *values))
        assert answer.headers["hestia-exit-code"] == "10"
        assert answer.body == f"Error: Key {alice.key} - the \"user\" argument doesn\\'t match the key\\'s user"
    assert rpc.post(alice.form("v-list-web-domain", "alice", "bob.test")).headers["hestia-exit-code"] == "3"


def test_a_profile_cannot_give_a_user_what_is_the_administrators(rpc: Rpc, alice: Key) -> None:
    _profile(rpc, "greedy", "user", "v-list-users", "v-add-access-key", "v-delete-user", "v-change-sys-api")
    greedy = rpc.add_key("alice", "greedy", "too much", "json")
    for command, *values in (
        ("v-list-users",),
        ("v-add-access-key", "alice", "greedy"),
        ("v-delete-user", "alice"),
        ("v-change-sys-api", "disable"),
    ):
        assert rpc.post(greedy.form(command, *values)).headers["hestia-exit-code"] == "10"
    # A profile that has become the administrator's since the key was made gives a user nothing any more.
    _profile(rpc, "mine", "user", "v-list-web-domains")
    mine = rpc.add_key("alice", "mine", "my own", "json")
    assert rpc.post(mine.form("v-list-web-domains", "alice")).status == 200
    _profile(rpc, "mine", "admin", "v-list-web-domains", "v-list-web-domain")
    assert rpc.post(mine.form("v-list-web-domains", "alice")).headers["hestia-exit-code"] == "10"


def test_suspended_and_deleted_owners(rpc: Rpc, alice: Key) -> None:
    asked = alice.form("v-list-web-domains", "alice", "plain")
    rpc.run("v-suspend-user", "alice")
    assert rpc.post(asked).body == "Error: user alice is suspended"
    rpc.run("v-unsuspend-user", "alice")
    assert rpc.post(asked).status == 200
    rpc.run("v-delete-user", "alice")
    assert rpc.post(asked).body == f"Error: key {alice.key} doesn't exist"


def test_expired_keys_and_foreign_addresses_are_told_why(rpc: Rpc) -> None:
    lasting = rpc.add_key("admin", "", "lasting", "json", "2099-01-01", "127.0.0.0/8,2001:db8::1")
    assert rpc.post(lasting.form("v-list-users", "plain")).status == 200
    past = text("update access_keys set expires = '2020-01-01 00:00:00.000000'")
    context = rpc.engine.dispatcher.context(ROOT, "127.0.0.1")
    elsewhere = rpc.add_key("admin", "", "elsewhere", "json", "", "192.0.2.0/24")
    refused = rpc.post(elsewhere.form("v-list-users"))
    assert (refused.status, refused.headers["hestia-exit-code"]) == (401, "9")
    assert "may not be used from 127.0.0.1: its addresses are 192.0.2.0/24" in refused.body
    rpc.engine.writer.submit(Work(lambda tx: tx.execute(past), context)).result()
    assert rpc.post(lasting.form("v-list-users")).body == f"Error: Key {lasting.key} expired at 2020-01-01 00:00:00"
    assert rpc.run("v-add-access-key", "admin", "", "", "json", "2020-01-01")[0] == 2


def test_failed_logins_are_limited(rpc: Rpc) -> None:
    key = rpc.add_key("admin", "*", "all", "json")
    good, bad = key.form("v-list-users", "plain"), Key(key.key, WRONG).form("v-list-users")
    for _ in range(9):
        rpc.post(bad)
    assert rpc.post(good).status == 200, "a success makes good what failed before"
    answers = [rpc.post(bad) for _ in range(21)]
    assert {answer.headers["hestia-exit-code"] for answer in answers} == {"9"}
    assert "too many failed logins from 127.0.0.1: try again in" in answers[-1].body
    assert rpc.post(good).headers["hestia-exit-code"] == "9"
    # Somebody elsewhere is not held up by that, and the password is guarded in the same way.
    elsewhere = Call("v-list-users", ("plain",), Credentials(key.key, key.secret), "192.0.2.1", "access-key")
    assert "for key" in rpc.engine.gate.remote(elsewhere).text


def test_temporary_files_belong_to_the_credentials(rpc: Rpc) -> None:
    one, other = (rpc.add_key("admin", "*", name, "json") for name in ("one", "other"))
    legacy = {"hash": rpc.run("v-generate-api-key")[1].strip()}
    assert rpc.post(one.form("v-make-tmp-file", "Secret12345\nsecond", "pw")).status == 204
    assert rpc.post(one.form("v-add-user", "carol", "/tmp/pw", "carol@example.org")).status == 204
    assert rpc.run("v-check-user-password", "carol", "Secret12345")[0] == 0
    assert rpc.post(legacy | fields("v-make-tmp-file", "Legacy12345", "pw2")).body == "OK"
    password = {"user": "admin", "password": "adminPass123"}
    for proof in (
        other.form("v-check-user-password", "carol", "/tmp/pw"),
        password | fields("v-check-user-password", "carol", "/tmp/pw"),
    ):
        assert rpc.post(proof | {"returncode": "yes"}).body == "9"
    assert not Path("/tmp/pw2").exists()
    assert rpc.post(one.form("v-make-tmp-file", "x", "..")).headers["hestia-exit-code"] == "2"


def test_secrets_are_shown_once_and_kept_nowhere(rpc: Rpc) -> None:
    key = rpc.add_key("admin", "*", "all", "json")
    legacy = rpc.run("v-generate-api-key")[1].strip()
    rpc.post(key.form("v-list-users"))
    rpc.post(Key(key.key, WRONG).form("v-list-users"))
    rpc.post({"hash": legacy, **fields("v-list-users")})
    rpc.post({"user": "admin", "password": "adminPass123", **fields("v-list-users")})
    rpc.post(key.form("v-add-user", "dora", "DoraPass12345", "dora@example.org"))
    rpc.post(key.form("v-revoke-api-key", legacy))
    for command in ("v-list-access-key", "v-list-access-keys"):
        for form in ("json", "plain", "shell"):
            assert key.secret not in rpc.run(command, key.key if command.endswith("key") else "admin", form)[1]
    rpc.log_lines()
    for path in rpc.directory.rglob("*"):
        if path.is_file() and not path.is_socket():
            content = path.read_bytes()
            for secret in (key.secret, legacy, WRONG, "adminPass123", "DoraPass12345"):
                assert secret.encode() not in content, path


def test_logins_are_written_down(rpc: Rpc, alice: Key) -> None:
    rpc.post(alice.form("v-list-web-domains", "alice"))
    rpc.post(alice.form("v-list-users"))
    rpc.post({"hash": "x" * 20, **fields("v-list-users")})
    rpc.post({"hash": rpc.run("v-generate-api-key")[1].strip(), **fields("v-list-users")})
    rpc.post({"access_key": "a b\nroot", "secret_key": "x", **fields("v-list-users")})
    assert rpc.log_lines() == [
        f"{alice.key} 127.0.0.1 v-list-web-domains successfully launched",
        f"{alice.key} 127.0.0.1 failed to login",
        "api 127.0.0.1 failed to login",
        "api 127.0.0.1 successfully launched",
        "a?b?root 127.0.0.1 failed to login",
    ]
    noted = f"[127.0.0.1] Access key {alice.key} successfully launched with command v-list-web-domains"
    assert rpc.run("v-list-user-log", "alice", "plain")[1].count(noted) == 1
    rpc.post(alice.form("v-list-web-domains", "alice"))
    rpc.log_lines()
    assert rpc.run("v-list-user-log", "alice", "plain")[1].count(noted) == 2


def test_checks_from_the_shell_are_written_down(rpc: Rpc, alice: Key) -> None:
    shell = rpc.engine.gate.shell
    assert shell(Call("v-check-access-key", (alice.key, alice.secret, "v-list-web-domains", "192.0.2.1"))).code == 0
    assert shell(Call("v-check-access-key", (alice.key, WRONG, "v-list-web-domains"))).code == 9
    assert shell(Call("v-check-api-key", ("x" * 20, "192.0.2.1"))).code == 9
    assert shell(Call("v-no-such")).code == 127
    assert rpc.log_lines() == [
        f"{alice.key} 192.0.2.1 v-list-web-domains successfully launched",
        f"{alice.key} 127.0.0.1 failed to login",
        "api 192.0.2.1 failed to login",
    ]


def test_a_fault_of_ours_says_nothing_about_itself(rpc: Rpc, monkeypatch: pytest.MonkeyPatch) -> None:
    key = rpc.add_key("admin", "*", "all", "json")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("hunter2 is the secret")

    monkeypatch.setattr(rpc.engine.dispatcher, "run", fail)
    answer = rpc.post(key.form("v-list-users"))
    assert (answer.status, answer.headers["hestia-exit-code"]) == (400, "1")
    assert answer.body == "Error: internal error"


def test_the_engine_believes_nothing_that_the_edge_says(rpc: Rpc) -> None:
    remote = rpc.engine.gate.remote
    for way in ("shell", "legacy", "access-key"):
        assert remote(Call("v-list-users", way=way)).refused_at == "gate"
    assert remote(Call("v-list-users", address="not an address", way="legacy")).code == 10


def test_a_password_is_no_use_where_its_account_may_not_log_in(rpc: Rpc) -> None:
    proof = {"user": "admin", "password": "adminPass123"}
    asked = proof | fields("v-list-user", "admin", "json")
    assert rpc.post(asked).status == 200
    try:
        assert rpc.run("v-change-user-config-value", "admin", "LOGIN_DISABLED", "yes")[0] == 0
        refused = rpc.post(asked)
        assert (refused.status, refused.body) == (401, "Error: authentication failed")
    finally:
        assert rpc.run("v-change-user-config-value", "admin", "LOGIN_DISABLED", "no")[0] == 0
    assert rpc.post(asked).status == 200
