"""What the crawler produces: an Article and its parts, and what it reads on the way there.

Plain dataclasses: itemadapter turns them into feed rows, the corpus into table rows.  "None" always means
"the page does not say"; an empty list means the same for fields that hold several values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

__all__ = [
    "CST",
    "PAGE_KINDS",
    "PHRASE_MATCHES",
    "Article",
    "Attachment",
    "Block",
    "BlockKind",
    "Cut",
    "Evidence",
    "Image",
    "Layout",
    "Link",
    "Listing",
    "Page",
    "PageKind",
    "Phrase",
    "PhraseMatch",
    "Place",
    "Template",
]

#: Portals print local time and never a zone (DOMAIN.md §3): China has had one, without summer time, since 1992.
CST = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")

BlockKind = Literal["paragraph", "heading", "image", "caption", "table", "list"]

#: What a page is.  Only "article", "gallery" and "video" are stored as articles.
#: list: a section page; front: a home page; error: a soft 404 or a removed article; blocked: an anti-crawl challenge;
#: shell: no text without running JavaScript; login: asks to sign in; foreign: not in Chinese; not_html: other bytes.
PageKind = Literal[
    "article", "gallery", "video", "list", "front", "error", "blocked", "shell", "login", "foreign", "not_html"
]
PAGE_KINDS: tuple[PageKind, ...] = get_args(PageKind)

#: How a phrase of a learned template is compared with a line (see Phrase).
PhraseMatch = Literal["line", "start", "end"]
PHRASE_MATCHES: tuple[PhraseMatch, ...] = get_args(PhraseMatch)


@dataclass(slots=True)
class Image:
    """A picture of the article: absolute URL of the real (not the lazy placeholder) file, caption as printed."""

    url: str
    caption: str | None = None


@dataclass(slots=True)
class Attachment:
    """A file that the article links to (pdf, doc, xls, zip …): absolute URL and the link's text."""

    url: str
    name: str


@dataclass(slots=True)
class Block:
    """One piece of the body in page order.

    text: verbatim but for white space; a table's rows are lines and its cells are separated by tabs; a list's items
    are lines.  url: of an image, else None.
    """

    kind: BlockKind
    text: str = ""
    url: str | None = None


@dataclass(slots=True)
class Evidence:
    """Which rule gave a field, how sure it is (0 to 1), and the text it read (None: nothing printed)."""

    rule: str
    confidence: float
    text: str | None = None


@dataclass(slots=True)
class Cut:
    """Text that stood inside the body's container and was left out, and the named reason (for preview and review)."""

    text: str
    reason: str


@dataclass(slots=True, repr=False)
class Article:
    """One news article as its portal printed it."""

    def __repr__(self) -> str:
        """Short, because Scrapy's log shows items whole."""
        return f"<Article {self.url} {self.title or '(no title)'}>"

    #: the address it was fetched from, after redirects
    url: str
    #: identity of the story's address: see crawler.urls.canonical; the page's own <link rel=canonical> where sane
    canonical_url: str
    #: name of the portal (file name of its TOML, or the host for a bare URL); None outside a crawl
    portal: str | None = None
    #: what the page is; fields below are empty for kinds that are not stored
    kind: PageKind = "article"
    #: the parts of 首页 > 资讯中心 > 苏州资讯 as printed, without the label, 正文 and the headline
    breadcrumb: list[str] = field(default_factory=list)
    #: the headline as displayed, two lines joined by a space, without site suffix
    title: str | None = None
    #: 副标题 or 引题 printed beside the headline
    subtitle: str | None = None
    #: time of publication printed near the headline, aware, Asia/Shanghai; date-only pages give midnight
    published: dt.datetime | None = None
    #: that time as printed, verbatim
    published_text: str | None = None
    #: 来源: the medium as printed, verbatim, without its label
    source: str | None = None
    #: persons who wrote it: 记者, 作者, 文, names only
    reporters: list[str] = field(default_factory=list)
    #: 通讯员, names only
    correspondents: list[str] = field(default_factory=list)
    #: 摄影, 图, 摄, names only
    photographers: list[str] = field(default_factory=list)
    #: 编辑, 责任编辑, names only (not 校对, 审核, 监制)
    editors: list[str] = field(default_factory=list)
    #: the article's own text, one paragraph a line
    body: str = ""
    #: the body in page order with its structure; body is made of its paragraph, heading, table and list blocks
    blocks: list[Block] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    #: addresses of all parts of a multi-page article in order, this page's included; empty for a single page
    part_urls: list[str] = field(default_factory=list)
    #: address of an "all on one page" version (余下全文, 在本页阅读全文); None where the page has none
    full_url: str | None = None
    #: from the page's meta keywords and 标签 lines
    keywords: list[str] = field(default_factory=list)
    #: e-paper only: printed number (A03) and name (要闻) of the page (版面)
    page_number: str | None = None
    page_name: str | None = None
    #: SHA-256, hex, of title-independent folded body: equal for the same text in other white space or width
    content_hash: str = ""
    #: when the bytes were received, aware, UTC; None outside a crawl
    fetched_at: dt.datetime | None = None
    #: name of the template that gave the body; None: the generic extractor
    template: str | None = None
    #: name and version of the extractor that read the page; None: not read from a page
    extractor: str | None = None
    #: 0 to 1: how sure the extractor is of the body
    confidence: float = 0.0
    #: field name → where it came from
    evidence: dict[str, Evidence] = field(default_factory=dict)
    #: what was cut out of the body, and why
    cuts: list[Cut] = field(default_factory=list)
    #: label of the portal's section that led here; None outside a crawl
    section: str | None = None
    #: the address as a list page linked it, where a redirect led elsewhere (the ledger knows this one); else None
    link_url: str | None = None
    #: address of the article that the corpus had first with the same text; None: this is the first, or not compared
    duplicate_of: str | None = None


@dataclass(slots=True)
class Link:
    """A link on a list page that leads to an article.

    title: full headline (@title where the text is cut), "" for picture-only links; published: the list item's own
    date, None where none is printed; side: stands in a side list (热点, 排行), not in the page's own list.
    """

    url: str
    title: str = ""
    published: dt.datetime | None = None
    side: bool = False


@dataclass(slots=True)
class Listing:
    """What a section page or front page leads to.  URLs are absolute, without fragment, each once, in page order."""

    url: str
    articles: list[Link] = field(default_factory=list)
    #: address of the next list page; None on the last page, or where only a script could tell
    next: str | None = None
    #: form fields for a next page that must be asked with POST (JCMS); None: GET
    next_form: dict[str, str] | None = None
    #: channel links: url and label (title)
    sections: list[Link] = field(default_factory=list)
    #: RSS, sitemap or baidunews addresses that the page declares
    feeds: list[str] = field(default_factory=list)
    #: the list continues only through a script ("加载更多"): more exists that cannot be read
    needs_script: bool = False


@dataclass(slots=True)
class Page:
    """Bytes as received, with the address (after redirects) and the Content-Type header (None: unknown)."""

    url: str
    body: bytes
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands on the pages of one layout.

    selector: as in Template.selectors, usually an XPath.  pages: on how many of the pages learned from it was there
    and held what it should.  kind: for furniture, what repeats: the same "text", or the same shape of "links"; "cut":
    a box inside the body's.  path: its full path on most pages, tried before the page is searched for the selector.
    """

    selector: str
    pages: int = 0
    kind: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Text that repeats in the body's box and belongs to no article.

    text: with digits folded to 0.  match: "line" the whole line, "start" the beginning of a short line at the body's
    edge, "end" what follows the last sentence of a line near the body's end.  pages: on how many of the pages learned
    from.
    """

    text: str
    match: PhraseMatch = "line"
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """One of the ways in which a portal sets its articles, as learned from pages.

    pages: learned from so many.  places: title, body, date, breadcrumb, editors …  named: <title> holds the headline.
    extras: what else of the page is read, as its pages state facts there: "comments" (Founder), "json_ld".
    confidence: 0 to 1, how far the pages agree on the body.
    """

    pages: int
    places: Mapping[str, Place]
    phrases: Sequence[Phrase] = ()
    furniture: Sequence[Place] = ()
    extras: Sequence[str] = ()
    named: bool = True
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Template:
    """Where a portal's articles keep their parts: written by hand in a portal file, or learned from pages.

    selectors: field → CSS selectors, or XPath where the string starts with "/" or "./", tried in order
    (fields: title, published, source, reporters, editors, breadcrumb, body).  remove: selectors of furniture inside
    the body.  url: regular expression that the address must match (None: any).  valid_until: last day on which pages
    looked like this (None: today's layout).  layouts: what was learned, best supported first; empty for templates
    written by hand, whose version is 0 and learned_at None.  valid_from: day of the first page learned from.
    """

    name: str
    selectors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    remove: Sequence[str] = ()
    url: str | None = None
    valid_until: dt.date | None = None
    layouts: Sequence[Layout] = ()
    version: int = 0
    learned_at: dt.datetime | None = None
    valid_from: dt.date | None = None
