"""Properties of every argument type: parsing twice is parsing once, and no encoder's structure is changed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.hostile import SIGNS, argument_types, as_text

from tholos.drivers.encoders import colon_field, ini, nginx
from tholos.edges.hestia.render import render
from tholos.kernel.errors import Refusal
from tholos.kernel.types import Parsed
from tholos.kernel.view import Csv, Table, View
from tholos.resources.domain.registered import is_suffix
from tholos.resources.idn import spellings, to_ascii, to_unicode
from tholos.resources.types import AccountName, Address, Alias, Aliases, Domain, Email, HostName
from tholos.resources.user.types import ShellName

MANY = settings(max_examples=100, deadline=None, database=None)
VIEW = View(
    key="NAME",
    json=("NAME", "VALUE"),
    plain=("NAME", "VALUE"),
    csv=Csv(("NAME", "VALUE"), "NAME,VALUE"),
    shell=Table((("NAME", "NAME"), ("VALUE", "VALUE"))),
)


TYPES = argument_types()
PARTS = sorted(
    {part for kind in TYPES for part in (kind.example, kind.example[:3], kind.example[-3:])} | {*SIGNS.values()}
)
LETTERS = st.text("aZ0-._,@ ñß語", max_size=3)
NEARLY = st.lists(st.sampled_from(PARTS) | LETTERS, max_size=4).map("".join)
"""Text that some type may well accept: examples, cut, doubled and mixed with signs and letters."""


def accepted(raw: str, kinds: Iterable[type[Parsed]]) -> Iterator[tuple[type[Parsed], object]]:
    """What the types that accept a text make of it; a refusal names its argument and prints in one line."""
    for kind in kinds:
        try:
            yield kind, kind.parse(raw, "argument")
        except Refusal as refused:
            assert refused.argument == "argument"
            assert refused.message.isprintable()


@MANY
@example("0\ufeff")
@given(NEARLY)
def test_parsing_twice_is_parsing_once(raw: str) -> None:
    for kind, value in accepted(raw, TYPES):
        assert as_text(kind.parse(as_text(value), "argument")) == as_text(value), kind.__name__


@MANY
@given(NEARLY)
def test_what_a_type_accepts_prints_as_one_value_in_every_format(raw: str) -> None:
    for kind, value in accepted(raw, TYPES):
        text = as_text(value)
        assert text.isprintable() or getattr(kind, "secret", False), kind.__name__
        if text.isprintable():
            prints_as_one_value(text)


def prints_as_one_value(text: str) -> None:
    """Check that a text comes back from every format as it went in."""
    record = SimpleNamespace(name="n", value=text)
    assert json.loads(render([record], VIEW, "json")) == {"n": {"NAME": "n", "VALUE": text}}
    assert list(csv.reader(io.StringIO(render([record], VIEW, "csv"))))[1:] == [["n", text]]
    assert render([record], VIEW, "plain") == f"n\t{text}\n"
    assert len(render([record], VIEW, "shell").splitlines()) == 3


Encoder = Callable[[str], str]
REACHED: list[tuple[type[Parsed], Encoder]] = [
    *((kind, nginx) for kind in (AccountName, Address, Alias, Domain, HostName)),
    *((kind, ini) for kind in (AccountName, Domain)),
    *((kind, colon_field) for kind in (AccountName, Email, ShellName)),
]


@MANY
@given(NEARLY)
def test_what_a_type_accepts_passes_the_encoders_that_it_reaches(raw: str) -> None:
    for kind, encode in REACHED:
        for _, value in accepted(raw, [kind]):
            assert encode(str(value)) == str(value), kind.__name__


def test_every_label_is_checked_beside_one_that_is_not_ascii() -> None:
    with pytest.raises(Refusal):
        Domain.parse("'example.orgà", "domain")


LABELS = st.text("aZ0-ñßéяאתह\u094d'_ *", min_size=1, max_size=6) | st.sampled_from(
    ["www", "xn--mnchen-3ya", "münchen"]
)
DOMAINS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


def parsed_or_none(kind: type[HostName], raw: str) -> HostName | None:
    """The name, or None when it is none."""
    try:
        return kind.parse(raw, "domain")
    except Refusal:
        return None


@MANY
@given(DOMAINS)
@example("www.www.example.org")
@example("WWW.Example.ORG.")
@example("हिन्दी.भारत")
@example("עברית.co.il")
def test_a_domain_is_one_name_in_one_form(raw: str) -> None:
    domain = parsed_or_none(Domain, raw)
    if domain is None:
        return
    assert domain == domain.lower() == domain.strip(". ") and not domain.startswith("www.")
    assert ".." not in domain and "/" not in domain and len(domain.encode()) <= Domain.max_length
    assert domain.ascii.isascii() and len(domain.ascii) <= Domain.max_length
    assert all(0 < len(label) <= 63 for label in domain.ascii.split("."))
    assert Domain.parse(domain.upper(), "domain").ascii == domain.ascii or not domain.isascii()


@MANY
@given(DOMAINS)
def test_both_spellings_of_a_name_lead_to_each_other(raw: str) -> None:
    alias = parsed_or_none(Alias, raw)
    if alias is None:
        return
    encoded, written = spellings(alias)
    assert alias in (encoded, written)
    assert spellings(encoded) == spellings(written) == spellings(alias)
    assert Alias.parse(written, "alias").ascii == Alias.parse(encoded, "alias").ascii == encoded


@MANY
@given(st.lists(DOMAINS, max_size=5))
def test_a_list_of_aliases_has_each_name_once(names: list[str]) -> None:
    wanted = [
        name for name in names if (alias := parsed_or_none(Alias, name)) and not is_suffix(alias.removeprefix("*."))
    ]
    aliases = Aliases.parse(",".join(wanted), "aliases")
    assert {alias.ascii for alias in aliases} == {Alias.parse(name, "alias").ascii for name in wanted}
    assert len({alias.ascii for alias in aliases}) == len(aliases)
    assert list(aliases) == sorted(aliases)


@pytest.mark.parametrize(
    "name",
    [
        "ex\u200bample.org",
        "ex\u00adample.org",
        "a\u200db.org",
        "\u0301.org",
        "\u0301a.org",
        "ex\u202eample.org",
        "ex\ufe0fample.org",
        "ex\u034fample.org",
        "1א.org",
        "אa.org",
        "a。org",
        "\uff41.org",
        "①.org",
        "☃.org",
        "xn--a.org",
        "xn--.org",
        "xn--mnchen-3ya.münchen.org",
        "a..org",
        "-a.org",
        "a-.org",
        "a_b.org",
        "*.org",
        "1.2.3.4",
        "www",
        "a" * 64 + ".org",
        "ñ" * 60 + ".org",
        ".".join(["a" * 60] * 4),
        ".".join(["語" * 20] * 4),
    ],
)
def test_no_domain(name: str) -> None:
    with pytest.raises(Refusal):
        Domain.parse(name, "domain")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Example.ORG", "example.org"),
        (" www.example.org. ", "example.org"),
        ("MÜNCHEN.de", "münchen.de"),
        ("mu\u0308nchen.de", "münchen.de"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("straße.de", "straße.de"),
        ("हिन्दी.भारत", "हिन्दी.भारत"),
        ("עברית.co.il", "עברית.co.il"),
        ("localhost", "localhost"),
        ("r3---sn.example.org", "r3---sn.example.org"),
        ("2026.example", "2026.example"),
    ],
)
def test_a_domain(raw: str, name: str) -> None:
    assert Domain.parse(raw, "domain") == name


def test_a_name_without_a_valid_spelling_has_none() -> None:
    assert to_ascii("") is None
    assert to_unicode("xn--a") is None
    assert spellings("*.münchen.de") == ("*.xn--mnchen-3ya.de", "*.münchen.de")
