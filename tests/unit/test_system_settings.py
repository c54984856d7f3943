"""Settings that the machine follows are changed with it, by whichever command."""

from __future__ import annotations

import re

import pytest
from tests.conftest import call

from tholos.apply.machine import READINGS
from tholos.bootstrap import Engine

SET = "v-change-sys-config-value"


def commands(town: Engine) -> list[str]:
    return (town.applier.host.root / "commands.log").read_text().splitlines()


def listed(town: Engine, key: str) -> str:
    found = re.search(rf'"{key}": "(.*)"', call(town, "v-list-sys-config", "json")[1])
    assert found
    return found[1]


def file(town: Engine, path: str) -> str:
    return (town.applier.host.read(path) or b"").decode()


def test_the_port_of_the_panel_is_moved(town: Engine) -> None:
    assert call(town, SET, "BACKEND_PORT", "9999") == (0, "")
    assert "THOLOS_PORT=9999" in file(town, "/etc/systemd/system/tholos-edge.service.d/port.conf")
    assert call(town, "v-change-sys-port", "9999") == (0, "")
    assert listed(town, "BACKEND_PORT") == "9999"


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("BACKEND_PORT", "99999", 2),
        ("BACKEND_PORT", "80", 2),
        ("BACKEND_PORT", "5432", 7),
        ("WEB_PORT", "8080", 2),
        ("WEB_SSL_PORT", "8443", 2),
        ("PROXY_PORT", "8080", 2),
        ("BACKUP", "/elsewhere", 2),
        ("HOSTNAME", "no name", 2),
        ("TIMEZONE", "Europe/Nowhere", 3),
        ("SFTP_JAIL", "perhaps", 2),
        ("API_ENDPOINT", "perhaps", 2),
        ("RESOURCES_LIMIT", "perhaps", 2),
    ],
)
def test_what_the_machine_cannot_do_is_refused(town: Engine, key: str, value: str, code: int) -> None:
    before = listed(town, key) if key in call(town, "v-list-sys-config", "json")[1] else ""
    assert call(town, SET, key, value)[0] == code
    assert not before or listed(town, key) == before


@pytest.mark.parametrize(("key", "value"), [("WEB_PORT", "80"), ("WEB_SSL_PORT", "443"), ("PROXY_PORT", "")])
def test_what_it_does_already_may_be_said(town: Engine, key: str, value: str) -> None:
    assert call(town, SET, key, value) == (0, "")


def test_limits_reach_accounts_that_are_there(town: Engine) -> None:
    assert call(town, "v-change-user-config-value", "alice", "MEMORY_LIMIT", "1G") == (0, "")
    assert call(town, SET, "RESOURCES_LIMIT", "yes") == (0, "")
    assert any("MemoryMax=1073741824" in line for line in commands(town))
    assert call(town, "v-delete-sys-cgroups") == (0, "")


def test_the_name_of_the_machine_and_its_time_zone_follow(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READINGS, "timezones", lambda _host: ("Europe/Athens",))
    for key, value in (("HOSTNAME", "node7.example.org"), ("TIMEZONE", "Europe/Athens")):
        assert call(town, SET, key, value) == (0, "")
        assert file(town, f"/etc/{key.lower()}") == f"{value}\n"


def test_jails_follow(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(READINGS, "sshd reads drop-ins", lambda _host: True)
    jail = town.applier.host.root / "etc/ssh/sshd_config.d"
    assert call(town, SET, "SFTP_JAIL", "yes") == (0, "")
    assert [*jail.iterdir()]
    assert call(town, SET, "SFTP_JAIL", "no") == (0, "")
    assert not [*jail.iterdir()]


def test_sites_with_a_proxy_follow(town: Engine) -> None:
    templates = town.applier.host.root / "etc/tholos/templates/proxy"
    templates.mkdir(parents=True)
    (templates / "app.j2").write_text("server {\n    listen {{ site.ip }}:80; # by the proxy\n}\n")
    assert call(town, SET, "PROXY_SYSTEM", "nginx") == (0, "")
    assert call(town, "v-change-web-domain-proxy-tpl", "alice", "alice.test", "app") == (0, "")
    path = "/home/alice/conf/web/alice.test/nginx.conf"
    assert "by the proxy" in file(town, path)
    assert call(town, SET, "PROXY_SYSTEM", "") == (0, "")
    assert "by the proxy" not in file(town, path)
    assert call(town, SET, "PROXY_SYSTEM", "nginx") == (0, "")
    assert "by the proxy" in file(town, path)
