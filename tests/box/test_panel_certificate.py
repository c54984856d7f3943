"""A certificate of one's own for the panel, put in its place as docs/install.md says."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.pages import scripts, section

TLS = "/etc/tholos/tls"
UP = "until curl --silent --insecure --output /dev/null https://127.0.0.1:8083/; do sleep 0.1; done"
MAKE = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=own.example "
    "-keyout panel.key -out panel.crt"
)


@pytest.fixture
def place(machine: Machine) -> Iterator[str]:
    """A directory with a new key and certificate; the panel has its own again afterwards."""
    directory = machine.exec(["mktemp", "--directory"]).stdout.strip()
    machine.exec(["sh", "-c", f"cp -a {TLS} {directory}/old && cd {directory} && {MAKE}"])
    yield directory
    machine.exec(["sh", "-c", f"cp -a {directory}/old/. {TLS} && rm -rf {directory}"])
    machine.exec(["systemctl", "restart", "tholos-edge"])
    machine.exec(["sh", "-c", UP])


def test_the_panel_shows_the_certificate_that_was_put_in_its_place(machine: Machine, place: str) -> None:
    (block,) = scripts(section("install.md", "A certificate of your own"))
    before = ssl.get_server_certificate((machine.address, 8083))
    machine.exec(["bash", "-eo", "pipefail", "-s"], input=f"cd {place}\n{block}")
    machine.exec(["sh", "-c", UP])
    shown = ssl.get_server_certificate((machine.address, 8083))
    assert shown != before
    assert shown.strip() == machine.exec(["cat", f"{place}/panel.crt"]).stdout.strip()
    assert machine.exec(["stat", "-c", "%a %U:%G", f"{TLS}/certificate.key"]).stdout.strip() == "640 root:tholos-edge"
