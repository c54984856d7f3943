"""Argument types of searches."""

from __future__ import annotations

import re

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Choice, Text, printable


class Term(Text):
    """What to look for in names (is_object_name_format_valid)."""

    __slots__ = ()
    pattern = re.compile(r"[-| ._A-Za-z0-9]*")
    max_length = 50
    expected = "letters, digits, blanks and - | . _, at most 50 characters"
    example = "shop"


class Word(Text):
    """A word of a command's name or help."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9._/-]+")
    max_length = 60
    expected = "a word of a command's name"
    example = "dns"


class DomainKind(Choice):
    """In which kind of domain to look."""

    __slots__ = ()
    words = ("any", "web", "dns", "mail")
    expected = "any, web, dns or mail"
    example = "any"


class FileName(Text):
    """The name of a file, in which ``*`` and ``?`` stand for any signs and any one (glob(7))."""

    __slots__ = ()
    pattern = re.compile(r"[^/]+")
    max_length = 255
    expected = "the name of a file, with * and ? for any signs"
    example = "index.html"


class Directory(Text):
    """An absolute path without ``..`` in it."""

    __slots__ = ()
    pattern = re.compile(r"(?:/[^/]+)+/?")
    max_length = 4000
    expected = "the absolute path of a directory"
    example = "/home/alice/web"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return super().accepts(raw) and not {".", ".."} & set(raw.split("/"))

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument)
