"""Page numbers in addresses: whether two addresses belong to one list, and how far apart they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

__all__ = [
    "PAGE_PARAMETER",
    "is_first_of",
    "last_number",
    "numbered",
    "page_number",
    "replace_query",
    "same_list",
    "with_page",
]

_NUMBER = re.compile(r"\d+")
#: Names of the parameter that holds the page (DOMAIN.md §5).
PAGE_PARAMETER = re.compile(
    r"page|p|pageno|page_no|pagenum|page_num|pageindex|page_index|currpage|curpage|currentpage|current"
    r"|paged|pg|pageid|nowpage|cpage|topage|goto_page"
)
_TRAILING_NUMBER = re.compile(r"[-_]?\d+((?:\.\w+)?/?)$")
_FIRST = re.compile(r"^(?:(?:index|default|list)\.\w+)?$")


def _tail(parts: SplitResult) -> tuple[str, str]:
    """Directory and file of a path: /news/index_2.html → /news/, index_2.html."""
    folder, _, name = parts.path.rpartition("/")
    return f"{folder}/", name


def same_list(own: str, other: str) -> bool:
    """True if the other address can be a page of the same list: equal but for numbers, or a numbered file beside it.

    >>> same_list("http://a.cn/x/index.html", "http://a.cn/x/index_2.html")
    True
    >>> same_list("http://a.cn/x/", "http://a.cn/y/2.html")
    False
    """
    a, b = urlsplit(own), urlsplit(other)
    if a.hostname != b.hostname:
        return False
    if _NUMBER.sub("#", f"{a.path}?{a.query}") == _NUMBER.sub("#", f"{b.path}?{b.query}"):
        return True
    (folder, name), (other_folder, other_name) = _tail(a), _tail(b)
    if folder == other_folder:
        return bool(_NUMBER.search(other_name) or _FIRST.match(other_name)) or _page_in(b) is not None
    # bfxy.htm continues in bfxy/109.htm (博达), /news/ in /news/page/2/ (WordPress)
    stem = name.rsplit(".", 1)[0]
    return other_folder in (f"{folder}{stem}/", f"{folder}page/", f"{folder}page/{other_name}/") or bool(
        re.fullmatch(re.escape(folder) + r"(?:page[/_-]?)?\d+/", other_folder)
    )


def page_number(own: str, other: str) -> int | None:
    """Steps from one page's number to another's; None where one of them carries no number to compare.

    >>> page_number("http://a.cn/39.htm", "http://a.cn/38.htm")
    -1
    """
    a, b = urlsplit(own), urlsplit(other)
    mine, its = _page_in(a), _page_in(b)
    if mine is not None and its is not None:
        return its - mine
    left, right = _NUMBER.findall(a.path), _NUMBER.findall(b.path)
    if len(left) != len(right) or _NUMBER.sub("#", a.path) != _NUMBER.sub("#", b.path):
        return None
    differing = [int(y) - int(x) for x, y in zip(left, right, strict=True) if x != y]
    return differing[0] if len(differing) == 1 else None


def is_first_of(other: str, own: str) -> bool:
    """True if the other address is the list's first page, without a number, and this one is a numbered page of it.

    >>> is_first_of("http://a.cn/x/index.html", "http://a.cn/x/index_3.html")
    True
    """
    a, b = urlsplit(own), urlsplit(other)
    if a.hostname != b.hostname:
        return False
    numbered_path = _TRAILING_NUMBER.sub(r"\1", a.path)
    if numbered_path == a.path:
        return False
    return b.path in (
        numbered_path,
        urljoin(numbered_path, "."),
        urljoin(numbered_path, ".").rstrip("/") + "/index.html",
    )


def last_number(url: str) -> int | None:
    """The number that would be the page's: that of a page parameter, else the last one of the path."""
    parts = urlsplit(url)
    found = _NUMBER.findall(parts.path)
    number = _page_in(parts)
    return number if number is not None else int(found[-1]) if found else None


def numbered(own: str, numbers: Mapping[int, str]) -> int:
    """Number of a page whose address follows the pattern of its numbered links; 0 if none does."""
    for number, url in numbers.items():
        step = page_number(url, own)
        if step is not None and number + step > 0:
            return number + step
    return 0


def _page_in(parts: SplitResult) -> int | None:
    for name, value in parse_qsl(parts.query):
        if PAGE_PARAMETER.fullmatch(name.lower()) and value.isdecimal():
            return int(value)
    return None


def with_page(own: str, number: int) -> str | None:
    """The address with its page parameter set to another number; None if it has none.

    >>> with_page("http://a.cn/list?page=2&size=20", 3)
    'http://a.cn/list?page=3&size=20'
    """
    parts = urlsplit(own)
    for name, value in parse_qsl(parts.query):
        if PAGE_PARAMETER.fullmatch(name.lower()) and value.isdecimal():
            return replace_query(own, name, str(number))
    return None


def replace_query(url: str, name: str, value: str) -> str:
    """The address with one parameter's value exchanged, the rest untouched byte by byte."""
    parts = urlsplit(url)
    pattern = re.compile(rf"(^|&){re.escape(name)}=[^&]*")
    return parts._replace(query=pattern.sub(lambda m: f"{m[1]}{name}={value}", parts.query, count=1)).geturl()
