"""What billing modules do with an account, on a real machine, and what comes of it there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from box.facts import Facts
from box.machine import Machine
from tests.box.customers import ALL, DATABASE_PASSWORD, JOB, NONE, PASSWORD, Customer, runs_anything
from tests.box.orders import WAYS, Orders, client
from tests.box.test_web_sites import fetch, put

NEW_PASSWORD = "Other-Pass-67890"
NAME = "zorder"
LARGE, SMALL = "billinglarge", "billingsmall"
ONE_OF_EACH = {"web_domains": 1, "dns_domains": 1, "databases": 2, "cron_jobs": 1}


@pytest.fixture(scope="module", autouse=True)
def packages(machine: Machine) -> Iterator[None]:
    """A package that is larger than the default one, whose accounts may log in, and one that is too small."""
    default = machine.exec(["v-list-user-package", "default", "json"]).stdout
    assert default
    for name, limits in ((LARGE, "DATABASES='50'\nSHELL='bash'\n"), (SMALL, "DATABASES='1'\n")):
        machine.exec(["tee", f"/tmp/{name}"], input=limits)
        machine.exec(["v-add-user-package", f"/tmp/{name}", name])
    yield
    for name in (LARGE, SMALL):
        machine.exec(["v-delete-user-package", name])


@pytest.fixture(params=WAYS)
def orders(facts: Facts, request: pytest.FixtureRequest) -> Iterator[Orders]:
    """A client for each way of authenticating."""
    with closing(client(facts, request.param)) as orders:
        yield orders


def order_everything(orders: Orders, customer: Customer) -> list[int]:
    """Order an account and what belongs to it; give the exit codes."""
    return [
        orders.create(customer.name, PASSWORD, LARGE),
        orders.add_domain(customer.name, customer.domain),
        orders.add_database(customer.name, "my", DATABASE_PASSWORD, "mysql"),
        orders.add_database(customer.name, "pg", DATABASE_PASSWORD, "pgsql"),
        orders.add_job(customer.name, JOB),
    ]


def test_an_order_from_its_beginning_to_its_end(orders: Orders, machine: Machine) -> None:
    customer = Customer(machine, NAME)
    assert order_everything(orders, customer) == [0] * 5
    assert customer.working() == ALL
    assert orders.usage(NAME) == ONE_OF_EACH
    before = customer.listed()
    assert orders.create(NAME, NEW_PASSWORD, SMALL) == 4
    assert orders.add_domain(NAME, customer.domain) == 4
    assert orders.add_database(NAME, "my", NEW_PASSWORD, "mysql") == 4
    assert customer.listed() == before and customer.working() == ALL

    assert orders.change_package(NAME, SMALL) == 8
    assert customer.listed() == before
    assert orders.change_package(NAME, "default") == 0
    assert orders.change_package(NAME, LARGE) == 0
    assert customer.listed() == before

    login, password = orders.temporary_login(NAME, f"{NAME}_my")
    assert customer.mysql(login, password)
    assert not customer.mysql(login, password, "mysql")

    assert orders.change_password(NAME, NEW_PASSWORD) == 0
    assert (customer.login(PASSWORD), customer.working(NEW_PASSWORD)) == (False, ALL)

    assert orders.suspend(NAME) == 0
    assert customer.working(NEW_PASSWORD) == NONE
    assert not customer.mysql(login, password)
    assert fetch(machine, customer.domain)[0] == 503
    assert orders.suspend(NAME) == 5
    assert orders.add_domain(NAME, "more.example") == 5
    assert orders.change_password(NAME, PASSWORD) == 5
    assert orders.unsuspend(NAME) == 0
    assert customer.working(NEW_PASSWORD) == ALL
    assert orders.unsuspend(NAME) == 0

    leave_traces(customer)
    uid = customer.uid()
    assert orders.terminate(NAME) == 0
    assert fetch(machine, customer.domain)[0] == 404
    assert customer.left() == []
    assert not runs_anything(machine, uid)
    assert orders.terminate(NAME) == 3


def leave_traces(customer: Customer) -> None:
    """Let the account do what accounts do: run PHP, leave a process and files."""
    machine, name = customer.machine, customer.name
    put(machine, f"/home/{name}/web/{customer.domain}/public_html/who.php", "<?php echo get_current_user();", name)
    assert fetch(machine, customer.domain, "/who.php") == (200, name)
    # The second is never found by who looks for it: it lives until it has forked.
    customer.run("sleep", "1000")
    customer.run("perl", "-e", "while (1) { exit if fork }")


def test_a_name_is_free_again_at_once_and_nothing_is_inherited(facts: Facts, machine: Machine) -> None:
    customer = Customer(machine, NAME)
    note = f"/home/{NAME}/web/{customer.domain}/public_html/note.txt"
    with closing(client(facts, "key pair")) as orders:
        for _ in range(3):
            assert order_everything(orders, customer) == [0] * 5
            assert customer.working() == ALL
            assert machine.exec(["test", "-e", note], check=False).returncode == 1
            put(machine, note, "of the first", NAME)
            assert customer.tables() == ""
            customer.fill()
            assert orders.terminate(NAME) == 0
    assert customer.left() == []


def test_customers_who_come_at_once_get_everything_each(facts: Facts, machine: Machine) -> None:
    customers = [Customer(machine, f"zcrowd{number}") for number in range(8)]

    def order_all(customer: Customer) -> list[int]:
        with closing(client(facts, "key pair")) as orders:
            return order_everything(orders, customer)

    def terminate(customer: Customer) -> int:
        with closing(client(facts, "key pair")) as orders:
            return orders.terminate(customer.name)

    with ThreadPoolExecutor(len(customers)) as pool:
        assert list(pool.map(order_all, customers)) == [[0] * 5] * len(customers)
        assert [customer.working() for customer in customers] == [ALL] * len(customers)
        assert list(pool.map(terminate, customers)) == [0] * len(customers)
    assert Customer(machine, "zcrowd").left() == []
