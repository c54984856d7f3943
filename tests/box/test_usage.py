"""Usage on a real machine: what nginx sends is counted to the byte, whatever happens to the log and to the engine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from box.machine import Machine
from tests.box.engine import crash, value_of
from tests.waiting import took, until

ALICE, BOB = "usagealice", "usagebob"
SITE, OTHER = "usage-alice.test", "usage-bob.test"
LOG = "/var/log/nginx/tholos/traffic.log"
MB = 2**20


def v(machine: Machine, *words: str) -> str:
    """Run a command in the machine as root's shell does; it must succeed."""
    done = machine.exec(list(words), check=False)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def sh(machine: Machine, script: str) -> str:
    """Run a script of the test's own in the machine."""
    return machine.exec(["sh", "-c", script]).stdout


@pytest.fixture(scope="module")
def people(machine: Machine) -> Iterator[Machine]:
    """Two accounts with a site each, and a file of a megabyte that the sites send."""
    for name, site in ((ALICE, SITE), (BOB, OTHER)):
        v(machine, "v-add-user", name, "Pass12345", f"{name}@example.org")
        v(machine, "v-add-web-domain", name, site)
        page = f"/home/{name}/web/{site}/public_html/big.bin"
        sh(machine, f"head -c {MB} /dev/urandom > {page} && chown {name}: {page}")
    yield machine
    for name in (ALICE, BOB):
        v(machine, "v-delete-user", name)


def fetch(machine: Machine, site: str, path: str, times: int = 1, options: str = "") -> int:
    """Have curl fetch something; give the bytes that came, headers and all."""
    address = machine.exec(["hostname", "-I"]).stdout.split()[0]
    write = "%{size_header} %{size_download}\\n"
    one = f"curl -s {options} -o /dev/null -w '{write}' -H 'Host: {site}' http://{address}{path}"
    printed = sh(machine, f"for i in $(seq {times}); do {one}; done")
    return sum(int(word) for word in printed.split())


def sent(machine: Machine, user: str) -> int:
    """What is counted for an account, to the byte, after counting it now."""
    v(machine, "v-update-web-domains-traff", user)
    query = (
        "select coalesce(sum(traffic.sent), 0) from traffic join site_tenures on tenure_id = site_tenures.id "
        f"where account = '{user}'"
    )
    return value_of(machine, query)


def until_sent(machine: Machine, user: str, wanted: int) -> None:
    """Wait until so much is counted for an account: nginx writes a line when its client has had all already."""
    until(lambda: sent(machine, user), right=wanted.__eq__)


def rotate(machine: Machine) -> None:
    """As the distribution's timer does it, whether it is due or not."""
    sh(machine, "logrotate --force /etc/logrotate.d/tholos")


def test_what_is_sent_is_counted_to_the_byte(people: Machine) -> None:
    before, other = sent(people, ALICE), sent(people, BOB)
    came = fetch(people, SITE, "/big.bin", 5) + fetch(people, SITE, "/nothing-there", 3) + fetch(people, SITE, "/")
    came += fetch(people, SITE, "/big.bin", 2, "--range 0-999") + fetch(people, SITE, "/big.bin", 2, "--head")
    until_sent(people, ALICE, before + came)
    assert sent(people, BOB) == other
    site = json.loads(v(people, "v-list-web-domain", ALICE, SITE, "json"))[SITE]
    user = json.loads(v(people, "v-list-user", ALICE, "json"))[ALICE]
    assert (site["U_BANDWIDTH"], user["U_BANDWIDTH"]) == ("5", "5")
    assert json.loads(v(people, "v-list-users", "json"))[ALICE]["U_BANDWIDTH"] == "5"


def test_rotations_kills_and_copies_lose_and_repeat_nothing(people: Machine) -> None:
    before = sent(people, ALICE)
    came = fetch(people, SITE, "/big.bin", 3)
    rotate(people)
    came += fetch(people, SITE, "/", 5)
    crash(people)
    rotate(people)
    came += fetch(people, SITE, "/big.bin", 2)
    # As with copytruncate: nothing is sent between the two.
    sh(people, f"cp {LOG} {LOG}.copy && : > {LOG}")
    came += fetch(people, SITE, "/", 7)
    rotate(people)
    sh(people, f"gzip {LOG}.copy; gzip {LOG}.2; rm -f {LOG}.9")
    crash(people)
    came += fetch(people, SITE, "/", 2)
    until_sent(people, ALICE, before + came)
    crash(people)
    assert sent(people, ALICE) - before == came
    assert sh(people, f"stat -c %a {LOG}").strip() == "640"


def test_traffic_under_way_while_everything_happens(people: Machine) -> None:
    before = sent(people, BOB)
    came: list[int] = []
    threads = [threading.Thread(target=lambda: came.append(fetch(people, OTHER, "/big.bin", 40))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for act in (rotate, crash, rotate, lambda box: v(box, "v-update-web-domains-traff", BOB), crash):
        act(people)
    for thread in threads:
        thread.join()
    assert len(came) == 3
    until_sent(people, BOB, before + sum(came))


def test_an_account_does_not_see_what_its_neighbours_send(people: Machine) -> None:
    for path in (LOG, LOG.rpartition("/")[0]):
        reading = people.exec(["runuser", "-u", BOB, "--", "sh", "-c", f"ls {path} && cat {path}"], check=False)
        assert reading.returncode != 0


def test_a_suspended_site_costs_its_account_nothing(people: Machine) -> None:
    before = sent(people, ALICE)
    v(people, "v-suspend-web-domain", ALICE, SITE)
    fetch(people, SITE, "/", 3)
    v(people, "v-unsuspend-web-domain", ALICE, SITE)
    assert sent(people, ALICE) == before


def test_disk_is_what_lies_there(people: Machine) -> None:
    tmp, site = f"/home/{BOB}/tmp", f"/home/{BOB}/web/{OTHER}/public_html"

    def disk() -> dict[str, str]:
        v(people, "v-update-user-disk", BOB)
        v(people, "v-update-web-domains-disk", BOB)
        found: dict[str, str] = json.loads(v(people, "v-list-user", BOB, "json"))[BOB]
        return {key: found[key] for key in ("U_DISK", "U_DISK_DIRS", "U_DISK_WEB")}

    before = disk()
    assert before == {"U_DISK": "3", "U_DISK_DIRS": "1", "U_DISK_WEB": "2"}
    tricks = f"""cd {tmp} && head -c 5242880 /dev/urandom > five && ln five again && ln five once-more
ln -s / root; ln -s {tmp} loop; ln -s /usr usr; truncate -s 1G sparse
cd {site} && head -c 7340032 /dev/urandom > seven && ln -s /usr usr && ln seven eight"""
    people.exec(["runuser", "-u", BOB, "--", "sh", "-c", tricks])
    assert disk() == {"U_DISK": "15", "U_DISK_DIRS": "6", "U_DISK_WEB": "9"}


def change(machine: Machine, number: int) -> float:
    """The seconds that a change of an account takes."""
    return took(lambda: v(machine, "v-change-user-contact", BOB, f"at{number}@example.org"))


def test_a_site_of_very_many_files_holds_nobody_up(people: Machine) -> None:
    site = f"/home/{ALICE}/web/{SITE}/public_html/many"
    make = (
        f"mkdir -p {site} && cd {site} && for d in $(seq 100); do mkdir $d && (cd $d && seq 1000 | xargs touch); done"
    )
    people.exec(["runuser", "-u", ALICE, "--", "sh", "-c", make])
    idle = [change(people, number) for number in range(10)]
    done = threading.Event()

    def measure() -> None:
        measured = 0
        while measured < 3 or len(busy) < 10:
            v(people, "v-update-web-domain-disk", ALICE, SITE)
            measured += 1
        done.set()

    busy: list[float] = []
    thread = threading.Thread(target=measure)
    thread.start()
    while not done.is_set():
        busy.append(change(people, len(busy)))
    thread.join()
    # What waits for a measurement takes thirty times as long as when nothing is measured. One in ten may have bad luck.
    assert sorted(busy)[len(busy) * 9 // 10 - 1] < 10 * max(idle), (idle, busy)
    v(people, "v-delete-web-domain", ALICE, SITE)


def test_the_engine_measures_unasked(people: Machine) -> None:
    def measured() -> bool:
        query = f"select count(*) from disk_usage where account = '{BOB}' and measured > 0"
        return value_of(people, query) == 1 and value_of(people, counted) >= 1

    counted = f"select count(*) from usage_months where account = '{BOB}'"
    sent(people, BOB)
    sh(people, f"rm {LOG}*")
    take_turns(people, BOB)
    until(measured, 400, pause=1)
    # nginx was told that its log is gone, and writes to a new one that nobody else may read.
    until(lambda: people.exec(["test", "-e", LOG], check=False).returncode == 0, 70, pause=0.5)
    before = sent(people, BOB)
    until_sent(people, BOB, before + fetch(people, OTHER, "/big.bin", 2))
    assert sh(people, f"stat -c %a {LOG}").strip() == "640"


def take_turns(machine: Machine, waiting: str) -> None:
    """Have every other account be one that was measured just now, and the day be one that is not yet recorded.

    How many accounts there are, and when the machine recorded its day, is other tests' doing.
    """
    turns = (
        "import sqlite3, sys, time; c = sqlite3.connect('/var/lib/tholos/state.db'); "
        "c.execute('insert or ignore into disk_usage (account, home, measured) select name, 0, 0 from accounts'); "
        "c.execute('update disk_usage set measured = ? where account != ?', (int(time.time()), sys.argv[1])); "
        "c.execute('update usage_clock set recorded = ?', ('',)); "
        "c.commit()"
    )
    sh(machine, "systemctl stop tholos-engine")
    machine.exec(["python3", "-c", turns, waiting])
    sh(machine, "systemctl start tholos-engine")
