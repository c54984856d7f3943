"""Registering the addresses that the machine has, and what becomes of sites when its only one changes."""

from __future__ import annotations

from ipaddress import IPv4Interface

import pytest
from tests.conftest import call

from tholos.apply.readings import network
from tholos.apply.readings.network import Interface
from tholos.bootstrap import Engine


def have(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let the machine have these addresses on eth0."""
    card = Interface("eth0", tuple(IPv4Interface(address) for address in addresses))
    monkeypatch.setattr(network, "REHEARSED", card)


def listed(engine: Engine) -> list[list[str]]:
    return [line.split("\t") for line in call(engine, "v-list-sys-ips", "plain")[1].splitlines()]


def test_what_the_machine_has_is_registered_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, "198.18.0.1/24", "198.18.0.5/25")
    for _ in range(2):
        assert call(engine, "v-update-sys-ip") == (0, "")
    added = listed(engine)[1]
    assert added[:3] == ["198.18.0.5", "admin", "shared"]
    assert added[6:8] == ["eth0", "255.255.255.128"]
    assert engine.applier.host.exists("/etc/nginx/conf.d/198.18.0.5.conf")
    assert not engine.applier.host.exists("/etc/systemd/system/tholos-address-198.18.0.5.service")


def test_sites_follow_the_only_address(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, "198.18.0.77/24")
    assert call(town, "v-update-sys-ip") == (0, "")
    assert [row[0] for row in listed(town)] == ["198.18.0.77"]
    assert call(town, "v-list-web-domain", "alice", "alice.test", "plain")[1].split("\t")[1] == "198.18.0.77"
    server = town.applier.host.read("/home/alice/conf/web/alice.test/nginx.conf") or b""
    assert b"198.18.0.77" in server
    assert not town.applier.host.exists("/etc/nginx/conf.d/198.18.0.1.conf")


def test_an_added_address_stays_after_a_reboot_and_goes_when_deleted(engine: Engine) -> None:
    unit = "/etc/systemd/system/tholos-address-198.18.0.2.service"
    assert call(engine, "v-add-sys-ip", "198.18.0.2", "255.255.0.0") == (0, "")
    text = (engine.applier.host.read(unit) or b"").decode()
    assert "ExecStart=/usr/sbin/ip address replace 198.18.0.2/16 dev eth0" in text
    assert call(engine, "v-delete-sys-ip", "198.18.0.2") == (0, "")
    assert not engine.applier.host.exists(unit)


def test_an_added_address_is_taken_off_its_interface(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(engine, "v-add-sys-ip", "198.18.0.2", "255.255.255.0") == (0, "")
    have(monkeypatch, "198.18.0.1/24", "198.18.0.2/24")
    assert call(engine, "v-delete-sys-ip", "198.18.0.2") == (0, "")
    commands = (engine.applier.host.root / "commands.log").read_text()
    assert "ip address del 198.18.0.2/24 dev eth0" in commands
