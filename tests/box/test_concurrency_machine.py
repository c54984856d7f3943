"""Sixteen clients at once on the real machine lose nothing, and counters equal counts."""

from __future__ import annotations

import json

from box.machine import Machine
from tests.box.test_crash_machine import engine_stopped, program, start
from tests.box.test_web_sites import fetch, v

CLIENTS = 16


def test_sixteen_clients_change_the_same_and_different_accounts(machine: Machine) -> None:
    assert v(machine, "v-add-user", "shared", "Pass12345", "shared@example.org") == (0, "")
    steps = (
        "v-add-user $0 Pass12345 $0@example.org",
        "v-add-web-domain $0 $0.test",
        "v-add-web-domain shared $0-a.test '' '' none",
        "v-add-web-domain shared $0-b.test '' '' none",
        "v-add-web-domain-alias shared $0-a.test alias.$0-a.test",
        "v-suspend-web-domain shared $0-b.test",
        "v-suspend-user $0",
        "v-unsuspend-user $0",
        "v-delete-web-domain shared $0-a.test",
        "v-change-user-password $0 Other12345",
    )
    script = "; ".join(f"{step} || echo failed: {step}" for step in steps)
    clients = [start(machine, ["sh", "-c", script, f"many{number}"]) for number in range(CLIENTS)]
    assert [client.communicate(timeout=300)[0] for client in clients] == [""] * CLIENTS
    listed = json.loads(v(machine, "v-list-users", "json")[1])
    assert [listed["shared"][key] for key in ("U_WEB_DOMAINS", "U_WEB_ALIASES", "SUSPENDED_WEB")] == ["16", "0", "16"]
    names = [f"many{number}" for number in range(CLIENTS)]
    assert [listed[name]["U_WEB_DOMAINS"] for name in names] == ["1"] * CLIENTS
    assert [fetch(machine, f"{name}.test")[0] for name in names] == [200] * CLIENTS
    assert [fetch(machine, f"{name}-b.test")[0] for name in names] == [503] * CLIENTS
    assert [fetch(machine, f"{name}-a.test")[0] for name in names] == [404] * CLIENTS
    enabled = machine.exec(["ls", "/etc/nginx/conf.d/domains"]).stdout.split()
    assert not [name for name in enabled if name.endswith("-a.test.conf")]
    assert machine.exec(["getent", "passwd", *names]).stdout.count("\n") == CLIENTS
    with engine_stopped(machine):
        assert program(machine, "drift") == [[]]
    deleting = [start(machine, ["v-delete-user", name]) for name in (*names, "shared")]
    assert [client.communicate(timeout=120)[0] for client in deleting] == [""] * (CLIENTS + 1)
    assert machine.exec(["getent", "passwd", *names], check=False).stdout == ""
