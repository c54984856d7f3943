"""What the driver of BIND plans: which files, which entry of the server's, and what stays of a zone that is paused."""

from __future__ import annotations

import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import Run
from tests.unit.hostile import SIGNS

from tholos.apply.host import Host
from tholos.apply.named.zones import clauses, file_of
from tholos.apply.readings.named import dnssec_keys, parse
from tholos.apply.steps import Change, Directory, Discard, Link, Load, Remove, Step, Write, Zone
from tholos.bootstrap import Engine
from tholos.drivers.bind import zone as bind_zone
from tholos.drivers.encoders import named, zone_name
from tholos.resources.dns.want import Elsewhere, Paused, ZoneWant

KEY = ("alice", "alice.test")
ZONE = ZoneWant("alice", 20002, "alice.test", (), False, b"@ SOA ns1 root 1 2 3 4 5\n")
FILE = "/var/lib/bind/zones/alice.test.db"
COPY = "/var/lib/bind/copies/alice.test.db"
KEYS = "/var/lib/bind/keys/alice.test"


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A recording host with nothing on it."""
    return Host(tmp_path, rehearse=True)


def planned(want: ZoneWant | Paused | Elsewhere | None, host: Host) -> list[Step]:
    """The steps of a zone."""
    return list(bind_zone.plan(KEY, want, host))


def done(steps: list[Step], host: Host) -> list[Step]:
    """Carry out what is not done; give it."""
    changes = [step for step in steps if isinstance(step, Change) and not host.is_done(step)]
    for step in changes:
        host.do(step, "batch")
    return list(changes)


def test_a_zone_is_a_file_a_link_and_an_entry(host: Host) -> None:
    steps = planned(ZONE, host)
    assert Write(FILE, ZONE.text, 0o640) in steps
    assert Link("/home/alice/conf/dns/alice.test.db", FILE) in steps
    assert Directory("/var/lib/bind/zones", 0o1770) in steps
    assert steps[-1] == Load("alice.test", FILE)
    (entry,) = [step for step in steps if isinstance(step, Zone)]
    assert clauses(entry.configuration) == {("type", "primary"), ("file", FILE)}
    assert done(steps, host)
    assert done(planned(ZONE, host), host) == []
    changed = replace(ZONE, text=b"@ SOA ns1 root 2 2 3 4 5\n")
    assert [type(step) for step in done(planned(changed, host), host)] == [Write]


def test_a_signed_zone_has_keys_of_its_own_which_go_when_it_is_signed_no_more(host: Host) -> None:
    signed = replace(ZONE, dnssec=True)
    done(planned(signed, host), host)
    assert clauses(host.named.configuration("alice.test")) >= {
        ("inline-signing", "yes"),
        ("dnssec-policy", "default"),
        ("key-directory", KEYS),
    }
    assert host.exists(KEYS)
    host.do(Write(f"{FILE}.signed", b"x"), "batch")
    assert Zone("alice.test", "") == done(planned(Paused(), host), host)[0]
    assert host.exists(KEYS) and host.exists(f"{FILE}.signed")
    done(planned(signed, host), host)
    undone = done(planned(ZONE, host), host)
    assert {Discard(KEYS), Remove(f"{FILE}.signed")} < set(undone)


def test_a_secondary_zone_has_no_file_of_ours(host: Host) -> None:
    steps = planned(replace(ZONE, primaries=("192.0.2.1", "2001:db8::1"), text=b""), host)
    assert not [step for step in steps if isinstance(step, Write | Load)]
    done(steps, host)
    shown = clauses(host.named.configuration("alice.test"))
    assert ("primaries", "{", "192.0.2.1", ";", "2001:db8::1", ";", "}") in shown
    assert file_of(host.named.configuration("alice.test")) == COPY


def test_a_zone_that_becomes_a_secondary_is_served_from_what_it_was(host: Host) -> None:
    text = b"@ 60 IN SOA ns1.test. hostmaster 3000000007 7200 3600 1209600 3600\n@ 60 IN NS ns1.test.\n"
    done(planned(replace(ZONE, text=text), host), host)
    secondary = replace(ZONE, primaries=("192.0.2.1",), text=b"")
    steps = done(planned(secondary, host), host)
    # The file is there before the server is told, and one serial older, so that the first transfer replaces it.
    assert [type(step) for step in steps if isinstance(step, Write | Zone | Remove)] == [Write, Zone, Remove]
    assert host.read(COPY) == text.replace(b"3000000007", b"3000000006")
    assert ("masterfile-format", "text") in clauses(host.named.configuration("alice.test"))
    assert done(planned(secondary, host), host) == []
    done(planned(replace(ZONE, text=text), host), host)
    assert host.read(COPY) is None
    wrapped = replace(ZONE, text=text.replace(b"3000000007", b"0"))
    done(planned(wrapped, host), host)
    done(planned(secondary, host), host)
    assert b" 4294967295 " in (host.read(COPY) or b"")


def test_a_copy_in_the_servers_own_format_stays_readable(host: Host) -> None:
    secondary = replace(ZONE, primaries=("192.0.2.1",), text=b"")
    host.do(Write(COPY, b"\x00\x00\x00\x02\x00\x00\x00\x01"), "batch")
    done(planned(secondary, host), host)
    assert ("masterfile-format", "text") not in clauses(host.named.configuration("alice.test"))


@pytest.mark.parametrize("address", ["", "any", "192.0.2.1; }; type primary", "192.0.2.1 key x", "ns1.test", "1;2"])
def test_a_primary_is_an_address_or_nothing(host: Host, address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        planned(replace(ZONE, primaries=(address,)), host)


def test_a_zone_that_goes_leaves_nothing(host: Host) -> None:
    done(planned(replace(ZONE, dnssec=True), host), host)
    for ending in ("jbk", "jnl", "signed", "signed.jnl"):
        host.do(Write(f"{FILE}.{ending}", b"x"), "batch")
    done(planned(None, host), host)
    left = [path for path in host.root.rglob("*") if "alice.test" in path.name]
    assert left == []


def test_a_zone_that_is_anothers_now_is_left_alone(host: Host) -> None:
    done(planned(ZONE, host), host)
    assert done(planned(Elsewhere(), host), host) == [Remove("/home/alice/conf/dns/alice.test.db")]


@given(st.text(max_size=20))
@settings(max_examples=100, deadline=None, database=None)
def test_what_is_written_for_named_is_one_string(value: str) -> None:
    try:
        written = named(value)
    except ValueError:
        return
    assert written == f'"{value}"'
    assert not set(" \t\r\n\"'\\;{}$#`") & set(value)
    assert clauses(f"type primary; file {written};") == {("type", "primary"), ("file", value)}


@given(st.text(max_size=20))
@settings(max_examples=100, deadline=None, database=None)
def test_a_zones_name_is_one_word_and_one_file(value: str) -> None:
    try:
        written = zone_name(value)
    except ValueError:
        return
    assert written == value
    assert set(value) <= set(string.ascii_letters + string.digits + ".-_")
    assert value not in (".", "..") and not value.startswith(("-", "."))


@pytest.mark.parametrize("sign", SIGNS.values())
def test_no_hostile_sign_passes(sign: str) -> None:
    for value in (f"{sign}a", f"{sign}.test") if sign == "--help" else (f"a{sign}", f"{sign}a", f"{sign}.test"):
        with pytest.raises(ValueError, match=r"zone's name|written into"):
            zone_name(value)


def test_what_an_engine_does_with_a_zone(engine: Engine, run: Run) -> None:
    assert run("v-add-user", "alice", "Pass12345", "alice@example.org") == (0, "")
    assert run("v-add-dns-domain", "alice", "zone.test", "198.18.0.1") == (0, "")
    host = engine.applier.host
    log = host.root / "commands.log"
    assert "load zone.test" in log.read_text()
    before = host.read("/var/lib/bind/zones/zone.test.db")
    log.unlink()
    assert run("v-add-dns-record", "alice", "zone.test", "new", "A", "192.0.2.1") == (0, "")
    assert log.read_text() == "load zone.test\n"
    assert host.read("/var/lib/bind/zones/zone.test.db") != before
    assert run("v-suspend-dns-domain", "alice", "zone.test") == (0, "")
    assert host.named.configuration("zone.test") == ""
    assert run("v-delete-dns-domain", "alice", "zone.test") == (0, "")
    assert not host.exists("/var/lib/bind/zones/zone.test.db")


PUBLIC = "1MotisYWX9uHSUAX3VxFnqYgEPIuKgBjdovGNTFJipIrQ+mfiHek7ntJ 2Dgxb9qvjaCnJ7ERWe85hkzA1shTVA=="
KEY_FILE = f"; This is a key-signing key, keyid 34565, for alice.test.\nalice.test. 3600 IN DNSKEY 257 3 13 {PUBLIC}\n"


def test_the_keys_of_a_zone(host: Host) -> None:
    assert dnssec_keys(host, "alice", "alice.test") == []
    host.do(Write(f"{KEYS}/Kalice.test.+013+34565.key", KEY_FILE.encode()), "batch")
    host.do(Write(f"{KEYS}/Kalice.test.+013+00001.key", b"alice.test. IN DNSKEY nonsense\n\xff"), "batch")
    host.do(Write(f"{KEYS}/Kalice.test.+013+34565.private", b"secret"), "batch")
    digest = "6BC0A759FD929250C57E6EE39190A09B613B53378322B98C2852C5B173163956"
    assert dnssec_keys(host, "alice", "alice.test") == [
        {
            "tag": 34565,
            "flag": 257,
            "algorithm": 13,
            "key": PUBLIC.replace(" ", ""),
            "ds": f"alice.test. IN DS 34565 13 2 {digest}",
        }
    ]
    assert list(parse("alice.test", "")) == []
