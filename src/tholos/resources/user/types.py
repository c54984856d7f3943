"""Argument types of accounts."""

from __future__ import annotations

import re
from typing import Self

from tholos.kernel import passwords
from tholos.kernel.errors import Invalid, NotExist
from tholos.kernel.types import Choice, Text
from tholos.resources.types import AccountName, Common, NameServer, PersonName, SpacedName

RESERVED = frozenset(
    ("aria", "aria_log", "mysql", "mysql_upgrade", "ib", "ib_buffer", "ddl", "ddl_recovery", "performance", "sudo")
)
"""Names that upstream reserves: of groups, and of files and databases of MariaDB."""
_SYSTEM_USERS = """
    postgres bind named nsd knot pdns unbound dnsmasq redis valkey memcache memcached mongodb rabbitmq elasticsearch
    debian-exim exim exim4 postfix postdrop opensmtpd opensmtpq dovecot dovenull debian-spamd spamd rspamd amavis
    clamav clamilt opendkim opendmarc policyd-spf postgrey mailman sympa courier cyrus vmail roundcube nginx apache
    apache2 httpd lighttpd caddy haproxy varnish varnishlog vcache squid tomcat jetty php-fpm proftpd vsftpd ftp
    pure-ftpd sshd stunnel4 fail2ban crowdsec docker containerd lxd incus incus-admin libvirt libvirt-qemu kvm
    podman wheel netdev ssl-cert render sgx input crontab syslog messagebus polkitd uuidd tcpdump avahi rtkit tss
    ntp ntpsec chrony openldap sssd nslcd freerad debian-snmp snmp munin nagios icinga zabbix prometheus grafana
    netdata telegraf influxdb collectd statd hestiamail hestiaweb
"""
SYSTEM_USERS = frozenset(_SYSTEM_USERS.split())
"""Users and groups of packages that may come onto a node later: their files would be an account's."""
SYSTEM_PREFIXES = ("systemd-", "tholos")
"""How the names of the users of systemd and of Tholos begin."""


class NewAccountName(AccountName):
    """The name of an account to be: begins with a letter, has no dot, at least 2 characters, and is not reserved.

    Upstream also lets ``|`` pass, which no Linux tool takes in a name.
    """

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z][-_A-Za-z0-9]{0,28}[A-Za-z0-9]")
    expected = "a name that begins with a letter: 2 to 30 letters, digits, - and _"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        name = raw.lower()
        free = name not in RESERVED | SYSTEM_USERS and not name.startswith(SYSTEM_PREFIXES)
        return super().accepts(raw) and free and raw != "system"


class Password(Text):
    """A password: any text of one line that PAM can take, less than 512 bytes (crypt(5)); never printed or stored."""

    __slots__ = ("_hashed",)
    pattern = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
    max_length = 511
    expected = "a password of one line, not empty"
    example = "correct horse battery staple"
    secret = True
    _hashed: str

    @classmethod
    def accepts(cls, raw: str) -> bool:
        short = len(raw) <= cls.max_length and cls.pattern.fullmatch(raw) is not None
        return short and len(raw.encode()) <= cls.max_length

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument} format", argument=argument)

    def prepare(self) -> Self:
        """Hash the password now, outside the writer: that takes 20 milliseconds."""
        self._hashed = passwords.hash_password(self)
        return self

    @property
    def hashed(self) -> str:
        """The yescrypt hash (crypt(5)) that the shadow file holds."""
        if not hasattr(self, "_hashed"):
            self.prepare()
        return self._hashed

    def __repr__(self) -> str:
        return "Password(...)"


class ShellName(Text):
    """The short name of a login shell."""

    __slots__ = ()
    pattern = re.compile(r"[a-z][a-z0-9-]{0,30}")
    expected = "the name of a shell in /etc/shells, such as bash or nologin"
    example = "bash"


class UserKey(Common):
    """The key of an account's record, in upper case."""

    __slots__ = ()
    expected = "a key such as CONTACT"
    example = "CONTACT"


class GivenPassword(Password):
    """A password that is compared with the stored one; it is not hashed anew."""

    __slots__ = ()
    compared = True

    def prepare(self) -> Self:
        return self


class PasswordHash(Text):
    """A password's hash in a format of crypt(5)."""

    __slots__ = ()
    pattern = re.compile(r"[!-~]+")
    max_length = 384
    expected = "a hash as in /etc/shadow"
    example = "$y$j9T$abc$def"
    secret = True

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument} format", argument=argument)


class ReturnHash(Choice):
    """Whether the hash is printed: any word of a shell's yes."""

    __slots__ = ()
    words = ("yes", "true", "1")
    expected = "yes, or nothing"
    example = "yes"
    # Harmless, and yet masked: whatever is named after a hash is.
    secret = True


class Role(Choice):
    """What an account may do: everything (admin), its own things (user), or only be a node of a DNS cluster."""

    __slots__ = ()
    words = ("admin", "user", "dns-cluster")
    expected = "admin, user or dns-cluster"
    example = "user"


class Language(Text):
    """A language's code; whether it is offered is checked apart, with another refusal."""

    __slots__ = ()
    pattern = re.compile(r"[a-z]{2,3}(?:-[a-z]{2})?")
    expected = "the code of a language, such as en or pt-br"
    example = "en"


class OwnLanguage(Language):
    """A language's code, or the word ``none`` for the one of the node."""

    __slots__ = ()
    pattern = re.compile(rf"{Language.pattern.pattern}|none")
    expected = "the code of a language, such as en or pt-br, or none"
    null = "none"


class Theme(Common):
    """The name of a theme, or the word ``none`` for the one of the node."""

    __slots__ = ()
    example = "dark"
    null = "none"


class DisplayName(SpacedName):
    """A person's name that is changed: both rules of names, of which the stricter decides; empty takes it away."""

    __slots__ = ()

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        if raw == "":
            return cls("")
        PersonName.parse(raw, argument)
        return super().parse(raw, argument)


class OwnNameServer(NameServer):
    """The name of a name server of an account; without a name it is one that there is not."""

    __slots__ = ()

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        if raw == "":
            raise NotExist(f"{argument} is empty", argument=argument)
        return super().refusal(raw, argument)


class TemplateKind(Choice):
    """Which of an account's templates."""

    __slots__ = ()
    words = ("WEB", "PROXY", "BACKEND", "DNS")
    expected = "WEB, PROXY, BACKEND or DNS"
    example = "WEB"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        return super().parse(raw.upper(), argument)


class Force(Choice):
    """The word yes asks for something that would be refused."""

    __slots__ = ()
    words = ("yes", "no")
    expected = "yes or no"
    example = "yes"
