"""Steps: what a driver asks to be done to a machine, as plain values.

Phases run one after another over all drivers: every change first, then every check, then every reload. A step says
what should be; how it is done, and how it is undone, is ``host.py``'s affair. Owners and groups are numbers.
"""

from __future__ import annotations

import msgspec


class Acl(msgspec.Struct, frozen=True):
    """A POSIX access list for a directory (acl(5)): extra users and groups with their rights, 0 to 7."""

    users: tuple[tuple[int, int], ...] = ()
    groups: tuple[tuple[int, int], ...] = ()


class Write(msgspec.Struct, frozen=True, tag=True):
    """A file with this content. With ``keep`` an existing file is left as it is, whatever it holds."""

    path: str
    content: bytes
    mode: int = 0o644
    owner: int = 0
    group: int = 0
    keep: bool = False

    def __repr__(self) -> str:
        shown = f"{len(self.content)} bytes" if self.mode & 0o077 == 0 else repr(self.content)
        return f"Write({self.path!r}, {shown}, {self.mode:#o}, {self.owner}, {self.group}, keep={self.keep})"


class Remove(msgspec.Struct, frozen=True, tag=True):
    """No file or link at this path."""

    path: str


class Link(msgspec.Struct, frozen=True, tag=True):
    """A symbolic link at ``path`` to ``target``."""

    path: str
    target: str


class Directory(msgspec.Struct, frozen=True, tag=True):
    """A directory with this owner, mode and access list; what is in it stays.

    With ``keep`` an existing one is left as its owner has made it; only a rebuild gives it owner and mode again.
    """

    path: str
    mode: int = 0o755
    owner: int = 0
    group: int = 0
    acl: Acl | None = None
    keep: bool = False


class Discard(msgspec.Struct, frozen=True, tag=True):
    """Nothing at this path: what is there is moved aside, comes back on undo, and is purged after the commit."""

    path: str


class Move(msgspec.Struct, frozen=True, tag=True):
    """What is at ``path`` is at ``target`` of the same file system instead, where nothing was; no link is followed."""

    path: str
    target: str


class Give(msgspec.Struct, frozen=True, tag=True):
    """In the tree at ``path`` what belongs to the account ``before`` belongs to ``after``; no link is followed."""

    path: str
    before: int
    after: int


class Line(msgspec.Struct, frozen=True, tag=True):
    """A line of a file of ours in which ``key`` stands before the first colon, or no such line (text None).

    ``mode`` and ``group`` are those of the file when it has to be made.
    """

    path: str
    key: str
    text: str | None
    mode: int = 0o644
    group: int = 0


class Run(msgspec.Struct, frozen=True, tag=True):
    """A command, as a list of arguments; ``undo`` is the command that takes it back, empty when nothing is to undo.

    ``creates`` or ``removes`` names the path by which one sees that it has been done; a rehearsal plays that part.
    With ``together`` it may wait until all other changes are done, and then be one command with those that differ in
    their last argument alone.
    """

    argv: tuple[str, ...]
    undo: tuple[str, ...] = ()
    creates: str = ""
    removes: str = ""
    together: bool = False


class End(msgspec.Struct, frozen=True, tag=True):
    """No process of this user is left some time after the commit; none ends before, because none could come back."""

    uid: int


class Zone(msgspec.Struct, frozen=True, tag=True):
    """A zone that the name server has with this configuration (what stands between the braces), or none when empty."""

    zone: str
    configuration: str


class Member(msgspec.Struct, frozen=True, tag=True):
    """A zone is named in a catalog of the name server (RFC 9432), or is not; ``life`` (0 or 1) tells by which name."""

    catalog: str
    zone: str
    present: bool
    life: int = 0


class Statement(msgspec.Struct, frozen=True):
    """A statement for a database server; ``values`` take the places of its ``%s``. Empty: the server's own database."""

    text: str
    values: tuple[str, ...] = ()
    database: str = ""

    def __repr__(self) -> str:
        # The hash of a password may stand in either of them, and steps are logged.
        return f"Statement({' '.join(self.text.split()[:2])} ...)"


class Sql(msgspec.Struct, frozen=True, tag=True):
    """A statement on a database server, and those that take it back, in their order.

    ``creates`` names what it makes, such as ``database alice_shop``. ``retires`` names what it only closes, so that it
    can come back: ``purge`` are the statements that drop that after the commit.
    """

    server: str
    statement: Statement
    undo: tuple[Statement, ...] = ()
    creates: str = ""
    retires: str = ""
    purge: tuple[Statement, ...] = ()


class Postpone(msgspec.Struct, frozen=True, tag=True):
    """A thing on a database server that is out of service and does not answer is planned again when it does."""

    server: str
    scope: str
    key: tuple[str, ...]


class Forsake(msgspec.Struct, frozen=True, tag=True):
    """Nothing is to be done any more on a database server: it is known no longer."""

    server: str


Noted = End | Postpone | Forsake
"""What is written down with the commit, and nothing more."""


class Check(msgspec.Struct, frozen=True, tag=True):
    """A command that must succeed before anything is reloaded; its output is the refusal's text.

    Of the output of a command that says much besides, only the lines are shown that have the word ``shown`` in them.
    """

    argv: tuple[str, ...]
    shown: str = ""


class Reload(msgspec.Struct, frozen=True, tag=True):
    """SIGHUP to a master process, then wait until no worker from before still takes connections.

    ``pid_file`` names the master; a service that is not running is left alone.
    """

    service: str
    pid_file: str


class Restart(msgspec.Struct, frozen=True, tag=True):
    """An action on a systemd unit: restart, start, stop, or one that leaves a unit at rest alone (try-...).

    Without ``wait`` it is only asked for: what serves the very call that asks cannot end before its answer.
    """

    unit: str
    action: str = "restart"
    wait: bool = True


class ReadUnits(msgspec.Struct, frozen=True, tag=True):
    """The manager of services reads the files of its units again (systemctl(1), daemon-reload)."""

    service: str = "systemd"


class Load(msgspec.Struct, frozen=True, tag=True):
    """The name server serves what is in a zone's file; a zone that it does not have is left alone."""

    zone: str
    path: str


class Freshen(msgspec.Struct, frozen=True, tag=True):
    """Have cron(8), which watches a directory of crontabs, see that this one has changed."""

    path: str


class Reconfigure(msgspec.Struct, frozen=True, tag=True):
    """The name server reads its configuration files again, but no zones that it has."""

    service: str = "bind9"


Change = Write | Remove | Link | Directory | Discard | Move | Give | Line | Run | Sql | Zone | Member | Noted
Again = Reload | Restart | ReadUnits | Load | Freshen | Reconfigure
"""What has a service take up its configuration; after an undo it is done once more."""
Finish = Check | Again
Step = Change | Finish
