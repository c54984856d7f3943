"""Encoders: the second fence, which lets nothing through that a service could read as more than one plain word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.hostile import SIGNS

from tholos.drivers.encoders import colon_field, ini, nginx
from tholos.drivers.templates import render

Encoder = Callable[[str], str]
NGINX_SIGNS = set(" \t\r\n\"'\\;{}$#~|&<>^()!?`")
INI_SIGNS = NGINX_SIGNS | set("=,*%[]")


@pytest.mark.parametrize(("encode", "signs"), [(nginx, NGINX_SIGNS), (ini, INI_SIGNS), (colon_field, set(":\n\r\0"))])
@settings(max_examples=100, deadline=None, database=None)
@given(value=st.text(max_size=20))
def test_what_passes_is_one_plain_word(encode: Encoder, signs: set[str], value: str) -> None:
    try:
        encoded = encode(value)
    except ValueError:
        return
    assert encoded == value
    assert encoded.isprintable() and not signs & set(encoded)
    assert encoded or encode is colon_field
    encoded.encode()


@pytest.mark.parametrize("encode", [nginx, ini])
@pytest.mark.parametrize(
    "name", [name for name in SIGNS if name not in ("dots", "dash", "traversal", "percent", "colon")]
)
def test_no_sign_with_a_meaning_passes(encode: Encoder, name: str) -> None:
    for value in (SIGNS[name], f"a{SIGNS[name]}", f"{SIGNS[name]}a"):
        with pytest.raises(ValueError, match="cannot be written"):
            encode(value)


@pytest.mark.parametrize("value", ["example.org", "/home/alice/web/हिन्दी.भारत", "*.example.org", "198.18.0.1", "::1"])
def test_what_drivers_write_passes(value: str) -> None:
    assert nginx(value) == value


def test_a_template_refuses_rather_than_write_code() -> None:
    with pytest.raises(ValueError, match="cannot be written into nginx"):
        render("nginx", "address.conf.j2", nginx, ip="198.18.0.1; include /etc/passwd")
