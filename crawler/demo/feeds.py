"""Machine-readable channels of portal software: sitemap.xml, baidunews.xml, RSS 2.0 (DOMAIN.md §4)."""

from __future__ import annotations

from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

from crawler.demo.messages import Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.demo.portal import DemoPortal
    from crawler.demo.story import Entry, Story

__all__ = ["baidunews", "rss", "sitemap"]

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def _xml(text: str, portal: DemoPortal) -> Response:
    return Response((_HEAD + text).encode(), content_type="text/xml", modified=portal.catalog.clock)


def sitemap(portal: DemoPortal, entries: Iterable[Entry]) -> Response:
    """sitemaps.org's format."""
    rows = (
        f"<url><loc>{portal.base}{e.path}</loc><lastmod>{e.published.isoformat()}</lastmod></url>\n" for e in entries
    )
    return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{"".join(rows)}</urlset>', portal)


def baidunews(portal: DemoPortal, stories: Iterable[Story]) -> Response:
    """The open protocol of Baidu's news search, with the full text (DOMAIN.md §4.7)."""
    items = []
    for story in stories:
        text = escape("".join(f"<p>{escape(line)}</p>" for line in story.body.split("\n")))
        items.append(
            f"<item><title>{escape(story.title)}</title><link>{story.url}</link><text>{text}</text>"
            f"<keywords>{escape(' '.join(story.keywords))}</keywords><category>{story.breadcrumb[-1]}</category>"
            f"<author>{escape(' '.join(story.reporters))}</author><source>{escape(story.source or '')}</source>"
            f"<pubDate>{story.published:%Y-%m-%d %H:%M:%S}</pubDate></item>\n"
        )
    site = portal.base.removeprefix("http://")
    return _xml(
        f"<document><webSite>{site}</webSite><webMaster>webmaster@{portal.host}</webMaster>"
        f"<updatePeri>5</updatePeri>\n{''.join(items)}</document>",
        portal,
    )


def rss(portal: DemoPortal, title: str, entries: Iterable[Entry]) -> Response:
    """RSS 2.0 with headlines only."""
    items = (
        f"<item><title>{escape(e.title)}</title><link>{portal.base}{e.path}</link>"
        f"<pubDate>{format_datetime(e.published)}</pubDate></item>\n"
        for e in entries
    )
    channel = f"<title>{escape(title)}</title><link>{portal.home}</link><description>{escape(title)}</description>"
    return _xml(f'<rss version="2.0"><channel>{channel}\n{"".join(items)}</channel></rss>', portal)
