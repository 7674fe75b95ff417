"""Bytes to text, whatever the header and the page claim about the encoding.

Portals still serve GBK, declare the wrong charset, and glue fragments of another charset into one page through
server-side includes (DOMAIN.md §3 "Encodings").  So a claim only counts where the bytes bear it out: strict UTF-8 is
its own proof, since Chinese in GBK practically never forms valid UTF-8, and the claims decide only among the rest.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

__all__ = ["Decoded", "declared_charsets", "decode"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
#: A declaration stands in the head; portals with long inlined scripts push it down, hence more than HTML's 1,024 bytes.
_HEAD = 16_384
#: Names whose pages hold characters beyond them; the superset reads all of them alike (DOMAIN.md §3).
_SUPERSET = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "hz-gb-2312": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
}
#: Every byte string is valid in these, so that their name proves nothing (a server default; 水母网, DOMAIN.md §3).
_CLAIMS_NOTHING = frozenset({"iso8859-1", "cp1252", "ascii", "latin-1", "iso8859-15"})
#: Two Chinese characters in UTF-8 side by side; such a run hardly ever occurs in GBK text.
_UTF8_RUN = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){2}")
#: The classes of bytes that the run consists of: to look for it in bytes that are not UTF-8 takes a regular expression
#: three times as long as the parse, and the same in classes (one C pass each to classify and to find) a tenth of it.
_RUN_CLASSES = bytes(ord("l" if 0xE3 <= byte <= 0xE9 else "c" if 0x80 <= byte <= 0xBF else ".") for byte in range(256))
#: "<", ">" and line ends are no second byte in GBK, Big5 or UTF-8: a page can be cut there whatever its charset.
_SEGMENT = re.compile(rb"[^<>\r\n]+|[<>\r\n]+")
_MENDABLE = 1_000
#: Below this many bytes outside ASCII, GBK text may be valid UTF-8 by chance (the well-known 联通).
_SHORT = 16
#: What is cut away to count the other bytes, a hundred times faster than one by one.
_ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a page and the encoding that most of it was in (a Python codec name)."""

    text: str
    encoding: str
    #: the bytes, as they stand, are UTF-8 without a byte order mark
    exact: bool = False


def _codec(name: str) -> str | None:
    """Python's name of the codec that reads a declared charset; None if there is none such."""
    name = name.strip().lower()
    try:
        return _SUPERSET.get(name) or codecs.lookup(name).name
    except LookupError:
        return None


def declared_charsets(body: bytes, content_type: str | None) -> list[str]:
    """Codecs that header, <meta> and XML declaration claim, in this order, unknown names left out.

    >>> declared_charsets(b'<meta charset="gb2312">', "text/html; charset=UTF-8")
    ['utf-8', 'gb18030']
    """
    head = body[:_HEAD]
    found = [_CHARSET.search((content_type or "").encode("ascii", "ignore")), _CHARSET.search(head)]
    found.append(_XML_ENCODING.search(head))
    names = [_codec(match[1].decode("ascii")) for match in found if match]
    return list(dict.fromkeys(name for name in names if name))


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Text of a page's bytes; never raises.  content_type: the HTTP header's value, None if unknown.

    >>> decode("镕㐂".encode("gb18030"), "text/html; charset=gb2312")
    Decoded(text='镕㐂', encoding='gb18030', exact=False)
    >>> decode("水母网".encode(), "text/html; charset=ISO-8859-1").encoding
    'utf-8'
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom) :].decode(name, "replace"), name)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _not_utf8(body, content_type)
    if "\x00" in text[:200]:
        return _maybe_utf16(body, text)
    return _short_gbk(body, content_type) or Decoded(text, "utf-8", exact=True)


def _maybe_utf16(body: bytes, text: str) -> Decoded:
    head = body[:200]
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if zeros.count(0) * 2 > len(zeros):
            return Decoded(body.decode(name, "replace"), name)
    return Decoded(text, "utf-8")


def _short_gbk(body: bytes, content_type: str | None) -> Decoded | None:
    """A few GBK characters that happen to be valid UTF-8, where the page says GBK."""
    if len(body) > _HEAD or body.isascii() or len(body.translate(None, _ASCII)) >= _SHORT:
        return None
    if declared_charsets(body, content_type)[:1] != ["gb18030"] or _has_utf8_run(body):
        return None
    try:
        return Decoded(body.decode("gb18030"), "gb18030")
    except UnicodeDecodeError:
        return None


def _not_utf8(body: bytes, content_type: str | None) -> Decoded:
    claims = [name for name in declared_charsets(body, content_type) if name not in _CLAIMS_NOTHING]
    if not _has_utf8_run(body):
        for name in dict.fromkeys([name for name in claims if name != "utf-8"] + ["gb18030"]):
            try:
                return Decoded(body.decode(name), name)
            except (UnicodeDecodeError, LookupError):
                continue
    return _by_segments(body, "big5hkscs" if "big5hkscs" in claims else "gb18030")


def _has_utf8_run(body: bytes) -> bool:
    """The same as _UTF8_RUN.search(body), for whole pages."""
    return b"lcclcc" in body.translate(_RUN_CLASSES)


def _by_segments(body: bytes, legacy: str) -> Decoded:
    """Each piece between tags in the charset that fits it; the page's encoding is the one of most pieces."""
    pieces: list[str] = []
    size = {"utf-8": 0, legacy: 0}
    for match in _SEGMENT.finditer(body):
        piece = match[0]
        if piece.isascii():
            pieces.append(piece.decode("ascii"))
            continue
        name, text = _segment(piece, legacy)
        size[name] += len(piece)
        pieces.append(text)
    return Decoded("".join(pieces), max(size, key=lambda name: size[name]))


def _segment(piece: bytes, legacy: str) -> tuple[str, str]:
    text = piece.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    # Our own handler is slow, and beyond some strays there is nothing to mend.
    errors = "chengwen.stray" if lost < _MENDABLE else "replace"
    if lost and errors != "replace":
        text = piece.decode("utf-8", errors)
    if _looks_chinese(text.replace("\ufffd", "")) and (not lost or (_UTF8_RUN.search(piece) and lost * 4 <= len(text))):
        return "utf-8", text
    try:
        return legacy, piece.decode(legacy)
    except UnicodeDecodeError:
        other = piece.decode(legacy, errors)
        return (legacy, other) if other.count("\ufffd") <= lost else ("utf-8", text)


def _looks_chinese(text: str) -> bool:
    """Chinese, its punctuation, or typographic signs make up what is not ASCII: not GBK misread as Latin or Greek."""
    other = [char for char in text if char > "\x7f"]
    return sum(char >= "\u2000" or char in "\xa0\xb7\xd7\xa9\xb0" for char in other) * 2 > len(other)


def _stray(error: UnicodeError) -> tuple[str, int]:
    """Windows' GBK has the euro sign at 0x80; 0xA0 and 0xFF are left-over spaces; other strays become U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    sign = {0x80: "€", 0xA0: " ", 0xFF: " "}.get(error.object[error.start], "\ufffd")
    # In UTF-8 a character cut short (a truncated summary) is one loss; in GBK the next byte may start a character.
    return sign, error.end if error.encoding == "utf-8" else error.start + 1


codecs.register_error("chengwen.stray", _stray)
