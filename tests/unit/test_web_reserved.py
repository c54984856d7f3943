"""Names that are nobody's: suffixes that many names share, single labels, and the node's own name."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from tests.conftest import Run, prepared

CALLS = (
    ("v-add-user", "alice", "Pass12345", "alice@example.org"),
    ("v-add-user", "bob", "Pass12345", "bob@example.org"),
    ("v-change-sys-hostname", "srv1.hoster.example"),
    ("v-add-web-domain", "alice", "alice.test"),
)


@pytest.fixture(scope="module")
def origin(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a node that has a name, with two accounts."""
    return prepared(seeded, tmp_path_factory.mktemp("reserved") / "node", CALLS)


@pytest.fixture
def two(run: Run) -> Run:
    """Root's shell on it."""
    return run


SUFFIXES = ["com", "co.uk", "test", "localhost", "foo.ck", "xn--p1ai", "рф", "www.com", "Co.Uk."]


@pytest.mark.parametrize("user", ["alice", "admin"])
@pytest.mark.parametrize("name", SUFFIXES)
def test_a_suffix_is_no_site_and_no_zone(two: Run, user: str, name: str) -> None:
    for call in (
        ("v-add-web-domain", user, name),
        ("v-add-domain", user, name),
        ("v-add-dns-domain", user, name, "198.18.0.1"),
    ):
        code, text = two(*call)
        assert (code, text.startswith("Error: invalid domain format :: ")) == (2, True), call
        assert "many names share" in text
    code, text = two("v-change-web-domain-name", "alice", "alice.test", name)
    assert (code, text.startswith("Error: invalid new_domain format :: ")) == (2, True)


@pytest.mark.parametrize("name", ["com", "*.com", "*.co.uk", "*.test", "localhost", "*.рф", "*.foo.ck"])
def test_a_suffix_is_no_alias(two: Run, name: str) -> None:
    code, text = two("v-add-web-domain-alias", "alice", "alice.test", f"shop.alice.test,{name}")
    assert code == 2
    assert text == f"Error: invalid aliases format :: {name} is a suffix that many names share\n"
    assert two("v-add-web-domain", "alice", "a.test", "", "", name)[0] == 2
    assert two("v-add-dns-on-web-alias", "alice", name, "198.18.0.1")[0] == 2


@pytest.mark.parametrize(
    "name", ["x.test", "*.x.test", "a.unknown-suffix", "x.localhost", "www.com", "www.ck", "b.co.uk"]
)
def test_names_below_a_suffix_are_free(two: Run, name: str) -> None:
    assert two("v-add-web-domain-alias", "alice", "alice.test", name) == (0, "")


def test_a_reverse_zone_is_free(two: Run) -> None:
    assert two("v-add-dns-domain", "alice", "2.0.192.in-addr.arpa", "198.18.0.1") == (0, "")


@pytest.mark.parametrize(
    "name", ["github.io", "*.github.io", "srv1.hoster.example", "*.hoster.example", "*.srv1.hoster.example"]
)
def test_shared_hosts_and_the_node_are_the_first_administrators(two: Run, name: str) -> None:
    bare = name.removeprefix("*.")
    covers = name.startswith("*.") and bare != "srv1.hoster.example"
    if covers or not name.startswith("*."):
        refused = two("v-add-web-domain-alias", "alice", "alice.test", name)
        kept = "srv1.hoster.example" if "hoster" in name else "github.io"
        assert refused == (4, f"Error: Unable to add {name}. {kept} is reserved\n")
    if not name.startswith("*."):
        for command in ("v-add-web-domain", "v-add-domain"):
            assert two(command, "alice", name)[0] == 4
        assert two("v-add-dns-domain", "alice", name, "198.18.0.1")[0] == 4
        assert two("v-change-web-domain-name", "alice", "alice.test", name)[0] == 4
    assert two("v-add-web-domain", "admin", "admin.test") == (0, "")
    assert two("v-add-web-domain-alias", "admin", "admin.test", name) == (0, "")


def test_the_name_that_the_machine_has_is_reserved(two: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Other.Hoster.Example")
    assert two("v-add-web-domain", "alice", "other.hoster.example")[0] == 4
