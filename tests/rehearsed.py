"""A node on a recording host with two accounts, for what runs outside of tests: fuzzing and measuring."""

from __future__ import annotations

import shlex
from pathlib import Path

from tests.conftest import ADMIN_PASSWORD, PEOPLE, _register_address, call, new_engine

from tholos.apply.writer import Work
from tholos.bootstrap import ROOT

THINGS = """\
v-add-web-domain-alias alice alice.test shop.alice.test
v-add-web-domain-httpauth alice alice.test visitor aGoodPassword1
v-add-web-domain-redirect alice alice.test www.alice.test 302
v-add-dns-domain alice alice.test 198.18.0.1
v-add-dns-record alice alice.test host A 198.18.0.7
v-add-dns-domain alice second.test 198.18.0.1
v-add-database alice db dbuser aGoodPassword1 mysql
v-add-cron-job alice 5 4 * * * true
v-add-user-notification alice topic notice"""
"""What else alice has, of every noun that there is."""
NOT_THERE = (3, 11, 127)
"""A subsystem that is switched off or has no host, and a command that there is not."""


def peopled(directory: Path) -> Path:
    """Make the node in a directory and give it; alice has a site, bob is suspended."""
    engine = new_engine(directory)
    engine.start()
    engine.writer.submit(Work(_register_address, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()
    for line in (f"v-add-user admin {ADMIN_PASSWORD} admin@example.org", *PEOPLE.splitlines()):
        code, text = call(engine, *line.split())
        if code != 0:
            raise RuntimeError(f"{line}: {text}")
    for line in THINGS.splitlines():
        code, text = call(engine, *shlex.split(line))
        if code not in (0, *NOT_THERE):
            raise RuntimeError(f"{line}: {text}")
    engine.stop()
    return directory
