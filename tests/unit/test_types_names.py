"""Two spellings of one name are one site: whoever has one has the other, and what lies below it."""

from __future__ import annotations

import pytest
from tests.conftest import Run

from tholos.kernel.command import COMMANDS

WRITTEN, ENCODED = "münchen.example", "xn--mnchen-3ya.example"


@pytest.fixture(autouse=True)
def bob(run: Run) -> None:
    """A second account beside the administrator."""
    assert run("v-add-user", "bob", "bobPass12345", "bob@example.org") == (0, "")


@pytest.mark.parametrize(("first", "second"), [(WRITTEN, ENCODED), (ENCODED, WRITTEN), (WRITTEN, "MÜNCHEN.example.")])
def test_a_name_is_added_once_in_any_spelling(run: Run, first: str, second: str) -> None:
    assert run("v-add-web-domain", "admin", first) == (0, "")
    for account in ("admin", "bob"):
        code, text = run("v-add-web-domain", account, second)
        assert code == 4, text
    assert run("v-list-web-domains", "bob", "plain") == (0, "")


@pytest.mark.parametrize(("first", "second"), [(WRITTEN, ENCODED), (ENCODED, WRITTEN)])
def test_an_alias_is_taken_in_both_spellings(run: Run, first: str, second: str) -> None:
    assert run("v-add-web-domain", "admin", "example.org", "", "", first) == (0, "")
    assert run("v-add-web-domain", "bob", second)[0] == 4
    assert run("v-add-web-domain", "bob", "example.net", "", "", second)[0] == 4


@pytest.mark.parametrize("owned", [WRITTEN, ENCODED])
@pytest.mark.parametrize("below", [f"shop.{WRITTEN}", f"shop.{ENCODED}"])
def test_what_lies_below_a_name_is_its_owners(run: Run, owned: str, below: str) -> None:
    assert "v-change-sys-config-value" in COMMANDS
    assert run("v-change-sys-config-value", "ENFORCE_SUBDOMAIN_OWNERSHIP", "yes")[0] == 0
    assert run("v-add-web-domain", "admin", owned) == (0, "")
    assert run("v-add-web-domain", "bob", below)[0] == 4


def test_a_site_keeps_the_spelling_that_it_was_added_in(run: Run) -> None:
    assert run("v-add-web-domain", "admin", WRITTEN) == (0, "")
    assert f'"{WRITTEN}"' in run("v-list-web-domains", "admin", "json")[1]


def test_no_site_writes_into_the_error_log_of_another(run: Run) -> None:
    assert run("v-add-web-domain", "admin", "example.org") == (0, "")
    assert run("v-add-web-domain", "bob", "example.org.error")[0] == 2


def test_the_longest_name_can_be_served(run: Run) -> None:
    longest = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 28])
    assert run("v-add-web-domain", "admin", longest, "", "", "none") == (0, "")
    assert run("v-delete-web-domain", "admin", longest) == (0, "")
    assert run("v-add-web-domain", "admin", "e" + longest)[0] == 2
