"""What is known of a portal: frozen dataclasses, one `Portal` a file.

A portal is data (DESIGN.md §3.1): four lines are enough, the rest is discovered by the walk, learned, or overridden
here.  crawler.portals.parse makes these objects from TOML and says what is wrong with it; docs/portals.md explains
every key for the people who write the files.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

from crawler.errors import UsageError
from crawler.items import Template
from crawler.urls import in_scope, key

__all__ = ["PROVINCES", "Edition", "ListPages", "Politeness", "Portal", "SectionSpec", "did_you_mean"]

#: The 34 provincial divisions by their usual short names, in the order of GB/T 2260 (DOMAIN.md Appendix A uses these).
PROVINCES = (
    *("北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽"),
    *("福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州"),
    *("云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "台湾", "香港", "澳门"),
)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that ends a message: the nearest known words, or "" where nothing is near.

    >>> did_you_mean("szdush", ["szdushi", "cnnb"])
    ' (did you mean szdushi?)'
    """
    near = difflib.get_close_matches(word, list(known), n=3, cutoff=0.6)
    return f" (did you mean {', '.join(near)}?)" if near else ""


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """A section of the portal: its label as the navigation prints it, and the address of its first list page."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ListPages:
    """Numbered list pages that no link and no script on the page tells (DOMAIN.md §5).

    pattern: address with {n}, relative to the section's first page.  first: the n of the page after the section's own
    address: 2 in most systems, 1 in TRS (index.html, index_1.html).
    """

    pattern: str
    first: int = 2

    def url(self, section: str, after: int) -> str:
        """Address of the list page that comes `after` (1, 2, …) pages behind the section's own.

        >>> ListPages("index_{n}.html", first=1).url("http://www.example.cn/yw/index.html", 1)
        'http://www.example.cn/yw/index_1.html'
        """
        return urljoin(section, self.pattern.replace("{n}", str(self.first + after - 1)))


@dataclass(frozen=True, slots=True)
class Edition:
    """An e-paper: the printed paper's name, and where the front page of a day is (DOMAIN.md §4.3).

    front_page: address with {date}, once or more.  date_format: how a day is written there, as strftime says it.
    """

    label: str
    front_page: str
    date_format: str = "%Y-%m/%d"

    def url(self, day: dt.date) -> str:
        """Address of that day's front page.

        >>> Edition("苏州日报", "http://epaper.example.cn/html/{date}/node_2.htm").url(dt.date(2022, 11, 5))
        'http://epaper.example.cn/html/2022-11/05/node_2.htm'
        """
        return self.front_page.replace("{date}", day.strftime(self.date_format))


@dataclass(frozen=True, slots=True)
class Politeness:
    """What this portal needs instead of the project's settings; None keeps the setting.

    delay: seconds between two requests to one host.  concurrency: requests to one host at the same time.
    user_agent: replaces the identifying User-Agent; keep a contact in it (DESIGN.md §5).
    """

    delay: float | None = None
    concurrency: int | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Portal:
    """One portal.  Lists are tuples, empty where nothing is known; None means not known or not set."""

    #: the spider's name: file name of its TOML without suffix, or the host of a bare address
    name: str
    #: the portal's own name, as its pages print it
    title: str
    #: where the walk starts
    home: str
    #: hosts that belong to it, each with everything below it
    hosts: tuple[str, ...]
    #: short name without 市; None for a provincial portal
    city: str | None = None
    #: one of PROVINCES; None where the file does not say
    province: str | None = None
    #: empty: found in the home page's navigation
    sections: tuple[SectionSpec, ...] = ()
    #: regular expressions, searched in an address: what they match is an article.  Hints that add, never a filter
    article_urls: tuple[str, ...] = ()
    #: the same for list pages
    list_urls: tuple[str, ...] = ()
    list_pages: ListPages | None = None
    #: RSS, sitemap and baidunews.xml addresses
    feeds: tuple[str, ...] = ()
    epapers: tuple[Edition, ...] = ()
    #: codec to try first where pages declare none, or a wrong one; None: told by the bytes
    encoding: str | None = None
    #: tried in order before the generic extractor
    templates: tuple[Template, ...] = ()
    politeness: Politeness | None = None
    #: day on which a person last compared the file with the live site; None: never
    checked: dt.date | None = None
    #: for the next person who edits the file
    notes: str = ""

    def owns(self, url: str) -> bool:
        """True for addresses on one of the portal's hosts or below one."""
        return in_scope(url, self.hosts)

    def is_article(self, url: str) -> bool:
        """True if a hint says that this address is an article; False only means that no hint does."""
        return any(re.search(pattern, url) for pattern in self.article_urls)

    def is_list(self, url: str) -> bool:
        """True if the file says that this address is a list page: a section, or matched by list_urls."""
        wanted = key(url)
        return any(key(section.url) == wanted for section in self.sections) or any(
            re.search(pattern, url) for pattern in self.list_urls
        )

    def choose(self, labels: Iterable[str]) -> tuple[SectionSpec, ...]:
        """The sections of those labels or addresses, in that order; UsageError for one that the file does not have."""
        known = {section.label: section for section in self.sections}
        by_url = {key(section.url): section for section in self.sections}
        chosen = []
        for label in labels:
            section = known.get(label) or by_url.get(key(label))
            if section is None:
                hint = did_you_mean(label, known) or f" (known: {', '.join(known) or 'none'})"
                raise UsageError(f"portal {self.name} has no section {label!r}{hint}")
            chosen.append(section)
        return tuple(chosen)
