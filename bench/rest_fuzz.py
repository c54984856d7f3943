"""Fuzz the REST API from its own OpenAPI document: no fault of the server, and no answer outside the document.

``./tholos bench rest_fuzz`` runs schemathesis against an engine on a recording host for two minutes, or for as long as
``THOLOS_FUZZ_SECONDS`` says. Calls that would take the fuzzer's own access away are left out.

One check is not asked for: that whatever fits a schema is accepted. A JSON Schema cannot say all that a type checks
(that a domain is valid under IDNA), so such values are refused, with a problem that names them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.rehearsed import peopled
from tests.rpc_app import running

SECONDS = int(os.environ.get("THOLOS_FUZZ_SECONDS", "120"))
LEFT_OUT = ("access.api.change", "system.demo.change", "system.setting.change", "user.suspend", "access.source.delete")
"""Commands that take the fuzzer's own access away, or its right to change anything."""


def main() -> int:
    """Fuzz; give 1 when something was found."""
    with tempfile.TemporaryDirectory(prefix="tholos-fuzz-") as name:
        directory = Path(name)
        with running(peopled(directory / "seed")) as rpc:
            key = rpc.add_key("admin", "*", "fuzz", "json")
            argv = _argv(rpc.port, f"Bearer {key.key}.{key.secret}")
            return subprocess.run(argv, cwd=directory, check=False).returncode


def _argv(port: int, authorization: str) -> list[str]:
    left_out = [word for name in LEFT_OUT for word in ("--exclude-operation-id", name)]
    return [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"http://127.0.0.1:{port}/api/v2/openapi.json",
        "--header",
        f"Authorization: {authorization}",
        "--exclude-checks=positive_data_acceptance",
        f"--max-time={SECONDS}",
        "--continue-on-failure",
        "--suppress-health-check=all",
        # One: Python 3.11 cannot make syntax trees in several threads, which the fuzzer does.
        "--workers=1",
        "--warnings=off",
        *left_out,
    ]


if __name__ == "__main__":
    sys.exit(main())
