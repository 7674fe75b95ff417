"""The arguments of a crawl (``-a NAME=VALUE``), checked before anything is fetched."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import UsageError
from crawler.items import CST

__all__ = ["CrawlOptions"]


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """What narrows a run.

    url: home page of a portal without a file (spider "portal" only); name: what to call it (default: its host);
    hosts: further hosts that belong to it (comma-separated);
    since, until: first and last day, Chinese time (list pages end at since; e-papers are walked from since to until);
    limit: new articles to ask for; sections: labels or addresses to keep (comma-separated);
    media: archive pictures, files and style sheets of articles too.
    """

    url: str | None = None
    name: str | None = None
    hosts: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    limit: int | None = None
    sections: tuple[str, ...] = ()
    media: bool = False

    @classmethod
    def parse(cls, arguments: dict[str, Any]) -> CrawlOptions:
        """Read Scrapy's spider arguments; UsageError names the argument and what it takes.

        >>> CrawlOptions.parse({"since": "2022-11-01", "sections": "苏州资讯, 体育"}).sections
        ('苏州资讯', '体育')
        """
        known = [f.name for f in fields(cls)]
        values: dict[str, Any] = {}
        for name, text in arguments.items():
            if name.startswith("_"):
                continue  # the launcher's own: Scrapyd gives every crawl its _job
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
                raise UsageError(f"-a {name}=…: no such argument; {hint}")
            values[name] = _READERS[name](f"-a {name}={text}", str(text).strip())
        options = cls(**values)
        if options.since and options.until and options.until < options.since:
            raise UsageError(f"-a until={options.until}: is before -a since={options.since}")
        if options.since and options.since > dt.datetime.now(CST).date():
            raise UsageError(f"-a since={options.since}: lies in the future")
        return options

    @property
    def since_time(self) -> dt.datetime | None:
        """The first moment of the day since, aware; None: no bound."""
        return dt.datetime.combine(self.since, dt.time(), CST) if self.since else None


def _date(argument: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{argument}: not a date; write it as 2022-11-01") from None


def _count(argument: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise UsageError(f"{argument}: not a number of articles; write it as limit=50")
    return int(text)


def _url(argument: str, text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{argument}: not a web address; write it as url=https://www.example.cn/")
    return text


def _labels(_: str, text: str) -> tuple[str, ...]:
    return tuple(label.strip() for label in text.replace("，", ",").split(",") if label.strip())


def _yes(argument: str, text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise UsageError(f"{argument}: yes or no; write it as media=yes")
    return text.lower() == "yes"


_READERS: dict[str, Callable[[str, str], Any]] = {
    "url": _url,
    "name": lambda _, text: text,
    "hosts": _labels,
    "since": _date,
    "until": _date,
    "limit": _count,
    "sections": _labels,
    "media": _yes,
}
