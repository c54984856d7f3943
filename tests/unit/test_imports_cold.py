"""What starting costs and what may import what: a command line that imports little, and layers that point one way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
COMMANDS = ROOT / "src" / "tholos" / "edges" / "v.py"


def modules(code: str) -> set[str]:
    """The modules that are loaded after a piece of Python ran in a process of its own."""
    code += "\nimport sys; print(*sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    argv = [sys.executable, "-c", code]
    return set(subprocess.run(argv, check=True, capture_output=True, text=True, env=environment).stdout.split())


def test_a_command_imports_only_what_is_built_in() -> None:
    source = COMMANDS.read_text(encoding="utf-8")
    imported = [line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))]
    assert imported == ["_socket", "sys"]


def test_the_registry_loads_nothing_heavy() -> None:
    """What only some commands need is imported by those, when they are called."""
    heavy = {"alembic", "attr", "cryptography", "dbos", "dns", "jinja2", "josepy", "nh3", "psycopg", "psycopg_pool"}
    heavy |= {"publicsuffixlist", "pymysql", "pyotp", "requests", "rich", "segno", "starlette", "structlog", "urllib3"}
    loaded = modules("from tholos.kernel.command import load; load()")
    assert "tholos.resources.web.add" in loaded
    assert not heavy & {name.partition(".")[0] for name in loaded}


def test_the_engine_loads_neither_alembic_nor_a_web_server() -> None:
    heavy = {"alembic", "dns", "uvicorn", "starlette", "hypothesis"}
    assert not heavy & {name.partition(".")[0] for name in modules("import tholos.bootstrap")}


MAKES_ONE = """
import sys, tempfile
from pathlib import Path
from tholos.apply.host import Host
from tholos.bootstrap import Engine
with tempfile.TemporaryDirectory() as name:
    Engine(Path(name, "state"), Host(Path(name, "host"), rehearse=True), Path(name, "run"))
"""


def test_what_sqlalchemy_adds_to_comparisons_is_there_before_calls_are() -> None:
    """Half imported, beside calls of other threads, it would make those fail that compare a value of a type of ours."""
    assert {"sqlalchemy.orm", "sqlalchemy.orm.base"} <= modules(MAKES_ONE)


def test_dependencies_point_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    if not program.exists():
        pytest.skip("import-linter is not installed")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
