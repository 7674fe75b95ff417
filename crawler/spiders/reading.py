"""From a response to what the walk needs: its Listing, its Article, its address's place in the portal."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from scrapy.http import Response

from crawler.extensions.archive import FETCHED_AT
from crawler.extract import extract, read_feed_index, read_list, seems_article
from crawler.items import Article, Link, Listing
from crawler.portals import Portal
from crawler.urls import absolute, in_scope, key

__all__ = ["content_type", "declared", "fetched_at", "list_page", "news_page", "own_links", "what_it_is"]

_HREF = re.compile(rb"""href\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)


def content_type(response: Response) -> str | None:
    """The Content-Type header as sent, or None."""
    value = response.headers.get("Content-Type")
    return value.decode("latin-1") if value else None


def fetched_at(response: Response) -> dt.datetime:
    """When the page was asked for, as the archive has it, aware, UTC; without an archive the present."""
    moment: dt.datetime | None = response.meta.get(FETCHED_AT)
    return moment or dt.datetime.now(dt.UTC)


def declared(response: Response, portal: Portal) -> str | None:
    """The header; a portal whose file names an encoding has it where the header names none."""
    header = content_type(response)
    if portal.encoding and "charset" not in (header or "").lower():
        return f"{header or 'text/html'}; charset={portal.encoding}"
    return header


def news_page(response: Response, portal: Portal, now: dt.datetime) -> Article:
    """The article of a page, by the portal's templates where they fit."""
    return extract(
        response.body,
        response.url,
        content_type=declared(response, portal),
        template=portal.templates or None,
        fetched_at=now,
    )


def list_page(response: Response, portal: Portal, now: dt.datetime) -> Listing:
    """What a list page, front page or feed leads to, the portal's own positive patterns included."""
    feed = read_feed_index(response.body, response.url, now=now)
    if feed.links or feed.sitemaps:
        # Sitemaps name sections and service pages too.
        news = [link for link in feed.links if seems_article(link.url) or portal.is_article(link.url)]
        return Listing(url=response.url, articles=news, feeds=feed.sitemaps)
    listing = read_list(response.body, response.url, content_type=declared(response, portal), fetched_at=now)
    known = {key(link.url) for link in listing.articles}
    if portal.article_urls:
        listing.articles += _matching(response, portal.article_urls, known)
    if portal.list_urls:
        known = {key(link.url) for link in listing.sections}
        listing.sections += _matching(response, portal.list_urls, known)
    return listing


def what_it_is(response: Response, portal: Portal, now: dt.datetime) -> str:
    """In one or two words, what a page without links is: for the person who reads that nothing was found."""
    return news_page(response, portal, now).kind.replace("_", " ")


def own_links(links: Iterable[Link], portal: Portal) -> list[Link]:
    """The links that stay on the portal's hosts, each story once."""
    unique: dict[str, Link] = {}
    for link in links:
        if in_scope(link.url, portal.hosts):
            unique.setdefault(key(link.url), link)
    return list(unique.values())


def _matching(response: Response, patterns: Iterable[str], known: set[str]) -> list[Link]:
    """Further links of the page whose address matches one of the portal's patterns."""
    matcher = re.compile("|".join(f"(?:{p})" for p in patterns))
    found: dict[str, Link] = {}
    for href in _HREF.findall(response.body):
        url = absolute(response.url, href.decode("latin-1").replace("&amp;", "&"))
        if url and matcher.search(url) and key(url) not in known:
            found.setdefault(key(url), Link(url))
    return list(found.values())
