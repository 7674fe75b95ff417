"""The walk through one portal: home page, sections, list pages, articles (DESIGN.md §1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from typing import Any, ClassVar, Self
from urllib.parse import urljoin

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.corpus import Route
from crawler.errors import CorpusError, UsageError
from crawler.extensions.archive import PURPOSE
from crawler.extensions.backoff import Backoff
from crawler.extensions.corpus import CorpusSession
from crawler.extract import FEED_PATHS, read_feed_index
from crawler.items import CST, Article
from crawler.portals import Portal, from_url
from crawler.spiders.articles import Articles
from crawler.spiders.failures import BLOCKED_STATUS, ignore, reason_of
from crawler.spiders.lists import FEED, Lists
from crawler.spiders.media import Media
from crawler.spiders.options import CrawlOptions
from crawler.spiders.papers import Papers
from crawler.spiders.reading import fetched_at, list_page, news_page, own_links, what_it_is
from crawler.spiders.revisits import Revisits
from crawler.spiders.tally import Tally
from crawler.spiders.templates import Templates
from crawler.spiders.walk import Limits, SectionWalk

__all__ = ["PortalSpider"]

#: What the walk calls the home page read as a list: its curated news may stand in no section.
HOME_LABEL = "首页"
#: Begins the label of a feed among the sections.
FEED_LABEL = "订阅 "


class PortalSpider(scrapy.Spider):
    """Walks a portal.  As it is: any site by address (-a url=…); its subclasses: one portal file each.

    Arguments: see CrawlOptions.  Everything found goes through the ledger of the corpus before it is fetched.
    """

    name = "portal"
    portal: ClassVar[Portal | None] = None

    def __init__(self, **arguments: Any) -> None:
        self.options = CrawlOptions.parse(arguments)
        self.site = self._site()
        super().__init__(self.options.name or self.site.name)
        self.allowed_domains = list(self.site.hosts)
        self.tally = Tally()
        self.articles = Articles(self)
        self.lists = Lists(self)
        self.papers = Papers(self)
        self.templates = Templates(self)
        self.revisits = Revisits(self)
        self.media = Media(self)
        self._given = self._given_sections()
        self._home_asked = False
        self._feeds: list[str] = []
        self._probing = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Called by Scrapy."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.idle, signal=signals.spider_idle)
        return spider

    def _site(self) -> Portal:
        if self.portal is not None:
            if self.options.url or self.options.hosts:
                raise UsageError(f"-a url, hosts: portal {self.name} has its own; use `scrapy crawl portal -a url=…`")
            return self.portal
        if not self.options.url:
            raise UsageError("the spider 'portal' needs an address: scrapy crawl portal -a url=https://www.example.cn/")
        site = from_url(self.options.url)
        return replace(site, hosts=(*site.hosts, *self.options.hosts))

    def _given_sections(self) -> list[tuple[str, str]]:
        """Sections that the portal's file names, narrowed by -a sections; UsageError for an unknown one."""
        if not self.site.sections:
            return []
        wanted = [label for label in self.options.sections if label not in self.papers.labels]
        chosen = self.site.choose(wanted) if self.options.sections else self.site.sections
        return [(section.label, section.url) for section in chosen]

    # --- Beginning and end ---------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Request]:
        """What an earlier run left behind, then the sections that the file names, or the home page."""
        session = CorpusSession.of(self.crawler)
        if session.failed:
            return
        try:
            self.enter(session, session.open_run)
            for request in self._start_requests():
                yield request
        except CorpusError as error:
            session.abort(error)

    def enter(self, session: CorpusSession, run_id: int) -> None:
        """Begin to work on the corpus, as that run."""
        self.session, self.corpus, self.run_id = session, session.corpus, run_id
        #: tells the looks at an article of one run from those of another (Corpus.missing)
        self.look_id: int | None = run_id
        settings = self.crawler.settings
        self.limits = Limits(
            pages=settings.getint("SECTION_PAGES"),
            known_pages=settings.getint("KNOWN_PAGES"),
            overlap=dt.timedelta(days=settings.getfloat("OVERLAP_DAYS")),
            since=self.options.since_time,
        )
        self.corpus.portal(self.name, self.site.city, self.site.province, self.site.home, self.site.title)
        self.templates.load()

    def _start_requests(self) -> Iterator[Request]:
        known = self.corpus.sections(self.name)
        narrowed = bool(self.options.sections)
        if not narrowed:
            for waiting in self.corpus.waiting(self.name):
                yield from self.articles.requests(waiting.link, waiting.section)
        yield from self.papers.requests()
        if self.site.sections:
            yield from self.lists.requests(self._given, depth=0)
        elif not narrowed or not set(self.options.sections) <= self.papers.labels:
            yield self._home_request()
        if not narrowed:
            self._feeds += [*self.site.feeds, *(s.url for s in known if s.label.startswith(FEED_LABEL))]
            # A first run that was killed may have died before it asked for them.
            self._probing = not self.site.feeds and not self.corpus.has_finished(self.name)
            yield from self.revisits.requests() if self.options.limit is None else ()
            yield from self.media.missing()

    def _home_request(self) -> Request:
        self._home_asked = True
        meta = self.purpose("home", self.site.home, section=None if self.options.sections else HOME_LABEL)
        return Request(self.site.home, self.parse_home, errback=self.home_failed, meta=meta, dont_filter=True)

    def home_instead(self) -> Iterator[Request]:
        """Sections of a file grow old: when not one of them is left, the navigation says what there is today."""
        if self._given and not self._home_asked and self.lists.lost(url for _, url in self._given):
            yield self._home_request()

    def closed(self, reason: str) -> None:
        """Write down how far the sections were read whose walk did not end by itself."""
        session = CorpusSession.of(self.crawler)
        try:
            if not session.failed:
                self.lists.stop()
                self.templates.finish()
        except CorpusError as error:
            session.abort(error)
        self.tally.finish(reason, self.crawler.stats)

    # --- Home page and feeds -------------------------------------------------------------------------------------

    def parse_home(self, response: Response) -> Iterator[Request]:
        """The home page: where the sections are, and a list page of its own."""
        now = fetched_at(response).astimezone(CST)
        listing = list_page(response, self.site, now)
        if not listing.articles and not listing.sections:
            kind = what_it_is(response, self.site, now)
            self.tally.fail(f"{response.url}: no news and no sections found there; it looks like: {kind}")
            if kind == "blocked":
                self.refused(response.url, "challenge page")
            return
        self.passed(response.url)
        sections = [(link.title, link.url) for link in own_links(listing.sections, self.site)]
        if self.options.sections:
            sections = self._chosen(sections)
        else:
            # The home page has no next page: what looks like one belongs to a block of it.
            listing.next = None
            yield from self.lists.first_page(HOME_LABEL, self.site.home, listing, response, now)
            self._feeds += listing.feeds
        yield from self.lists.requests(sections, depth=1)

    def _chosen(self, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
        wanted = set(self.options.sections)
        chosen = [(label, url) for label, url in found if label in wanted or url in wanted]
        missing = wanted - {part for pair in chosen for part in pair}
        if missing:
            labels = "、".join(label for label, _ in found) or "none"
            self.tally.fail(f"-a sections: {self.site.home} shows no section {'、'.join(missing)}; it shows {labels}")
        return chosen

    def home_failed(self, failure: Failure) -> None:
        """Without its home page a portal that names no sections cannot be walked."""
        self.tally.fail(f"{self.site.home}: {reason_of(failure)}")
        self.count_refusal(failure)

    @property
    def asks_for_more(self) -> bool:
        """True while it is not known what is still to be fetched: lists and feeds are unread."""
        walks = self.lists.walks()
        return bool(self._feeds) or self._probing or not walks or not all(walk.ended for walk in walks)

    def idle(self) -> None:
        """All lists are read: now the feeds.  They come last, since they tell no section of an article."""
        feeds, probing = self._feeds, self._probing
        self._feeds, self._probing = [], False
        if self.tally.failures or self.articles.limit_reached:
            return
        try:
            requests = [*self.feed_requests(feeds), *(self._probes() if probing else ())]
        except CorpusError as error:
            self.session.abort(error)
            return
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def feed_requests(self, urls: Iterable[str]) -> Iterator[Request]:
        """Feeds and sitemaps are sections without pages."""
        feeds = [(FEED_LABEL + url.split("/", 3)[-1], url) for url in urls if self.site.owns(url)]
        yield from self.lists.requests(feeds, depth=0, feed=True)

    def _probes(self) -> Iterator[Request]:
        """A portal met for the first time is asked once for the feeds that its CMS may write unadvertised."""
        for path in FEED_PATHS:
            url = urljoin(self.site.home, path)
            yield Request(url, self.parse_probe, errback=ignore, dont_filter=True, priority=FEED)

    def parse_probe(self, response: Response) -> Iterator[Request]:
        """A feed that answered becomes a section; anything else stands for "no such feed"."""
        feed = read_feed_index(response.body, response.url)
        if feed.links or feed.sitemaps:
            yield from self.feed_requests([response.url])

    # --- Pages: what a replay does otherwise ----------------------------------------------------------------------

    def purpose(self, role: str, link: str, **more: Any) -> dict[str, Any]:
        """What a request is for, as its meta, for the archive: a replay reads the answer as the walk does."""
        site = {"portal": self.name, "home": self.site.home, "hosts": self.site.hosts, "run": self.run_id}
        return {PURPOSE: {"as": role, "link": link} | more | site}

    async def download(self, request: Request) -> Response:
        """The answer, whatever its status."""
        return await self.crawler.engine.download_async(request)

    def read(self, response: Response, now: dt.datetime) -> Article:
        """The page as an article, by the portal's templates where they fit."""
        return news_page(response, self.site, now)

    # --- Sections and refusals: what lists, articles and papers share ---------------------------------------------

    def open_section(self, label: str, url: str, route: Route) -> SectionWalk | None:
        """Begin a section's walk; None if it has begun, or if the portal shows more sections than a person reads."""
        return self.lists.open(label, url, route)

    def passed(self, url: str) -> None:
        """A page came through: a row of refusals is over."""
        Backoff.of(self.crawler).passed(url)

    def count_refusal(self, failure: Failure) -> None:
        """Count a failure as a refusal if its status says so."""
        error = failure.value
        if isinstance(error, HttpError) and error.response.status in BLOCKED_STATUS:
            self.refused(error.response.url, reason_of(failure))

    def refused(self, url: str, why: str) -> None:
        """One more refusal: backed off from, never circumvented (DESIGN.md §5)."""
        Backoff.of(self.crawler).refused(url, why)
