"""The life of an order over HTTPS on a real machine, with each way of authenticating, and what comes of it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from box.facts import Facts
from box.machine import Machine
from tests.box import orders
from tests.box.orders import RpcOrders

PASSWORD, NEW_PASSWORD = "AcmePass12345", "Other-Pass-67890"


def status_of(machine: Machine, site: str) -> int:
    """What nginx answers for a site's front page."""
    with closing(http.client.HTTPConnection(machine.address, 80, timeout=120)) as connection:
        connection.request("GET", "/", headers={"Host": site})
        return connection.getresponse().status


def shadow(machine: Machine, name: str) -> str:
    """The account's password field, as the system reads it."""
    return machine.exec(["getent", "shadow", name]).stdout.split(":")[1]


@pytest.fixture(params=["key pair", "hash pair", "legacy key", "password"])
def client(facts: Facts, request: pytest.FixtureRequest) -> Iterator[RpcOrders]:
    """A client for each way of authenticating."""
    with closing(orders.client(facts, request.param)) as client:
        assert isinstance(client, RpcOrders)
        yield client


def test_the_life_of_an_order(client: RpcOrders, machine: Machine) -> None:
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
