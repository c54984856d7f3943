"""A dry run's plan as JSON: files with their differences, commands, checks and reloads.

The content of a file that neither everybody nor an account may read is masked, so that no hash of a password leaves the
machine. Whoever is not the first administrator sees the lines that would change and none around them, which can be a
neighbour's.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Literal

import msgspec

from tholos.apply.batch import Plan
from tholos.apply.host import Host
from tholos.apply.steps import (
    Again,
    Change,
    Check,
    Directory,
    Discard,
    End,
    Freshen,
    Give,
    Line,
    Link,
    Load,
    Member,
    Move,
    Noted,
    Postpone,
    ReadUnits,
    Reconfigure,
    Reload,
    Remove,
    Restart,
    Run,
    Sql,
    Write,
    Zone,
)
from tholos.resources.user.model import FIRST_UID

MASK = "******"
TOO_LARGE = "(too large to be compared)"
LARGEST = 1024 * 1024
"""Bytes of a file that is compared with what it will be."""
CONTEXT = 3
Told = Run | End | Zone | Member
"""What is shown as a command."""
Action = Literal["write", "line", "remove", "link", "directory", "discard", "move", "give"]


class FileChange(msgspec.Struct, frozen=True):
    """What would become of a path; ``diff`` is a unified one, ``target`` that of a link, ``mode`` in octal digits."""

    path: str
    action: Action
    mode: str | None = None
    target: str | None = None
    diff: str | None = None


class ServiceAction(msgspec.Struct, frozen=True):
    """What would be done to a service."""

    service: str
    action: str


class SqlStatement(msgspec.Struct, frozen=True):
    """What would be said to a database server; values, which can be hashes of passwords, are left out."""

    server: str
    text: str


class Planned(msgspec.Struct, frozen=True):
    """What a change would do to the machine, in this order; nothing was changed."""

    files: list[FileChange]
    commands: list[list[str]]
    statements: list[SqlStatement]
    checks: list[list[str]]
    reloads: list[ServiceAction]


def planned(plan: Plan, host: Host, *, whole: bool) -> Planned:
    """Describe a plan for somebody who may see whole files, or only what changes in them."""
    return Planned(
        files=[of_file(step, host, whole=whole) for step in plan.changes if not isinstance(step, Told | Sql | Noted)],
        commands=[_command(step) for step in plan.changes if isinstance(step, Told)],
        statements=[_sql(step) for step in plan.changes if isinstance(step, Sql | Postpone)],
        checks=[list(step.argv) for step in plan.finishes if isinstance(step, Check)],
        reloads=[_service(step) for step in plan.finishes if not isinstance(step, Check)],
    )


def _sql(step: Sql | Postpone) -> SqlStatement:
    if isinstance(step, Postpone):
        return SqlStatement(step.server, f"-- {step.scope} {step.key[-1]}: when the server answers again")
    return SqlStatement(step.server, step.statement.text.replace("%%", "%"))


def _command(step: Told) -> list[str]:
    """What is run; what goes over a control channel or by a system call is shown as rndc(8) or pkill(1) would do it."""
    if isinstance(step, Run):
        return list(step.argv)
    if isinstance(step, End):
        return ["pkill", "-KILL", "-U", str(step.uid)]
    if isinstance(step, Member):
        return ["nsupdate", step.catalog, "add" if step.present else "delete", step.zone]
    if not step.configuration:
        return ["rndc", "delzone", step.zone]
    return ["rndc", "addzone", step.zone, f"{{{step.configuration}}};"]


def _service(step: Again) -> ServiceAction:
    match step:
        case Load():
            return ServiceAction("bind9", f"reload {step.zone}")
        case Reload() | Reconfigure() | ReadUnits():
            return ServiceAction(step.service, "reload")
        case Restart():
            return ServiceAction(step.unit, step.action)
        case Freshen():
            return ServiceAction("cron", "reload")


def of_file(step: Change, host: Host, *, whole: bool) -> FileChange:
    """What a step will make of a file; ``whole`` shows what stays around it too."""
    match step:
        case Write():
            return FileChange(step.path, "write", _octal(step.mode), diff=_diff(step, host, whole=whole))
        case Line():
            return FileChange(step.path, "line", _octal(step.mode), diff=_line_diff(step, host.read(step.path)))
        case Directory():
            return FileChange(step.path, "directory", _octal(step.mode))
        case Link():
            return FileChange(step.path, "link", target=step.target)
        case Remove():
            return FileChange(step.path, "remove")
        case Discard():
            return FileChange(step.path, "discard")
        case Move():
            return FileChange(step.path, "move", target=step.target)
        case Give():
            return FileChange(step.path, "give")
    raise TypeError(f"{type(step).__name__} is no change of a file")


def _octal(mode: int) -> str:
    return f"{mode:04o}"


def _is_open(step: Write | Line) -> bool:
    """Tell whether everybody on the machine may read a file, or the group of an account."""
    return bool(step.mode & 0o004) or (bool(step.mode & 0o040) and step.group >= FIRST_UID)


def _diff(step: Write, host: Host, *, whole: bool) -> str:
    if not _is_open(step):
        return f"--- {step.path}\n+++ {step.path}\n{MASK}\n"
    old = host.read(step.path, LARGEST + 1) or b""
    if len(old) > LARGEST:
        return f"--- {step.path}\n+++ {step.path}\n{TOO_LARGE}\n"
    return _unified(step.path, _lines(old), _lines(step.content), context=CONTEXT if whole else 0)


def _line_diff(step: Line, content: bytes | None) -> str:
    old = [line for line in _lines(content or b"") if line.partition(":")[0] == step.key]
    new = [] if step.text is None else [step.text]
    if not _is_open(step):
        old, new = [f"{step.key}:{MASK} (now)" for _ in old], [f"{step.key}:{MASK}" for _ in new]
    return _unified(step.path, old, new, context=0)


def _unified(path: str, old: list[str], new: list[str], *, context: int) -> str:
    return "".join(f"{line}\n" for line in _compared(path, old, new, context))


def _compared(path: str, old: list[str], new: list[str], context: int) -> Iterator[str]:
    return difflib.unified_diff(old, new, path, path, lineterm="", n=context)


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="replace").splitlines()
