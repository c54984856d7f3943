"""Making a notice safe to be put into a page.

A notice is HTML that anybody with the right to add one wrote, and the panel shows it to whoever reads it. It is kept as
it was given, so that a stricter rule can come later; what leaves has passed a parser that knows HTML as browsers do
(ammonia, through nh3) and lets through text, plain marks and links alone.
"""

from __future__ import annotations

_MARKS = {"a", "b", "br", "code", "em", "i", "li", "ol", "p", "pre", "small", "span", "strong", "u", "ul"}
_ATTRIBUTES = {"a": {"href", "target", "title"}, "*": {"class"}}
_SCHEMES = {"http", "https", "mailto"}


def cleaned(html: str) -> str:
    """The text without anything that could run or load something; elements that are not allowed leave their text."""
    if "<" not in html and "&" not in html:
        # Nothing here is markup, and escaping the rest is the affair of whoever puts it into a page.
        return html
    import nh3

    return nh3.clean(html, tags=_MARKS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)


def single_quoted(html: str) -> str:
    """As the reference's json has it: apostrophes for double quotes, which clients that read it with sed rely on."""
    return html.replace('"', "'")
