"""One portal's pages out of an archive, read by the callbacks of its own spider: the same rules, and no network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Coroutine, Generator, Iterator, Sequence
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.corpus import Due
from crawler.extensions.corpus import CorpusSession
from crawler.extract import Edition, seems_article
from crawler.items import Article, Listing, Template
from crawler.portals import Portal
from crawler.spiders.portal import HOME_LABEL, PortalSpider
from crawler.spiders.reading import news_page, own_links
from crawler.spiders.replay.readers import look, response_of
from crawler.spiders.replay.roles import Page, Role
from crawler.urls import absolute, key

__all__ = ["PortalReplay", "Replaying"]

#: An article's parts follow it soon; an archive of somebody else's that lacks one is not waited for any longer.
MOST_WAITING = 50
#: Key of Request.meta for what a page's process made of it.
_READ = "read"


class _Asked:
    """What a callback waits for: the page of that address."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __await__(self) -> Generator[str, Response, Response]:
        response = yield self.url
        return response


class Replaying(PortalSpider):
    """The spider of a portal whose pages come from an archive.  Refusals of that time say nothing of today."""

    #: nameless, so that no list of spiders shows it
    name = ""

    @classmethod
    def of(cls, site: Portal, crawler: Crawler, session: CorpusSession, run_id: int) -> Replaying:
        """Ready to read."""
        spider: Replaying = type("Replayed", (cls,), {"name": site.name, "portal": site})()
        spider.crawler, spider.settings = crawler, crawler.settings
        spider.enter(session, run_id)
        #: an absence counts by the look, whichever of the archive's runs it was seen in
        spider.look_id = None
        return spider

    async def download(self, request: Request) -> Response:
        """The page, when the archive comes to it."""
        return await _Asked(request.url)

    def read(self, response: Response, now: dt.datetime) -> Article:
        """What the page's own process made of it, unless the templates have changed since."""
        made = response.meta.pop(_READ, None)
        return made if made is not None else news_page(response, self.site, now)

    def passed(self, url: str) -> None:
        """Nothing follows."""

    def refused(self, url: str, why: str) -> None:
        """Nothing follows."""

    def count_refusal(self, failure: Failure) -> None:
        """Nothing follows."""


class PortalReplay:
    """Takes the portal's pages in the order of the archive and gives the articles that are complete.

    version: number of the templates by which pages are to be read now, given by `number`.
    """

    def __init__(self, spider: Replaying, number: Callable[[str, Sequence[Template]], int]) -> None:
        self.spider = spider
        self._number = number
        self._templates = spider.site.templates
        self.version = number(spider.name, self._templates)
        self._waiting: dict[str, list[tuple[Coroutine[str, Response, list[Article]], bool]]] = {}
        #: of somebody else's archive: label of a list, section that led to an article, address before a redirect
        self._labels = {key(section.url): section.label for section in spider.site.sections}
        self._led: dict[str, str] = {}
        self._origins: dict[str, str] = {}

    @property
    def site(self) -> Portal:
        """What pages are to be read by now."""
        return self.spider.site

    def take(self, page: Page) -> list[Article]:
        """One page; the articles that are complete with it."""
        with self.spider.corpus.as_of(page.at):
            found = self._take(page)
        if self.spider.site.templates is not self._templates:
            self._templates = self.spider.site.templates
            self.version = self._number(self.spider.name, self._templates)
        return found

    def _take(self, page: Page) -> list[Article]:
        role, status = page.role, page.capture.status
        if role.name == "revisit":
            return self._look_again(page, role)
        if role.name == "any":
            return self._anything(page)
        if not 200 <= status < 300 and not (role.name == "part" and status in (404, 410)):
            # What failed was asked for again, or stands in the ledger of the crawl.
            return []
        if role.name == "article":
            return self._article(page, role)
        if role.name == "part":
            return self._part(page, role.link)
        self._list(page, role.section, role.link, self._made(page), feed=role.feed)
        return []

    def _made(self, page: Page) -> Any:
        """What was read from the page, by today's templates."""
        if page.by != self.version or page.read is None:
            page.read, page.by = look(page.capture, page.role.name, self.site), self.version
        return page.read

    def _response(self, page: Page) -> Response:
        response = response_of(page.capture)
        made = self._made(page)
        if made is not None:
            response.meta[_READ] = made[0] if isinstance(made, tuple) else made
        return response

    # --- As our own archive says ------------------------------------------------------------------------------------

    def _article(self, page: Page, role: Role, *, patient: bool = True) -> list[Article]:
        items = self.spider.articles.parse(self._response(page), role.link, role.section, role.place)
        return self._go_on(_all(items), None, patient)

    def _look_again(self, page: Page, role: Role) -> list[Article]:
        due = self._stored(role.link)
        if due is None:
            return self._article(page, role) if 200 <= page.capture.status < 300 else []
        if not (200 <= page.capture.status < 300 or page.capture.status in (304, 404, 410)):
            return []
        return self._again(page, due)

    def _stored(self, url: str) -> Due | None:
        session = self.spider.session
        if session.batch.holds(url):
            session.write()
        return self.spider.corpus.look(url)

    def _again(self, page: Page, due: Due, *, patient: bool = True) -> list[Article]:
        return self._go_on(_all(self.spider.revisits.parse(self._response(page), due)), None, patient)

    def _part(self, page: Page, link: str) -> list[Article]:
        found: list[Article] = []
        for waiting, patient in self._waiting.pop(key(link), ()):
            found += self._go_on(waiting, self._response(page), patient)
        return found

    def _go_on(
        self, reading: Coroutine[str, Response, list[Article]], response: Response | None, patient: bool
    ) -> list[Article]:
        """Let a callback run until it has its articles, or needs another page."""
        try:
            url = reading.send(response)  # type: ignore[arg-type]  # None begins it
        except StopIteration as done:
            articles: list[Article] = done.value
            return articles
        self._waiting.setdefault(key(url), []).append((reading, patient))
        return []

    def _list(self, page: Page, label: str | None, url: str, made: Listing | Edition, *, feed: bool = False) -> None:
        """Note what a list page shows; the archive holds what was fetched of it."""
        corpus, name = self.spider.corpus, self.spider.name
        section_id = corpus.section(name, label, url).id if label else None
        links = own_links(made.articles, self.site)
        corpus.note(name, section_id, links)
        if page.role.name == "any" and label and not feed:
            for link in links:
                self._led.setdefault(key(link.url), label)

    # --- Anyone's ---------------------------------------------------------------------------------------------------

    def _anything(self, page: Page) -> list[Article]:
        """A page of which nobody says what it is."""
        capture = page.capture
        if capture.status in (301, 302, 303, 307, 308):
            self._moved(capture.url, capture.header("Location"))
            return []
        if not 200 <= capture.status < 300:
            return []
        address = key(capture.url)
        if address in self._waiting:
            return self._part(page, capture.url)
        made = self._made(page)
        article, listing = made if made is not None else (None, None)
        if listing is not None:
            self._leads(page, listing)
        elif article is not None:
            return self._news(page, article)
        return []

    def _news(self, page: Page, article: Article) -> list[Article]:
        url = page.capture.url
        linked = key(url) in self._led
        due = self._stored(url)
        if due is not None:
            found = self._again(page, due, patient=False)
        elif article.kind in ("article", "gallery", "video") or linked or seems_article(url):
            role = Role("any", self._origins.get(key(url), url), self._led.get(key(url)))
            found = self._article(page, role, patient=False)
        else:
            self.spider.crawler.stats.inc_value(f"replay/passed_over/{article.kind}")
            return []
        return found + self._give_up(MOST_WAITING)

    def _moved(self, url: str, location: str | None) -> None:
        there = absolute(url, location)
        if there:
            self._origins[key(there)] = self._origins.get(key(url), url)

    def _leads(self, page: Page, listing: Listing) -> None:
        """A list of somebody else's archive: its label is what the navigation called it."""
        url = page.capture.url
        label = HOME_LABEL if key(url) == key(self.site.home) else self._labels.get(key(url))
        for section in own_links(listing.sections, self.site):
            if section.title:
                self._labels.setdefault(key(section.url), section.title)
        self._list(page, label, url, listing)

    def _give_up(self, most: int) -> list[Article]:
        """Take for missing what articles of somebody else's archive have waited for longest."""
        found: list[Article] = []
        while sum(not patient for all_ in self._waiting.values() for _, patient in all_) > most:
            address = next(a for a, all_ in self._waiting.items() if not all(patient for _, patient in all_))
            for reading, patient in self._waiting.pop(address):
                response = Response(f"http://{address}", status=404, request=Request(f"http://{address}"))
                found += self._go_on(reading, response, patient)
        return found

    # --- The end ----------------------------------------------------------------------------------------------------

    def end(self) -> Iterator[Article]:
        """The archive has no more of it: what may be had without the missing parts.

        An article of our own crawls is not stored by halves: its crawl asked for it again.
        """
        yield from self._give_up(0)
        for waiting in self._waiting.values():
            for reading, _ in waiting:
                reading.close()
        self._waiting.clear()


async def _all(items: Any) -> list[Article]:
    return [item async for item in items if isinstance(item, Article)]
