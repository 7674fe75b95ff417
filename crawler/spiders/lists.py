"""Reads list pages: notes their links in the ledger, asks for what is new, follows the pages of a section."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from scrapy import FormRequest, Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.corpus import Route
from crawler.extensions.backoff import LeftAlone
from crawler.items import CST, Link, Listing
from crawler.spiders.failures import reason_of, status_of
from crawler.spiders.reading import fetched_at, list_page, own_links, what_it_is
from crawler.spiders.walk import SectionWalk, Seen, page_id
from crawler.urls import key

if TYPE_CHECKING:
    from crawler.spiders.portal import PortalSpider

__all__ = ["FEED", "Lists"]

#: Lists wait until the articles of the last one are asked for; feeds come last.
LIST, FEED = 0, -10
NO_SUCH_PAGE = frozenset({404, 410})
#: Sections found on the home page (depth 1) may show sections of their own (资讯中心 > 苏州资讯), and no deeper.
#: Depth 0 is a section that the portal's file names: it brings no others.
DEEPEST = 2


class Lists:
    """The list side of one portal's walk."""

    def __init__(self, spider: PortalSpider) -> None:
        self._spider = spider
        self._walks: dict[str, SectionWalk] = {}
        self._recorded: set[str] = set()
        self._news = 0

    def open(self, label: str, url: str, route: Route = "list") -> SectionWalk | None:
        """Begin a section's walk; None if it has begun, or beyond MAX_SECTIONS."""
        spider = self._spider
        if key(url) in self._walks or len(self._walks) >= spider.crawler.settings.getint("MAX_SECTIONS"):
            return None
        feed = route == "feed"
        section = spider.corpus.section(spider.name, label, url, route)
        trusts = section.covers(spider.limits.since)
        walk = SectionWalk(section.id, label, url, spider.limits, feed=feed, trusts_known=trusts)
        # Feeds and front pages show a choice of the newest, and never reach back.
        walk.met_before = bool(section.completed_at) and not feed and key(url) != key(spider.site.home)
        self._walks[key(url)] = walk
        return walk

    def requests(self, sections: Iterable[tuple[str, str]], depth: int, *, feed: bool = False) -> Iterator[Request]:
        """The first pages of sections (label, address)."""
        for label, url in sections:
            walk = self.open(label or url, url, "feed" if feed else "list")
            if walk:
                yield self._request(walk, url, None, depth)

    def _request(self, walk: SectionWalk, url: str, form: dict[str, str] | None, depth: int) -> Request:
        # Lists are read again and again: the duplicate filter is for articles.
        common: dict[str, Any] = {
            "callback": self.parse,
            "errback": self.failed,
            "cb_kwargs": {"walk": walk, "depth": depth},
            "dont_filter": True,
            "priority": FEED if walk.feed else LIST,
        }
        purpose = self._spider.purpose("list", walk.url, section=walk.label, feed=walk.feed)
        if form is not None:
            return FormRequest(url, formdata=form, method="POST", meta={"form": form} | purpose, **common)
        return Request(url, meta=purpose, **common)

    def first_page(
        self, label: str, url: str, listing: Listing, response: Response, now: dt.datetime
    ) -> Iterator[Request]:
        """A section whose first page is read already."""
        walk = self.open(label, url, "front" if key(url) == key(self._spider.site.home) else "list")
        if walk:
            yield from self._take_in(walk, listing, response, now, depth=0)

    def parse(self, response: Response, walk: SectionWalk, depth: int) -> Iterator[Request]:
        """One list page."""
        spider, now = self._spider, fetched_at(response).astimezone(CST)
        listing = list_page(response, spider.site, now)
        if walk.list_pages == 0 and not listing.articles and not listing.sections and not walk.feed:
            kind = what_it_is(response, spider.site, now)
            spider.tally.section_failed(walk.label, f"{response.url}: no links; it looks like: {kind}")
            self._end(walk, "empty")
            if kind == "blocked":
                spider.refused(response.url, "challenge page")
            yield from spider.home_instead()
            return
        spider.passed(response.url)
        yield from self._take_in(walk, listing, response, now, depth)
        if 0 < depth < DEEPEST and not spider.options.sections:
            children = [(link.title, link.url) for link in own_links(listing.sections, spider.site)]
            yield from self.requests(children, depth + 1)

    def _take_in(
        self, walk: SectionWalk, listing: Listing, response: Response, now: dt.datetime, depth: int
    ) -> Iterator[Request]:
        spider = self._spider
        links = own_links(listing.articles, spider.site)
        spider.tally.off_site += len(listing.articles) - len(links)
        noted = spider.corpus.note(spider.name, walk.section_id, links)
        following = self._following(walk, listing)
        request = response.request or Request(response.url)
        # Answers to a POST do not repeat the form that asks for the next ones (DOMAIN.md §4.4).
        sent = request.meta.get("form")
        form = listing.next_form or sent
        here = page_id(request.url, sent)
        there = page_id(following, form) if following else None
        self._news += sum(n.new for n in noted)
        go_on = walk.turn(here, [Seen(n.link, n.familiar, n.new) for n in noted], there, now, self._news)
        for n in noted:
            if n.fetch and not self._too_old(n.link):
                # A feed is no section of the portal's; which ones an article stands in, the ledger's sightings say.
                yield from spider.articles.requests(n.link, None if walk.feed else walk.label)
        if spider.articles.limit_reached:
            walk.end("limit")
        if walk.ended == "last_page" and listing.needs_script:
            walk.ended = "needs_script"
        if walk.ended:
            self._record(walk)
        elif go_on and following:
            yield self._request(walk, following, form, depth)
        if walk.feed:
            yield from spider.feed_requests(listing.feeds)

    def _following(self, walk: SectionWalk, listing: Listing) -> str | None:
        """Address of the next list page: as the page says, or else by the portal's numbered pattern."""
        site = self._spider.site
        url = listing.next
        if url is None and site.list_pages and listing.articles and not walk.feed and walk.url != site.home:
            url = site.list_pages.url(walk.url, walk.list_pages + 1)
        return url if url and site.owns(url) else None

    def failed(self, failure: Failure) -> Iterator[Request]:
        """A list page that could not be had ends its walk; the next run begins it again."""
        request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it to every failure it hands out
        walk: SectionWalk = request.cb_kwargs["walk"]
        if walk.list_pages and status_of(failure) in NO_SUCH_PAGE:
            # Printed totals, numbered patterns and 下一页 lead past the end; what is not there ends the list.
            self._end(walk, "last_page")
            return
        if isinstance(failure.value, LeftAlone):
            self._end(walk, "stopped")
            return
        self._spider.tally.section_failed(walk.label, f"{request.url}: {reason_of(failure)}")
        self._end(walk, "failed")
        self._spider.count_refusal(failure)
        yield from self._spider.home_instead()

    def walks(self) -> tuple[SectionWalk, ...]:
        """All sections of this run in the order in which they were begun, ended or not."""
        return tuple(self._walks.values())

    def unrecorded(self) -> tuple[SectionWalk, ...]:
        """Sections of which nothing is written down yet."""
        return tuple(walk for url, walk in self._walks.items() if url not in self._recorded)

    def lost(self, urls: Iterable[str]) -> bool:
        """True if not one of these sections could be read."""
        walks = [self._walks.get(key(url)) for url in urls]
        return all(walk is not None and walk.ended in ("failed", "empty") for walk in walks)

    def stop(self) -> None:
        """The run ends: walks that are not over are stopped."""
        for walk in self._walks.values():
            self._end(walk, "stopped")

    def _end(self, walk: SectionWalk, reason: Any) -> None:
        walk.end(reason)
        self._record(walk)

    def _record(self, walk: SectionWalk) -> None:
        """Write down, once, how far a section was read, as soon as that is known: a run may be killed at any time."""
        if key(walk.url) in self._recorded:
            return
        self._recorded.add(key(walk.url))
        spider = self._spider
        if walk.complete:
            known = walk.ended == "known"
            spider.corpus.complete(walk.section_id, dt.datetime.now(dt.UTC), since=spider.limits.since, known=known)
        spider.corpus.section_run(
            spider.run_id,
            walk.section_id,
            list_pages=walk.list_pages,
            links_seen=walk.links_seen,
            links_new=walk.links_new,
            ended_by=walk.ended,
            gap=walk.gap,
        )
        spider.tally.add(walk)

    def _too_old(self, link: Link) -> bool:
        since = self._spider.limits.since
        return since is not None and link.published is not None and link.published < since
