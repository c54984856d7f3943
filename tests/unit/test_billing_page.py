"""docs/billing.md keeps its word: profiles suffice and have nothing too much, programs may be run again."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.billing_page import INTERPRETERS, LOGIN, MADE, ONES, Product, products, programs
from tests.conftest import new_engine
from tests.rpc_app import Key, Rpc, fields
from tests.sample_stage import certificate_for

from tholos.kernel.call import Call, Outcome
from tholos.kernel.errors import Busy
from tholos.kernel.tx import Caller

pytestmark = pytest.mark.thorough

PRODUCTS = ("whmcs", "fossbilling", "blesta", "shop")
BROKEN = [(name, command) for name in PRODUCTS for command in products()[name].commands]


class Panel:
    """A node with a database server, and an edge with TLS whose certificate is trusted."""

    def __init__(self, seeded: Path, directory: Path) -> None:
        shutil.copytree(seeded, directory / "node", symlinks=True)
        self.certificate, key = certificate_for(directory, "127.0.0.1")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        engine = new_engine(directory / "node")
        engine.start()
        self.rpc = Rpc(engine, directory / "node", context)
        self.rpc.set(API="yes", API_SYSTEM="2", API_ALLOWED_IP="allow-all", DB_SYSTEM="mysql")
        assert self.rpc.run("v-add-database-host", "mysql", "localhost", "root", "socket") == (0, "")
        engine.dispatcher.vault.put("root/", "ones", ONES)
        assert self.rpc.run("v-add-user-package", "/tmp/ones", "ones") == (0, "")
        self.rpc.start()

    def close(self) -> None:
        """Stop edge and engine."""
        self.rpc.stop()
        self.rpc.engine.stop()

    def key_with(self, name: str, profile: str) -> Key:
        """Write a profile as the page says, and make a key with it."""
        directory = self.rpc.engine.applier.host.root / "etc/tholos/profiles"
        directory.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(profile)
        return self.rpc.add_key("admin", name, "billing", "json")

    def run(self, key: Key, product: Product) -> list[str]:
        """Make a product's calls with a key; give the commands that were refused."""
        proof = {"hash": f"{key.key}:{key.secret}"}
        refused, login = [], ""
        for command, *values in product.calls:
            told = [login if value == LOGIN else value for value in values]
            answer = self.rpc.post(proof | fields(command, *told))
            if answer.status not in (200, 204):
                refused.append(command)
            elif command == "v-add-database-temp-user":
                login = json.loads(answer.body)["login"]["user"]
        self.rpc.run("v-delete-user", "acme")
        return refused


@pytest.fixture(scope="module")
def panel(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Panel]:
    panel = Panel(seeded, tmp_path_factory.mktemp("billing"))
    yield panel
    panel.close()


def test_the_page_has_what_is_tested_here() -> None:
    assert tuple(products()) == PRODUCTS
    assert set(programs()) == set(INTERPRETERS)


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_profile_suffices_for_every_call(panel: Panel, name: str) -> None:
    product = products()[name]
    assert panel.run(panel.key_with(name, product.profile), product) == []


@pytest.mark.parametrize(("name", "command"), BROKEN)
def test_without_any_one_command_of_its_profile_a_sale_breaks(panel: Panel, name: str, command: str) -> None:
    product = products()[name]
    assert command in panel.run(panel.key_with(name, product.without(command)), product)


@pytest.mark.parametrize("name", ["whmcs", "fossbilling"])
def test_the_profile_that_comes_with_the_protocol_suffices_for_accounts_with_domains(panel: Panel, name: str) -> None:
    assert panel.run(panel.rpc.add_key("admin", "billing", "billing", "json"), products()[name]) == []


def environment(panel: Panel) -> dict[str, str]:
    """What a program finds in its environment."""
    key = panel.key_with("shop", products()["shop"].profile)
    return {
        "THOLOS_URL": f"https://127.0.0.1:{panel.rpc.port}",
        "THOLOS_ACCESS_KEY": key.key,
        "THOLOS_SECRET_KEY": key.secret,
        "SSL_CERT_FILE": str(panel.certificate),
        "NODE_EXTRA_CA_CERTS": str(panel.certificate),
    }


def run(language: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a program of the page."""
    argv = INTERPRETERS[language]
    environment = {"PATH": os.environ["PATH"], **env}
    return subprocess.run(
        argv, input=programs()[language], env=environment, text=True, capture_output=True, check=False
    )


@pytest.fixture
def busy_once(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Turn the first try of each call away, as when too many of a key's calls are running; gives the commands."""
    gate, seen = panel.rpc.engine.gate, []
    admitted = gate._admitted_call

    def busy(call: Call, caller: Caller) -> Outcome:
        if call.command in seen:
            return admitted(call, caller)
        seen.append(call.command)
        raise Busy("too many calls are running :: try again in 2 seconds")

    monkeypatch.setattr(gate, "_admitted_call", busy)
    return seen


@pytest.mark.parametrize("language", ["bash", "javascript", "php", "python"])
def test_a_program_tries_again_what_too_many_calls_kept_away(panel: Panel, busy_once: list[str], language: str) -> None:
    if shutil.which(INTERPRETERS[language][0]) is None:
        return
    done = run(language, environment(panel))
    assert done.returncode == 0, done.stderr
    assert busy_once == ["v-add-user", "v-add-domain", "v-add-database", "v-add-cron-job"]
    assert [panel.rpc.run(*shown)[0] for shown in MADE] == [0] * len(MADE)
    panel.rpc.run("v-delete-user", "acme")


@pytest.mark.thorough
@pytest.mark.parametrize("language", sorted(INTERPRETERS))
def test_a_program_orders_everything_and_may_be_run_again(panel: Panel, language: str) -> None:
    if shutil.which(INTERPRETERS[language][0]) is None:
        return  # The box has every language: tests/box/test_billing_page.py.
    env = environment(panel)
    for _ in range(2):
        done = run(language, env)
        assert done.returncode == 0, done.stderr
    assert [panel.rpc.run(*shown)[0] for shown in MADE] == [0] * len(MADE)
    refused = run(language, {**env, "THOLOS_SECRET_KEY": "x" * 40})
    assert refused.returncode != 0 and refused.stdout + refused.stderr != ""
    panel.rpc.run("v-delete-user", "acme")
