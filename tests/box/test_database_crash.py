"""The engine is killed in the middle of changes of databases, on the real servers: all or nothing."""

from __future__ import annotations

from box.machine import Machine
from tests.box.test_crash_machine import POINTS, engine_stopped, program


def test_killed_at_points_of_every_change_of_databases_it_is_all_or_nothing(machine: Machine) -> None:
    with engine_stopped(machine):
        reports = program(machine, POINTS, module="tests.box.inside_databases", timeout=3600)
    for report in reports:
        assert isinstance(report, dict)
        assert report["wrong"] == [], report["change"]
        assert {"_rows", "after _rows", "commit", "after commit"} <= set(report["kinds"])
    assert len(reports) == 12
