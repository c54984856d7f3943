"""Refusals: why a call was not carried out, each with the exit code that the facts name.

The numbers follow ``exit-codes.json``; the class is what code raises, the number is what a client sees.
"""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - it is an answer more than an error.
    """A call is refused, and nothing was changed.

    ``text`` is the message as the client reads it (without ``Error: ``), ``argument`` the parameter at fault, if any.
    ``thing`` names what a service refused, where that is one thing among others that it takes. ``meaning`` is what the
    class's exit code stands for, as the reference tells its readers.
    """

    code = 1
    meaning: ClassVar[str] = (
        "A required argument is missing, and the usage line is printed. Or the call is refused for a reason that has "
        "no code of its own: nothing can be changed in demo mode, a job was cancelled, or there is a fault of ours "
        "(`internal error`)."
    )
    passes = False
    """Whether the reason lies with something that others mend: the same call may go through a moment later."""

    def __init__(self, text: str, *, argument: str | None = None, code: int | None = None, thing: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.argument = argument
        self.thing = thing
        if code is not None:
            self.code = code

    @property
    def message(self) -> str:
        """The line that the shell and the RPC edge print."""
        return f"Error: {self.text}"


class Usage(Refusal):
    """Too few arguments; the text is the usage line itself."""

    code = 1

    @property
    def message(self) -> str:
        return f"Usage: {self.text}"


class Silent(Refusal):
    """A refusal that the reference answers by its exit code or a bare line alone, without ``Error: ``."""

    @property
    def message(self) -> str:
        return self.text


class Invalid(Refusal):
    """An argument has the wrong form or value; ``expected`` says what would be right, where its type alone says so."""

    code = 2
    meaning = "An argument has the wrong form or value."
    expected: str | None = None


class Unreadable(Invalid):
    """What an argument is, or names, cannot be read as what it should be: a key, a packed file, a directory."""

    code = 12
    meaning = (
        "What an argument holds or names cannot be read: it is no key, no packed dump, no directory of the account."
    )


class NotExist(Refusal):
    """The object is missing."""

    code = 3
    meaning = "The object, or one that an argument names, does not exist."


class Exists(Refusal):
    """The object is already there."""

    code = 4
    meaning = "The object is already there."


class Unchanged(Exists):
    """What is asked for is so already, which the reference refuses; a PUT of the REST API is content with it."""


class Held(Exists):
    """A service has something of this name, ``thing``, from another source."""


class Suspended(Refusal):
    """The object is suspended."""

    code = 5
    meaning = "The object, or its account, is suspended."


class Unsuspended(Refusal):
    """The object is not suspended."""

    code = 6
    meaning = "The object is not suspended."


class InUse(Refusal):
    """The object is in use."""

    code = 7
    meaning = "The object is in use, or a job is working on it."


class LimitReached(Refusal):
    """The account's package allows no more."""

    code = 8
    meaning = "The account's package, or a server, allows no more."


class BadCredentials(Refusal):
    """Who is calling could not be shown."""

    code = 9
    meaning = "Who is calling could not be shown."


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    code = 10
    meaning = "The caller is known and may not do this."


class Disabled(Refusal):
    """The subsystem is switched off."""

    code = 11
    meaning = "The subsystem is switched off."


class DiskFull(Refusal):
    """There is no space left to carry the call out."""

    code = 13
    meaning = "There is no space left to carry the call out."
    passes = True


class Busy(Refusal):
    """Too many calls of the caller are running already."""

    code = 14
    meaning = "Too many calls of the caller are running; the same call may go through a moment later."
    passes = True


class NoConnection(Refusal):
    """Another server could not be reached, or did not let us in, or did not do what it was asked."""

    code = 15
    meaning = (
        "A database server, or another server of the DNS cluster, could not be reached, did not let us in, or did not "
        "do what it was asked. In a shell also: the engine cannot be reached."
    )
    passes = True


class DatabaseFailed(Refusal):
    """A database server refused a statement; the text is the server's own message."""

    code = 17
    meaning = "A database server refused a statement; the message has the server's words."
    passes = True


class ServiceFailed(Refusal):
    """A service refused its configuration or could not be restarted; the text is the service's own message."""

    code = 20
    meaning = "A service refused its configuration or could not be restarted; the message has the service's words."
    passes = True


class ApiDisabled(Refusal):
    """The API is off for keys of ordinary accounts."""

    code = 21
    meaning = "The API is off for keys of ordinary accounts."
