"""Zones and records against what the reference printed for the same state (tests/golden)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import call, copied, snapshot
from tests.goldens import Golden, in_zones, outputs, reason, refusals, stale

from tholos.bootstrap import Engine

LISTS = outputs(in_zones)
DKIM = next(
    line.split("\t")[4]
    for case in LISTS
    for line in (case.text or "").splitlines()
    if case.format == "plain" and "_domainkey" in line
)
SEED = (
    ("v-add-user", "alice", "AlicePass123", "alice@example.org"),
    ("v-add-user", "bob", "BobPass12345", "bob@example.org"),
    ("v-add-user", "carol", "CarolPass123", "carol@example.org"),
    ("v-change-user-ns", "alice", "ns1.ref.test", "ns2.ref.test"),
    ("v-add-web-domain", "alice", "alice.test"),
    ("v-add-dns-domain", "alice", "alice.test", "198.18.0.1"),
    ("v-add-dns-record", "alice", "alice.test", "api", "A", "198.18.0.7"),
    ("v-add-dns-record", "alice", "alice.test", "_sip._tcp", "SRV", "10 5 5060 sip.alice.test"),
    ("v-add-dns-record", "alice", "alice.test", "txt1", "TXT", 'hello "quoted" world; semi'),
    ("v-add-dns-record", "alice", "alice.test", "mail6", "AAAA", "2001:db8::5", "", "", "yes", "600"),
    ("v-add-dns-domain", "bob", "bob.test", "198.18.0.1", "ns1.bob.test", "ns2.bob.test"),
    ("v-suspend-dns-record", "alice", "alice.test", "22"),
    ("v-add-dns-record", "alice", "alice.test", "mail._domainkey", "TXT", DKIM),
    ("v-change-dns-domain-exp", "alice", "alice.test", "2027-01-31"),
    ("v-suspend-user", "carol"),
)
_CHANGING = re.compile(r"\b\d\d:\d\d:\d\d\b|\b20\d\d-\d\d-\d\d\b|\b30000000\d\d\b")
OURS = {
    "v-add-dns-record alice alice.test x SRV 5 5060 sip.alice.test 10": "A client may send back what a list shows.",
    "v-list-remote-dns-hosts json": "Where there is no cluster the reference prints nothing; here it is an empty list.",
    "v-list-sys-dns-status": "What it says is of the reference's own machine.",
}
"""Refusals and answers that differ on purpose (``edges/deviations.json``)."""
_ADDRESSES_OF_SERVERS = {"16": "17"}
"""bob.test has two addresses more, those of its name servers, and one record less, which its mail has."""


@pytest.fixture(scope="module")
def reference(seeded: Path) -> Iterator[Engine]:
    """An engine with the zones of golden/seed.txt."""
    with copied(seeded) as engine:
        for line in SEED:
            assert call(engine, *line) == (0, ""), line
        yield engine


def comparable(text: str, form: str) -> Any:
    """An answer without what differs from run to run, and without the width of columns; JSON in its order."""
    text = _CHANGING.sub("", text)
    if form == "json":
        return json.loads(text, object_pairs_hook=list)
    if form == "csv":
        return text.splitlines()
    return [re.split(r"\s{2,}|\t", line.strip()) for line in text.splitlines()]


@pytest.mark.parametrize("case", LISTS, ids=lambda case: case.line)
def test_a_list_is_as_the_reference_prints_it(case: Golden, reference: Engine) -> None:
    code, text = call(reference, case.command, *case.values)
    assert code == case.code
    if reason(case, OURS):
        return
    theirs = case.text
    assert theirs is not None
    if case.values[:1] == ("bob",):
        theirs = re.sub(r"\b16\b", lambda found: _ADDRESSES_OF_SERVERS[found[0]], theirs)
    if case.format == "csv":
        # The reference does not double quotation marks inside of others.
        text = text.replace('""', '"')
    assert comparable(text, case.format) == comparable(theirs, case.format)
    assert text.endswith("\n") == theirs.endswith("\n")


def test_the_serial_has_ten_digits(reference: Engine) -> None:
    assert call(reference, "v-get-dns-domain-value", "alice", "alice.test", "SERIAL") == (0, "3000000006\n")


@pytest.mark.parametrize("case", refusals(in_zones), ids=lambda case: case.line)
def test_a_refusal_reads_as_the_reference_says_it(case: Golden, reference: Engine) -> None:
    before = snapshot(reference)
    code, text = call(reference, case.command, *case.values)
    if not reason(case, OURS):
        assert (code, text) == (case.code, case.text)
    if code:
        assert snapshot(reference) == before


def test_whatever_is_excused_is_a_case() -> None:
    assert stale(in_zones, OURS) == set()
