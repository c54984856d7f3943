"""Argument types of sites."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Mapping
from typing import ClassVar, Self
from urllib.parse import urlsplit

from tholos.kernel import passwords
from tholos.kernel.errors import Invalid
from tholos.kernel.types import Choice, Number, Text
from tholos.resources.types import Domain, HostName, NewDomainName, ObjectName
from tholos.resources.user.types import Password


class Extensions(Text):
    """File name extensions (is_extention_format_valid): letters, digits, ``-``, ``_``, ``*`` and dots, with commas."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9._*,-]*")
    max_length = 1000
    expected = "extensions with commas between, such as jpg,png"
    listed = True
    example = "jpg,png,css"


NO_EXTENSIONS = Extensions("")


class NewDomain(NewDomainName):
    """A domain name for a new site.

    No name ends in ``.error``: its log would be the error log of the site without that ending.
    """

    __slots__ = ()

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return super().accepts(raw) and not raw.endswith(".error")


class RedirectTarget(Text):
    """A host, or an http or https address, made of the signs that a URI has (RFC 3986) but quotes, ``$`` and ``;``."""

    __slots__ = ()
    pattern = re.compile(r"(?:https?://)?[^/?#@:]{1,220}(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9._~:/?#@!&*+,=%-]*)?")
    max_length = 2000
    expected = "a host or an address, such as www.example.org or https://example.org/new"
    parts: ClassVar[Mapping[str, str]] = {"target": "redirect", "code": "httpcode"}
    example = "www.example.org"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        try:
            return super().accepts(raw) and HostName.accepts(cls._split(raw)[1]) and cls._port_fits(raw)
        except ValueError:  # A bracket that holds no IPv6 address.
            return False

    @staticmethod
    def _split(raw: str) -> tuple[str, str, str]:
        parts = urlsplit(raw if "://" in raw else f"//{raw}")
        rest = parts._replace(scheme="", netloc="").geturl()
        return parts.scheme, (parts.hostname or ""), rest

    @staticmethod
    def _port_fits(raw: str) -> bool:
        try:
            return urlsplit(raw if "://" in raw else f"//{raw}").port != 0
        except ValueError:
            return False

    @property
    def scheme(self) -> str:
        """``http`` or ``https``, or empty for that of the request."""
        return self._split(self)[0]

    @property
    def host(self) -> str:
        """The host in A-labels, in lower case, without its port."""
        return HostName(self._split(self)[1]).ascii

    @property
    def port(self) -> int | None:
        """The port, if one is given."""
        return urlsplit(self if "://" in self else f"//{self}").port

    @property
    def rest(self) -> str:
        """Path, query and fragment; empty for what the visitor asked for."""
        rest = self._split(self)[2]
        return f"/{rest}" if rest and not rest.startswith("/") else rest


class RedirectCode(Number):
    """The status of a redirect (is_number_format_valid); what is none is answered as 301."""

    expected = "the status of a redirect: 301, 302, 303, 307 or 308"
    example = "301"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the number or raise Invalid."""
        try:
            return super().parse(raw, "number")
        except Invalid as refusal:
            raise Invalid(refusal.text, argument=argument) from None


class Login(Text):
    """A login to a site (is_user_format_valid): letters, digits and inside ``-``, ``_``, ``.``; at most 30."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9](?:[-._A-Za-z0-9]{0,28}[A-Za-z0-9])?")
    max_length = 30
    expected = "a login: letters, digits, - _ . inside, at most 30 characters"
    example = "visitor"


class AnyLogin(Text):
    """The login to look for, which may be any word."""

    __slots__ = ()
    pattern = re.compile(r"[^\s:]+")
    max_length = 100
    expected = "a login"
    example = "visitor"


_SALT = string.ascii_letters + string.digits + "./"


class LoginPassword(Password):
    """The password of a login to a site.

    nginx computes the hash once for every request, so it is SHA-512 with its smallest usual cost (crypt(5)): a tenth of
    what a Linux account's hash costs.
    """

    __slots__ = ()

    def prepare(self) -> Self:
        """Hash the password now, outside the writer."""
        salt = "".join(secrets.choice(_SALT) for _ in range(16))
        hashed = passwords.crypt(self, f"$6${salt}$")
        if hashed is None or not hashed.startswith("$6$"):
            raise ValueError("libcrypt refused SHA-512")
        self._hashed = hashed
        return self


class ListingMode(Text):
    """The word ``on``; any other word means off."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9_-]{0,30}")
    max_length = 30
    expected = "on or off"
    example = "on"
    switch = ("on", "off")


class Duration(Text):
    """How long a page is kept: a number that does not begin with 0, and ``s``, ``m`` or ``d``."""

    __slots__ = ()
    pattern = re.compile(r"[1-9][0-9]{0,4}[smd]")
    max_length = 6
    expected = "a number of seconds, minutes or days, such as 30s, 2m or 1d"
    example = "2m"


class TargetDomain(Domain):
    """The site whose files are served; the word ``default`` means the site itself."""

    __slots__ = ()


class SubDirectory(Text):
    """A directory below a document root: plain names with slashes between, none of them ``.`` or ``..``."""

    __slots__ = ()
    pattern = re.compile(r"/*[A-Za-z0-9._@+-]+(?:/+[A-Za-z0-9._@+-]+)*/*")
    max_length = 400
    expected = "the path of a directory below the document root, such as current/public"
    example = "current/public"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return super().accepts(raw) and not {".", ".."} & set(raw.split("/"))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the directories on the way."""
        return tuple(name for name in self.split("/") if name)


class PhpRoot(Choice):
    """Whether PHP belongs to the other document root too."""

    __slots__ = ()
    words = ("yes", "no")
    expected = "yes or no"
    example = "yes"


class TemplateName(ObjectName):
    """The name of a template."""

    __slots__ = ()
