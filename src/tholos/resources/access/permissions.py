"""Permission profiles: named lists of commands that a key may be restricted to, as data files.

Those that come with Tholos lie in ``profiles/`` beside this file; the administrator's lie in ``/etc/tholos/profiles``
and go before ours of the same name. A file has two lines (``api-profiles.json``, profile_file_format):
``ROLE='admin|user'`` and ``COMMANDS='v-a,v-b'``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tholos.kernel.command import Role
from tholos.kernel.tx import Machine
from tholos.resources.access.types import ProfileName

SHIPPED = Path(__file__).parent / "profiles"
_LINE = re.compile(r"^(ROLE|COMMANDS)='([^']*)'\s*$", re.MULTILINE)
_COMMAND = re.compile(r"v-[a-z0-9-]+")


@dataclass(frozen=True)
class Profile:
    """A profile: its name, who may hold a key with it (``admin`` or ``user``), and its commands as in the file."""

    name: str
    role: str
    commands: tuple[str, ...]


def parse_profile(name: str, text: str) -> Profile:
    """Read a profile's file; any role but ``user`` counts as the administrator's, and words that name no command go."""
    found = dict(_LINE.findall(text))
    commands = tuple(word for word in found.get("COMMANDS", "").split(",") if _COMMAND.fullmatch(word))
    return Profile(name, "user" if found.get("ROLE") == "user" else "admin", commands)


@cache
def shipped() -> Mapping[str, Profile]:
    """The profiles that come with Tholos, by name."""
    return {path.name: parse_profile(path.name, path.read_text()) for path in SHIPPED.iterdir()}


def all_profiles(machine: Machine) -> Mapping[str, Profile]:
    """Every profile by name, in the order of names."""
    own = {
        name: parse_profile(name, text)
        for name, text in machine.read("permission profiles").items()
        if ProfileName.accepts(name)
    }
    return dict(sorted({**shipped(), **own}.items()))


def commands_of(machine: Machine, names: Iterable[str], role: Role) -> frozenset[str]:
    """The commands that any of these profiles allows to a role; a profile that is gone adds nothing.

    The role is asked again at every call, because a file may have changed since the key was made.
    """
    known = all_profiles(machine)
    usable = [known[name] for name in names if name in known and (role == "admin" or known[name].role == "user")]
    return frozenset(command for profile in usable for command in (*profile.commands, *_companions(profile)))


_COMPANIONS = {"v-insert-dns-domain": "v-list-dns-domains-src"}
"""Commands of our own that are allowed together with one that upstream's profiles list."""


def _companions(profile: Profile) -> Iterator[str]:
    return (companion for command, companion in _COMPANIONS.items() if command in profile.commands)


@cache
def without_owner() -> frozenset[str]:
    """The commands that our own profiles give to accounts: those alone need not name the account they act for."""
    return frozenset(word for profile in shipped().values() if profile.role == "user" for word in profile.commands)
