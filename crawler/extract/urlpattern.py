"""From addresses of articles to a regular expression that matches them, and no section.

The expression is for a portal file (`article_urls`): it is searched in an address, a person should be able to read it,
and it must hold for the articles of next year.  So digits become \\d, with a number only where they count something
that keeps its width (a date, a clock, a hash), and directories that name a channel are left out unless all share them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from crawler.urls import canonical

__all__ = ["COVERAGE", "ArticlePattern", "find_patterns"]

#: Share of the links that the expressions together should match; beyond it further ones only describe strays.
COVERAGE = 0.9
#: Portals have up to ten templates (DOMAIN.md §2), but rarely more than a few schemes of addresses at a time.
_MOST = 4
#: A scheme that so few of the links follow is a stray.
_LEAST_SHARE = 0.03
#: Widths of numbers that stay: month, year, year and month, day; from 12 on clocks (DOMAIN.md §1) and dated serials.
_DATE_WIDTHS = frozenset((2, 4, 6, 8))
_CLOCK_WIDTH = 12
#: So many different words in one place are written down one by one.
_WORDS = 3

_HASH = re.compile(r"(?:[0-9a-f]{24}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
#: An id of letters and digits, but not a word with a number (t20221113, node12) nor a number with a letter.
_MIXED = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])(?!(?:[A-Za-z]{1,8}\d+|\d+[A-Za-z])(?![0-9A-Za-z]))[0-9A-Za-z]{7,}")
_SLUG = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+){3,}")
_TOKEN = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{24,40}(?![0-9A-Za-z])"
    rf"|(?<![0-9A-Za-z]){_MIXED.pattern}(?![0-9A-Za-z])"
    r"|\d+|[A-Za-z]+|[^0-9A-Za-z]"
)
#: Addresses whose build only a reader of DOMAIN.md §4 sees: WebPlus has directories of two hexadecimal digits.
_KNOWN = (r"/c\d+a\d+/page\.(?:htm|psp)\b",)
_SPECIAL = re.compile(r"([.^$*+?{}\[\]\\|()])")
_FILE = re.compile(r"(.+)\.(s?html?|php|aspx?|jsp|jhtml|xhtml)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ArticlePattern:
    """regex: searched in an address; matches: how many of the links it was made from it matches."""

    regex: str
    matches: int


@dataclass(slots=True)
class _Scheme:
    """Addresses of one build: the tokens that stand in each place, and the words of directories before the first."""

    rows: list[list[str]] = field(default_factory=list)
    channels: set[tuple[str, ...]] = field(default_factory=set)
    suffixes: set[str] = field(default_factory=set)
    queries: list[dict[str, str]] = field(default_factory=list)


def find_patterns(articles: Iterable[str], others: Collection[str] = ()) -> list[ArticlePattern]:
    """Expressions for the articles, the commonest first; none of them matches one of the others (sections).

    >>> links = [f"http://www.example.cn/news/{c}/2022/1113/{n}.shtml" for n in (7, 88, 931) for c in ("sh", "ty")]
    >>> [p.regex for p in find_patterns(links)]
    ['/\\\\d{4}/\\\\d{4}/\\\\d+\\\\.shtml\\\\b']
    """
    schemes: defaultdict[tuple[str, ...], _Scheme] = defaultdict(_Scheme)
    links = list(dict.fromkeys(articles))
    found = [ArticlePattern(regex, count) for regex in _KNOWN if (count := _count(regex, links))]
    left = [url for url in links if not any(re.search(pattern.regex, url) for pattern in found)]
    for url in left:
        _sort_in(schemes, url)
    for scheme in sorted(schemes.values(), key=lambda s: -len(s.rows)):
        regex = _fitting(scheme, others)
        if regex is None:
            continue
        rest = [url for url in left if not re.search(regex, url)]
        if len(left) - len(rest) > _LEAST_SHARE * len(links):
            found.append(ArticlePattern(regex, len(left) - len(rest)))
            left = rest
        if len(found) == _MOST or len(left) <= (1 - COVERAGE) * len(links) / 2:
            break
    return found


def _count(regex: str, links: Iterable[str]) -> int:
    return sum(1 for url in links if re.search(regex, url))


def _escape(text: str) -> str:
    """As re.escape(), but what needs no backslash has none: people read these."""
    return _SPECIAL.sub(r"\\\1", text)


def _sort_in(schemes: defaultdict[tuple[str, ...], _Scheme], url: str) -> None:
    path, suffix = urlsplit(url).path, ""
    if match := _FILE.fullmatch(path):
        path, suffix = match[1], match[2].lower()
    segments = path.split("/")[1:]
    numbered = [i for i, segment in enumerate(segments) if any(char.isdigit() for char in segment) or _is_slug(segment)]
    # A path with a number names the story by itself; what follows is how the reader came.
    query = {} if numbered else dict(parse_qsl(urlsplit(canonical(url)).query))
    first = numbered[0] if numbered else len(segments) - 1
    if not numbered and not any(value.isdigit() for value in query.values()):
        return
    tokens = [token for segment in segments[first:] for token in ("/", *_tokens(segment))]
    build = (
        *(_kind(token) for token in tokens),
        "?" if query else "",
        *sorted(query),
        "htm" if "htm" in suffix else suffix,
    )
    scheme = schemes[build]
    scheme.rows.append(tokens)
    scheme.channels.add(tuple(segments[:first]))
    scheme.suffixes.add(suffix)
    scheme.queries.append(query)


def _is_slug(segment: str) -> bool:
    return _SLUG.fullmatch(segment) is not None


def _tokens(segment: str) -> list[str]:
    """A segment's pieces; an id that mixes letters and digits is one piece."""
    if _HASH.fullmatch(segment) or _MIXED.fullmatch(segment) or _is_slug(segment):
        return [segment]
    return _TOKEN.findall(segment)


def _kind(token: str) -> str:
    if _HASH.fullmatch(token):
        return f"hash {len(token)}"
    if token.isdigit():
        return "digits"
    if _is_slug(token):
        return "slug"
    if _MIXED.fullmatch(token):
        return "mixed"
    return "word" if token.isalpha() else token


def _fitting(scheme: _Scheme, others: Collection[str]) -> str | None:
    """The loosest expression that matches none of the others; None where there is none."""
    for prefix in dict.fromkeys((_shared(scheme.channels), _listed(scheme.channels))):
        regex = prefix + _body(scheme) + _end(scheme)
        if re.search(r"\\d|\\w|\[0-9a-f", regex) and not any(re.search(regex, other) for other in others):
            return regex
    return None


def _shared(channels: Collection[tuple[str, ...]]) -> str:
    """The directory right before the numbers, where all have the same."""
    last = {channel[-1:] for channel in channels}
    return "".join(f"/{_escape(name)}" for name in last.pop()) if len(last) == 1 else ""


def _listed(channels: Collection[tuple[str, ...]]) -> str:
    """The directories before the numbers, one by one."""
    names = sorted("/".join(map(_escape, channel)) for channel in channels)
    return f"/(?:{'|'.join(names)})" if names and all(names) else ""


def _body(scheme: _Scheme) -> str:
    columns = list(zip(*scheme.rows, strict=True))
    named = ("digits", "mixed", "slug")
    numbers = [i for i, column in enumerate(columns) if _kind(column[0]) in named or _HASH.fullmatch(column[0])]
    return "".join(_piece(column, last=i == numbers[-1]) if numbers else _piece(column, last=False)
                   for i, column in enumerate(columns))  # fmt: skip


def _piece(column: Sequence[str], *, last: bool) -> str:
    kind = _kind(column[0])
    if kind == "digits":
        return _digits(column, last=last)
    if kind.startswith("hash"):
        return rf"[0-9a-f-]{{{len(column[0])}}}" if "-" in column[0] else rf"[0-9a-f]{{{len(column[0])}}}"
    if kind == "mixed":
        lengths = {len(token) for token in column}
        return rf"\w{{{lengths.pop()}}}" if len(lengths) == 1 and len(column) > 1 else r"\w+"
    if kind == "slug":
        return r"[\w-]+"
    words = sorted(set(column))
    if len(words) == 1:
        return _escape(words[0])
    return f"(?:{'|'.join(map(_escape, words))})" if len(words) <= _WORDS else "[A-Za-z]+"


def _digits(column: Sequence[str], *, last: bool) -> str:
    """The last number of an address is a serial that grows, unless it is a clock; those before it are dates."""
    widths = {len(number) for number in column}
    if len(widths) == 1:
        (width,) = widths
        if width >= _CLOCK_WIDTH or (width in _DATE_WIDTHS and not last):
            return rf"\d{{{width}}}"
    if not last and widths <= {1, 2}:
        return r"\d{1,2}"
    return r"\d+"


def _end(scheme: _Scheme) -> str:
    suffixes = scheme.suffixes - {""}
    tail = rf"\.{suffixes.pop()}\b" if len(suffixes) == 1 else r"\.s?html?\b" if suffixes else ""
    if not scheme.queries or not scheme.queries[0]:
        return tail or (r"/?(?:\?|$)")
    return tail.removesuffix(r"\b") + r"\?" + "".join(_parameters(scheme.queries))


def _parameters(queries: Sequence[dict[str, str]]) -> Iterable[str]:
    """Words that all share (a=show) and numbers; what else varies tells nothing."""
    for name in sorted(queries[0]):
        values = {query[name] for query in queries}
        if all(value.isdigit() for value in values):
            yield rf"(?=.*\b{_escape(name)}=\d+)"
        elif len(values) == 1:
            yield rf"(?=.*\b{_escape(name)}={_escape(values.pop())}\b)"
