"""The templates that zones are made from: those that come with Tholos, and those that an administrator adds as files.

A file has a record a line, as ``KEY='value'`` pairs (``ID RECORD TYPE PRIORITY VALUE``). It is data: what it gives goes
through the same types and the same check as a record that somebody adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid, NotExist
from tholos.kernel.tx import State
from tholos.resources.dns.content import Content, content
from tholos.resources.dns.resource import DnsTemplateRecord
from tholos.resources.dns.shipped import SHIPPED
from tholos.resources.dns.types import RecordId, RecordName, RecordType, TemplateName
from tholos.resources.dns.views import TEMPLATE, TEMPLATES
from tholos.resources.templates import template_kind
from tholos.resources.types import ObjectName

_PAIR = re.compile(r"\s*([A-Z]+)='([^']*)'")
_SERVER = re.compile(r"%ns([1-8])%")
_KEYS = ("ID", "RECORD", "TYPE", "PRIORITY", "VALUE")


@dataclass(frozen=True)
class TemplateRecord:
    """A record of a template, with ``%domain%``, ``%ip%``, ``%ns1%`` ... in place of what each zone has."""

    number: int
    record: str
    type: str
    priority: str
    value: str


@dataclass(frozen=True)
class Filled:
    """A record that a template gives for one zone."""

    number: int | None
    record: str
    content: Content


def names(state: State) -> Sequence[str]:
    """The names of all templates: those that come with Tholos first."""
    added = (name for name in state.context.machine.read("dns template names") if ObjectName.accepts(name))
    return list(dict.fromkeys((*SHIPPED, *added)))


template_kind("dns", names)


def require_template(state: State, name: str) -> Sequence[TemplateRecord]:
    """The records of a template; NotExist when there is none, Invalid when its file is broken.

    A file with the name of a template that comes with Tholos replaces it.
    """
    added = state.context.machine.read("dns template", name)
    if added is not None:
        return parse_lines(added, name)
    if name not in SHIPPED:
        raise NotExist(f"{name} dns template doesn't exist", argument="template")
    lines = (line.split("|", 4) for line in SHIPPED[name].splitlines())
    return [TemplateRecord(int(number), *others) for number, *others in lines]


def parse_lines(text: str, name: str) -> Sequence[TemplateRecord]:
    """The records of a file; Invalid names the first line that is no record."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        pairs = dict(_PAIR.findall(line))
        if _PAIR.sub("", line).strip() or not set(_KEYS) <= pairs.keys() or not line.replace("\t", " ").isprintable():
            raise Invalid(f"invalid template format :: {name} line {number}", argument="template")
        found.append(TemplateRecord(RecordId.parse(pairs["ID"], "id"), *(pairs[key] for key in _KEYS[1:])))
    if len({record.number for record in found}) != len(found):
        raise Invalid(f"invalid template format :: {name} has an ID twice", argument="template")
    return sorted(found, key=lambda record: record.number)


def fill(records: Iterable[TemplateRecord], zone: str, ip: str, servers: Sequence[str], state: State) -> list[Filled]:
    """The records that a template gives for a zone; lines of name servers that there are not are left out."""
    now = state.context.now
    words = {"domain": zone, "domain_idn": zone, "ip": ip, "time": f"{now:%H:%M:%S}", "date": f"{now:%Y-%m-%d}"}
    words |= {f"ns{number}": server for number, server in enumerate(servers, start=1)}
    return [
        _filled(record, words)
        for record in records
        if all(f"ns{number}" in words for number in _SERVER.findall(record.value))
    ]


def _filled(record: TemplateRecord, words: dict[str, str]) -> Filled:
    def put(text: str) -> str:
        return re.sub(r"%(\w+)%", lambda found: words.get(found[1], found[0]), text)

    owner = RecordName.parse(put(record.record), "record")
    kind = RecordType.parse(record.type, "type")
    return Filled(record.number, owner, content(kind, put(record.value), record.priority))


@command(
    "dns.template.list",
    legacy="v-list-dns-templates [FORMAT]",
    usage="",
    rest="GET /dns-templates",
    view=TEMPLATES,
    resource=str,
    cached=False,
)
def show_names(state: State) -> Sequence[str]:
    """List the templates of zones."""
    return names(state)


@command(
    "dns.template.show",
    legacy="v-list-dns-template TEMPLATE [FORMAT]",
    rest="GET /dns-templates/{template}",
    view=TEMPLATE,
    resource=DnsTemplateRecord,
    cached=False,
)
def show(state: State, template: TemplateName) -> Sequence[TemplateRecord]:
    """Show the records of a template of zones."""
    return require_template(state, template)
