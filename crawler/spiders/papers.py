"""The walk through e-papers: the editions of some days, their pages (版面), the pages' articles (DOMAIN.md §4.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.extract import read_edition
from crawler.items import CST
from crawler.spiders.failures import reason_of, status_of
from crawler.spiders.reading import own_links
from crawler.spiders.walk import SectionWalk
from crawler.urls import key

if TYPE_CHECKING:
    from crawler.spiders.portal import PortalSpider

__all__ = ["Papers"]

#: A paper that does not appear on a day answers with one of these.
NO_EDITION = frozenset({403, 404, 410})


class Papers:
    """Walks the e-papers of one portal for its spider: dates lead to editions, so no paging and no gaps."""

    def __init__(self, spider: PortalSpider) -> None:
        self._spider = spider
        wanted = spider.options.sections
        self._papers = [e for e in spider.site.epapers if not wanted or e.label in wanted]
        self._asked: set[str] = set()
        #: labels of the papers that this run takes in
        self.labels = frozenset(e.label for e in self._papers)

    def requests(self) -> Iterator[Request]:
        """The front pages of all days, newest first."""
        for paper in self._papers:
            walk = self._spider.open_section(paper.label, paper.front_page, "paper")
            if walk:
                walk.end("by_date")
                yield from (self._request(walk, paper.url(day)) for day in self._days())

    def _days(self) -> Iterator[dt.date]:
        """since to until; without them the last EPAPER_DAYS days."""
        options = self._spider.options
        last = options.until or dt.datetime.now(CST).date()
        recent = self._spider.crawler.settings.getint("EPAPER_DAYS")
        first = options.since or last - dt.timedelta(days=recent - 1)
        for back in range((last - first).days + 1):
            yield last - dt.timedelta(days=back)

    def _request(self, walk: SectionWalk, url: str) -> Request:
        self._asked.add(key(url))
        meta = self._spider.purpose("paper", walk.url, section=walk.label)
        return Request(
            url, self.parse_page, errback=self.page_failed, cb_kwargs={"walk": walk}, meta=meta, dont_filter=True
        )

    def parse_page(self, response: Response, walk: SectionWalk) -> Iterator[Request]:
        """A page of an edition: its articles, and from the front page the other pages."""
        edition = read_edition(response.body, response.url)
        walk.list_pages += 1
        if edition.redirect and key(edition.redirect) not in self._asked:
            yield self._request(walk, edition.redirect)
        for page in edition.pages:
            if key(page.url) not in self._asked and self._spider.site.owns(page.url):
                yield self._request(walk, page.url)
        links = own_links(edition.articles, self._spider.site)
        noted = self._spider.corpus.note(self._spider.name, walk.section_id, links)
        walk.links_seen += len(noted)
        walk.links_new += sum(n.new for n in noted)
        here = next((p for p in edition.pages if key(p.url) == key(response.url)), None)
        place = (here.number, here.name) if here else (None, None)
        for n in noted:
            if n.fetch:
                yield from self._spider.articles.requests(n.link, walk.label, place)

    def page_failed(self, failure: Failure) -> None:
        """No edition on that day is no failure; anything else is."""
        request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it to every failure it hands out
        walk: SectionWalk = request.cb_kwargs["walk"]
        if status_of(failure) not in NO_EDITION:
            walk.ended = "failed"
            self._spider.tally.section_failed(walk.label, f"{request.url}: {reason_of(failure)}")
