"""A page of the reference: a group's commands, each with its arguments, samples, route and errors."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence

from tholos.edges import samples
from tholos.edges.refusals import CHANGING, COMMON, refusals
from tholos.edges.rest.absent import ABSENT
from tholos.edges.rest.routes import PREFIX
from tholos.kernel import errors
from tholos.kernel.command import RESTART_WORDS, Command, Parameter


def group_page(group: str, commands: Iterable[Command], note: Callable[[str], str]) -> str:
    """The page of a group; ``note`` says how a command differs from that of the reference."""
    return "\n".join([f"# {group}\n", *_before(), *(_command(command, note(command.legacy)) for command in commands)])


def _before() -> Iterator[str]:
    """What the samples of a page stand on, and what may become of any call."""
    yield _SAMPLES
    for language, title in samples.TITLES.items():
        yield from _folded(title, _block(language, samples.snippet(language)))
    yield f"## Errors of any call\n\nExit codes of a call over the network: {_kinds(COMMON)}\n"
    yield f"Of a change: {_kinds(CHANGING)}\n"
    yield "Whatever is refused has changed nothing. What else a command may refuse stands with it.\n"
    yield _USAGE


_USAGE = """Above its arguments stands how a command is called, with brackets around what may be left out. The usage
line that it prints with exit code 1 is the protocol's, whose words for some arguments are others.
"""
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
    meanings = ((kind.code, kind.meaning.rstrip(".")) for kind in kinds)
    return ", ".join(f"{code} ({meaning[:1].lower()}{meaning[1:]})" for code, meaning in meanings) + "."


def _folded(title: str, *blocks: str) -> Iterator[str]:
    yield f"<details><summary>{title}</summary>\n"
    yield from blocks
    yield "</details>\n"


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```\n"


def _command(command: Command, note: str) -> str:
    does = "Changes the state" if command.changes else "Reads"
    caller = "an account for itself, and administrators" if command.role == "user" else "administrators"
    lines = [f"## {command.legacy}\n", f"{command.summary}\n", f"    {_line(command)}\n"]
    if command.slots:
        lines += ["| argument | default | takes | example |", "| --- | --- | --- | --- |", *_arguments(command), ""]
    lines += [f"{does}; for {caller}.\n", _block("bash", samples.sample(command, "bash"))]
    others = [_block(language, samples.sample(command, language)) for language in samples.TITLES if language != "bash"]
    lines += [*_folded("PHP, Python, JavaScript", *others), f"REST: {_route(command)}\n"]
    lines += [_block("bash", called)] if (called := samples.rest(command)) else []
    lines += [*_errors(command)]
    return "\n".join([*lines, f"Differs from upstream: {note}\n"] if note else lines)


def _line(command: Command) -> str:
    """How a command is called, in the words of the table of its arguments; brackets mark what may be left out.

    The usage line that a command prints is another: it is that of the reference, which has other words for some.
    """
    words = [slot.word if isinstance(slot, Parameter) else slot for slot in command.slots]
    required = [isinstance(slot, Parameter) and slot.required for slot in command.slots]
    shown = [word if needed else f"[{word}]" for word, needed in zip(words, required, strict=True)]
    return " ".join((command.legacy, *shown))


def _errors(command: Command) -> Iterator[str]:
    found: dict[int, list[str]] = {}
    for refused in refusals(command):
        found.setdefault(refused.code, []).append(f"`{cell(refused.text)}`" if refused.text else "nothing is printed")
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
    example = f"`{cell(parameter.example)}`" if parameter.example else ""
    return f"| {parameter.word} | {needed} | {cell(parameter.type.expected)} | {example} |"


def cell(text: str) -> str:
    """A text in a cell of a table."""
    return text.replace("|", "\\|")
