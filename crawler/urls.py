"""Addresses: repair them, compare them, and tell whose they are.

Portals reach one story through many spellings (DOMAIN.md §4.11): tracking parameters, index.html twins, http and
https, mobile hosts, backslashes and stray spaces in href.  w3lib's canonicalisation keeps most of these apart
(ECOSYSTEM.md), so what makes two addresses the same story's is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

__all__ = ["absolute", "canonical", "host_of", "in_scope", "key"]

#: Query parameters that say how a reader came, never what is read.
_TRACKING = re.compile(
    r"(?:utm_\w+|spm(?:_id)?|from|share\w*|isappinstalled|wx_?share|nsukey|timestamp|_t|ref|referer|refer|source_from"
    r"|scene|subscene|sessionid|jsessionid|phpsessid)",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_INDEX_FILE = re.compile(r"/(?:index|default)\.(?:s?html?|php|aspx?|jsp)$", re.IGNORECASE)
#: Twins of a host: www., and the mobile hosts that serve the same paths.
_TWIN_PREFIX = re.compile(r"^(?:www|m|wap|3g|mobile)\.(?=[^.]+\.[^.]+)")
#: E-paper systems write every page twice, for the desk and for the tablet (DOMAIN.md §4.3).
_PAD_TWIN = re.compile(r"/pad/(?=(?:[a-z]+/)*(?:layout|con|content|paper|\d{4}))", re.IGNORECASE)
_DEFAULT_PORT = {"http": ":80", "https": ":443"}
_WEB = re.compile(r"https?:", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
#: Addresses that are whole as they stand, as most links of a page: joining and splitting takes twenty times as long.
_WHOLE = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/[A-Za-z0-9/._~-]*(?:\?[A-Za-z0-9=&._-]+)?")
#: Addresses that need no escaping, nearly all: to ask is ten times as fast as to rebuild them.
_SAFE = re.compile(r"https?://[a-z0-9.-]{1,60}(?::[1-9]\d{1,4})?/[A-Za-z0-9/._~?&=:;,+-]*")


def absolute(base: str, href: str | None) -> str | None:
    """The web address an href leads to, or None for anchors, scripts, mail and what cannot be an address.

    >>> absolute("http://www.example.cn/news/", " \\\\a\\\\1.html\\n")
    'http://www.example.cn/a/1.html'
    >>> absolute("http://www.example.cn/news/", "javascript:void(0)") is None
    True
    """
    href = (href or "").strip().replace("\\", "/").replace("\n", "").replace("\r", "").replace("\t", "")
    if _WHOLE.fullmatch(href):
        return href
    if not href or href.startswith("#") or (_SCHEME.match(href) and not _WEB.match(href)):
        return None
    try:
        url = urljoin(base, href)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or " " in parts.netloc:
            return None
        _ = parts.port  # raises on nonsense such as example.cn:80a
        url = urlunsplit(parts._replace(fragment=""))
        return url if _SAFE.fullmatch(url) else str(safe_url_string(url))
    except ValueError:
        return None


def canonical(url: str) -> str:
    """One spelling for addresses that certainly show the same page; still an address that can be fetched.

    >>> canonical("HTTP://WWW.Example.cn:80/news/index.html?utm_source=x#top")
    'http://www.example.cn/news/'
    >>> canonical("https://www.example.cn/show.php?id=3&from=timeline")
    'https://www.example.cn/show.php?id=3'
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url.strip()
    scheme = parts.scheme.lower()
    netloc = parts.netloc.lower().rpartition("@")[2].removesuffix(_DEFAULT_PORT.get(scheme, ":")).rstrip(".")
    path = _INDEX_FILE.sub("/", re.sub(r"(?<!^)//+", "/", _SESSION_IN_PATH.sub("", parts.path))) or "/"
    query = urlencode(
        sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)),
        quote_via=quote,
    )
    return urlunsplit((scheme, netloc, path, query, ""))


def key(url: str) -> str:
    """Identity of a story's address: canonical, without scheme, www. or mobile host, tablet twin of an e-paper.

    >>> key("http://m.example.cn/a/1.html") == key("https://www.example.cn/a/1.html?from=app")
    True
    """
    parts = urlsplit(canonical(url))
    host = _TWIN_PREFIX.sub("", parts.netloc)
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{_PAD_TWIN.sub('/pc/', parts.path)}{query}"


def host_of(url: str) -> str:
    """Host name in lower case without port; "" where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def in_scope(url: str, hosts: Iterable[str]) -> bool:
    """True if the address is on one of the hosts or below one of them.

    >>> in_scope("http://news.example.cn/1.html", ["example.cn"])
    True
    >>> in_scope("http://notexample.cn/1.html", ["example.cn"])
    False
    """
    host = host_of(url)
    return any(host == h or host.endswith(f".{h}") for h in hosts)
