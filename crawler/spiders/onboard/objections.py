"""What an address is that is no portal, and what can be done about it: one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from crawler.extract import seems_article
from crawler.items import Article, Listing, Page
from crawler.spiders.onboard.findings import NotAPortal, Sample, Unreadable

__all__ = ["STORED_KINDS", "check_home", "check_samples", "unreachable"]

#: Kinds of pages that are stored as articles.
STORED_KINDS = ("article", "gallery", "video")
#: So many pages read without a date of publication are no coincidence: on the bench's articles 97 of 100 have one.
_ENOUGH_SAMPLES = 3

_LINES = {
    "blocked": "a challenge page stands before it, and is not circumvented; try again later, or ask the portal for "
    "access",
    "shell": "a script draws this page, so there is nothing to read without a browser; try the portal's mobile host, "
    "its e-paper or a feed of it",
    "login": "it asks to sign in; only what everybody may read can be crawled",
    "error": "an error page; look the address up in a browser",
    "foreign": "not in Chinese; titles, dates and names would not be understood",
}


def unreachable(url: str, error: Unreadable) -> NotAPortal:
    """The home page could not be had."""
    why = str(error)
    if "forbids" in why:
        return NotAPortal(f"{url}: {why}, so nothing was read; ask the portal for leave, or leave it alone")
    if error.refused:
        return NotAPortal(
            f"{url}: refused ({why}); this is not circumvented: try again later, or ask the portal for access"
        )
    if why.startswith("HTTP"):
        return NotAPortal(f"{url}: {why}; look the address up in a browser")
    return NotAPortal(f"{url}: {why}; check the address and the network, or try again later")


def check_home(page: Page, article: Article, listing: Listing, name: str | None) -> None:
    """Raises NotAPortal for what cannot be a front page.  article, listing: the page read as either; name: its site."""
    if article.kind == "not_html":
        raise NotAPortal(f"{page.url}: {_data(page)}; give the address of the portal's home page")
    deep = urlsplit(page.url).path.strip("/") != ""
    if article.kind in STORED_KINDS and deep and seems_article(page.url):
        title = f" “{article.title}”" if article.title else ""
        of = f" of {name}" if name else ""
        raise NotAPortal(f"{page.url}: an article{title}{of}; for its portal: scrapy onboard {urljoin(page.url, '/')}")
    if listing.articles or listing.sections:
        if article.kind in ("blocked", "login", "error") and not listing.articles:
            raise NotAPortal(f"{page.url}: {_LINES[article.kind]}")
        return
    if article.kind in _LINES:
        raise NotAPortal(f"{page.url}: {_LINES[article.kind]}")
    if listing.needs_script or page.body.lower().count(b"<script") > page.body.lower().count(b"<a "):
        raise NotAPortal(f"{page.url}: {_LINES['shell']}")
    raise NotAPortal(f"{page.url}: no news and no sections there; give the address of a portal's home page")


def check_samples(url: str, samples: Sequence[Sample], good: Sequence[Sample], dated: bool) -> None:
    """Raises NotAPortal where the pages behind the links are no news.  dated: lists print dates beside their items."""
    if not samples:
        raise NotAPortal(f"{url}: its links lead to no article that could be read; give a portal's home page")
    if not good:
        kinds = ", ".join(
            f"{n} {kind.replace('_', ' ')}" for kind, n in Counter(s.article.kind for s in samples).items()
        )
        raise NotAPortal(
            f"{url}: none of {len(samples)} pages behind its links is an article ({kinds}); no news portal?"
        )
    if len(good) >= _ENOUGH_SAMPLES and not dated and not any(s.article.published for s in good):
        raise NotAPortal(
            f"{url}: none of {len(good)} pages behind its links has a date of publication: a shop, or a site without "
            "news; if it is a portal, write its file by hand (docs/portals.md)"
        )


def _data(page: Page) -> str:
    head = page.body[:200].lstrip(b"\xef\xbb\xbf \r\n\t")
    if head[:1] in (b"{", b"["):
        return "it answers with JSON: an interface for programs and no page"
    if head.startswith((b"<?xml", b"<rss", b"<feed", b"<urlset", b"<sitemap")):
        return "it answers with XML: a feed or an interface and no page"
    kind = (page.content_type or "").partition(";")[0].strip()
    return f"it answers with {kind or 'something'} that is no web page" if page.body.strip() else "an empty answer"
