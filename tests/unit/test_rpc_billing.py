"""What a billing module does with an account, from its order to its end, with each way of authenticating."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.rpc_app import Rpc, fields, running

SEQUENCE = (
    ("v-add-user", "acme", "AcmePass12345", "billing@example.org", "default", "Acme", "Ltd", "", ""),
    ("v-add-web-domain", "acme", "acme.example", "", "", "", "", "", ""),
    ("v-change-user-password", "acme", "OtherPass12345", "", "", "", "", "", ""),
    ("v-suspend-user", "acme", "no", "", "", "", "", "", ""),
    ("v-unsuspend-user", "acme", "no", "", "", "", "", "", ""),
    ("v-change-user-package", "acme", "system", "", "", "", "", "", ""),
    ("v-delete-user", "acme", "", "", "", "", "", "", ""),
)


@pytest.fixture(scope="module")
def rpc(seeded: Path) -> Iterator[Rpc]:
    with running(seeded) as started:
        yield started


@pytest.mark.parametrize("way", ["pair", "hash pair", "legacy key", "password"])
@pytest.mark.parametrize("as_json", [False, True])
def test_the_life_of_an_order(rpc: Rpc, way: str, as_json: bool) -> None:
    key = rpc.add_key("admin", "*", "billing", "json")
    proof = {
        "pair": {"access_key": key.key, "secret_key": key.secret},
        "hash pair": {"hash": f"{key.key}:{key.secret}"},
        "legacy key": {"hash": rpc.run("v-generate-api-key")[1].strip()},
        "password": {"user": "admin", "password": "adminPass123"},
    }[way]
    post = rpc.post_json if as_json else rpc.post
    for command, *values in SEQUENCE:
        answer = post(proof | fields(command, *values) | {"returncode": "yes"})
        assert (answer.status, answer.body) == (200, "0"), (command, answer)
        if command == "v-add-web-domain":
            shown = post(proof | fields("v-list-user", "acme", "json"))
            assert '"U_WEB_DOMAINS": "1"' in shown.body
    again = post(proof | fields("v-delete-user", "acme") | {"returncode": "yes"})
    assert (again.status, again.body) == (200, "3")
