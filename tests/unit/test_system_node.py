"""The machine's name, time zone, certificate, ports, and main configuration files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import delete
from tests.conftest import call

from tholos.apply.host import Host
from tholos.apply.readings import certificate, configs, status
from tholos.apply.readings.network import listening
from tholos.apply.reconcile import everything
from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.drivers.node import with_name
from tholos.install.context import port
from tholos.kernel.errors import ServiceFailed
from tholos.kernel.touched import Touched
from tholos.resources.system.change import WORDS
from tholos.resources.system.model import settings
from tholos.resources.system.repair import DEFAULTS

TEXT = """\
Certificate:
    Data:
        Version: 3 (0x2)
        Signature Algorithm: sha256WithRSAEncryption
        Issuer: C = US, O = Some Body, CN = node1.ref.test
        Validity
            Not Before: Nov 23 13:53:56 2026 GMT
            Not After : Nov 23 13:53:56 2027 GMT
        Subject: C = US, O = Some Body, CN = node1.ref.test
        Subject Public Key Info:
            Public Key Algorithm: rsaEncryption
                Public-Key: (4096 bit)
        X509v3 extensions:
            X509v3 Subject Alternative Name:
                DNS:node1.ref.test, IP Address:198.18.0.1
    Signature Algorithm: sha256WithRSAEncryption
"""


def test_a_certificate_says_what_the_golden_shows() -> None:
    found = certificate.parse("PEM", TEXT)
    assert found == certificate.Certificate(
        "PEM",
        "node1.ref.test",
        "node1.ref.test,198.18.0.1",
        "Nov 23 13:53:56 2026 GMT",
        "Nov 23 13:53:56 2027 GMT",
        "sha256WithRSAEncryption",
        "4096 bit",
        "C = US, O = Some Body, CN = node1.ref.test",
    )
    assert certificate.parse("PEM", "") == certificate.Certificate("PEM")


def test_the_certificate_of_the_panel_is_listed_without_its_key(town: Engine) -> None:
    directory = town.applier.host.root / "etc/tholos/tls"
    directory.mkdir(parents=True)
    (directory / "certificate.crt").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    (directory / "certificate.key").write_text("PRIVATE")
    for form in ("json", "csv", "plain", "shell"):
        assert "PRIVATE" not in call(town, "v-list-sys-hestia-ssl", form)[1]
    assert '"CRT": "-----BEGIN CERTIFICATE-----\\nAAAA\\n' in call(town, "v-list-sys-hestia-ssl", "json")[1]
    assert "-----BEGIN CERTIFICATE-----\\nAAAA\\n" in call(town, "v-list-sys-hestia-ssl", "csv")[1]


def test_ports_of_sshd_are_those_of_all_its_files(tmp_path: Path) -> None:
    host = Host(tmp_path, rehearse=True)
    assert configs.sshd_ports(host) == ("22",)
    (tmp_path / "etc/ssh/sshd_config.d").mkdir(parents=True)
    (tmp_path / "etc/ssh/sshd_config").write_text("#Port 22\nPort 2222\n  port 22\nPortX 7\n")
    (tmp_path / "etc/ssh/sshd_config.d/more.conf").write_text("Port 2223\n")
    (tmp_path / "etc/ssh/sshd_config.d/other.txt").write_text("Port 9\n")
    assert configs.sshd_ports(host) == ("2222", "22", "2223")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"127.0.0.1 localhost\n", b"127.0.0.1 localhost\n127.0.1.1 a.test a\n"),
        (b"127.0.0.1 localhost\n127.0.1.1\told.test old\n::1 x\n", b"127.0.0.1 localhost\n127.0.1.1 a.test a\n::1 x\n"),
        (b"127.0.0.1 localhost", b"127.0.0.1 localhost\n127.0.1.1 a.test a\n"),
    ],
)
def test_the_own_name_can_be_looked_up(before: bytes, after: bytes) -> None:
    assert with_name(before, "a.test") == after
    assert with_name(after, "a.test") == after


def test_name_and_time_zone_are_files(town: Engine) -> None:
    assert call(town, "v-change-sys-hostname", "node9.example.org") == (0, "")
    assert call(town, "v-change-sys-timezone", "UTC") == (0, "")
    etc = town.applier.host.root / "etc"
    assert (etc / "hostname").read_text() == "node9.example.org\n"
    assert "127.0.1.1 node9.example.org node9" in (etc / "hosts").read_text()
    assert str((etc / "localtime").readlink()) == "/usr/share/zoneinfo/UTC"
    assert (etc / "timezone").read_text() == "UTC\n"


def test_a_refused_configuration_leaves_the_old_one(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    nginx = town.applier.host.root / "etc/nginx/nginx.conf"
    nginx.parent.mkdir(parents=True, exist_ok=True)
    nginx.write_text("old;\n")
    town.dispatcher.vault.put("root/", "new", "events {\n")

    def refuse(self: Host, step: object) -> None:
        raise ServiceFailed("nginx: [emerg] unexpected end of file")

    monkeypatch.setattr(Host, "finish", refuse)
    code, text = call(town, "v-change-sys-service-config", "/tmp/new", "nginx")
    assert (code, text) == (20, "Error: nginx: [emerg] unexpected end of file\n")
    assert nginx.read_text() == "old;\n"


def test_what_is_changed_by_hand_later_stays(town: Engine) -> None:
    town.dispatcher.vault.put("root/", "new", "events {}\n")
    assert call(town, "v-change-sys-service-config", "/tmp/new", "nginx") == (0, "")
    context = town.dispatcher.context(ROOT, "127.0.0.1")
    scopes = {touched.scope for touched in everything(town.store, context)}
    assert not scopes & {"service_config", "hostname", "timezone"}
    assert Touched("account", ("alice",)) in everything(town.store, context)


def test_reports_name_no_arguments_of_programs() -> None:
    said = {word for argvs in status.REPORTS.values() for argv in argvs for word in argv}
    assert not [word for word in said if "args" in word or word in ("-c", "-ef", "aux")]


def _settings(engine: Engine, *keys: str) -> dict[str, str]:
    found = json.loads(call(engine, "v-list-sys-config", "json")[1])["config"]
    return {key: found[key] for key in keys}


def test_repairing_and_restoring_settings(town: Engine) -> None:
    ours = {"THEME": "flat", "API_SYSTEM": "0", "RESOURCES_LIMIT": "yes", "BACKEND_PORT": "8083"}
    for line in ("THEME flat", "API_SYSTEM 0", "RESOURCES_LIMIT yes"):
        assert call(town, "v-change-sys-config-value", *line.split())[0] == 0
    lose = Work(
        lambda tx: tx.execute(delete(settings).where(settings.c.key == "LANGUAGE")),
        town.dispatcher.context(ROOT, "127.0.0.1"),
    )
    town.writer.submit(lose).result()
    assert _settings(town, "LANGUAGE") == {"LANGUAGE": ""}
    assert call(town, "v-repair-sys-config")[0] == 0
    assert _settings(town, "LANGUAGE") == {"LANGUAGE": "en"}
    assert _settings(town, *ours) == ours
    assert call(town, "v-repair-sys-config", "restore")[0] == 0
    assert _settings(town, *ours) == ours | {"THEME": "dark"}


def test_every_default_is_a_value_that_the_setting_may_have() -> None:
    for key, value in DEFAULTS.items():
        assert key not in WORDS or value in WORDS[key], key


def test_ports_in_use_are_those_that_something_listens_on() -> None:
    table = (
        "  sl  local_address rem_address   st tx_queue rx_queue\n"
        "   0: 00000000:0050 00000000:0000 0A 00000000:00000000\n"
        "   1: 0100007F:1F93 0100007F:C350 01 00000000:00000000\n"
    )
    assert listening(table) == [80]
    assert listening("") == []


def test_the_installer_knows_the_port_that_was_chosen(tmp_path: Path) -> None:
    file = tmp_path / "port.conf"
    assert port(file) == 8083
    file.write_text("# Written by Tholos.\n[Service]\nEnvironment=THOLOS_PORT=9083\n")
    assert port(file) == 9083
