"""The machine itself: its name, its time zone, and the port of the API, changed and changed back."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from box.facts import Facts
from box.machine import Machine
from tests.box.test_web_sites import v
from tests.waiting import until

PORT, OTHER = 8083, 9443


@pytest.fixture(scope="module")
def credentials(machine: Machine) -> Iterator[dict[str, str]]:
    """A key of the administrator."""
    made = json.loads(machine.exec(["v-add-access-key", "admin", "*", "node", "json"]).stdout)
    yield {"access_key": made["ACCESS_KEY_ID"], "secret_key": made["SECRET_ACCESS_KEY"], "returncode": "yes"}
    machine.exec(["v-delete-access-key", made["ACCESS_KEY_ID"]])


def rpc(facts: Facts, port: int, credentials: dict[str, str], command: str, *values: str) -> str:
    """Call a command over the API at a port."""
    context = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection(facts.address, port, context=context, timeout=120)
    try:
        arguments = {f"arg{place}": value for place, value in enumerate(values, start=1)}
        form = urlencode({**credentials, "cmd": command, **arguments})
        connection.request("POST", "/api/", form, {"Content-Type": "application/x-www-form-urlencoded"})
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def wait_for(facts: Facts, port: int, credentials: dict[str, str]) -> None:
    """Wait until the API answers at a port."""

    def answer() -> str:
        try:
            return rpc(facts, port, credentials, "v-list-sys-info")
        except OSError as error:
            return str(error)

    until(answer, right=lambda said: said == "0")


def test_the_port_of_the_api(machine: Machine, facts: Facts, credentials: dict[str, str]) -> None:
    assert v(machine, "v-change-sys-port", "80")[0] == 2
    assert v(machine, "v-change-sys-port", "3306")[0] == 7
    assert rpc(facts, PORT, credentials, "v-change-sys-port", str(OTHER)) == "0"
    wait_for(facts, OTHER, credentials)
    with pytest.raises(ConnectionRefusedError):
        rpc(facts, PORT, credentials, "v-list-sys-info")
    assert json.loads(v(machine, "v-list-sys-config", "json")[1])["config"]["BACKEND_PORT"] == str(OTHER)
    assert rpc(facts, OTHER, credentials, "v-change-sys-port", str(PORT)) == "0"
    wait_for(facts, PORT, credentials)


def test_the_name_of_the_machine(machine: Machine) -> None:
    hosts = machine.exec(["cat", "/etc/hosts"]).stdout
    assert v(machine, "v-change-sys-hostname", "renamed.example.org") == (0, "")
    assert machine.exec(["hostname", "--fqdn"]).stdout.strip() == "renamed.example.org"
    assert machine.exec(["cat", "/etc/hostname"]).stdout == "renamed.example.org\n"
    assert machine.exec(["getent", "hosts", "renamed.example.org"]).stdout
    assert json.loads(v(machine, "v-list-sys-info", "json")[1])["sysinfo"]["HOSTNAME"] == "renamed.example.org"
    assert v(machine, "v-change-sys-hostname", machine.hostname) == (0, "")
    assert machine.exec(["hostname", "--fqdn"]).stdout.strip() == machine.hostname
    assert len(machine.exec(["cat", "/etc/hosts"]).stdout.splitlines()) <= len(hosts.splitlines()) + 1


def test_the_time_zone_of_the_machine(machine: Machine) -> None:
    assert v(machine, "v-change-sys-timezone", "Asia/Kathmandu") == (0, "")
    assert machine.exec(["date", "+%z"]).stdout.strip() == "+0545"
    assert v(machine, "v-change-sys-timezone", "Nowhere/Atall")[0] == 3
    assert machine.exec(["date", "+%z"]).stdout.strip() == "+0545"
    assert v(machine, "v-change-sys-timezone", "UTC") == (0, "")
    assert machine.exec(["date", "+%z"]).stdout.strip() == "+0000"
