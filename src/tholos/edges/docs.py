"""The reference, written from the declarations: a page per group of commands, and what is compatible.

``python -m tholos.edges.docs docs`` writes ``docs/reference/*.md`` and ``docs/compatibility.md``. What cannot be
derived stands in data files beside this one: ``reference.json`` names every command of the reference by group,
``own.json`` those that it has not, ``deviations.json`` says where and why Tholos differs.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec

from tholos.edges import samples
from tholos.edges.refusals import CHANGING, COMMON, refusals
from tholos.edges.rest.absent import ABSENT
from tholos.edges.rest.routes import PREFIX
from tholos.kernel import errors
from tholos.kernel.command import COMMANDS, RESTART_WORDS, Command, Parameter, load

HERE = Path(__file__).parent
_WRITTEN = "<!-- Written by ./tholos docs from the declarations; changes here are lost. -->\n"


class Deviations(msgspec.Struct, frozen=True):
    """Where Tholos differs: notes by title, notes by command, and reasons by command and aspect of its declaration."""

    notes: dict[str, str]
    contract: dict[str, str]
    commands: dict[str, str] = {}

    def of(self, name: str) -> str:
        """What is to be said about a command."""
        reasons = [reason for key, reason in self.contract.items() if key.split()[0] == name]
        return " ".join(dict.fromkeys([*reasons, *([self.commands[name]] if name in self.commands else [])]))


@cache
def deviations() -> Deviations:
    """The hand-written part."""
    return msgspec.json.decode((HERE / "deviations.json").read_bytes(), type=Deviations)


@cache
def reference() -> dict[str, list[str]]:
    """The names of every command of the reference, by group."""
    return msgspec.json.decode((HERE / "reference.json").read_bytes(), type=dict[str, list[str]])


@cache
def own() -> dict[str, list[str]]:
    """The names of the commands that the reference has not, by group."""
    return msgspec.json.decode((HERE / "own.json").read_bytes(), type=dict[str, list[str]])


def pages() -> dict[str, str]:
    """The text of every page by its path below ``docs``."""
    load()
    groups = {
        group: [name for name in (*names, *own().get(group, ())) if name in COMMANDS]
        for group, names in reference().items()
    }
    there = {group: names for group, names in groups.items() if names}
    written = {f"reference/{_file(group)}": _group(group, names) for group, names in there.items()}
    return {
        **written,
        "reference/README.md": _index(there),
        "compatibility.md": "".join(f"{block}\n" for block in _compatibility()),
    }


def _file(group: str) -> str:
    return f"{group.replace('/', '-')}.md"


def _index(groups: dict[str, list[str]]) -> str:
    lines = [_WRITTEN, "# Reference\n", "## Commands\n"]
    for group, names in groups.items():
        lines += [f"### [{group}]({_file(group)})\n"]
        lines += [f"- [`{name}`]({_file(group)}#{name}): {COMMANDS[name].summary}" for name in names]
        lines += [""]
    lines += ["## Exit codes\n", "| code | meaning |", "| --- | --- |", "| 0 | The call was carried out. |"]
    lines += [f"| {code} | {_cell(meaning)} |" for code, meaning in _codes()]
    return "\n".join(lines) + "\n"


def _codes() -> list[tuple[int, str]]:
    found: dict[int, str] = {}
    kinds: list[type[errors.Refusal]] = [errors.Usage, *errors.Refusal.__subclasses__()]
    for kind in kinds:
        found.setdefault(kind.code, _meaning(kind))
    return sorted(found.items())


def _group(group: str, names: Sequence[str]) -> str:
    return "\n".join([_WRITTEN, f"# {group}\n", *_before(), *(_command(COMMANDS[name]) for name in names)])


def _before() -> Iterator[str]:
    """What the samples of a page stand on, and what may become of any call."""
    yield _SAMPLES
    for language, title in samples.TITLES.items():
        yield from _folded(title, _block(language, samples.snippet(language)))
    yield f"## Errors of any call\n\nExit codes of a call over the network: {_kinds(COMMON)}\n"
    yield f"Of a change: {_kinds(CHANGING)}\n"
    yield "Whatever is refused has changed nothing. What else a command may refuse stands with it.\n"


_SAMPLES = """## Samples

Each sample stands below the functions of its language in a program of its own, and needs nothing but the language: copy
both. In the environment are the server's address and an [access key](access-key.md) with its secret:

    export THOLOS_URL=https://panel.example.com:8083 THOLOS_ACCESS_KEY=... THOLOS_SECRET_KEY=...

Certificates are checked. While the server still has the one that it signed itself, `/etc/tholos/tls/certificate.crt`,
name a copy of it to curl, Python and PHP in `SSL_CERT_FILE`, and to Node.js in `NODE_EXTRA_CA_CERTS`. The shell is
bash with curl 7.82 or later.
"""


def _kinds(kinds: Sequence[type[errors.Refusal]]) -> str:
    """The codes of refusals with their meanings, as the end of a sentence."""
    meanings = ((kind.code, _meaning(kind).rstrip(".")) for kind in kinds)
    return ", ".join(f"{code} ({meaning[:1].lower()}{meaning[1:]})" for code, meaning in meanings) + "."


def _meaning(kind: type[errors.Refusal]) -> str:
    return (kind.__doc__ or "").split("\n")[0]


def _folded(title: str, *blocks: str) -> Iterator[str]:
    yield f"<details><summary>{title}</summary>\n"
    yield from blocks
    yield "</details>\n"


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```\n"


def _command(command: Command) -> str:
    does = "Changes the state" if command.changes else "Reads"
    caller = "an account for itself, and administrators" if command.role == "user" else "administrators"
    lines = [f"## {command.legacy}\n", f"{command.summary}\n", f"    {command.legacy} {command.usage}".rstrip() + "\n"]
    if command.slots:
        lines += ["| argument | default | takes | example |", "| --- | --- | --- | --- |", *_arguments(command), ""]
    lines += [f"{does}; for {caller}.\n", _block("bash", samples.sample(command, "bash"))]
    others = [_block(language, samples.sample(command, language)) for language in samples.TITLES if language != "bash"]
    lines += [*_folded("PHP, Python, JavaScript", *others), f"REST: {_route(command)}\n"]
    lines += [_block("bash", called)] if (called := samples.rest(command)) else []
    lines += [*_errors(command)]
    note = deviations().of(command.legacy)
    return "\n".join([*lines, f"Differs from upstream: {note}\n"] if note else lines)


def _errors(command: Command) -> Iterator[str]:
    found: dict[int, list[str]] = {}
    for refused in refusals(command):
        found.setdefault(refused.code, []).append(f"`{_cell(refused.text)}`" if refused.text else "nothing is printed")
    if not found:
        yield "It has no errors of its own.\n"
        return
    yield "| exit code | error |\n| --- | --- |"
    for code, texts in found.items():
        yield f"| {code} | {'<br>'.join(texts)} |"
    yield ""


def _route(command: Command) -> str:
    """The command's route, and what it answers with."""
    if not command.rest:
        return f"none. {ABSENT.get(command.legacy, '')}".rstrip()
    method, _, path = command.rest.partition(" ")
    shown = command.resource
    return f"`{method} {PREFIX}{path}`" + (f", answers with `{shown.__name__}`" if shown not in (None, str) else "")


def _arguments(command: Command) -> Iterator[str]:
    for slot in command.slots:
        if slot == "FORMAT":
            yield f"| FORMAT | optional | {', '.join(samples.formats(command))} | `json` |"
        elif slot == "RESTART":
            accepted = ", ".join(filter(None, RESTART_WORDS))
            yield f"| RESTART | optional | {accepted}; a change is live in any case | `yes` |"
        else:
            yield _argument(command, slot)


def _argument(command: Command, parameter: Parameter) -> str:
    default = inspect.signature(command.function).parameters[parameter.name].default
    needed = "required" if parameter.required else f"`{default}`" if default else "optional"
    example = f"`{_cell(parameter.example)}`" if parameter.example else ""
    return f"| {parameter.word} | {needed} | {_cell(parameter.type.expected)} | {example} |"


def _compatibility() -> Iterator[str]:
    names = [name for group in reference().values() for name in group]
    count = sum(name in COMMANDS for name in names)
    yield _WRITTEN
    yield "# Compatibility\n"
    yield f"Of the {len(names)} commands of HestiaCP 1.10, {count} are there. The others exit and answer as an unknown"
    yield "command does. Where a command that is there differs, this page says so.\n"
    yield "## What differs on purpose\n"
    for title, text in deviations().notes.items():
        yield f"- **{title}.** {text}"
    yield "\n## Commands that upstream has not\n"
    for name in sorted(name for names in own().values() for name in names):
        yield f"- `{name}`: {COMMANDS[name].summary}"
    yield "\n## Command by command\n"
    for group, listed in reference().items():
        yield f"### {group}: {sum(name in COMMANDS for name in listed)} of {len(listed)}\n"
        yield "| command | | |\n| --- | --- | --- |"
        for name in listed:
            yield f"| `{name}` | {'there' if name in COMMANDS else 'not yet'} | {_cell(deviations().of(name))} |"
        yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def write(directory: Path) -> None:
    """Write every page below a directory, and remove pages of groups that are no more."""
    written = pages()
    (directory / "reference").mkdir(parents=True, exist_ok=True)
    for old in (directory / "reference").glob("*.md"):
        if f"reference/{old.name}" not in written:
            old.unlink()
    for path, text in written.items():
        (directory / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
