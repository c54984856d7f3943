"""The checkout's own Python environment: `.venv` with exactly the locked dependencies, made once per lock."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from box import host
from box.places import CHECKOUT, digest
from box.say import run_long, step

VENV = CHECKOUT / ".venv"
LOCK = CHECKOUT / "requirements-dev.lock"
MARK = VENV / "tholos-lock"
LOG = CHECKOUT / ".cache" / "environment.log"


def binary(name: str) -> Path:
    """Give the path of a program of the environment."""
    return VENV / "bin" / name


def ensure() -> Path:
    """Give the environment's Python, after making or renewing the environment if the lock has changed."""
    wanted = digest(LOCK.read_text(), ".".join(map(str, sys.version_info[:2])))
    if MARK.exists() and MARK.read_text() == wanted and os.access(binary("python"), os.X_OK):
        return binary("python")
    with step("setting up .venv with the locked dependencies (once per lock)"):
        _tools()
        _make()
        install = ["install", "--require-hashes", "--no-deps", "--progress-bar=off", "-r", str(LOCK)]
        run_long([str(binary("python")), "-m", "pip", *install], LOG)
        _packages().joinpath("tholos-checkout.pth").write_text(f"{CHECKOUT / 'src'}\n")
        MARK.write_text(wanted)
    return binary("python")


def _make() -> None:
    if os.access(binary("python"), os.X_OK) and binary("pip").exists():
        return
    run_long([sys.executable, "-m", "venv", "--clear", str(VENV)], LOG)


def _tools() -> None:
    """Get what a bare Debian lacks: its Python cannot make environments."""
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode:
        host.install("python3-venv")


def _packages() -> Path:
    return VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
