"""Lists and refusals against what the reference printed for the same state (tests/golden).

Values that differ from run to run, and counters of what is not managed here yet, are left out of the comparison. So is
what ``edges/deviations.json`` says of a list.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

import pytest
from tests.golden_node import Node, reference_node
from tests.goldens import Golden, elsewhere, later, outputs, reason, refusals, stale

from tholos.bootstrap import Engine
from tholos.kernel.command import COMMANDS, load
from tholos.kernel.view import Table, View

load()
CHANGING = re.compile(
    r"TIME|DATE|RKEY|SALT|SECRET_ACCESS_KEY|.*DISK.*|U_DNS_RECORDS|U_MAIL_.*|U_BACKUPS|U_WEB_SSL|"
    r"NOTIFICATIONS|.*BACKUPS|MAIL|BW"
)
MONTH_END = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNMANAGED = re.compile(r"DNS RECORDS|MAIL \w+")
OF_A_SITE = re.compile(r"STATS|STATS_USER|STATISTICS|SSL.*|FTP.*")
"""What a site of alice has at the reference and cannot have here yet."""
SHAPE_ONLY = {
    "v-list-user-log": "Messages are our own.",
    "v-list-sys-config": "Not every subsystem is managed here.",
    "v-list-sys-info": "It is another machine.",
    "v-list-sys-services": "Not every service is managed here.",
    "v-list-sys-shells": "It is another machine.",
    **{f"v-list-sys-{name}-config": "It is another machine." for name in ("mysql", "nginx", "pgsql", "php")},
}
"""Of these only keys and columns are compared."""
BY_CHANCE = {"v-list-access-keys"}
"""The records of these are in the order of names that are chosen by chance."""
_MACHINE = "What it says is of the reference's own machine."
DEFECTS = {
    "v-list-user-packages csv": "Most values are missing.",
    "v-list-user-log csv": "Four titles for six columns.",
    "v-list-user-auth-log shell": "Six titles for eight columns.",
    "v-list-cron-job csv": "A stray quotation mark ends the row.",
    "v-list-cron-jobs csv": "Eight titles for ten columns.",
    "v-list-sys-config plain": "The labels are compared in the shell's form.",
    "v-list-sys-mysql-config csv": "The values stand under each other's titles.",
    "v-list-sys-php-config csv": "The values stand under each other's titles.",
    "v-list-sys-nginx-config plain": "It is the lines of the file, with the blanks and tabs that they have there.",
    "v-list-database-host csv": "A stray apostrophe ends the header.",
    **{f"v-list-sys-{name}-config shell": "It follows the lines of the file." for name in ("mysql", "nginx", "php")},
    "v-list-database-hosts json": "The template of one server stands in the record of the next.",
    "v-list-database-hosts csv": "The template of one server stands in the row of the next.",
    "v-list-web-domain csv": "There is no comma between STATS and STATS_USER.",
    "v-list-web-domain plain": "A comma and a value stand in one column.",
    "v-list-web-domain-accesslog alice alice.test 5 csv": "Quotation marks are not doubled.",
    "v-list-access-key 0vK1LyNC8vArvGTtF9cl plain": "It is the secret, which nobody can show again.",
    "v-list-web-templates": _MACHINE,
    "v-list-sys-hestia-ssl": "It is the certificate of another machine; test_system_node.py shows one of ours.",
    **{f"v-list-sys-{name}-status": _MACHINE for name in ("cpu", "db", "disk", "memory", "network")},
    "v-search-fs-object": "The reference's pages are others; test_search_found.py has files of ours.",
    "v-search-command": "It searches the commands that there are; test_search_found.py does so.",
}


@pytest.fixture(scope="module")
def reference(seeded: Path) -> Iterator[Node]:
    """A node as the reference was."""
    with reference_node(seeded) as node:
        yield node


Records = list[dict[str, str]]


def from_json(text: str, _view: View) -> Records:
    """Records, each with its name under the empty key."""
    found = json.loads(text)
    if isinstance(found, list):
        return [{"": "", **one} if isinstance(one, dict) else {"": one} for one in found]
    if not all(isinstance(record, dict) for record in found.values()):
        return [{"": "", **found}]
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


def without(records: Records, keys: re.Pattern[str]) -> Records:
    """Records without some keys."""
    return [{key: value for key, value in record.items() if not keys.fullmatch(key)} for record in records]


def layout(records: Records) -> list[tuple[str, list[str]]]:
    """The names and the keys of records, in the order in which they are printed."""
    return [("" if _changes("", record[""]) else record[""], list(record)) for record in records]


def _changes(key: str, value: str) -> bool:
    """Tell whether a value differs from run to run; the figures of a month have its last day for a name."""
    return bool(CHANGING.fullmatch(key)) or (key == "" and bool(MONTH_END.fullmatch(value)))


@pytest.mark.parametrize("case", outputs(elsewhere), ids=lambda case: case.line)
def test_a_list_prints_what_the_reference_prints(case: Golden, reference: Node) -> None:
    command, form = COMMANDS[case.command], case.format
    code, text = reference.answer(case)
    if reason(case, DEFECTS):
        return
    assert code == case.code
    assert case.text is not None
    if not isinstance(command.view, View) or (command.view.shell is None and form != "json"):
        assert text.strip() == case.text.strip()
        return
    read = READERS[form]
    shape_only = case.command in SHAPE_ONLY
    ours, theirs = (read(each, command.view) for each in (text, case.text))
    if form == "json" and not shape_only and case.command not in BY_CHANCE:
        assert layout(ours) == layout(theirs)
    if case.command.startswith("v-list-web-domain") and case.values[0] == "alice":
        ours, theirs = (without(each, OF_A_SITE) for each in (ours, theirs))
    assert comparable(ours, shape_only=shape_only) == comparable(theirs, shape_only=shape_only)


OURS = {
    "v-delete-user-package small": "The reference deletes it and prints a complaint of a command inside.",
    "v-delete-user-package default": "The default package is never deleted.",
    "v-copy-user-package small default": "In the golden run the package small was gone.",
    "v-add-user-package /tmp/small.pkg small": "The file is the golden machine's.",
    "v-add-web-domain bob fourth.test": "In the golden run bob had a third site; test_web_names.py has a full package.",
    "v-add-cron-job alice 1 1 1 1 1 'a": "A quotation mark is a character like others.",
    "v-suspend-cron-job alice 2": "In the golden run the job had been resumed.",
}


@pytest.mark.parametrize("case", refusals(elsewhere), ids=lambda case: case.line)
def test_a_refusal_reads_as_the_reference_says_it(
    case: Golden, reference: Node, everything_of: Callable[[Engine], object]
) -> None:
    if reason(case, OURS):
        return
    before = everything_of(reference.engine)
    code, text = reference.answer(case)
    assert (code, text.rstrip("\n")) == (case.code, (case.text or "").rstrip("\n"))
    if code:
        assert everything_of(reference.engine) == before


def test_no_command_has_come_whose_goldens_are_not_here() -> None:
    come = set(later()) & set(COMMANDS)
    assert not come, "put what the reference answered into tests/golden, and take the names out of later.json"


def test_whatever_is_excused_is_a_case() -> None:
    assert stale(elsewhere, DEFECTS, OURS) == set()
