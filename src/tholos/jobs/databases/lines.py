"""What is changed of a dump on its way to a server: in whose name it defines things, and nothing of its rows.

A login may not make things in another's name, nor give them away. What dumps say about that belongs to the server that
they come from; here everything is the login's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAME = rb"(?:`(?:[^`]|``)*`|'[^']*'|[\w.%]+)"
_DEFINED = re.compile(
    rb"((?:CREATE|/\*!\d{5} CREATE ?\*/)(?: OR REPLACE)?(?: ALGORITHM ?= ?\w+)?(?: /\*!\d{5})?|/\*!\d{5})"
    rb" DEFINER ?= ?" + _NAME + rb"@" + _NAME
)
"""How dumps begin the definition of a view, trigger, routine or event in somebody's name."""
_OWNERS = re.compile(
    rb"(?:ALTER [A-Z ]+ [^;]+ OWNER TO [^;]+|ALTER DEFAULT PRIVILEGES [^;]+|GRANT [^;]+ TO [^;]+"
    rb"|REVOKE [^;]+ FROM [^;]+|COMMENT ON EXTENSION [^;]+ IS '[^;']*'|SET transaction_timeout = 0);\r?\n?"
)
"""The statements about owners and privileges as pg_dump writes them, each a line of its own, and one that PostgreSQL
before version 17 does not know."""
_COPY = re.compile(rb"COPY [^;]+ FROM stdin[^;]*;\r?\n?")
_SIMPLE = re.compile(rb"""(?:[^'"$;/-]++|'[^']*+'|-(?!-)|/(?!\*))*+(;)?\s*+""")
"""A line that is, or goes on with, one statement of words and texts; rows as INSERTs are that, and very many."""
_ESCAPED = re.compile(rb"[Ee]'")
_TOKEN = re.compile(rb"""--|/\*|'|"|\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$|;""")
_ENDS = {
    b"'": re.compile(rb"'"),
    b"e'": re.compile(rb"\\.|'", re.DOTALL),
    b'"': re.compile(rb'"'),
    b"/*": re.compile(rb"/\*|\*/"),
}
"""What ends what a token begins (PostgreSQL's manual, 4.1); a doubled quote ends a text and begins the next at once."""


def without_definers(lines: Iterator[bytes]) -> Iterator[bytes]:
    """A dump of MariaDB or MySQL whose views, triggers, routines and events belong to whoever loads it.

    Only lines that begin as such a definition does are changed: a dump has no line ends in the values of its rows.
    """
    begins = True
    for line in lines:
        yield _DEFINED.sub(rb"\1", line, count=1) if begins and _DEFINED.match(line) else line
        begins = line.endswith(b"\n")


def without_owners(lines: Iterator[bytes]) -> Iterator[bytes]:
    """A dump of PostgreSQL without its statements about owners and privileges, as if made with ``--no-owner -x``."""
    reader = _Reader()
    for line in lines:
        if reader.begins and _OWNERS.fullmatch(line):
            yield b"\n"
        else:
            yield line
            reader.read(line)


class _Reader:
    """Knows where in a dump of PostgreSQL a line ends: between two statements, in a text, or in rows.

    ``begins`` tells whether the next line begins a statement. When it is not sure any more it stays False.
    """

    def __init__(self) -> None:
        self.begins = True
        self._fresh = True
        self._inside = b""
        self._depth = 0
        self._rows = False
        self._lost = False

    def read(self, line: bytes) -> None:
        """Read the next line."""
        if self._rows:
            self._rows = line.rstrip(b"\r\n") != rb"\."
        elif self.begins and _COPY.fullmatch(line):
            self._rows = True
        else:
            self._lost = self._lost or not line.endswith(b"\n") or b"standard_conforming_strings = off" in line
            if not self._lost:
                self._statement(line)
        self.begins = self._fresh and not (self._lost or self._rows or self._inside)

    def _statement(self, line: bytes) -> None:
        simple = None if self._inside or _ESCAPED.search(line) else _SIMPLE.fullmatch(line)
        if simple is not None:
            self._fresh = bool(simple[1]) or (self._fresh and line.isspace())
            return
        at = 0
        while at < len(line):
            at = self._end(line, at) if self._inside else self._begin(line, at)

    def _begin(self, line: bytes, at: int) -> int:
        """Go on to the next text, name or comment, or the end of the statement; give where it begins or is over."""
        found = _TOKEN.search(line, at)
        said = line[at : found.start() if found else len(line)].strip()
        self._fresh = self._fresh and not said
        if found is None or found[0] == b"--":
            return len(line)
        if found[0] == b";":
            self._fresh = True
        else:
            self._fresh = self._fresh and found[0] == b"/*"
            escapes = found[0] == b"'" and said[-1:] in (b"E", b"e")
            self._inside, self._depth = b"e'" if escapes else found[0], 1
        return found.end()

    def _end(self, line: bytes, at: int) -> int:
        """Go on to what ends it; comments lie in one another."""
        pattern = _ENDS.get(self._inside)
        if pattern is None:
            place = line.find(self._inside, at)
            at = len(line) if place < 0 else place + len(self._inside)
            self._inside = self._inside if place < 0 else b""
            return at
        found = pattern.search(line, at)
        if found is None:
            return len(line)
        if self._inside == b"/*":
            self._depth += 1 if found[0] == b"/*" else -1
        ended = self._depth == 0 if self._inside == b"/*" else not found[0].startswith(b"\\")
        self._inside = b"" if ended else self._inside
        return found.end()
