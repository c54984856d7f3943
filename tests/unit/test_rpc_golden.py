"""Every transcript of the reference's HTTP API that is about commands which exist, replayed on the real edge."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from tests.rpc_app import FORM, Answer, Rpc, running

from tholos.kernel.command import COMMANDS, load

FILE = Path(__file__).parents[1] / "facts" / "http.md"
_ADDED = {"date", "content-length", "tholos-refusal", "content-security-policy", "x-content-type-options"}
"""Headers that an answer may have beside those of the reference."""
_WHOLE_HEADERS = {
    "MIN,HOUR,DAY,WDAY,CMD,SUSPENDED,TIME,DATE": "JOB,MIN,HOUR,DAY,MONTH,WDAY,CMD,SUSPENDED,TIME,DATE",
}
"""Headers that leave out columns of the lines below them, and what stands in their place (docs/compatibility.md)."""
_BUILT_IN = ("v-make-tmp-file", "v-no-such-command")
load()


@dataclass
class Case:
    """A transcript: what is sent, and what the reference answered."""

    section: str
    title: str
    parts: list[str] = field(default_factory=list)
    method: str = "POST"
    kind: str = FORM
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    length: int = 0
    body: list[str] = field(default_factory=list)

    @property
    def command(self) -> str:
        found = re.search(r'cmd(?:=|":")([\w-]+)', "&".join(self.parts))
        return found[1] if found else ""


def _cases() -> Iterator[Case]:
    section, case, inside = "", None, False
    for line in FILE.read_text().split("\n## Session log")[0].splitlines():
        if line.startswith("## "):
            section = line
        elif line.startswith("### "):
            case, inside = Case(section, line[4:]), False
        elif line == "```" and case is not None:
            if inside:
                yield case
                case = None
            inside = not inside
        elif case is not None and inside:
            _read_line(case, line)


def _read_line(case: Case, line: str) -> None:
    word, _, rest = line.strip().partition(" ")
    rest = rest.lstrip()
    if case.length or case.body or (case.status and word not in ("HEADER", "BODY")):
        case.body.append(line)
    elif word == "-d":
        case.parts.append(rest)
    elif word == "--data-urlencode":
        name, _, value = rest.partition("=")
        case.parts.append(f"{name}={quote_plus(value)}")
    elif word == "-H":
        case.kind = rest.partition(": ")[2]
    elif word == "-X":
        case.method = rest
    elif word == "STATUS":
        case.status = int(rest)
    elif word == "HEADER":
        name, _, value = rest.partition(": ")
        case.headers[name.lower()] = value
    elif word == "BODY":
        case.length = int(rest.strip("( bytes)"))


ALL = list(_cases())
CASES = [case for case in ALL if case.command in ("", *_BUILT_IN, *COMMANDS)]


@pytest.fixture(scope="module")
def node(seeded: Path) -> Iterator[tuple[Rpc, dict[str, str]]]:
    with running(seeded) as rpc:
        for name in ("alice", "bob", "carol"):
            assert rpc.run("v-add-user", name, f"{name.title()}Pass123", f"{name}@example.org")[0] == 0
        rpc.run("v-suspend-user", "carol")
        rpc.run("v-add-web-domain", "alice", "alice.test")
        rpc.run("v-change-user-ns", "alice", "ns1.ref.test", "ns2.ref.test")
        rpc.run("v-add-dns-domain", "alice", "alice.test", "198.18.0.1")
        rpc.run("v-delete-dns-record", "alice", "alice.test", "13")
        words = {"{LEGACY_KEY}": rpc.run("v-generate-api-key")[1].strip()}
        permissions = {
            "ADMIN": ("admin", "*"),
            "BILLING": ("admin", "billing"),
            "ALICE": ("alice", "update-dns-records,mail-accounts"),
        }
        for name, (user, allowed) in permissions.items():
            key = rpc.add_key(user, allowed, f"{name.lower()} key", "json")
            words |= {f"{{AK_{name}}}": key.key, f"{{SECRET_{name}}}": key.secret}
        yield rpc, words


def _arrange(rpc: Rpc, case: Case) -> None:
    level = re.search(r"API_SYSTEM=(\d)", case.title)
    allowed = "" if "API_ALLOWED_IP=''" in case.section else "allow-all"
    if "allow list" in case.title:
        found = re.search(r"\d+(?:\.\d+){3}", case.title)
        allowed = found[0] if found else ""
    rpc.set(
        API="no" if "API=no" in case.title else "yes",
        API_SYSTEM=level[1] if level else "2",
        API_ALLOWED_IP=allowed,
    )


@contextmanager
def _owner_as_told(rpc: Rpc, case: Case) -> Iterator[None]:
    suspended = "key owner suspended" in case.title
    if suspended:
        rpc.run("v-suspend-user", "alice")
    yield
    if suspended:
        rpc.run("v-unsuspend-user", "alice")


def _send(rpc: Rpc, case: Case, words: dict[str, str]) -> Answer:
    body = "&".join(case.parts)
    for word, value in words.items():
        body = body.replace(word, value)
    rpc.engine.gate.login.limit.succeeded("127.0.0.1", "")
    return rpc.request(body.encode(), case.kind, "/api/index.php", case.method)


def test_most_transcripts_are_replayed() -> None:
    assert len(ALL) > 140
    assert len(CASES) > 110


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_answers_as_the_reference(node: tuple[Rpc, dict[str, str]], case: Case) -> None:
    rpc, words = node
    _arrange(rpc, case)
    with _owner_as_told(rpc, case):
        answer = _send(rpc, case, words)
    assert answer.status == case.status, answer.body
    assert set(answer.headers) - _ADDED == set(case.headers) - _ADDED
    shown = {name: answer.headers[name] for name in case.headers}
    assert shown == case.headers
    _compare(answer.body, case, words)


def _compare(body: str, case: Case, words: dict[str, str]) -> None:
    expected = "\n".join(case.body).replace("<no EOL>", "").replace("<EOL at end>", "")
    if case.status != 200 or len(expected) < 60 or expected == "{\n}":
        for word, value in words.items():
            expected = expected.replace(word, value)
        assert body == expected
        assert len(body.encode()) == case.length
    elif expected.startswith("{"):
        assert list(json.loads(body)) == [re.findall(r'"(\w+)": {', expected)[0]]
        assert re.findall(r'^ {8}"(\w+)"', body, re.M)[:15] == re.findall(r'^ {8}"(\w+)"', expected, re.M)[:15]
        assert body.endswith("\n") == ("<EOL at end>" in case.body[-1])
    else:
        header, told = body.partition("\n")[0], expected.partition("\n")[0]
        assert header.partition("\t")[0] == _WHOLE_HEADERS.get(told, told).partition("\t")[0]
        assert body.endswith("\n") == ("<EOL at end>" in case.body[-1])
