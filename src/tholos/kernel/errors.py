"""Refusals: why a call was not carried out, each with the exit code that the facts name.

The numbers follow ``exit-codes.json``; the class is what code raises, the number is what a client sees.
"""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - it is an answer more than an error.
    """A call is refused, and nothing was changed.

    ``text`` is the message as the client reads it (without ``Error: ``), ``argument`` the parameter at fault, if any.
    """

    code = 1
    passes = False
    """Whether the reason lies with something that others mend: the same call may go through a moment later."""

    def __init__(self, text: str, *, argument: str | None = None, code: int | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.argument = argument
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
    expected: str | None = None


class NotExist(Refusal):
    """The object is missing."""

    code = 3


class Exists(Refusal):
    """The object is already there."""

    code = 4


class Suspended(Refusal):
    """The object is suspended."""

    code = 5


class Unsuspended(Refusal):
    """The object is not suspended."""

    code = 6


class InUse(Refusal):
    """The object is in use."""

    code = 7


class LimitReached(Refusal):
    """The account's package allows no more."""

    code = 8


class BadCredentials(Refusal):
    """Who is calling could not be shown."""

    code = 9


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    code = 10


class Disabled(Refusal):
    """The subsystem is switched off."""

    code = 11


class DiskFull(Refusal):
    """There is no space left to carry the call out."""

    code = 13
    passes = True


class NoConnection(Refusal):
    """Another server could not be reached, or did not let us in, or did not do what it was asked."""

    code = 15
    passes = True


class DatabaseFailed(Refusal):
    """A database server refused a statement; the text is the server's own message."""

    code = 17
    passes = True


class ServiceFailed(Refusal):
    """A service refused its configuration or could not be restarted; the text is the service's own message."""

    code = 20
    passes = True


class ApiDisabled(Refusal):
    """The API is off for keys of ordinary accounts."""

    code = 21
