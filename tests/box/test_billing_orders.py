"""The life of an order over HTTPS on a real machine, with each way of authenticating, and what comes of it."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest
from box.facts import Facts
from box.machine import Machine

PASSWORD, NEW_PASSWORD = "AcmePass12345", "Other-Pass-67890"


class Client:
    """A billing module: forms over TLS to the panel, whose certificate it checks."""

    def __init__(self, facts: Facts, proof: dict[str, str]) -> None:
        place = urlsplit(facts.url)
        context = ssl.create_default_context(cafile=facts.ca_certificate)
        context.check_hostname = False
        self._connection = http.client.HTTPSConnection(str(place.hostname), place.port, context=context, timeout=30)
        self._proof = proof

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def call(self, command: str, *values: str, returncode: str = "yes") -> tuple[int, str]:
        """Call a command; give the status and the body."""
        form = {f"arg{number}": value for number, value in enumerate(values, start=1)}
        body = urlencode({**self._proof, "cmd": command, "returncode": returncode, **form})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("POST", "/api/", body, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read().decode()


def proof_of(facts: Facts, way: str) -> dict[str, str]:
    """What is shown for each way of authenticating."""
    return {
        "key pair": {"access_key": facts.access_key, "secret_key": facts.secret_key},
        "hash pair": {"hash": f"{facts.access_key}:{facts.secret_key}"},
        "legacy key": {"hash": facts.api_hash},
        "password": {"user": facts.user, "password": facts.password},
    }[way]


def status_of(machine: Machine, site: str) -> int:
    """What nginx answers for a site's front page."""
    with closing(http.client.HTTPConnection(machine.address, 80, timeout=20)) as connection:
        connection.request("GET", "/", headers={"Host": site})
        return connection.getresponse().status


def shadow(machine: Machine, name: str) -> str:
    """The account's password field, as the system reads it."""
    return machine.exec(["getent", "shadow", name]).stdout.split(":")[1]


@pytest.fixture
def client(facts: Facts, request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client that authenticates in the way that the test names."""
    with closing(Client(facts, proof_of(facts, request.param))) as client:
        yield client


@pytest.mark.parametrize("client", ["key pair", "hash pair", "legacy key", "password"], indirect=True)
def test_the_life_of_an_order(client: Client, machine: Machine) -> None:
    name, site = "orderly", "orderly.example"
    assert client.call("v-add-user", name, PASSWORD, f"{name}@example.org", "default", "Acme", "Ltd") == (200, "0")
    assert client.call("v-add-domain", name, site) == (200, "0")
    assert status_of(machine, site) == 200

    status, body = client.call("v-list-web-domains", name, "json", returncode="no")
    assert status == 200 and json.loads(body)[site]["SUSPENDED"] == "no"
    before = shadow(machine, name)
    assert client.call("v-change-user-password", name, NEW_PASSWORD) == (200, "0")
    assert client.call("v-check-user-password", name, NEW_PASSWORD) == (200, "0")
    assert client.call("v-check-user-password", name, PASSWORD) == (200, "9")
    assert shadow(machine, name) not in (before, "")

    assert client.call("v-suspend-user", name, "no") == (200, "0")
    assert status_of(machine, site) == 503 and shadow(machine, name).startswith("!")
    assert client.call("v-add-web-domain", name, f"more.{site}") == (200, "5")
    assert client.call("v-unsuspend-user", name, "no") == (200, "0")
    assert status_of(machine, site) == 200 and not shadow(machine, name).startswith("!")

    assert client.call("v-change-user-package", name, "system") == (200, "0")
    assert client.call("v-add-web-domain", name, "second.example") == (200, "8")
    assert client.call("v-delete-user", name) == (200, "0")
    assert status_of(machine, site) == 404
    assert machine.exec(["id", name], check=False).returncode != 0
    assert machine.exec(["test", "-e", f"/home/{name}"], check=False).returncode != 0
    assert client.call("v-delete-user", name) == (200, "3")
