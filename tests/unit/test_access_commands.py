"""Access keys, legacy keys, profiles and the API's switches, as commands; expectations are those of the reference."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.conftest import Run

from tholos.bootstrap import Engine
from tholos.resources.access.permissions import SHIPPED

SECRET = "0123456789012345678901234567890123456789"
BILLING = (
    "v-add-user,v-delete-user,v-suspend-user,v-unsuspend-user,v-change-user-shell,v-list-user,v-list-users,"
    "v-make-tmp-file,v-add-domain,v-change-user-package,v-make-tmp-file,v-change-user-password"
)


def _made(run: Run, *arguments: str) -> dict[str, Any]:
    code, text = run("v-add-access-key", *arguments)
    assert code == 0, text
    made: dict[str, Any] = json.loads(text)
    return made


@pytest.fixture
def alice(run: Run) -> str:
    assert run("v-add-user", "alice", "AlicePass123", "alice@example.org") == (0, "")
    return "alice"


def test_a_secret_is_shown_when_it_is_made_and_never_again(run: Run) -> None:
    made = _made(run, "admin", "billing,billing, /x/purge-nginx-cache", "billing only", "json")
    assert list(made) == ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "USER", "PERMISSIONS", "COMMENT", "TIME", "DATE"]
    assert re.fullmatch(r"[A-Za-z0-9]{20}", made["ACCESS_KEY_ID"])
    assert re.fullmatch(r"[A-Za-z0-9_=-]{40}", made["SECRET_ACCESS_KEY"])
    assert made["PERMISSIONS"] == ["billing", "purge-nginx-cache"]
    shown = json.loads(run("v-list-access-key", made["ACCESS_KEY_ID"], "json")[1])
    assert shown == made | {"SECRET_ACCESS_KEY": ""}
    code, plain = run("v-add-access-key", "admin", "", "", "plain")
    assert code == 0
    assert re.fullmatch(r"[A-Za-z0-9]{20}:[A-Za-z0-9_=-]{40}\n", plain)


def test_keys_print_as_the_reference_prints_them(run: Run, alice: str) -> None:
    header = (
        "ID  USER    PERMISSIONS  COMMENT      TIME     DATE  \n"
        "--  ------  ----         -----------  -------  ----  ----\n"
    )
    assert run("v-list-access-keys") == (0, header)
    assert run("v-list-access-keys", "alice", "plain") == (0, "")
    made = _made(run, alice, "update-dns-records,mail-accounts", "alice key", "json")
    key, at, on = made["ACCESS_KEY_ID"], made["TIME"], made["DATE"]
    assert run("v-list-access-keys", alice, "shell")[1] == (
        "ID                    USER    PERMISSIONS                       COMMENT      TIME      DATE        \n"
        "--                    ------  ----                              -----------  -------   ----        ----\n"
        f"{key}  alice   update-dns-records,mail-accounts  alice key    {at}  {on}  \n"
    )
    assert run("v-list-access-keys", alice, "json")[1] == (
        f'{{\n    "{key}": {{"ACCESS_KEY_ID": "{key}", "USER": "alice", "PERMISSIONS": '
        f'["update-dns-records", "mail-accounts"], "COMMENT": "alice key", "TIME": "{at}", "DATE": "{on}"}}\n}}\n'
    )
    assert run("v-list-access-key", key)[1] == (
        f"ACCESS_KEY_ID:      {key}\nSECRET_ACCESS_KEY:  \nUSER:               alice\n"
        "PERMISSIONS:        update-dns-records,mail-accounts\nCOMMENT:            alice key\n"
        f"TIME:               {at}\nDATE:               {on}\n"
    )


def test_profiles_print_as_the_reference_prints_them(run: Run) -> None:
    assert (
        run("v-list-api", "billing")[1] == f"API:           billing\nROLE:          admin\nCOMMANDS:      {BILLING}\n"
    )
    listed = ", ".join(f'"{name}"' for name in BILLING.split(","))
    assert run("v-list-api", "billing", "json")[1] == (
        f'{{\n    "API": "billing",\n    "ROLE": "admin",\n    "COMMANDS": [{listed}]\n}}\n'
    )
    every = run("v-list-apis", "json")[1]
    assert every.startswith(f'{{\n    "billing": {{"COMMANDS": [{listed}], "ROLE": "admin"}},\n    "mail-accounts": {{')
    names = [
        "billing",
        "mail-accounts",
        "phpmyadmin-sso",
        "purge-nginx-cache",
        "sync-dns-cluster",
        "update-dns-records",
    ]
    assert list(json.loads(every)) == names


def test_an_administrators_profiles_stand_beside_ours_and_before_them(engine: Engine, run: Run) -> None:
    directory = engine.applier.host.root / "etc/tholos/profiles"
    directory.mkdir(parents=True)
    (directory / "own").write_text("ROLE='user'\nCOMMANDS='v-list-user'\n")
    (directory / "billing").write_text("ROLE='admin'\nCOMMANDS='v-list-users,; rm -rf,V-X'\n")
    (directory / ".hidden").write_text("ROLE='user'\nCOMMANDS='v-list-user'\n")
    (directory / "link").symlink_to("/etc/passwd")
    found = json.loads(run("v-list-apis", "json")[1])
    assert found["own"] == {"COMMANDS": ["v-list-user"], "ROLE": "user"}
    assert found["billing"] == {"COMMANDS": ["v-list-users"], "ROLE": "admin"}
    assert len(found) == 7
    (directory / "own").write_text("ROLE='nobody'\nCOMMANDS='v-list-user,v-list-users'\n")
    assert json.loads(run("v-list-apis", "json")[1])["own"] == {
        "COMMANDS": ["v-list-user", "v-list-users"],
        "ROLE": "admin",
    }


def test_checking_a_key(run: Run, alice: str) -> None:
    made = _made(run, alice, "purge-nginx-cache", "alice key", "json")
    key, secret = made["ACCESS_KEY_ID"], made["SECRET_ACCESS_KEY"]
    answer = '{\n    "USER": "alice",\n    "USER_ARG_POSITION": 1\n}\n'
    assert run("v-check-access-key", key, secret, "v-list-web-domains", "192.0.2.1", "json") == (0, answer)
    for values, code in (
        ((key, SECRET, "v-list-web-domains"), 9),
        ((key, "short", "v-list-web-domains"), 9),
        ((key, secret, "v-no-such-command"), 10),
        ((key, secret, ""), 10),
        ((key, secret, "v-list-users"), 10),
        ((key, secret, "v-list-web-domains", "nowhere"), 9),
    ):
        assert run("v-check-access-key", *values)[0] == code
    run("v-suspend-user", alice)
    refused = run("v-check-access-key", key, secret, "v-list-web-domains")
    assert refused == (9, "Error: user alice is suspended\n")


def test_legacy_keys(run: Run) -> None:
    key = run("v-generate-api-key")[1].strip()
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", key)
    assert run("v-check-api-key", key) == (0, "")
    assert run("v-check-api-key", key[:15])[0] == 9
    assert run("v-revoke-api-key", key) == (0, "")
    assert run("v-check-api-key", key)[0] == 9


def test_keys_go_with_their_account(run: Run, alice: str) -> None:
    made = _made(run, alice, "purge-nginx-cache", "alice key", "json")
    run("v-delete-user", alice)
    assert run("v-list-access-key", made["ACCESS_KEY_ID"])[0] == 3


def test_sources_are_listed_once_and_taken_away_in_any_spelling(engine: Engine, run: Run) -> None:
    for source in ("192.0.2.1", "192.0.2.1", "2001:DB8::/32", "10.0.0.0/8"):
        assert run("v-add-sys-api-ip", source) == (0, "")
    assert _setting(engine, "API_ALLOWED_IP") == "192.0.2.1,2001:DB8::/32,10.0.0.0/8"
    assert run("v-delete-sys-api-ip", "2001:db8::/32") == (0, "")
    assert run("v-delete-sys-api-ip", "198.51.100.1") == (0, "")
    assert _setting(engine, "API_ALLOWED_IP") == "192.0.2.1,10.0.0.0/8"


@pytest.mark.parametrize(
    ("values", "api", "level"),
    [
        (("enable",), "no", "0"),
        (("enable", "api"), "no", "1"),
        (("enable", "legacy"), "yes", "0"),
        (("enable", "all"), "yes", "1"),
    ],
)
def test_switching_the_api(engine: Engine, run: Run, values: tuple[str, ...], api: str, level: str) -> None:
    assert run("v-change-sys-api", "disable") == (0, "")
    assert [_setting(engine, key) for key in ("API", "API_SYSTEM", "API_ALLOWED_IP")] == ["no", "0", ""]
    assert run("v-change-sys-api", *values) == (0, "")
    assert [_setting(engine, key) for key in ("API", "API_SYSTEM")] == [api, level]


def test_profiles_that_ship_are_data() -> None:
    layout = re.compile(r"ROLE='(admin|user)'\nCOMMANDS='[a-z,-]+'\n")
    assert all(layout.fullmatch(path.read_text()) for path in SHIPPED.iterdir())


def _setting(engine: Engine, key: str) -> str:
    with engine.store.reading() as connection:
        row = connection.exec_driver_sql("select value from settings where key = ?", (key,)).first()
    return "" if row is None else str(row[0])
