"""The programs of docs/billing.md, on a real machine: run, run again, and run while the engine is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest
from box.facts import Facts
from box.machine import Machine
from tests.billing_page import INTERPRETERS, MADE, ONES, products, programs
from tests.box.customers import Customer
from tests.box.test_crash_machine import start
from tests.box.test_web_sites import fetch, v

PROFILE = products()["shop"]


@pytest.fixture(scope="module")
def env(facts: Facts, machine: Machine) -> Iterator[Mapping[str, str]]:
    """What a program finds in its environment: the panel by its name, its certificate, and a key."""
    machine.exec(["mkdir", "-p", "/etc/tholos/profiles"])
    machine.exec(["tee", "/etc/tholos/profiles/shop"], input=PROFILE.profile)
    assert v(machine, "v-add-sys-api-ip", machine.address) == (0, "")
    machine.exec(["tee", "/tmp/ones.pkg"], input=ONES)
    assert v(machine, "v-add-user-package", "/tmp/ones.pkg", "ones") == (0, "")
    made = json.loads(v(machine, "v-add-access-key", "admin", "shop", "the shop", "json")[1])
    yield {
        "THOLOS_URL": f"https://{machine.hostname}:8083",
        "THOLOS_ACCESS_KEY": made["ACCESS_KEY_ID"],
        "THOLOS_SECRET_KEY": made["SECRET_ACCESS_KEY"],
        "SSL_CERT_FILE": "/etc/tholos/tls/certificate.crt",
        "NODE_EXTRA_CA_CERTS": "/etc/tholos/tls/certificate.crt",
    }
    v(machine, "v-delete-access-key", made["ACCESS_KEY_ID"])
    v(machine, "v-delete-sys-api-ip", machine.address)
    v(machine, "v-delete-user-package", "ones")
    machine.exec(["rm", "/etc/tholos/profiles/shop"])


def run(machine: Machine, language: str, env: Mapping[str, str]) -> tuple[int, str]:
    """Run a program of the page in the machine; give its exit code and what it printed."""
    done = machine.exec(INTERPRETERS[language], input=programs()[language], env=dict(env), check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("language", sorted(INTERPRETERS))
def test_a_program_orders_everything_and_may_be_run_again(
    machine: Machine, env: Mapping[str, str], language: str
) -> None:
    for _ in range(2):
        code, printed = run(machine, language, env)
        assert code == 0, printed
    assert [v(machine, *shown)[0] for shown in MADE] == [0] * len(MADE)
    assert fetch(machine, "acme.example")[0] == 200
    assert run(machine, language, {**env, "THOLOS_SECRET_KEY": "x" * 40})[0] != 0
    assert v(machine, "v-delete-user", "acme") == (0, "")
    assert Customer(machine, "acme").left() == []


@pytest.mark.parametrize("language", ["php", "python", "javascript", "bash"])
def test_a_program_waits_for_an_engine_that_restarts(machine: Machine, env: Mapping[str, str], language: str) -> None:
    machine.exec(["systemctl", "stop", "tholos-engine"])
    later = start(machine, ["sh", "-c", "sleep 1.5; systemctl start tholos-engine"])
    code, printed = run(machine, language, env)
    later.communicate()
    assert code == 0, printed
    assert [v(machine, *shown)[0] for shown in MADE] == [0] * len(MADE)
    assert v(machine, "v-delete-user", "acme") == (0, "")
