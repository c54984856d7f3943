"""Readings of the machine, from what its programs print."""

from __future__ import annotations

from ipaddress import IPv4Interface
from pathlib import Path

from tholos.apply.host import Host
from tholos.apply.readings import facts, network, services
from tholos.apply.readings.services import Unit
from tholos.apply.units import ALIASES, UNITS, unit_of
from tholos.resources.system.services import KNOWN

ADDRESSES = """[{}, {"ifname": "lo", "flags": ["LOOPBACK", "UP"], "addr_info": [
  {"family": "inet", "local": "127.0.0.1", "prefixlen": 8, "scope": "host"}]},
 {"ifname": "host0", "flags": ["UP"], "addr_info": [
  {"family": "inet", "local": "198.18.0.2", "prefixlen": 16, "scope": "global"},
  {"family": "inet", "local": "169.254.0.9", "prefixlen": 16, "scope": "link"},
  {"family": "inet", "local": "198.18.0.9", "prefixlen": 16, "scope": "global", "secondary": true}]}]"""
LINKS = (
    """[{"ifname": "lo", "flags": ["LOOPBACK"]}, {"ifname": "host0", "flags": []}, {"ifname": "eth1", "flags": []}]"""
)
SHOWN = """\
LoadState=loaded
ActiveState=active
MemoryCurrent=18874368
CPUUsageNSec=6000000000
ActiveEnterTimestampMonotonic=400000000

LoadState=not-found
ActiveState=inactive
MemoryCurrent=[not set]
CPUUsageNSec=18446744073709551615
ActiveEnterTimestampMonotonic=0
"""


def test_interfaces_have_their_reachable_addresses_the_primary_first() -> None:
    host0, eth1 = network.parse(ADDRESSES, LINKS)
    assert (host0.name, eth1.name, eth1.addresses) == ("host0", "eth1", ())
    assert host0.addresses == (IPv4Interface("198.18.0.2/16"), IPv4Interface("198.18.0.9/16"))


def test_units_are_measured_since_they_started() -> None:
    running, missing = services.parse(SHOWN, now=1000.0)
    assert running == Unit(installed=True, running=True, cpu=1.0, memory=18, minutes=10)
    assert missing == Unit(installed=False, running=False, cpu=0.0, memory=0, minutes=0)


def test_several_units_count_as_one_service() -> None:
    one = Unit(installed=True, running=True, cpu=0.5, memory=10, minutes=3)
    down = Unit(installed=True, running=False, cpu=0.0, memory=0, minutes=0)
    assert services.together([one, one]) == Unit(installed=True, running=True, cpu=1.0, memory=20, minutes=3)
    assert not services.together([one, down]).running
    assert services.together([]).running


def test_every_listed_service_has_a_unit() -> None:
    assert all(unit_of(known.name) for known in KNOWN)
    assert set(ALIASES.values()) <= set(UNITS)
    assert unit_of("nosuch") is None
    assert not any(character in unit for unit in UNITS.values() for character in " /;")


def test_shells_are_those_of_the_file_and_nologin(tmp_path: Path) -> None:
    host = Host(tmp_path, rehearse=True)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/shells").write_text("# a comment\n/bin/sh\n/usr/bin/bash\n/bin/bash\n")
    assert facts.shells(host) == ("bash", "nologin", "sh")


def test_the_machine_has_a_name_and_a_time_zone(tmp_path: Path) -> None:
    host = Host(tmp_path, rehearse=True)
    found = facts.facts(host)
    assert found.hostname
    assert found.uptime >= 0
    assert len(found.load) == 3
    assert facts.timezone(host)
    assert "UTC" in facts.timezones(host)
