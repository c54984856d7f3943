"""Jobs on the real cron: run as their account and exactly as typed, mailed when asked for, and not while suspended."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.waiting import until

ALICE, BOB = "cronalice", "cronbob"
EVERY = ("*", "*", "*", "*", "*")
MINUTE = 150.0
"""Seconds within which cron, which looks once a minute, has done what it does in one, on a busy machine too."""
CRONTABS = "/var/spool/cron/crontabs"
MAILER = """#!/bin/sh
# In the place of a mail server: what cron sends is kept in a file.
{ echo "ARGUMENTS $*"; cat; } >> /run/cron-mail
"""
ODD = """printf '%s\\n' "100%" '\\%' '\\\\' "it's $(id -un)" > odd.txt; date +%Y-%m-%d >> odd.txt"""


def v(machine: Machine, *words: str) -> tuple[int, str]:
    """Run a command in the machine as root's shell does; give the exit code and what it printed."""
    done = machine.exec(list(words), check=False)
    return done.returncode, done.stdout


def read(machine: Machine, path: str) -> str:
    """A file's content, or nothing."""
    return machine.exec(["cat", path], check=False).stdout


@pytest.fixture(scope="module")
def people(machine: Machine) -> Iterator[Machine]:
    """Two accounts, and something that takes the mail of cron."""
    script = (
        "cat > /usr/sbin/sendmail && chmod 755 /usr/sbin/sendmail && touch /run/cron-mail && chmod 666 /run/cron-mail"
    )
    machine.exec(["sh", "-c", script], input=MAILER)
    for name in (ALICE, BOB):
        assert v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org") == (0, "")
    yield machine
    for name in (ALICE, BOB):
        assert v(machine, "v-delete-user", name) == (0, "")
        assert machine.exec(["test", "-e", f"{CRONTABS}/{name}"], check=False).returncode == 1
    machine.exec(["rm", "-f", "/usr/sbin/sendmail", "/run/cron-mail"])


def test_jobs_run_as_their_account_and_suspended_ones_do_not(people: Machine) -> None:
    home = f"/home/{ALICE}/tmp"
    jobs = (f"cd {home} && {ODD}", f"id -un > {home}/who; pwd >> {home}/who", f"touch {home}/paused", "echo $0 mailed")
    for command in jobs:
        assert v(people, "v-add-cron-job", ALICE, *EVERY, command) == (0, "")
    assert v(people, "v-suspend-cron-job", ALICE, "3") == (0, "")
    assert v(people, "v-add-cron-job", BOB, *EVERY, f"touch /home/{BOB}/tmp/silent; echo not mailed") == (0, "")
    assert v(people, "v-delete-cron-reports", BOB) == (0, "")
    assert people.exec(["stat", "-c", "%a %U", f"{CRONTABS}/{ALICE}"]).stdout.split() == ["600", ALICE]

    date = people.exec(["date", "+%Y-%m-%d"]).stdout
    until(lambda: read(people, "/run/cron-mail"), MINUTE, lambda mail: "mailed" in mail, pause=0.5)
    until(lambda: read(people, f"{home}/who").split() == [ALICE, f"/home/{ALICE}"])
    # The day may end meanwhile.
    dates = {date, people.exec(["date", "+%Y-%m-%d"]).stdout}
    odd = {f"100%\n\\%\n\\\\\nit's {ALICE}\n{date}" for date in dates}
    until(lambda: read(people, f"{home}/odd.txt"), right=odd.__contains__)
    until(lambda: people.exec(["test", "-e", f"/home/{BOB}/tmp/silent"], check=False).returncode == 0)
    mail = read(people, "/run/cron-mail")
    assert f"To: {ALICE}@example.org" in mail and "text/plain; charset=utf-8" in mail.lower()
    assert "not mailed" not in mail and BOB not in mail
    assert people.exec(["test", "-e", f"{home}/paused"], check=False).returncode == 1


def is_last(found: str) -> bool:
    """Whether what a job has written was written by the last change of it."""
    return found.splitlines()[-1:] == ["5"]


def test_a_change_and_a_suspension_are_seen_by_the_next_minute(people: Machine) -> None:
    ran = f"/home/{BOB}/tmp/ran"
    # Many changes in one second, of which cron must see the last.
    for turn in range(6):
        assert v(people, "v-change-cron-job", BOB, "1", *EVERY, f"echo {turn} >> {ran}") == (0, "")
    # The minute may end in the middle of them, and another before somebody looks.
    until(lambda: read(people, ran), MINUTE, is_last, pause=0.5)
    assert v(people, "v-suspend-user", BOB) == (0, "")
    # What began with the minute has ended.
    time.sleep(5)
    people.exec(["rm", "-f", ran])
    time.sleep(62)
    assert read(people, ran) == ""
    assert v(people, "v-unsuspend-user", BOB) == (0, "")
    until(lambda: read(people, ran), MINUTE, is_last, pause=0.5)
    shown = json.loads(v(people, "v-list-cron-jobs", BOB, "json")[1])
    assert shown["1"]["SUSPENDED"] == "no"


def test_no_neighbour_reads_a_crontab(people: Machine) -> None:
    done = people.exec(["runuser", "-u", BOB, "--", "cat", f"{CRONTABS}/{ALICE}"], check=False)
    assert (done.returncode, done.stdout) == (1, "")
