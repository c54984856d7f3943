"""A name in A-labels and the same in U-labels are one name, whichever of the two a thing was added by."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import call, copied, prepared

from tholos.bootstrap import Engine
from tholos.kernel.command import COMMANDS
from tholos.resources.types import Domain

pytestmark = pytest.mark.thorough

U, A = "bücher.test", "xn--bcher-kva.test"
BEFORE = """\
v-add-domain alice {0}
v-add-web-domain-alias alice {0} shop.{0}
v-add-web-domain-httpauth alice {0} visitor aGoodPassword1
v-add-web-domain-redirect alice {0} www.example.org
v-add-fastcgi-cache alice {0}
v-add-dns-record alice {0} host A 198.18.0.7
v-suspend-dns-record alice {0} 1
v-add-web-domain alice second.test"""
CALLS = """\
v-add-dns-record alice {0} more A 198.18.0.8
v-add-fastcgi-cache alice {0} 5m
v-add-web-domain-alias alice {0} more.test
v-add-web-domain-allow-users alice {0}
v-add-web-domain-backend alice {0}
v-add-web-domain-httpauth alice {0} other aGoodPassword1
v-add-web-domain-redirect alice {0} example.net
v-change-dns-domain-exp alice {0} 2030-01-01
v-change-dns-domain-ip alice {0} 198.18.0.9
v-change-dns-domain-soa alice {0} ns9.example.org
v-change-dns-domain-tpl alice {0} default
v-change-dns-domain-ttl alice {0} 600
v-change-dns-record alice {0} 9 host A 198.18.0.10
v-change-dns-record-id alice {0} 9 99
v-change-domain-owner {0} admin
v-change-web-domain-backend-tpl alice {0} no-php
v-change-web-domain-dirlist alice {0} on
v-change-web-domain-docroot alice second.test {0}
v-change-web-domain-docroot alice {0} {0}
v-change-web-domain-httpauth alice {0} visitor aGoodPassword2
v-change-web-domain-ip alice {0} 198.18.0.1
v-change-web-domain-name alice {0} third.test
v-change-web-domain-tpl alice {0} wordpress
v-delete-dns-domain alice {0}
v-delete-dns-on-web-alias alice {0} shop.{0}
v-delete-dns-record alice {0} 9
v-delete-domain alice {0}
v-delete-fastcgi-cache alice {0}
v-delete-web-domain alice {0}
v-delete-web-domain-alias alice {0} shop.{0}
v-delete-web-domain-allow-users alice {0}
v-delete-web-domain-backend alice {0}
v-delete-web-domain-httpauth alice {0} visitor
v-delete-web-domain-redirect alice {0}
v-get-dns-domain-value alice {0} IP
v-list-dns-domain alice {0} json
v-list-dns-record alice {0} 9 json
v-list-dns-records alice {0} json
v-list-web-domain alice {0} json
v-list-web-domain-accesslog alice {0}
v-list-web-domain-errorlog alice {0}
v-purge-nginx-cache alice {0}
v-rebuild-dns-domain alice {0}
v-rebuild-web-domain alice {0}
v-search-domain-owner {0}
v-suspend-dns-domain alice {0}
v-suspend-dns-record alice {0} 9
v-suspend-domain alice {0}
v-suspend-web-domain alice {0}
v-unsuspend-dns-record alice {0} 1
v-update-web-domain-disk alice {0}
v-update-web-domain-traff alice {0}""".splitlines()
"""Calls about a name that is there; those that resume it come after the one that pauses."""


@pytest.fixture(scope="module", params=[U, A], ids=["U", "A"])
def named(request: pytest.FixtureRequest, peopled: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A node on which everything was added by one spelling: that, and its directory."""
    calls = (shlex.split(line.format(request.param)) for line in BEFORE.splitlines())
    return request.param, prepared(peopled, tmp_path_factory.mktemp("named") / "node", calls)


def outcome(node: Path, line: str, everything_of: Callable[[Engine], dict[str, object]]) -> tuple[object, ...]:
    """What a call answers, and all that there is afterwards but times, hashes and the call's own words."""
    with copied(node) as engine:
        code, text = call(engine, *shlex.split(line))
        found = everything_of(engine)
    rows = found["rows"]
    assert isinstance(rows, dict)
    compared = rows.keys() - {"audit", "batches", "history", "notifications"}
    shown = {name: [_timeless(row) for row in rows[name]] for name in compared}
    return (code, _timeless(text)), shown, {path: seen for path, seen in _files(found).items() if "log" not in path}


def _files(found: dict[str, object]) -> dict[str, str]:
    files = found["files"]
    assert isinstance(files, dict)
    return {path: _timeless(repr(seen)) for path, seen in files.items()}


def _timeless(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d(\.\d+)?|\d{13}|\$6\$[^'\\]*", "", text)


@pytest.mark.parametrize("line", CALLS)
def test_a_name_is_found_by_its_other_spelling(
    named: tuple[str, Path], line: str, everything_of: Callable[[Engine], dict[str, object]]
) -> None:
    stored, node = named
    other = A if stored == U else U
    by_its_own = outcome(node, line.format(stored), everything_of)
    assert by_its_own[0] != (3, ""), by_its_own[0]
    assert outcome(node, line.format(other), everything_of) == by_its_own


@pytest.mark.parametrize("noun", ["domain", "web-domain", "dns-domain"])
def test_what_is_paused_is_resumed_by_the_other_spelling(named: tuple[str, Path], noun: str) -> None:
    stored, node = named
    other = A if stored == U else U
    with copied(node) as engine:
        assert call(engine, f"v-suspend-{noun}", "alice", other) == (0, "")
        suspended = json.loads(call(engine, "v-list-web-domain", "alice", other, "json")[1])[stored]["SUSPENDED"]
        assert suspended == ("no" if noun == "dns-domain" else "yes")
        assert call(engine, f"v-suspend-{noun}", "alice", stored)[0] == (0 if noun == "domain" else 5)
        assert call(engine, f"v-unsuspend-{noun}", "alice", other) == (0, "")
        assert call(engine, f"v-suspend-{noun}", "alice", stored)[0] == 0


def test_both_are_found_by_their_label_on_the_wire(named: tuple[str, Path]) -> None:
    stored, node = named
    with copied(node) as engine:
        for command in (("v-search-object", A), ("v-search-user-object", "alice", "XN--bcher-kva")):
            found = call(engine, *command, "plain")[1].splitlines()
            assert [tuple(line.split("\t")[2:5]) for line in found] == [
                ("web", "DOMAIN", stored),
                ("dns", "DOMAIN", stored),
            ]


def test_a_site_that_comes_back_in_the_other_spelling_is_served_alone(named: tuple[str, Path]) -> None:
    stored, node = named
    other = A if stored == U else U
    with copied(node) as engine:
        assert call(engine, "v-delete-domain", "alice", other) == (0, "")
        assert call(engine, "v-add-web-domain", "alice", other) == (0, "")
        web = engine.applier.host.root / "home/alice/conf/web"
        assert not (web / stored).exists()
        assert (web / other / "nginx.conf").is_file()


def test_every_command_about_a_name_that_there_is_is_called_here() -> None:
    called = {line.split()[0] for line in (*CALLS, *BEFORE.splitlines())}
    about = {name for name, known in COMMANDS.items() if any(slot.type is Domain for slot in known.parameters)}
    # Resumed above; or it takes another server, a signed zone or a template of the administrator's.
    apart = re.compile(r"v-unsuspend-((web|dns)-)?domain|.*-remote-.*|v-insert-.*|.*dnssec.*|.*-proxy(-tpl)?")
    assert {name for name in about - called if not apart.fullmatch(name)} == set()
