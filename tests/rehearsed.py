"""A node on a recording host with two accounts, for what runs outside of tests: fuzzing and measuring."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ADMIN_PASSWORD, PEOPLE, _register_address, call, new_engine

from tholos.apply.writer import Work
from tholos.bootstrap import ROOT


def peopled(directory: Path) -> Path:
    """Make the node in a directory and give it; alice has a site, bob is suspended."""
    engine = new_engine(directory)
    engine.start()
    engine.writer.submit(Work(_register_address, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()
    for line in (f"v-add-user admin {ADMIN_PASSWORD} admin@example.org", *PEOPLE.splitlines()):
        code, text = call(engine, *line.split())
        if code != 0:
            raise RuntimeError(f"{line}: {text}")
    engine.stop()
    return directory
