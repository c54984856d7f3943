"""What a record says: the form that is stored, and the data of RFC 1035 and its successors that it stands for.

Data is made and printed by dnspython, so that nothing which somebody typed reaches a zone file as text. dnspython is
loaded with the first record: it takes a tenth of a second.
"""

from __future__ import annotations

import re
from sys import getsizeof
from typing import TYPE_CHECKING, NamedTuple

from tholos.kernel.errors import Invalid
from tholos.kernel.kept import Kept
from tholos.kernel.types import printable
from tholos.resources.idn import lower, to_ascii

if TYPE_CHECKING:
    from dns.rdata import Rdata

DEFAULT_PRIORITY = 10
_WITH_PRIORITY = ("MX", "SRV")
_HOSTS = ("NS", "CNAME", "MX", "PTR", "SRV")
"""Types whose value ends with a host's name."""
_TEXTS = ("TXT", "SPF")
_LONGEST_STRING = 255
"""Bytes of one string of a TXT record (RFC 1035, 3.3.14); a longer text is several."""
_LONGEST_TEXT = 64_000
"""Bytes of a whole text: with its name and its lengths it must fit into one message (RFC 1035, 4.2.2)."""
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+")
_NAME = re.compile(r"(?:[a-z0-9_*](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+")
_SHAPES = {
    "MX": re.compile(r"\S+"),
    "SRV": re.compile(r"[0-9]{1,5} [0-9]{1,5} \S+"),
    "DNSKEY": re.compile(r"[0-9]{1,5} 3 [0-9]{1,3} [A-Za-z0-9+/= ]+"),
    "KEY": re.compile(r"[0-9]{1,5} [0-9]{1,3} [0-9]{1,3}(?: [A-Za-z0-9+/= ]+)?"),
    "IPSECKEY": re.compile(r"[0-9]{1,3} [0-3] [1-9][0-9]{0,2} [A-Za-z0-9.:_-]+ [A-Za-z0-9+/= ]+"),
    "TLSA": re.compile(r"[0-3] [01] (?:0 (?:[0-9A-Fa-f]{2})+|1 [0-9A-Fa-f]{64}|2 [0-9A-Fa-f]{128})"),
    "CAA": re.compile(r'[0-9]{1,3} [A-Za-z0-9]{1,15} (?:"[^"\\]*"|[^"\\;() ]+)'),
    "DS": re.compile(r"[0-9]{1,5} [0-9]{1,3} (?:1 [0-9A-F]{40}|[23] [0-9A-F]{64}|4 [0-9A-F]{96})", re.IGNORECASE),
}
"""How values look that are numbers and names in a row; what the numbers may be, dnspython knows."""
_SPECIAL = re.compile(r"[^ !#-\[\]-~]")
"""What a text may not have in it to stand for itself: a quotation mark, a backslash, what cannot be seen."""
_NO_KEY = 0xC000
"""Flags of a KEY record without a key (RFC 2535, 3.1.2)."""


class Content(NamedTuple):
    """A record without its owner: type, priority (of MX and SRV alone) and value as they are stored."""

    type: str
    priority: int | None
    value: str


def content(kind: str, value: str, priority: str = "") -> Content:
    """The stored form of what somebody gave; raise Invalid (exit code 2) for what is no value of the type."""
    text = " ".join(value.split()) if kind not in _TEXTS else value.strip()
    if kind in _TEXTS:
        return _sound(Content(kind, None, _quoted(text)))
    if kind != "CAA":
        text = text.replace('"', "")
    if kind == "SRV":
        text, priority = _service(text, priority)
    if kind in _HOSTS:
        text = _with_host(kind, text)
    number = _priority(priority, text) if kind in _WITH_PRIORITY else None
    return _sound(Content(kind, number, text))


def refusal(value: str, reason: str = "") -> Invalid:
    """The refusal of a value; its first words are those that clients know."""
    why = f" ({reason})" if reason else ""
    return Invalid(f"dns record validation failed :: {printable(value)}{why}", argument="value")


def _sound(found: Content) -> Content:
    data(found)
    return found


def _quoted(text: str) -> str:
    """Without quotation marks inside, and in one pair of them when there is a blank or a semicolon.

    Several quoted strings one after the other are one text, as they are for whoever asks for the record.
    """
    if text.startswith('"') and text.endswith('"'):
        text = re.sub(r'"\s+"', "", text)
    bare = text.replace('"', "")
    return f'"{bare}"' if " " in bare or ";" in bare or text.startswith('"') else bare


def _service(text: str, priority: str) -> tuple[str, str]:
    """``weight port target`` and the priority, which may also come first; the target may come before the two."""
    words = text.split(" ")
    if len(words) == 4:
        priority, *words = words
    if len(words) == 3 and not words[0].isdigit():
        target, port, weight = words
        words = [weight, port, target]
    return " ".join(words), priority


def _priority(given: str, value: str) -> int:
    if given == "":
        return DEFAULT_PRIORITY
    if not (given.isascii() and given.isdigit() and len(given) <= 5 and int(given) <= 65_535):
        raise refusal(value)
    return int(given)


def _with_host(kind: str, text: str) -> str:
    """The value with its host's name in A-labels and with a dot at the end."""
    *before, host = text.rsplit(" ", 1) if kind == "SRV" else [text]
    if text and host.rstrip(".") == "" and kind in _WITH_PRIORITY:
        return " ".join((*before, "."))
    name = host.rstrip(".")
    if not name.isascii():
        name = to_ascii(lower(name)) or name
    whole = " ".join((*before, f"{name}."))
    _require_host(kind, f"{name}.".lower(), whole)
    return whole


def _require_host(kind: str, name: str, whole: str) -> None:
    if kind != "CNAME" and not _HOST.fullmatch(name):
        raise refusal(whole)
    last = name.rstrip(".").rpartition(".")
    if not _NAME.fullmatch(name) or not last[0] or last[2].isdigit() or len(name) > 254:
        text = f'{kind} record "{printable(whole)}" should be a fully qualified domain name (FQDN)'
        raise Invalid(text, argument="value")


DATA: Kept[Content, Rdata] = Kept(2 * 1024 * 1024)
"""What was last made of values: each is made once for the check of what somebody gave, and once more for its zone."""


def data(found: Content) -> Rdata:
    """The data that a stored value stands for; raise Invalid when it stands for none."""
    from dns.exception import DNSException

    made = DATA.get(found)
    if made is None:
        try:
            made = _data(found)
        except (DNSException, ValueError, OverflowError) as error:
            raise refusal(found.value) from error
        DATA.put(found, made, 3 * getsizeof(found.value))
    return made


def _data(found: Content) -> Rdata:
    import dns.rdata
    from dns.rdataclass import IN
    from dns.rdatatype import RdataType

    kind, priority, value = found
    if kind in _TEXTS:
        return _text(kind, value)
    shape = _SHAPES.get(kind)
    if (shape is not None and not shape.fullmatch(value)) or (shape is None and re.search(r'[;()"\\ ]', value)):
        raise ValueError(kind)
    whole = value if priority is None else f"{priority} {value}"
    made = dns.rdata.from_text(IN, RdataType[kind], whole, relativize=False)
    if kind == "KEY":
        _check_key(value)
    return made


def _check_key(value: str) -> None:
    """A key is there unless the flags say that there is none; BIND takes nothing else."""
    flags, _, algorithm, *key = value.split(" ")
    without = int(flags) & _NO_KEY == _NO_KEY
    if without == bool(key) or (algorithm == "0" and key):
        raise ValueError(value)


def _text(kind: str, value: str) -> Rdata:
    """A text in strings of at most 255 bytes; escapes are those of zone files (RFC 1035, 5.1)."""
    from dns.rdataclass import IN
    from dns.rdatatype import RdataType
    from dns.rdtypes.ANY.SPF import SPF
    from dns.rdtypes.ANY.TXT import TXT

    if not value.isascii():
        raise ValueError(value)
    text = _unescaped(value[1:-1] if value.startswith('"') else value)
    if not 0 < len(text) <= _LONGEST_TEXT:
        raise ValueError(value)
    strings = [text[start : start + _LONGEST_STRING] for start in range(0, len(text), _LONGEST_STRING)]
    return (SPF if kind == "SPF" else TXT)(IN, RdataType[kind], strings)


def _unescaped(text: str) -> bytes:
    """The bytes that a text stands for; ValueError or the library's error where it ends too early or never."""
    import dns.tokenizer

    if not _SPECIAL.search(text):
        # The library reads letter by letter, which takes it 30 ms with a long text.
        return text.encode()
    tokens = dns.tokenizer.Tokenizer(f'"{text}"')
    token = tokens.get()
    found = token.unescape_to_bytes().value
    if not token.is_quoted_string() or not isinstance(found, bytes) or not tokens.get().is_eol_or_eof():
        raise ValueError(text)
    return found
