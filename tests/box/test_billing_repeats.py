"""Calls that are repeated: because a client gave up waiting, sent twice at once, or the engine was killed under it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
from box.facts import Facts
from box.machine import Machine
from tests.box.customers import ALL, DATABASE_PASSWORD, JOB, NONE, PASSWORD, Customer, runs_anything
from tests.box.orders import Orders, RestOrders, client
from tests.box.test_web_sites import v
from tests.waiting import took, until

NAME = "zrepeat"
NEW_PASSWORD = "Other-Pass-67890"
PACKAGE = "exact"
LIMITS = "WEB_DOMAINS='1'\nWEB_ALIASES='1'\nDNS_DOMAINS='1'\nDATABASES='2'\n"
"""There is room for what is ordered and for nothing more, so that a repeat finds the package full."""
Order = Callable[[Orders], int]
Step = tuple[str, Order, set[int]]


def steps(customer: Customer) -> list[Step]:
    """What is ordered, one after the other, and what a repeat may answer: it is done, or it was done already."""
    name, domain = customer.name, customer.domain
    return [
        ("create", lambda orders: orders.create(name, PASSWORD, PACKAGE), {0, 4}),
        ("shell", lambda orders: orders.change_shell(name, "bash"), {0}),
        ("domain", lambda orders: orders.add_domain(name, domain), {0, 4}),
        ("mysql", lambda orders: orders.add_database(name, "my", DATABASE_PASSWORD, "mysql"), {0, 4}),
        ("pgsql", lambda orders: orders.add_database(name, "pg", DATABASE_PASSWORD, "pgsql"), {0, 4}),
        ("job", lambda orders: orders.add_job(name, JOB), {0}),
        ("suspend", lambda orders: orders.suspend(name), {0, 5}),
        ("unsuspend", lambda orders: orders.unsuspend(name), {0}),
        ("password", lambda orders: orders.change_password(name, NEW_PASSWORD), {0}),
        ("no domain", lambda orders: orders.delete_domain(name, domain), {0, 3}),
        ("a domain again", lambda orders: orders.add_domain(name, domain), {0, 4}),
        ("terminate", lambda orders: orders.terminate(name), {0, 3}),
    ]


@pytest.fixture(scope="module", autouse=True)
def package(machine: Machine) -> Iterator[None]:
    """The package of the customers."""
    machine.exec(["tee", "/tmp/exact.pkg"], input=LIMITS)
    assert v(machine, "v-add-user-package", "/tmp/exact.pkg", PACKAGE) == (0, "")
    yield
    assert v(machine, "v-delete-user-package", PACKAGE) == (0, "")


def engine_pid(machine: Machine) -> int:
    """The host's number of the engine's process."""
    namespace = Path(f"/proc/{machine.leader_pid}/ns/pid").readlink()
    for found in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (found / "cmdline").read_bytes().split(b"\0")
            if words[-3:-1] == [b"tholos", b"engine"] and (found / "ns/pid").readlink() == namespace:
                return int(found.name)
    raise AssertionError("no engine runs")


def attempt(facts: Facts, order: Order, timeout: float = 120) -> int | None:
    """Order something over a connection of its own; None where no answer came, or that the engine is not there."""
    with closing(client(facts, "key pair", timeout)) as orders:
        try:
            return order(orders)
        except (OSError, http.client.HTTPException, AssertionError):
            return None


def until_answered(facts: Facts, order: Order) -> int:
    """Repeat an order until it is answered."""
    code = until(lambda: attempt(facts, order), 120, lambda code: code is not None, pause=0.1)
    assert code is not None
    return code


@pytest.fixture(scope="module")
def durations(facts: Facts, machine: Machine) -> dict[str, float]:
    """How long each order takes when nothing disturbs it."""
    customer = Customer(machine, "ztimed")
    with closing(client(facts, "key pair")) as orders:
        return {name: took(lambda order=order: order(orders)) for name, order, _ in steps(customer)}  # type: ignore[misc]


@pytest.mark.parametrize("part", [0.3, 0.7, 1.0])
def test_an_engine_that_is_killed_in_each_call_and_the_call_repeated(
    facts: Facts, machine: Machine, durations: dict[str, float], part: float
) -> None:
    customer, uid = Customer(machine, NAME), ""
    for name, order, expected in steps(customer):
        if name == "terminate":
            uid = customer.uid()
            customer.run("sleep", "1000")
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(attempt, facts, order)
            time.sleep(durations[name] * part)
            os.kill(engine_pid(machine), signal.SIGKILL)
            answer = first.result()
        assert answer in {0, None}, name
        code = until_answered(facts, order)
        assert code in expected, (name, answer, code)
        if name == "job":
            assert customer.working() == ALL
        if name == "suspend":
            assert customer.working() == NONE
        if name == "a domain again":
            assert customer.working(NEW_PASSWORD) == ALL
    assert customer.left() == []
    assert not runs_anything(machine, uid)


def test_a_client_that_does_not_wait_finds_everything_done(facts: Facts, machine: Machine) -> None:
    customer = Customer(machine, NAME)
    for name, order, expected in steps(customer):
        answer = attempt(facts, order, timeout=0.02)
        code = until_answered(facts, order)
        assert code in expected, (name, answer, code)
        if name == "a domain again":
            assert customer.working(NEW_PASSWORD) == ALL
    assert customer.left() == []


def test_of_two_clients_at_once_one_is_told_that_the_other_did_it(facts: Facts, machine: Machine) -> None:
    customer = Customer(machine, NAME)
    twice = {
        "create": [0, 4],
        "domain": [0, 4],
        "mysql": [0, 4],
        "pgsql": [0, 4],
        "suspend": [0, 5],
        "terminate": [0, 3],
    }
    for name, order, _ in steps(customer):
        if name in ("no domain", "a domain again", "job"):
            continue
        start = threading.Barrier(2)

        def at_once(order: Order = order, start: threading.Barrier = start) -> int | None:
            start.wait()
            return attempt(facts, order)

        with ThreadPoolExecutor(2) as pool:
            answers = [future.result() for future in [pool.submit(at_once) for _ in range(2)]]
        assert sorted(code for code in answers if code is not None) == twice.get(name, [0, 0]), name
    assert customer.left() == []


@pytest.fixture
def rest(facts: Facts) -> Iterator[RestOrders]:
    """A client of the REST API."""
    with closing(client(facts, "rest")) as orders:
        assert isinstance(orders, RestOrders)
        yield orders


def test_an_idempotency_key_gets_the_first_answer_also_after_a_kill(rest: RestOrders, machine: Machine) -> None:
    customer = Customer(machine, NAME)
    told = {"user": NAME, "password": PASSWORD, "email": f"{NAME}@example.org"}
    orders = [
        ("POST", "/users", told),
        ("POST", f"/users/{NAME}/domains", {"domain": customer.domain}),
        ("POST", f"/users/{NAME}/databases", {"database": "my", "dbuser": "my", "dbpass": DATABASE_PASSWORD}),
        ("POST", f"/users/{NAME}/suspend", None),
        ("DELETE", f"/users/{NAME}", None),
    ]
    first = [rest.send(*order, **{"Idempotency-Key": f"order-{at}"}) for at, order in enumerate(orders)]
    assert [status for status, _ in first] == [201, 204, 201, 204, 204]
    assert json.loads(first[0][1])["user"] == NAME
    os.kill(engine_pid(machine), signal.SIGKILL)
    until(lambda: rest.send("GET", "/whoami"), 120, lambda answer: answer[0] == 200, pause=0.1)
    assert [rest.send(*order, **{"Idempotency-Key": f"order-{at}"}) for at, order in enumerate(orders)] == first
    assert customer.left() == []


@pytest.mark.parametrize("ordered", range(1, 8))
def test_an_order_that_was_given_up_anywhere_can_be_terminated(facts: Facts, machine: Machine, ordered: int) -> None:
    customer = Customer(machine, NAME)
    for _, order, _ in steps(customer)[:ordered]:
        assert attempt(facts, order) == 0
    assert attempt(facts, steps(customer)[-1][1]) == 0
    assert customer.left() == []
