"""Searches and lists against what the reference printed for the same state (tests/golden), and files."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import call
from tests.goldens import in_found, outputs, reason, refusals, stale

from tholos.bootstrap import Engine
from tholos.kernel.command import COMMANDS

JOB = "/usr/bin/php /home/alice/cron.php --x='a b' > /dev/null 2>&1"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRk alice@laptop"
NOTICE = '<p>Your <b>disk</b> is 90% used, see <a href="https://x.test/">here</a></p>'
TIME = re.compile(r"\d\d:\d\d:\d\d|\d{4}-\d\d-\d\d")
UNMANAGED = re.compile(r"\bmail\b")
_NO_KEYS = "Where there never was a key the reference prints nothing at all; here it is an empty list."
OURS = {
    "v-list-user-notifications admin csv": "The notices are the reference's own.",
    "v-list-user-notifications admin shell": "The notices are the reference's own.",
    **{f"v-list-user-ssh-key {rest}": _NO_KEYS for rest in ("admin csv", "bob csv", "bob json", "bob shell")},
}
"""What is not compared, and why."""


@pytest.fixture
def found(town: Engine) -> Engine:
    """A node with what the goldens of searches, notices and keys were taken of."""
    for line in (
        ("v-delete-web-domain", "alice", "alice.test"),
        ("v-add-web-domain", "alice", "alice.test", "", "", "www.alice.test,shop.alice.test"),
        ("v-add-web-domain", "alice", "blog.alice.test", "", "", "none"),
        ("v-unsuspend-user", "bob"),
        ("v-change-user-package", "bob", "default"),
        ("v-add-web-domain", "bob", "bob.test", "", "", "www.bob.test,cdn.bob.test"),
        ("v-add-web-domain", "bob", "old.bob.test", "", "", "none"),
        ("v-suspend-web-domain", "bob", "old.bob.test"),
        ("v-add-dns-domain", "alice", "alice.test", "198.18.0.1"),
        ("v-add-dns-domain", "bob", "bob.test", "198.18.0.1", "ns1.bob.test", "ns2.bob.test"),
        ("v-add-cron-job", "alice", "5", "*/2", "*", "*", "1-5", JOB),
        ("v-change-sys-config-value", "DB_SYSTEM", "mysql,pgsql"),
        ("v-add-database-host", "mysql", "localhost", "root", "socket"),
        ("v-add-database-host", "pgsql", "localhost", "root", "socket"),
        ("v-add-database", "alice", "shop", "shopuser", "DbPass12345", "mysql"),
        ("v-add-database", "alice", "geo", "geouser", "DbPass12345", "pgsql"),
        ("v-add-database", "bob", "wiki", "wiki", "DbPass12345", "mysql", "localhost", "utf8mb4"),
        ("v-add-user-notification", "alice", "Disk almost full", NOTICE, "alert"),
        ("v-add-user-notification", "alice", "Second", "plain text"),
        ("v-add-user-ssh-key", "alice", KEY),
        ("v-add-user", "carol", "CarolPass123", "carol@example.org"),
        ("v-suspend-user", "carol"),
    ):
        assert call(town, *line) == (0, ""), line
    return town


def test_lists_print_what_the_reference_prints(found: Engine) -> None:
    for case in (case for case in outputs(in_found) if not reason(case, OURS)):
        code, text = call(found, case.command, *case.values)
        assert code == case.code, case
        assert case.text is not None, case
        if code:
            assert text == case.text
            continue
        ours, theirs = (comparable(each, case.format, case.command) for each in (text, case.text))
        assert ours == theirs, case


def test_refusals_read_as_the_reference_says_them(found: Engine) -> None:
    for case in refusals(in_found):
        assert call(found, case.command, *case.values) == (case.code, case.text)


def comparable(text: str, form: str, command: str) -> Any:
    """The values of an answer without times, without what is not managed here, and without numbers and widths."""
    text = TIME.sub("", text)
    if form == "json":
        records = json.loads(text).values()
        # Aliases are sorted here; the reference has them as they were added.
        mended = ({key: sorted(text.split(", ")) for key, text in value.items()} for value in records)
        return sorted(str(sorted(value.items())) for value in mended if not UNMANAGED.search(str(value.get("TYPE"))))
    if form == "csv":
        # The reference does not double the quotes inside of quotes.
        return [line.replace('""', '"') for line in text.splitlines()]
    lines = [line for line in text.splitlines() if line.strip("-~ \t")]
    if command.startswith("v-search"):
        lines = [line for line in lines if not UNMANAGED.search(line)]
        return sorted(sorted(re.split(r"[\s,]+", line.strip("0123456789 \t"))) for line in lines)
    return [re.split(r"[~\t ]+", line.strip()) for line in lines]


def test_aliases_count_by_themselves_where_the_domain_has_not_the_term(found: Engine) -> None:
    rows = json.loads(call(found, "v-search-object", "SHOP", "json")[1])
    assert rows["1"] | {"TIME": "", "DATE": ""} == {
        "USER": "alice",
        "TYPE": "web",
        "KEY": "DOMAIN",
        "RESULT": "alice.test",
        "ALIAS": "shop.alice.test",
        "LINK": "",
        "PARENT": "alice.test",
        "SUSPENDED": "no",
        "TIME": "",
        "DATE": "",
    }


def test_commands_are_found_by_all_their_words(quiet_town: Engine) -> None:
    lines = call(quiet_town, "v-search-command", "user", "NOTIFICATION")[1].splitlines()
    names = [name for name in sorted(COMMANDS) if "user" in name and "notification" in name]
    assert lines == [
        "Command Search Results",
        "=" * 33,
        *names,
        "=" * 33,
        f"Found 4 matching items in {len(COMMANDS)} commands.",
    ]


def test_files_are_found_below_the_home_and_no_link_is_followed(town: Engine) -> None:
    home = town.applier.host.root / "home/alice"
    site = home / "web/alice.test/public_html"
    (site / "sub").mkdir()
    (site / "sub" / "index.html").write_text("12345")
    (site / "root").symlink_to("/")
    text = call(town, "v-search-fs-object", "alice", "index.html")[1]
    rows = [line.split("|") for line in text.splitlines()]
    assert [row[-1] for row in rows] == [
        "web/alice.test/public_html/index.html",
        "web/alice.test/public_html/sub/index.html",
    ]
    assert [rows[1][0], rows[1][6]] == ["f", "5"]
    below = call(town, "v-search-fs-object", "alice", "ind*", str(Path("/home/alice/web/alice.test/public_html/sub")))
    assert below[1].endswith("|index.html\n")
    assert call(town, "v-search-fs-object", "alice", "*", "/home/alice/web/alice.test/public_html/root")[0] == 12


def test_a_name_with_signs_of_lists_stays_one_value(town: Engine) -> None:
    (town.applier.host.root / "home/alice/tmp" / 'a"b,c').write_text("")
    text = call(town, "v-search-fs-object", "alice", "a*c")[1]
    assert next(csv.reader(io.StringIO(text), quoting=csv.QUOTE_NONE))
    assert text.endswith('|tmp/a"b,c\n')


def test_whatever_is_excused_is_a_case() -> None:
    assert stale(in_found, OURS) == set()
