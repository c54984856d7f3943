"""Crontabs: a shell gets what somebody typed, a schedule is one that cron takes, and the file follows its account."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from tests.conftest import call

from tholos.apply.freshen import touch
from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.drivers import cron
from tholos.kernel.errors import Invalid
from tholos.kernel.tx import Tx
from tholos.resources.cron.jobs import MOST_JOBS
from tholos.resources.cron.model import cron_jobs
from tholos.resources.cron.types import CronCommand, Day, Hour, Minute, Month, Schedule, Weekday
from tholos.resources.cron.want import CrontabWant, JobWant

FIELDS: tuple[type[Schedule], ...] = (Minute, Hour, Day, Month, Weekday)
TYPED = st.one_of(st.text(max_size=40), st.text(alphabet="\\%a '\"", max_size=30))
CRONTAB = "var/spool/cron/crontabs/alice"


def run_by_cron(line: str) -> tuple[str, str | None]:
    """What cron(8) gives a shell of the command of a line, and what on its standard input (None: nothing).

    As seen on a machine: a backslash before ``%`` or a backslash goes, before anything else it stays, a bare ``%`` ends
    the command.
    """
    given, position = "", 0
    while position < len(line):
        sign, after = line[position], line[position + 1 : position + 2]
        if sign == "\\" and after and after in "\\%":
            given, position = given + after, position + 2
        elif sign == "%":
            return given, line[position + 1 :]
        else:
            given, position = given + sign, position + 1
    return given, None


@settings(max_examples=300, deadline=None, database=None)
@given(typed=TYPED)
@example("date +\\%F")
@example("printf '\\\\%s\\n' \\")
@example("%")
@example("echo 100%% \\\\\\% \\\\")
def test_a_shell_is_given_what_was_typed(typed: str) -> None:
    assume(CronCommand.accepts(typed))
    written = cron.command(typed)
    assert run_by_cron(written) == (typed, None)
    assert written.isprintable() and len(written.encode()) <= cron.LONGEST


@settings(max_examples=200, deadline=None, database=None)
@given(typed=TYPED)
def test_the_encoder_lets_nothing_through_that_is_two_lines_or_none(typed: str) -> None:
    try:
        written = cron.command(typed)
    except ValueError:
        return
    assert written.strip() and len(written.splitlines()) == 1


def test_what_is_plain_is_written_as_it_is() -> None:
    for plain in ("php -r 'echo \"a\\n\";'", "a \\; b", "ends with \\"):
        assert cron.command(plain) == plain
    assert cron.command("date +%F") == "date +\\%F"


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\0b", "", "  ", "a\u2028b", "x" * 999])
def test_a_command_that_is_no_line_is_not_written(bad: str) -> None:
    with pytest.raises(ValueError, match="command"):
        cron.command(bad)


@pytest.mark.parametrize("bad", ["1 root", "", "a", "1\n", "$x", "@daily"])
def test_a_field_that_is_more_than_one_is_not_written(bad: str) -> None:
    with pytest.raises(ValueError, match="field"):
        cron.field(bad)


@pytest.mark.parametrize("bad", ['a"@x.org', "a\n@x.org", "a b@x.org", "a$x@x.org"])
def test_an_address_that_could_end_its_line_is_not_written(bad: str) -> None:
    with pytest.raises(ValueError, match="address"):
        cron.address(bad)


def understood(kind: type[Schedule], raw: str) -> bool:
    """Whether cron(8) takes a field: lists of numbers and ranges, a step after ``*`` or a range alone (crontab(5))."""
    for part in raw.split(","):
        found = re.fullmatch(r"(\*|(\d+)-(\d+))(?:/(\d+))?|(\d+)", part)
        if found is None or found[4] == "0":
            return False
        numbers = [int(number) for number in (found[2], found[3], found[5]) if number is not None]
        if not all(kind.lowest <= number <= kind.highest for number in numbers) or numbers != sorted(numbers):
            return False
    return True


@settings(max_examples=400, deadline=None, database=None)
@given(kind=st.sampled_from(FIELDS), raw=st.text(alphabet="0123456789*/,-", min_size=1, max_size=9))
def test_what_is_accepted_is_what_cron_understands(kind: type[Schedule], raw: str) -> None:
    if kind.accepts(raw):
        assert understood(kind, raw)


@pytest.mark.parametrize("kind", FIELDS)
def test_bounds_of_a_field(kind: type[Schedule]) -> None:
    lowest, highest = kind.lowest, kind.highest
    for good in ("*", f"{lowest}", f"{highest:02}", f"{lowest}-{highest}", f"{lowest}-{highest}/2", f"*/{highest}"):
        assert kind.parse(good, "min") == good
    for bad in (
        f"{highest + 1}",
        f"{highest}-{lowest}",
        "*/0",
        f"*/{highest + 1}",
        "1/2",
        "1,",
        ",",
        "-1",
        "1--2",
        "٣",
    ):
        with pytest.raises(Invalid, match=r"^invalid min format :: "):
            kind.parse(bad, "min")


def test_an_account_has_a_crontab_of_its_jobs() -> None:
    jobs = (JobWant(("5", "*/2", "*", "*", "1-5"), "date +%F"), JobWant(("0", "3", "*", "*", "*"), "true"))
    text = cron.crontab(CrontabWant("alice", 20_001, "alice@example.org", jobs))
    assert text.splitlines()[1:] == [
        'MAILTO="alice@example.org"',
        'CONTENT_TYPE="text/plain; charset=utf-8"',
        "5 */2 * * 1-5 date +\\%F",
        "0 3 * * * true",
    ]
    assert cron.crontab(CrontabWant("alice", 20_001, "", ())).splitlines()[1:] == ['MAILTO=""']


def test_the_crontab_follows_its_account(town: Engine) -> None:
    file = town.applier.host.root / CRONTAB
    assert call(town, "v-add-cron-job", "alice", "1", "2", "3", "4", "5", "true") == (0, "")
    assert file.stat().st_mode & 0o777 == 0o600
    assert call(town, "v-change-user-contact", "alice", "other@example.org") == (0, "")
    assert 'MAILTO="other@example.org"\n' in file.read_text()
    assert call(town, "v-change-user-config-value", "alice", "CRON_REPORTS", "no") == (0, "")
    assert 'MAILTO=""\n' in file.read_text()
    assert call(town, "v-suspend-user", "alice") == (0, "")
    assert "true" not in file.read_text()
    assert call(town, "v-unsuspend-cron-job", "alice", "1") == (0, "")
    assert "true" not in file.read_text(), "the account is still suspended"
    assert call(town, "v-unsuspend-user", "alice") == (0, "")
    assert file.read_text().endswith("1 2 3 4 5 true\n")
    file.write_text("# somebody else's\n")
    assert call(town, "v-rebuild-all", "alice") == (0, "")
    assert file.read_text().endswith("1 2 3 4 5 true\n")
    assert call(town, "v-delete-cron-job", "alice", "1") == (0, "")
    assert not file.exists()


def test_a_crontab_never_gets_longer_than_cron_reads(town: Engine) -> None:
    def fill(tx: Tx) -> None:
        row = dict.fromkeys(("min", "hour", "day", "month", "wday"), "1") | {"account": "alice", "cron_command": "true"}
        rows = [row | {"job": number, "created": tx.context.now} for number in range(1, MOST_JOBS)]
        tx.execute(insert(cron_jobs), rows)

    town.writer.submit(Work(fill, town.dispatcher.context(ROOT, "127.0.0.1"))).result()
    job = ("v-add-cron-job", "alice", "1", "1", "1", "1", "1", "last")
    assert call(town, *job) == (0, "")
    code, text = call(town, *job)
    assert (code, str(MOST_JOBS) in text) == (8, True)
    # Debian's cron ignores a file of more than 10,000 lines.
    assert MOST_JOBS < len((town.applier.host.root / CRONTAB).read_text().splitlines()) < 10_000


def test_a_crontab_of_the_accounts_own_is_left_alone_while_it_has_no_job_here(town: Engine) -> None:
    file = town.applier.host.root / CRONTAB
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("1 1 1 1 1 own\n")
    for line in (("v-change-user-contact", "alice", "x@example.org"), ("v-suspend-user", "alice")):
        assert call(town, *line) == (0, "")
    assert call(town, "v-unsuspend-user", "alice") == (0, "")
    assert call(town, "v-rebuild-all", "alice") == (0, "")
    assert file.read_text() == "1 1 1 1 1 own\n"


def test_the_history_and_the_audit_do_not_repeat_a_command(town: Engine) -> None:
    assert call(town, "v-add-cron-job", "alice", "1", "1", "1", "1", "1", "mysqldump -pS3cret") == (0, "")
    with town.store.reading() as connection:
        for table in ("history", "audit"):
            assert "S3cret" not in repr(connection.exec_driver_sql(f"SELECT * FROM {table}").all())


def test_a_later_change_has_later_times(tmp_path: Path) -> None:
    file = tmp_path / "crontabs" / "alice"
    file.parent.mkdir()
    file.write_text("")
    for path in (file, file.parent):
        os.utime(path, (0, 0))
    root = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        touch(root, "/crontabs/alice")
        touch(root, "/crontabs/nobody")
        touch(root, "/nowhere/alice")
    finally:
        os.close(root)
    assert min(file.stat().st_mtime, file.parent.stat().st_mtime) > time.time() - 60
