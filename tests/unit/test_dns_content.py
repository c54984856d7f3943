"""What records say: the form that is stored, the data that it stands for, and what is refused."""

from __future__ import annotations

from typing import cast

import pytest
from dns.rdtypes.ANY.TXT import TXT
from hypothesis import given, settings
from hypothesis import strategies as st

from tholos.kernel.errors import Invalid
from tholos.resources.dns.content import Content, content, data
from tholos.resources.dns.serial import FIRST, following
from tholos.resources.dns.types import TYPES, RecordName, RecordValue

KEY = "AwEAAag="
STORED = [
    ("A", "198.18.0.7", "", None, "198.18.0.7", "198.18.0.7"),
    ("AAAA", "2001:DB8::5", "", None, "2001:DB8::5", "2001:db8::5"),
    ("MX", "mail.test", "", 10, "mail.test.", "10 mail.test."),
    ("MX", "ASPMX.L.GOOGLE.COM.", "1", 1, "ASPMX.L.GOOGLE.COM.", "1 ASPMX.L.GOOGLE.COM."),
    ("MX", ".", "0", 0, ".", "0 ."),
    ("NS", "ns1.x.test", "", None, "ns1.x.test.", "ns1.x.test."),
    ("CNAME", "_a.x.test", "", None, "_a.x.test.", "_a.x.test."),
    ("CNAME", "b\u00fccher.test", "", None, "xn--bcher-kva.test.", "xn--bcher-kva.test."),
    ("PTR", "host.x.test", "", None, "host.x.test.", "host.x.test."),
    ("SRV", "10 5 5060 sip.x.test", "", 10, "5 5060 sip.x.test.", "10 5 5060 sip.x.test."),
    ("SRV", "5 5060 sip.x.test", "7", 7, "5 5060 sip.x.test.", "7 5 5060 sip.x.test."),
    ("SRV", "sip.x.test 5060 5", "", 10, "5 5060 sip.x.test.", "10 5 5060 sip.x.test."),
    ("SRV", "0 0 0 .", "", 0, "0 0 .", "0 0 0 ."),
    ("TXT", "plain", "", None, "plain", '"plain"'),
    ("TXT", 'hello "quoted" world; semi', "", None, '"hello quoted world; semi"', '"hello quoted world; semi"'),
    ("TXT", '"one " "two"', "", None, '"one two"', '"one two"'),
    ("TXT", r"v=DKIM1\; p=A", "", None, r'"v=DKIM1\; p=A"', '"v=DKIM1; p=A"'),
    ("TXT", "it's", "", None, "it's", '"it\'s"'),
    ("TXT", "x" * 256, "", None, "x" * 256, f'"{"x" * 255}" "x"'),
    ("SPF", "v=spf1 -all", "", None, '"v=spf1 -all"', '"v=spf1 -all"'),
    (
        "CAA",
        '0 issue "letsencrypt.org; a=b"',
        "",
        None,
        '0 issue "letsencrypt.org; a=b"',
        '0 issue "letsencrypt.org; a=b"',
    ),
    ("CAA", "128 iodef mailto:x@x.test", "", None, "128 iodef mailto:x@x.test", '128 iodef "mailto:x@x.test"'),
    ("TLSA", f"3 1 1 {'ab' * 32}", "", None, f"3 1 1 {'ab' * 32}", f"3 1 1 {'ab' * 32}"),
    ("DS", f"1 13 2 {'ab' * 32}", "", None, f"1 13 2 {'ab' * 32}", f"1 13 2 {'ab' * 32}"),
    ("DNSKEY", f"257 3 13 {KEY}", "", None, f"257 3 13 {KEY}", f"257 3 13 {KEY}"),
    ("KEY", f"512 3 8 {KEY}", "", None, f"512 3 8 {KEY}", f"512 3 8 {KEY}"),
    ("KEY", "49152 3 0", "", None, "49152 3 0", "49152 3 0 "),
    ("IPSECKEY", f"10 1 2 192.0.2.38 {KEY}", "", None, f"10 1 2 192.0.2.38 {KEY}", f"10 1 2 192.0.2.38 {KEY}"),
]


@pytest.mark.parametrize(("kind", "value", "priority", "number", "stored", "served"), STORED)
def test_a_value_is_stored_and_served(
    kind: str, value: str, priority: str, number: int | None, stored: str, served: str
) -> None:
    found = content(kind, value, priority)
    assert found == Content(kind, number, stored)
    assert str(data(found)) == served
    again = "" if number is None else str(number)
    assert content(kind, stored, again) == found, "what a list shows can be sent back"


REFUSED = [
    *[("A", value) for value in ("notip", "1.2.3", "::1", "1.2.3.4 5", r"\# 4 01020304", "1.2.3.4;x", "(1.2.3.4)")],
    *[("AAAA", value) for value in ("1.2.3.4", "fe80::1%eth0", "::1 ::2")],
    *[
        ("CNAME", value)
        for value in ("a b", "single", "a..b", "a;b.test", r"a\.b.test", "a(b.test", f"{'a' * 64}.test")
    ],
    *[("NS", value) for value in ("_a.x.test", "1.2.3.4", "-a.x.test", "", ".")],
    *[("SRV", value) for value in ("5 65536 a.test", "5 a.test", "1 2 3 4 a.test", "x y z", "5 5 a_b.test")],
    *[("TXT", value) for value in ("", '""', "back\\", "\u00fcnicode", "x" * 70_000, "\\300")],
    *[
        ("CAA", value)
        for value in ("256 issue x", "0 is-sue x", "0 issue", '0 issue "a" "b"', '0 issue "a\\"', "0 issue a;b")
    ],
    *[("TLSA", value) for value in ("3 1 1 abcd", "4 1 1 " + "ab" * 32, "3 1 0 ", "3 1 2 " + "ab" * 32, "3 1 0 abc")],
    *[("DS", value) for value in ("1 13 2 abcd", "1 13 9 00", "65536 13 2 " + "ab" * 32, "1 256 2 " + "ab" * 32)],
    *[("DNSKEY", value) for value in (f"257 2 13 {KEY}", f"65536 3 13 {KEY}", "257 3 13 !", "257 3 13")],
    *[("KEY", value) for value in ("512 3 8", f"512 3 0 {KEY}", f"49152 3 0 {KEY}", "512 3 8 !")],
    *[
        ("IPSECKEY", value)
        for value in (f"10 1 2 host.x.test {KEY}", f"10 4 2 . {KEY}", "10 0 0 .", f"10 1 2 ::1 {KEY}")
    ],
]


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_what_is_no_value_of_its_type_is_refused(kind: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        content(kind, value)
    assert "validation failed" in refused.value.text or "fully qualified" in refused.value.text
    assert refused.value.text.isprintable()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TYPES), st.text(st.characters(codec="utf-8"), max_size=60), st.sampled_from(("", "5", "x")))
def test_any_text_is_a_value_or_refused_and_a_value_is_stable(kind: str, text: str, priority: str) -> None:
    try:
        found = content(kind, RecordValue.parse(text, "value"), priority)
    except Invalid:
        return
    again = "" if found.priority is None else str(found.priority)
    assert content(kind, found.value, again) == found
    assert found.value.isprintable()
    assert data(found).to_wire()


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=700))
def test_a_text_is_served_as_it_was_given(text: str) -> None:
    plain = text.replace('"', "").replace("\\", "").strip()
    if not plain:
        return
    strings = cast(TXT, data(content("TXT", plain))).strings
    assert b"".join(strings) == plain.encode()
    assert all(len(string) <= 255 for string in strings)


@pytest.mark.parametrize("raw", ["@", "www", "*", "*.a", "_sip._tcp", "a.b.c", "xn--bcher-kva", "a-b", "1", "x.test."])
def test_an_owner_is_a_name_below_the_zone(raw: str) -> None:
    assert RecordName.parse(raw, "record") == raw


def test_an_owner_is_stored_in_a_labels_and_in_lower_case() -> None:
    assert RecordName.parse("B\u00dcCHER.Www", "record") == "xn--bcher-kva.www"


HOSTILE = [
    *("", " ", "a b", "a\nb", "a\0b", "a'b", 'a"b', "a;b", "a{b", "$(id)", "a%b", "..", "a..b", "-a", "a-", ".a"),
    *("*a", "a.*", "a/b", "$ORIGIN", "\\000", "a\\.b", "a" * 64, "a." * 130, "\u202ea", "a\u200bb", "(", "a;"),
]


@pytest.mark.parametrize("raw", HOSTILE)
def test_no_owner_reaches_a_zone_as_anything_else(raw: str) -> None:
    with pytest.raises(Invalid):
        RecordName.parse(raw, "record")


def test_serials_go_up_as_secondaries_count() -> None:
    assert following(FIRST) == FIRST + 1
    assert following(2**32 - 1) == 1
    assert following(1) == 2
    assert following(2_026_112_301) == FIRST


@given(st.integers(0, 2**32 - 1))
def test_the_next_serial_is_newer(serial: int) -> None:
    # RFC 1982, 3.2: newer by less than half of all serials.
    assert 0 < (following(serial) - serial) % 2**32 < 2**31
