"""Lists and refusals against what the reference printed for the same state (tests/golden).

Values that differ from run to run, and counters of what is not managed here yet, are left out of the comparison. So is
what ``edges/deviations.json`` says of a list.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import call, copied

from tholos.bootstrap import Engine
from tholos.kernel.command import COMMANDS, load
from tholos.kernel.view import Table, View

load()
GOLDEN = Path(__file__).parent.parent / "golden"
LISTS: list[dict[str, Any]] = json.loads((GOLDEN / "lists.json").read_text(encoding="utf-8"))
REFUSALS: list[dict[str, Any]] = json.loads((GOLDEN / "refusals.json").read_text(encoding="utf-8"))
CHANGING = re.compile(
    r"TIME|DATE|RKEY|SALT|.*DISK.*|U_DNS_.*|U_MAIL_.*|U_DATABASES|U_BACKUPS|U_WEB_SSL|"
    r"NOTIFICATIONS|.*BACKUPS|DNS|MAIL|DB|BW"
)
MONTH_END = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNMANAGED = re.compile(r"DNS \w+|MAIL \w+|DATABASES")
SHAPE_ONLY = {
    "v-list-user-log": "Messages are our own.",
    "v-list-sys-config": "Not every subsystem is managed here.",
    "v-list-sys-info": "It is another machine.",
    "v-list-sys-services": "Not every service is managed here.",
    "v-list-sys-shells": "It is another machine.",
}
"""Of these only keys and columns are compared."""
DEFECTS = {
    ("v-list-user-packages", "csv"): "Most values are missing.",
    ("v-list-user-log", "csv"): "Four titles for six columns.",
    ("v-list-user-auth-log", "shell"): "Six titles for eight columns.",
    ("v-list-cron-job", "csv"): "A stray quotation mark ends the row.",
    ("v-list-cron-jobs", "csv"): "Eight titles for ten columns.",
    ("v-list-sys-config", "plain"): "The labels are compared in the shell's form.",
}
SMALL: dict[str, object] = {"WEB_DOMAINS": 3, "WEB_ALIASES": 5, "DNS_DOMAINS": 2, "DNS_RECORDS": 30, "MAIL_DOMAINS": 2}
SMALL |= {"MAIL_ACCOUNTS": 5, "DATABASES": 2, "CRON_JOBS": 3, "DISK_QUOTA": 10000, "BANDWIDTH": 50000, "BACKUPS": 2}
NS: dict[str, object] = {"NS": "ns1.ref.test,ns2.ref.test"}
SYSTEM: dict[str, object] = {
    "WEB_DOMAINS": 1,
    "WEB_ALIASES": 1,
    "DNS_DOMAINS": 1,
    "MAIL_DOMAINS": 1,
    "MAIL_ACCOUNTS": 1,
    "DATABASES": 0,
}
SEED = """\
v-add-user-package /tmp/default default yes
v-add-user-package /tmp/system system yes
v-update-user-package default
v-add-user-package /tmp/small small
v-change-user-contact admin admin@ref.test
v-change-user-language admin en
v-add-web-domain admin node1.ref.test 198.18.0.1 yes none
v-add-user alice AlicePass123 alice@example.org default Alice Liddell
v-add-user bob BobPass12345 bob@example.org small Bob B
v-add-web-domain alice alice.test 198.18.0.1 yes www.alice.test,shop.alice.test
v-add-web-domain alice blog.alice.test 198.18.0.1 yes none
v-add-web-domain bob bob.test 198.18.0.1 yes www.bob.test,cdn.bob.test
v-add-cron-job alice 5 '*/2' '*' '*' 1-5 '/usr/bin/php /home/alice/cron.php --x='"'"'a b'"'"' > /dev/null 2>&1'
v-add-cron-job alice 0 3 '*' '*' '*' /bin/true
v-add-cron-job bob 1 2 3 4 5 'echo hello'
v-suspend-cron-job alice 2
v-log-user-login alice 198.18.0.50 success fingerprint123
v-log-user-login alice 198.18.0.51 failed fingerprint124
v-add-sys-ip 198.18.0.2 255.255.255.0 eth0 alice dedicated ip2.ref.test
v-change-user-ns bob ns1.bob.test ns2.bob.test
v-add-web-domain bob old.bob.test
v-suspend-web-domain bob old.bob.test
v-add-user carol CarolPass123 carol@example.org small
v-add-web-domain carol carol.test
v-suspend-user carol
v-update-user-stats"""


@pytest.fixture(scope="module")
def reference(seeded: Path) -> Iterator[Engine]:
    """An engine with as much of the reference's state (golden/seed.txt) as is managed here."""
    with copied(seeded) as engine:
        for name, package in {"default": NS, "system": NS | SYSTEM, "small": NS | SMALL}.items():
            text = "".join(f"{key}='{value}'\n" for key, value in package.items())
            engine.dispatcher.vault.put("root/", name, text)
        call(engine, "v-change-user-name", "admin", "System", "Administrator")
        for line in SEED.splitlines():
            command, *values = shlex.split(line)
            assert call(engine, command, *values) == (0, ""), line
        yield engine


Records = list[dict[str, str]]


def from_json(text: str, _view: View) -> Records:
    """Records, each with its name under the empty key."""
    found = json.loads(text)
    if isinstance(found, list):
        return [{"": name} for name in found]
    return [{"": name, **record} for name, record in found.items()]


def from_csv(text: str, _view: View) -> Records:
    """Records by the columns of the header; the reference's own slips in headers and rows are mended first."""
    text = text.replace("DATABASESU_", "DATABASES,U_").replace("INTERFACENETMASK", "INTERFACE,NETMASK")
    return list(csv.DictReader(io.StringIO(text.replace(", ", ","))))


def from_plain(text: str, view: View) -> Records:
    """Records by the columns of the view, which the contract with the facts compares."""
    rows = [line.rstrip("\t").split("\t") if view.shape != "names" else [line] for line in text.splitlines() if line]
    return [dict(zip_longest(view.plain, row, fillvalue="")) for row in rows]


def from_shell(text: str, view: View) -> Records:
    """The rows of a table by its titles, or one record of labels."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not isinstance(view.shell, Table):
        pairs = (re.split(r":\s*|(?<=IP ADDRESSES)\s+", line, maxsplit=1) for line in lines)
        return [{label: _managed(label, "".join(value).strip()) for label, *value in pairs}]
    titles = [title for title, _ in view.shell.columns]
    assert lines[0].split() == titles
    rows = [re.split(r"\s+", re.sub(r"\s+/\s+", "/", line.strip())) for line in lines[2:]]
    last = len(titles) - 1
    return [dict(zip(titles, [*row[:last], " ".join(row[last:])], strict=True)) for row in rows]


def _managed(label: str, value: str) -> str:
    """A count and its limit as they are shown; the limit alone where the count is of what is not managed here."""
    return value.rpartition("/")[2] if UNMANAGED.fullmatch(label) else value


READERS: dict[str, Callable[[str, View], Records]] = {
    "json": from_json,
    "csv": from_csv,
    "plain": from_plain,
    "shell": from_shell,
}


def comparable(records: Records, *, shape_only: bool) -> Sequence[object]:
    """Records without what changes from run to run; only their keys when no more is to be compared."""
    if shape_only:
        return [list(record) for record in records[:1]]
    kept = [{key: value for key, value in record.items() if not _changes(key, value)} for record in records]
    return sorted(kept, key=repr)


def layout(records: Records) -> list[tuple[str, list[str]]]:
    """The names and the keys of records, in the order in which they are printed."""
    return [("" if _changes("", record[""]) else record[""], list(record)) for record in records]


def _changes(key: str, value: str) -> bool:
    """Tell whether a value differs from run to run; the figures of a month have its last day for a name."""
    return bool(CHANGING.fullmatch(key)) or (key == "" and bool(MONTH_END.fullmatch(value)))


@pytest.mark.parametrize("case", LISTS, ids=lambda case: " ".join((case["command"], *case["values"])))
def test_a_list_prints_what_the_reference_prints(case: dict[str, Any], reference: Engine) -> None:
    command, form = COMMANDS[case["command"]], case["format"]
    code, text = call(reference, case["command"], *case["values"])
    assert code == 0
    if (case["command"], form) in DEFECTS:
        return
    if not isinstance(command.view, View) or (command.view.shell is None and form != "json"):
        assert text.strip() == case["text"].strip()
        return
    read = READERS[form]
    shape_only = case["command"] in SHAPE_ONLY
    ours, theirs = (read(each, command.view) for each in (text, case["text"]))
    if form == "json" and not shape_only:
        assert layout(ours) == layout(theirs)
    assert comparable(ours, shape_only=shape_only) == comparable(theirs, shape_only=shape_only)


NOT_YET: set[str] = set()
OURS = {
    "v-add-sys-ip 198.18.0.1 255.255.255.0 eth0": "",
    "v-delete-user-package small": "The reference deletes it and prints a complaint of a command inside.",
    "v-delete-user-package default": "The default package is never deleted.",
    "v-copy-user-package small default": "In the golden run the package small was gone.",
    "v-add-user-package /tmp/small.pkg small": "The file is the golden machine's.",
}


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: " ".join((case["command"], *case["values"])))
def test_a_refusal_reads_as_the_reference_says_it(
    case: dict[str, Any], reference: Engine, everything_of: Callable[[Engine], object]
) -> None:
    line = " ".join((case["command"], *case["values"]))
    if case["command"] in NOT_YET or OURS.get(line):
        return
    before = everything_of(reference)
    code, text = call(reference, case["command"], *case["values"])
    assert (code, text.rstrip("\n")) == (case["code"], case["text"].rstrip("\n"))
    if code:
        assert everything_of(reference) == before
