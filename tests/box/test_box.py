"""The machine itself: booted, isolated, installed as a production server, and open to its host alone."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from box.facts import Facts
from box.machine import Machine
from box.places import IN_BOX_WHEELS
from box.say import Problem

from box import facts as kept
from box import up

SERVICES = ("nginx.service", "tholos-engine.service", "tholos-edge.service")


def test_boots_with_nothing_failed(machine: Machine) -> None:
    assert machine.exec(["systemctl", "is-system-running"], check=False).stdout.strip() == "running"
    assert machine.exec(["hostname", "--fqdn"]).stdout.strip() == machine.hostname


@pytest.mark.parametrize("service", SERVICES)
def test_services_run_and_start_at_boot(machine: Machine, service: str) -> None:
    assert machine.exec(["systemctl", "is-active", service]).stdout.strip() == "active"
    assert machine.exec(["systemctl", "is-enabled", service]).stdout.strip() == "enabled"


def test_the_distributions_shared_php_is_off(machine: Machine) -> None:
    assert machine.exec(["systemctl", "is-active", "php8.2-fpm"], check=False).stdout.strip() == "inactive"


def test_the_box_has_no_way_out(machine: Machine) -> None:
    assert "default" not in machine.exec(["ip", "route"]).stdout


def test_the_checkout_cannot_be_written_from_inside(machine: Machine) -> None:
    assert machine.exec(["touch", "/opt/tholos-src/written"], check=False).returncode != 0


def test_exec_passes_input_arguments_and_failures(machine: Machine) -> None:
    assert machine.exec(["cat"], input="a line\n").stdout == "a line\n"
    assert machine.exec(["printf", "%s|", "a b", "$HOME;", "'"]).stdout == "a b|$HOME;|'|"
    with pytest.raises(Problem, match="exit 7"):
        machine.exec(["sh", "-c", "exit 7"])


def test_secrets_are_roots_and_the_edges(machine: Machine) -> None:
    listed = machine.exec(["stat", "-c", "%a %U:%G", "/var/lib/tholos", "/etc/tholos/tls/certificate.key"]).stdout
    assert listed.splitlines() == ["700 root:root", "640 root:tholos-edge"]


def test_installing_again_changes_nothing(machine: Machine) -> None:
    before = machine.exec(["systemctl", "show", "--property=MainPID", "--value", *SERVICES]).stdout
    argv = ["python3", "-m", "tholos.install", "--json", "--wheelhouse", IN_BOX_WHEELS]
    done = machine.exec(argv, env={"PYTHONPATH": "/opt/tholos-src/src", "PYTHONDONTWRITEBYTECODE": "1"})
    assert "password" not in json.loads(done.stdout)
    # Steps say what they change, and how long they took when that was long.
    assert [line for line in done.stderr.splitlines() if not re.fullmatch(r"\[.*|    [0-9.]+ s", line)] == []
    assert machine.exec(["systemctl", "show", "--property=MainPID", "--value", *SERVICES]).stdout == before


def test_up_again_gives_the_same_facts(machine: Machine, facts: Facts) -> None:
    assert up.up(machine.name) == facts
    assert (machine.directory / "facts.json").stat().st_mode & 0o777 == 0o600
    assert kept.load(machine.directory / "facts.json") == facts


def test_links_exist_for_every_command_and_stale_ones_go(machine: Machine) -> None:
    python = "/usr/lib/tholos/venv/bin/python"
    names = set(machine.exec([python, "-m", "tholos", "commands"]).stdout.split())
    for place in ("/usr/local/hestia/bin", "/usr/local/bin"):
        links = machine.exec(["find", place, "-name", "v-*", "-lname", "/usr/lib/tholos/v", "-printf", "%f\n"]).stdout
        assert set(links.split()) == names


def test_the_three_lines_work_when_pasted(machine: Machine, facts: Facts) -> None:
    listing, adding, fetching = facts.lines()
    users = json.loads(_paste(listing))
    assert "admin" in users
    try:
        assert _paste(adding).split() == ["0", "0"]
        assert _paste(adding).split() == ["4", "4"]
        assert "alice.example" in _paste(fetching)
    finally:
        machine.exec(["v-delete-user", "alice"])


def test_two_boxes_at_once_reach_each_other(machine: Machine) -> None:
    name = f"{machine.name}-b"
    image = Path((machine.directory / "image").read_text())
    other = Machine.boot(name, image, owner=int(name.split("-")[1]))
    try:
        assert other.address != machine.address
        fetched = other.exec(["curl", "--silent", "--insecure", f"https://{machine.address}:8083/"], check=False)
        assert fetched.returncode == 0
    finally:
        other.destroy()
    assert not other.directory.exists()
    assert Machine.find(name) is None


def _paste(line: str) -> str:
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
