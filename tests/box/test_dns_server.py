"""Zones on the real BIND, asked as the world asks: served at once, signed, copied by nobody, whole after a failure."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rrset
import dns.zone
import pytest
from box.machine import Machine
from tests.box.cluster import serial
from tests.box.test_crash_machine import engine_stopped, program, start
from tests.box.test_faults_machine import small_disk
from tests.box.test_web_sites import v
from tests.waiting import until

NAME, ZONE = "dnsalice", "dnsalice.test"
FILES = "/var/lib/bind"


def ask(
    machine: Machine, name: str, kind: str = "A", *, tcp: bool = False, signed: bool = False
) -> dns.message.Message:
    """Ask the machine's name server; over TCP at once, or where the answer by UDP was cut short."""
    query = dns.message.make_query(name, kind, want_dnssec=signed)
    if tcp:
        return dns.query.tcp(query, machine.address, timeout=60)
    return dns.query.udp_with_fallback(query, machine.address, timeout=60)[0]


def values(machine: Machine, name: str, kind: str = "A") -> set[str]:
    """What a name has, as text."""
    return {record.to_text() for rrset in ask(machine, name, kind).answer for record in rrset if rrset.name.to_text()}


def is_refused(machine: Machine, zone: str) -> bool:
    """Tell whether the server has no such zone for the world."""
    return ask(machine, zone, "SOA").rcode() == dns.rcode.REFUSED


def add_zone(machine: Machine, zone: str, account: str = NAME) -> None:
    """Add a zone with name servers of its own."""
    servers = (f"ns1.{zone}", f"ns2.{zone}")
    assert v(machine, "v-add-dns-domain", account, zone, machine.address, *servers) == (0, "")


def wait_for_server(machine: Machine) -> None:
    """Wait until the name server answers again."""
    until(lambda: machine.exec(["rndc", "status"], check=False).returncode == 0)


@pytest.fixture
def zone(machine: Machine) -> Iterator[Machine]:
    """An account with a zone."""
    assert v(machine, "v-add-user", NAME, "Pass12345", "dns@example.org") == (0, "")
    add_zone(machine, ZONE)
    yield machine
    assert v(machine, "v-delete-user", NAME) == (0, "")
    assert is_refused(machine, ZONE)
    wait_until_gone(machine, ZONE)


def wait_until_gone(machine: Machine, name: str) -> None:
    """Wait until the server's directory has nothing of a name; what is moved aside is deleted a little later."""
    until(lambda: machine.exec(["find", FILES]).stdout, right=lambda files: name not in files)


def test_a_zone_is_served_by_udp_and_tcp_and_kept_where_the_reference_has_it(zone: Machine) -> None:
    for tcp in (False, True):
        answer = ask(zone, f"www.{ZONE}", tcp=tcp)
        assert answer.flags & dns.flags.AA
        assert not answer.flags & dns.flags.RA
    assert values(zone, f"ns1.{ZONE}") == {zone.address}
    shown = zone.exec(["stat", "-L", "-c", "%a %U:%G", f"/home/{NAME}/conf/dns/{ZONE}.db"]).stdout
    assert shown == "640 root:bind\n"


def test_a_record_is_served_when_the_call_returns(zone: Machine) -> None:
    for number in range(20):
        assert v(zone, "v-add-dns-record", NAME, ZONE, f"r{number}", "A", f"192.0.2.{number}") == (0, "")
        assert values(zone, f"r{number}.{ZONE}") == {f"192.0.2.{number}"}
    records = json.loads(v(zone, "v-list-dns-records", NAME, ZONE, "json")[1])
    number = next(key for key, record in records.items() if record["RECORD"] == "r7")
    assert v(zone, "v-delete-dns-record", NAME, ZONE, number) == (0, "")
    assert ask(zone, f"r7.{ZONE}").rcode() == dns.rcode.NXDOMAIN


KINDS = {
    "A": "192.0.2.5",
    "AAAA": "2001:db8::5",
    "NS": "ns.elsewhere.test.",
    "CNAME": "www.elsewhere.test.",
    "MX": "10 mail.elsewhere.test.",
    "TXT": '"it\'s; 50% of $HOME"',
    "SRV": "10 5 5060 sip.elsewhere.test.",
    "PTR": "host.elsewhere.test.",
    "SPF": '"v=spf1 -all"',
    "CAA": '0 issue "ca.elsewhere.test"',
    "TLSA": f"3 1 1 {'ab' * 32}",
    "DNSKEY": "257 3 13 MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==",
    "KEY": "512 3 8 AwEAAag=",
    "IPSECKEY": "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
}


def test_records_of_every_type_are_served_as_they_were_given(zone: Machine) -> None:
    for kind, value in KINDS.items():
        priority, _, rest = value.partition(" ") if kind in ("MX", "SRV") else ("", "", value)
        assert v(zone, "v-add-dns-record", NAME, ZONE, f"{kind.lower()}x", kind, rest, priority) == (0, ""), kind
    for kind, value in KINDS.items():
        answer = ask(zone, f"{kind.lower()}x.{ZONE}", kind)
        found = [one for rrset in (*answer.answer, *answer.authority) if rrset.rdtype.name == kind for one in rrset]
        assert found == [dns.rdata.from_text("IN", kind, value)], kind
    served = {"nsx": dns.rdata.from_text("IN", "DS", f"1 13 2 {'ab' * 32}")}
    assert v(zone, "v-add-dns-record", NAME, ZONE, "nsx", "DS", served["nsx"].to_text()) == (0, "")
    assert list(ask(zone, f"nsx.{ZONE}", "DS").answer[0]) == [served["nsx"]]


def test_wildcards_and_names_in_other_scripts_are_served(zone: Machine) -> None:
    add_zone(zone, "bücher.test")
    assert v(zone, "v-add-dns-record", NAME, "bücher.test", "*", "A", "192.0.2.6") == (0, "")
    assert values(zone, "anything.xn--bcher-kva.test") == {"192.0.2.6"}
    assert values(zone, "ns1.xn--bcher-kva.test") == {zone.address}
    assert v(zone, "v-delete-dns-domain", NAME, "xn--bcher-kva.test") == (0, "")
    assert is_refused(zone, "xn--bcher-kva.test")


def test_a_large_answer_comes_by_tcp(zone: Machine) -> None:
    for number in range(6):
        assert v(zone, "v-add-dns-record", NAME, ZONE, "large", "TXT", f"{number}" + "x" * 400) == (0, "")
    query = dns.message.make_query(f"large.{ZONE}", "TXT")
    assert dns.query.udp(query, zone.address, timeout=60).flags & dns.flags.TC
    (rrset,) = ask(zone, f"large.{ZONE}", "TXT").answer
    assert sorted(len(b"".join(record.strings)) for record in rrset) == [401] * 6


def test_strangers_neither_copy_zones_nor_learn_about_the_server_nor_ask_it_for_others(zone: Machine) -> None:
    with pytest.raises(dns.query.TransferError):
        dns.zone.from_xfr(dns.query.xfr(zone.address, ZONE, timeout=60))
    assert ask(zone, "example.org").rcode() == dns.rcode.REFUSED
    version = dns.message.make_query("version.bind", "TXT", "CH")
    assert not dns.query.udp(version, zone.address, timeout=60).answer
    update = dns.message.make_query(ZONE, "SOA")
    update.set_opcode(dns.opcode.UPDATE)
    assert dns.query.udp(update, zone.address, timeout=60).rcode() != dns.rcode.NOERROR


def test_a_paused_zone_is_not_served(zone: Machine) -> None:
    assert v(zone, "v-suspend-dns-domain", NAME, ZONE) == (0, "")
    assert is_refused(zone, ZONE)
    assert v(zone, "v-unsuspend-dns-domain", NAME, ZONE) == (0, "")
    assert values(zone, f"ns1.{ZONE}") == {zone.address}
    assert v(zone, "v-suspend-user", NAME) == (0, "")
    assert is_refused(zone, ZONE)
    assert v(zone, "v-unsuspend-user", NAME) == (0, "")
    assert not is_refused(zone, ZONE)


def validated(
    machine: Machine, zone: str, name: str, kind: str, *, account: str = NAME, asked: Machine | None = None
) -> dns.rrset.RRset:
    """A set of records, its signatures checked from the DS record that the machine shows, down (RFC 4035, 5).

    The records are those of another machine where it is ``asked``.
    """
    shown = json.loads(v(machine, "v-list-dnssec-public-key", account, zone, "json")[1])[zone]
    machine = asked or machine
    origin = dns.name.from_text(zone)
    keys, key_signatures = sets(machine, zone, "DNSKEY")
    ds = dns.rdata.from_text("IN", "DS", shown["DS"].split(" DS ")[1])
    entry = [key for key in keys if dns.dnssec.make_ds(origin, key, "SHA256") == ds]
    assert len(entry) == 1
    dns.dnssec.validate(keys, key_signatures, {origin: dns.rrset.from_rdata(origin, 3600, *entry)})
    found, signatures = sets(machine, name, kind)
    dns.dnssec.validate(found, signatures, {origin: keys})
    return found


def sets(machine: Machine, name: str, kind: str) -> tuple[dns.rrset.RRset, dns.rrset.RRset]:
    """A set of records and its signatures."""
    answer = ask(machine, name, kind, signed=True).answer
    found = [one for one in answer if one.rdtype == dns.rdatatype.from_text(kind)]
    signatures = [one for one in answer if one.rdtype == dns.rdatatype.RRSIG]
    return found[0], signatures[0]


def tag(machine: Machine) -> str:
    """The tag of the zone's key."""
    return str(json.loads(v(machine, "v-list-dnssec-public-key", NAME, ZONE, "json")[1])[ZONE]["KEYTAG"])


def test_a_signed_zone_validates_from_its_ds_record_and_keeps_its_key(zone: Machine) -> None:
    assert v(zone, "v-change-dns-domain-dnssec", NAME, ZONE, "yes") == (0, "")
    first = tag(zone)
    assert validated(zone, ZONE, f"ns1.{ZONE}", "A")[0].to_text() == zone.address
    for number in range(5):
        assert v(zone, "v-add-dns-record", NAME, ZONE, f"s{number}", "A", "192.0.2.9") == (0, "")
        assert validated(zone, ZONE, f"s{number}.{ZONE}", "A")[0].to_text() == "192.0.2.9"
    assert v(zone, "v-rebuild-dns-domain", NAME, ZONE) == (0, "")
    assert v(zone, "v-suspend-dns-domain", NAME, ZONE) == (0, "")
    assert v(zone, "v-unsuspend-dns-domain", NAME, ZONE) == (0, "")
    zone.exec(["systemctl", "restart", "named"])
    wait_for_server(zone)
    assert validated(zone, ZONE, f"s4.{ZONE}", "A")[0].to_text() == "192.0.2.9"
    assert tag(zone) == first
    assert v(zone, "v-change-dns-domain-dnssec", NAME, ZONE, "no") == (0, "")
    assert not [one for one in ask(zone, ZONE, "SOA", signed=True).answer if one.rdtype == dns.rdatatype.RRSIG]
    wait_until_gone(zone, f"+{first}")


def test_a_signed_zone_that_was_changed_is_signed_no_longer_when_asked(zone: Machine) -> None:
    for name in ("one", "two"):
        assert v(zone, "v-change-dns-domain-dnssec", NAME, ZONE, "yes") == (0, "")
        assert v(zone, "v-add-dns-record", NAME, ZONE, name, "A", "192.0.2.9") == (0, "")
        assert validated(zone, ZONE, f"{name}.{ZONE}", "A")[0].to_text() == "192.0.2.9"
        assert v(zone, "v-change-dns-domain-dnssec", NAME, ZONE, "no") == (0, "")
        assert "192.0.2.9" in values(zone, f"{name}.{ZONE}")
        assert not [one for one in ask(zone, ZONE, "SOA", signed=True).answer if one.rdtype == dns.rdatatype.RRSIG]


@contextmanager
def short_lives(machine: Machine, most: int) -> Iterator[None]:
    """The server loads no zone with a longer TTL than this: nothing but the server itself knows of it."""
    options = "/etc/bind/named.conf.options"
    machine.exec(["sed", "-i.kept", f"s/^options {{/options {{ max-zone-ttl {most};/", options])
    machine.exec(["rndc", "reconfig"])
    try:
        yield
    finally:
        machine.exec(["mv", f"{options}.kept", options])
        machine.exec(["rndc", "reconfig"])


@pytest.mark.parametrize("signed", ["no", "yes"])
def test_what_the_server_refuses_is_taken_back_and_stops_nobody_else(zone: Machine, signed: str) -> None:
    if signed == "yes":
        assert v(zone, "v-change-dns-domain-dnssec", NAME, ZONE, "yes") == (0, "")
    assert v(zone, "v-add-dns-record", NAME, ZONE, "before", "A", "192.0.2.1") == (0, "")
    add_zone(zone, "other.test")
    with short_lives(zone, 20_000):
        before = zone.exec(["cat", f"{FILES}/zones/{ZONE}.db"]).stdout
        began = time.monotonic()
        code, text = v(zone, "v-add-dns-record", NAME, ZONE, "after", "A", "192.0.2.2", "", "", "", "100000")
        assert (code, ZONE in text) == (20, True)
        assert time.monotonic() - began < 60
        assert zone.exec(["cat", f"{FILES}/zones/{ZONE}.db"]).stdout == before
        assert values(zone, f"before.{ZONE}") >= {"192.0.2.1"}
        assert ask(zone, f"after.{ZONE}").rcode() == dns.rcode.NXDOMAIN
        records = json.loads(v(zone, "v-list-dns-records", NAME, "other.test", "json")[1])
        number = next(key for key, record in records.items() if record["RECORD"] == "www")
        assert v(zone, "v-delete-dns-record", NAME, "other.test", number) == (0, "")
    assert v(zone, "v-add-dns-record", NAME, ZONE, "after", "A", "192.0.2.2") == (0, "")
    assert "192.0.2.2" in values(zone, f"after.{ZONE}")
    with engine_stopped(zone):
        assert program(zone, "drift") == [[]]


def test_rebuilding_all_zones_goes_on_without_one_that_the_server_refuses(zone: Machine) -> None:
    for name in ("long.test", "short.test"):
        add_zone(zone, name)
    assert v(zone, "v-change-dns-domain-ttl", NAME, "long.test", "100000") == (0, "")
    before = {name: serial(zone, name) for name in ("long.test", "short.test")}
    with short_lives(zone, 20_000):
        assert v(zone, "v-rebuild-dns-domains", NAME, "", "yes") == (0, "")
        assert serial(zone, "short.test") == before["short.test"] + 1
        assert "not applied again (Name: long.test)" in v(zone, "v-list-user-log", NAME, "plain")[1]
    assert serial(zone, "long.test") == before["long.test"]
    for name in before:
        assert v(zone, "v-delete-dns-domain", NAME, name) == (0, "")


def test_a_bad_record_is_refused_and_the_zone_is_served(zone: Machine) -> None:
    code, _ = v(zone, "v-add-dns-record", NAME, ZONE, "ns1", "CNAME", "elsewhere.test.")
    assert code == 2
    assert values(zone, f"ns1.{ZONE}") == {zone.address}


def test_fifty_zones_that_come_together_are_one_batch(zone: Machine) -> None:
    names = [f"many{number}.test" for number in range(50)]
    calls = [["v-add-dns-domain", NAME, name, zone.address, f"ns1.{name}", f"ns2.{name}"] for name in names]
    calls.insert(25, ["v-add-dns-domain", NAME, "many3.test", zone.address])
    with engine_stopped(zone):
        answers, drift = program(zone, "round", json.dumps(calls))
    assert isinstance(answers, list)
    assert [code for code, _ in answers].count(0) == 50
    assert drift == []
    assert all(values(zone, f"ns1.{name}") == {zone.address} for name in names)


def test_without_the_server_calls_are_refused_soon_and_change_nothing(zone: Machine) -> None:
    zone.exec(["systemctl", "stop", "named"])
    try:
        before = zone.exec(["sh", "-c", f"find {FILES} -type f | sort | xargs md5sum"]).stdout
        began = time.monotonic()
        for call in (
            ("v-add-dns-record", NAME, ZONE, "x", "A", "192.0.2.1"),
            ("v-add-dns-domain", NAME, "new.test", zone.address),
            ("v-delete-dns-domain", NAME, ZONE),
        ):
            code, text = v(zone, *call)
            assert (code, "name server" in text) == (20, True)
        assert time.monotonic() - began < 60
        assert zone.exec(["sh", "-c", f"find {FILES} -type f | sort | xargs md5sum"]).stdout == before
        assert v(zone, "v-add-web-domain", NAME, "unharmed.test") == (0, "")
    finally:
        zone.exec(["systemctl", "start", "named"])
    assert values(zone, f"ns1.{ZONE}") == {zone.address}
    assert v(zone, "v-add-dns-record", NAME, ZONE, "x", "A", "192.0.2.1") == (0, "")


def test_the_server_is_killed_under_load_and_what_was_answered_is_served(zone: Machine) -> None:
    script = (
        "for n in $(seq 12); do v-add-dns-domain $0 $1-$n.test 192.0.2.1 ns1.$1-$n.test ns2.$1-$n.test "
        "&& echo zone $1-$n.test; for try in $(seq 60); do "
        "v-add-dns-record $0 $2 $1-$n A 192.0.2.$n && echo record $1-$n && break; sleep 1; done; done"
    )
    clients = [start(zone, ["sh", "-c", script, NAME, f"client{number}", ZONE]) for number in range(3)]
    for _ in range(4):
        time.sleep(0.6)
        zone.exec(["systemctl", "kill", "--signal=KILL", "named"], check=False)
    said = [line for client in clients for line in client.communicate(timeout=300)[0].splitlines()]
    wait_for_server(zone)
    assert sum(line.startswith("record ") for line in said) == 36
    for line in said:
        kind, _, name = line.partition(" ")
        if kind == "zone":
            assert values(zone, f"ns1.{name}") == {"192.0.2.1"}
        elif kind == "record":
            assert values(zone, f"{name}.{ZONE}") == {f"192.0.2.{name.rpartition('-')[2]}"}
    listed = json.loads(v(zone, "v-list-dns-domains", NAME, "json")[1])
    missing = {f"client{c}-{n}.test" for c in range(3) for n in range(1, 13)} - set(listed)
    assert all(is_refused(zone, name) for name in missing)
    with engine_stopped(zone):
        assert program(zone, "drift") == [[]]


def test_zones_outlive_the_server_and_its_own_list(zone: Machine) -> None:
    zone.exec(["systemctl", "restart", "named"])
    assert values(zone, f"ns1.{ZONE}") == {zone.address}
    zone.exec(["sh", "-c", "systemctl stop named; rm -f /var/cache/bind/_default.nzd*; systemctl start named"])
    assert is_refused(zone, ZONE)
    assert v(zone, "v-rebuild-dns-domains", NAME) == (0, "")
    assert values(zone, f"ns1.{ZONE}") == {zone.address}


def test_no_room_for_a_zones_file(zone: Machine) -> None:
    with engine_stopped(zone):
        zone.exec(["systemctl", "stop", "named"])
    with small_disk(zone, FILES, "256k"):
        zone.exec(["systemctl", "start", "named"])
        answer = v(zone, "v-add-dns-record", NAME, ZONE, "full", "A", "192.0.2.1")
        assert answer == (13, "Error: no space left on the device; nothing was changed\n")
        assert values(zone, f"ns1.{ZONE}") == {zone.address}
        assert ask(zone, f"full.{ZONE}").rcode() == dns.rcode.NXDOMAIN
        zone.exec(["systemctl", "stop", "named"])
    zone.exec(["systemctl", "start", "named"])
    assert v(zone, "v-add-dns-record", NAME, ZONE, "full", "A", "192.0.2.1") == (0, "")
    assert values(zone, f"full.{ZONE}") == {"192.0.2.1"}
