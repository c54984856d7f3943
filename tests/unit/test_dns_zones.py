"""Whatever commands are accepted, in whatever order: the zone that BIND is given loads, and says what was said."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dns.name
import dns.rdatatype
import dns.zone
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import call, copied

from tholos.bootstrap import ROOT, Engine
from tholos.kernel.errors import Invalid
from tholos.kernel.tx import State
from tholos.resources.dns.content import Content, content, data
from tholos.resources.dns.types import TYPES
from tholos.resources.dns.want import ZoneWant, zone_want
from tholos.resources.dns.zone import Unsound, ZoneData, entry_of, master_file

CHECKZONE = shutil.which("named-checkzone")
NAME = "zone.test"
KEY = "AwEAAag="
OWNERS = st.sampled_from(
    (
        "@",
        "www",
        "mail",
        "ns1",
        "ns2",
        "sub",
        "a.sub",
        "ns.sub",
        "*",
        "*.sub",
        "_x",
        "_sip._tcp",
        "deep.er.x",
        "x.zone.test.",
    )
)
TARGETS = (
    "x.test",
    "www.zone.test",
    "ns1.zone.test",
    "ns.sub.zone.test",
    "missing.zone.test",
    "zone.test",
    "_a.x.test",
    ".",
)
VALUES = st.one_of(
    st.tuples(st.sampled_from(("NS", "CNAME", "MX", "PTR")), st.sampled_from(TARGETS)),
    st.tuples(st.just("SRV"), st.sampled_from(TARGETS).map(lambda host: f"1 2 3 {host}")),
    st.tuples(st.just("A"), st.integers(0, 130).map(lambda last: f"192.0.2.{last}")),
    st.tuples(st.just("AAAA"), st.sampled_from(("::1", "2001:db8::1"))),
    st.tuples(st.sampled_from(("TXT", "SPF")), st.text(st.characters(codec="ascii"), min_size=1, max_size=300)),
    st.sampled_from(
        (
            ("TXT", "x" * 40_000),
            ("CAA", '0 issue "a; b=c"'),
            ("TLSA", f"3 1 1 {'ab' * 32}"),
            ("DS", f"1 13 2 {'ab' * 32}"),
            ("DNSKEY", f"257 3 13 {KEY}"),
            ("KEY", f"512 3 8 {KEY}"),
            ("IPSECKEY", f"10 3 2 a.x.test {KEY}"),
        )
    ),
)
LARGE = st.sampled_from(
    (
        *(("TXT", sign * 40_000) for sign in "ab"),
        *(("TLSA", f"{number} 0 0 {'ab' * 30_000}") for number in range(3)),
        *(("CAA", f'{number} issue "{"x" * 40_000}"') for number in range(2)),
        *(("DNSKEY", f"{flags} 3 13 {'A' * 40_000}") for flags in range(256, 259)),
    )
)
"""Values of which two or three are more than one message holds."""
ID = st.integers(1, 26).map(str)
TTL = st.sampled_from(("", "0", "60", "2147483647"))
STEPS = st.one_of(
    st.tuples(st.just("v-add-dns-record"), OWNERS, VALUES, TTL).map(
        lambda step: (step[0], step[1], *step[2], "", "", "", step[3])
    ),
    st.tuples(st.just("v-change-dns-record"), ID, OWNERS, VALUES, TTL).map(
        lambda step: (step[0], step[1], step[2], *step[3], "", "", step[4])
    ),
    st.tuples(st.sampled_from(("v-delete-dns-record", "v-suspend-dns-record", "v-unsuspend-dns-record")), ID),
    st.tuples(st.just("v-change-dns-record-id"), ID, ID),
    st.tuples(st.just("v-change-dns-domain-tpl"), st.sampled_from(("default", "child-ns", "gmail", "office365"))),
    st.tuples(st.just("v-change-dns-domain-ip"), st.sampled_from(("192.0.2.1", "198.18.0.1"))),
    st.tuples(st.just("v-change-dns-domain-ttl"), st.sampled_from(("0", "2147483647"))),
    st.tuples(st.just("v-change-dns-domain-soa"), st.sampled_from(("ns1.zone.test", "nowhere.zone.test"))),
)


@pytest.fixture(scope="module")
def node(peopled: Path) -> Iterator[Engine]:
    with copied(peopled) as engine:
        yield engine


def _wanted(engine: Engine) -> ZoneWant:
    with engine.store.reading() as connection:
        want = zone_want(State(connection, engine.dispatcher.context(ROOT, "127.0.0.1")), ("alice", NAME))
    assert isinstance(want, ZoneWant)
    return want


def _walk(engine: Engine, servers: tuple[str, ...], steps: list[tuple[str, ...]]) -> ZoneWant:
    """Make the zone anew and carry out the steps, of which any may be refused; give what BIND should have."""
    call(engine, "v-delete-dns-domain", "alice", NAME)
    assert call(engine, "v-add-dns-domain", "alice", NAME, "198.18.0.1", *servers) == (0, "")
    for command, *values in steps:
        code, text = call(engine, command, "alice", NAME, *values)
        assert code in (0, 2, 3, 4, 5), text
    return _wanted(engine)


def _parsed(text: bytes) -> dns.zone.Zone:
    return dns.zone.from_text(text.decode("ascii"), origin=dns.name.from_text(NAME), relativize=False)


SERVERS = st.sampled_from(((), ("ns1.zone.test", "ns2.zone.test"), ("ns1.x.test", "ns2.zone.test")))


@pytest.mark.thorough
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(SERVERS, st.lists(STEPS, max_size=12))
def test_what_is_accepted_loads(node: Engine, servers: tuple[str, ...], steps: list[tuple[str, ...]]) -> None:
    want = _walk(node, servers, steps)
    zone = _parsed(want.text)
    assert zone.get_soa().serial >= 3_000_000_000
    if CHECKZONE is not None:
        check(want.text)


@pytest.mark.thorough
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(("a", "b")), LARGE), max_size=8))
def test_large_sets_that_are_accepted_load(node: Engine, records: list[tuple[str, tuple[str, str]]]) -> None:
    want = _walk(node, (), [("v-add-dns-record", owner, *value) for owner, value in records])
    _parsed(want.text)
    if CHECKZONE is not None:
        check(want.text)


def check(text: bytes) -> None:
    """Have BIND's own checker load a zone as strictly as the server does."""
    argv = [CHECKZONE or "", "-k", "fail", "-n", "fail", "-i", "local", NAME, "/dev/stdin"]
    done = subprocess.run(argv, input=text, check=False, capture_output=True)
    assert done.returncode == 0, (done.stdout, text)


def test_a_zone_says_what_its_records_say(node: Engine) -> None:
    records = [("www.a", "A", "192.0.2.1"), ("t", "TXT", 'a "b" \\; ' + "x" * 600), ("@", "CAA", '0 issue "a;b"')]
    records += [("_s._tcp", "SRV", "1 2 3 x.test"), ("*", "MX", "zone.test"), ("k", "KEY", f"512 3 8 {KEY}")]
    want = _walk(node, ("ns1.zone.test", "ns2.zone.test"), [("v-add-dns-record", *record) for record in records])
    parsed, origin = _parsed(want.text), dns.name.from_text(f"{NAME}.")
    for owner, kind, value in records:
        assert data(content(kind, value)) in (parsed.get_rdataset(dns.name.from_text(owner, origin), kind) or ())
    assert want == replace(want, account="alice", zone=NAME, primaries=(), dnssec=False)


@pytest.mark.skipif(CHECKZONE is None, reason="BIND's named-checkzone is not installed")
@pytest.mark.thorough
@pytest.mark.parametrize("template", ["default", "default-nomail", "child-ns", "gmail", "office365", "zoho"])
def test_templates_load(node: Engine, template: str) -> None:
    check(_walk(node, (), [("v-change-dns-domain-tpl", template)]).text)


def _zone(*entries: tuple[str, str, str]) -> ZoneData:
    found = (entry_of(owner, content(kind, value), None) for owner, kind, value in (("@", "NS", "ns.x.test"), *entries))
    return ZoneData(NAME, "ns.x.test", 1, 60, tuple(found))


MANY = [("m", "A", f"192.0.2.{last}") for last in range(101)]
UNSOUND = [
    [("a", "CNAME", "x.test"), ("a", "TXT", "x")],
    [("a", "CNAME", "x.test"), ("a", "CNAME", "y.test")],
    [("@", "CNAME", "x.test")],
    [("@", "NS", "ns.zone.test")],
    [("@", "NS", "ns.zone.test"), ("ns", "CNAME", "x.test")],
    [("@", "NS", "a.b.zone.test"), ("*", "A", "192.0.2.1"), ("b", "TXT", "x")],
    [("@", "NS", "b.zone.test"), ("*", "A", "192.0.2.1"), ("a.b", "TXT", "x")],
    [("*", "NS", "x.test")],
    [("@", "DS", f"1 13 2 {'ab' * 32}")],
    [("_a", "A", "192.0.2.1")],
    [("a_b", "AAAA", "::1")],
    [("_a", "MX", "x.test")],
    [("a.other.test.", "A", "192.0.2.1")],
    [(".".join(["a" * 63] * 4), "A", "192.0.2.1")],
    [("t", "TXT", sign * 40_000) for sign in "ab"],
    [("t", "TLSA", f"{number} 0 0 {'ab' * 16_300}") for number in range(4)],
    [("t", "CAA", f'{number} issue "{"x" * 660}"') for number in range(100)],
    [("t", "CAA", f'{number} issue "{"ä" * 20_000}"') for number in range(2)],
    [("t", "DNSKEY", f"{number} 3 13 {'A' * 44_000}") for number in range(2)],
    [("t", "TLSA", f"3 0 0 {'ab' * 65_500}")],
    MANY,
]


@pytest.mark.parametrize("entries", UNSOUND, ids=lambda entries: " ".join(entries[0])[:40])
def test_what_bind_would_not_load_is_found(entries: list[tuple[str, str, str]]) -> None:
    with pytest.raises(Unsound):
        master_file(_zone(*entries))


SOUND = [
    [("@", "NS", "ns.zone.test"), ("ns", "AAAA", "::1")],
    [("@", "NS", "ns.zone.test"), ("*", "A", "192.0.2.1")],
    [("sub", "NS", "ns.sub.zone.test"), ("ns.sub", "A", "192.0.2.1"), ("sub", "DS", f"1 13 2 {'ab' * 32}")],
    [("@", "NS", "ns.zone.test"), ("ns", "DS", f"1 13 2 {'ab' * 32}"), ("ns", "A", "192.0.2.1")],
    [("sub", "NS", "ns.sub.zone.test"), ("ns.sub", "A", "192.0.2.1"), ("ns.sub", "DS", f"1 13 2 {'ab' * 32}")],
    [("a", "CNAME", "x.test"), ("a", "CNAME", "x.test")],
    [("a", "A", "192.0.2.1"), ("a", "A", "192.0.2.1"), ("a", "A", "192.0.2.2")],
    [("*", "CNAME", "x.test"), ("a", "A", "192.0.2.1")],
    [("_a", "CNAME", "x.test"), ("_b", "TXT", "x"), ("_c._tcp", "SRV", "1 2 3 x.test")],
    [("@", "MX", "a.zone.test"), ("a", "CNAME", "x.test")],
    [("t", "TXT", "x" * 60_000)],
    [*(("t", kind, "x" * 60_000) for kind in ("TXT", "SPF")), ("t", "TLSA", f"3 0 0 {'ab' * 60_000}")],
    [("t", "CAA", f'{number} issue "{"x" * 620}"') for number in range(100)],
    [("t", "DNSKEY", f"{number} 3 13 {'A' * 42_000}") for number in range(2)],
    MANY[:100],
]


@pytest.mark.parametrize("entries", SOUND, ids=lambda entries: " ".join(entries[0])[:40])
def test_what_bind_loads_is_served(entries: list[tuple[str, str, str]]) -> None:
    text = master_file(_zone(*entries))
    assert _parsed(text)
    if CHECKZONE is not None:
        check(text)


def test_records_of_a_set_have_the_lowest_of_their_times() -> None:
    entries = (
        entry_of("@", content("NS", "ns.x.test"), None),
        *(entry_of("a", content("A", f"192.0.2.{n}"), n) for n in (30, 9)),
    )
    parsed = _parsed(master_file(ZoneData(NAME, "ns.x.test", 1, 60, entries)))
    assert parsed.find_rdataset(f"a.{NAME}.", "A").ttl == 9


def test_every_type_can_be_served() -> None:
    values = {"A": "192.0.2.1", "AAAA": "::1", "TXT": "x", "SPF": "x", "CAA": "0 issue x", "SRV": "1 2 3 x.test"}
    values |= {"TLSA": f"3 1 1 {'ab' * 32}", "DS": f"1 13 2 {'ab' * 32}", "DNSKEY": f"257 3 13 {KEY}"}
    values |= {"KEY": f"512 3 8 {KEY}", "IPSECKEY": f"10 3 2 a.x.test {KEY}"}
    zone = _zone(*((f"n{number}", kind, values.get(kind, "x.test")) for number, kind in enumerate(TYPES)))
    assert _parsed(master_file(zone)).nodes.keys() >= {dns.name.from_text(f"n{n}.{NAME}") for n in range(len(TYPES))}
    with pytest.raises(Invalid):
        master_file(_zone()._replace(entries=(entry_of("a", Content("A", None, "x"), None),)))
