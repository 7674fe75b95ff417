"""One stored article read anew, from its bytes in the archive, by the present extractor and templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.corpus import CaptureRow, Corpus, StoredArticle
from crawler.corpus.warc import Capture, captures
from crawler.errors import UsageError
from crawler.items import Article
from crawler.portals import Portal
from crawler.spiders.parts import PartMissing, whole_article
from crawler.spiders.reading import news_page
from crawler.spiders.replay.readers import response_of
from crawler.spiders.templates import stored_templates

__all__ = ["FIELDS", "Reread", "Rereader", "changes", "only", "what_changed"]

#: What a person may ask for, and the fields of Article that go with it.
FIELDS: dict[str, tuple[str, ...]] = {
    "title": ("title", "subtitle"),
    "published": ("published", "published_text"),
    "source": ("source",),
    "reporters": ("reporters",),
    "correspondents": ("correspondents",),
    "photographers": ("photographers",),
    "editors": ("editors",),
    "body": ("body", "blocks", "content_hash", "cuts", "confidence", "part_urls", "full_url"),
    "images": ("images",),
    "attachments": ("attachments",),
    "breadcrumb": ("breadcrumb",),
    "keywords": ("keywords",),
    "page": ("page_number", "page_name"),
    "kind": ("kind",),
}
#: Characters up to which a line without a stop is a label (【关闭】, 相关新闻, 责任编辑：…) and no sentence.
LABEL, _STOPS = 20, "。！？!?；;…”’」』"
#: Kinds that are stored; what reads otherwise now is said, and stays as it is stored.
_STORED = frozenset({"article", "gallery", "video"})


@dataclass(frozen=True, slots=True)
class Reread:
    """What became of one article.  why: why there is no new reading, None where there is one."""

    id: int
    old: Article
    new: Article | None = None
    record: str | None = None
    why: str | None = None


class Rereader:
    """Reads articles of one corpus anew.  corpus: may be read-only; folder: of the archive; portals: by name."""

    def __init__(self, corpus: Corpus, folder: Path, portals: dict[str, Portal], max_parts: int) -> None:
        self._corpus, self._folder, self._most = corpus, folder, max_parts
        self._portals, self._sites = portals, dict[str, Portal]()

    def read(self, stored: StoredArticle) -> Reread:
        """One article."""
        old, row = stored.article, self._corpus.capture_of(stored.id)
        if row is None:
            return Reread(stored.id, old, why="not archived")
        record = f"{row.file}:{row.offset}"
        try:
            capture = self._bytes(row)
        except UsageError as error:
            return Reread(stored.id, old, record=record, why=f"archive: {error}")
        if capture is None:
            return Reread(stored.id, old, record=record, why="archive: its record is damaged or gone")
        try:
            new = self._whole(capture, stored, row)
        except PartMissing as error:
            return Reread(stored.id, old, record=record, why=f"not archived: {error}")
        if new.kind not in _STORED or not (new.title or "").strip():
            return Reread(stored.id, old, record=record, why=f"now reads as: {new.kind if new.title else 'no title'}")
        return Reread(stored.id, old, new, record)

    def _whole(self, capture: Capture, stored: StoredArticle, row: CaptureRow) -> Article:
        pages = _Pages(self, self._site(stored.article.portal), row.at)
        first = pages.read(response_of(replace(capture, fetched_at=row.at)), row.at)
        if first.kind in _STORED:
            first = _now(whole_article(first, pages, row.at, self._most))
        old = stored.article
        first.url = old.url
        first.portal, first.section, first.link_url = old.portal, old.section, old.link_url
        first.page_number, first.page_name = first.page_number or old.page_number, first.page_name or old.page_name
        first.fetched_at = old.fetched_at
        return first

    def capture(self, url: str, at: dt.datetime) -> Capture | None:
        """What was fetched from an address, then or soonest after, else before; None: nothing, or it is damaged."""
        rows = [row for row in self._corpus.captures(url) if 200 <= row.status < 300 or row.status in (404, 410)]
        later = [row for row in rows if row.at >= at]
        found = later[:1] or rows[-1:]
        return self._bytes(found[0]) if found else None

    def _bytes(self, row: CaptureRow) -> Capture | None:
        """The record; a revisit with the body that it repeats."""
        capture = self._record(row)
        if capture is None or capture.kind != "revisit":
            return capture
        first = self._corpus.capture(row.original_id) if row.original_id else None
        body = self._record(first) if first else None
        return replace(capture, body=body.body) if body else None

    def _record(self, row: CaptureRow) -> Capture | None:
        path = self._folder / row.file
        if not path.exists():
            raise UsageError(f"{path}: not there; if the archive was moved, say where it is (-s ARCHIVE_DIR=…)")
        found = next(captures(path, start=row.offset, report=lambda _: None), None)
        return found if found is not None and found.offset == row.offset and found.digest_right is not False else None

    def _site(self, name: str | None) -> Portal | None:
        """The portal of that name with its templates of today; None for an article of none."""
        if name is None:
            return None
        if name not in self._sites:
            site = self._portals.get(name) or Portal(name=name, title=name, home="", hosts=())
            learned = stored_templates(self._corpus, name)
            self._sites[name] = replace(site, templates=(*site.templates, *learned))
        return self._sites[name]


class _Pages:
    """Hands an article its further parts out of the archive."""

    def __init__(self, rereader: Rereader, site: Portal | None, at: dt.datetime) -> None:
        self._rereader, self._at = rereader, at
        self._site = site or Portal(name="", title="", home="", hosts=())

    def purpose(self, role: str, link: str) -> dict[str, Any]:
        """Nothing is asked."""
        return {"role": role, "link": link}

    async def download(self, request: Request) -> Response:
        """The part as it was."""
        capture = self._rereader.capture(request.url, self._at)
        if capture is None:
            raise IgnoreRequest("not in the archive")
        return response_of(capture)

    def read(self, response: Response, now: dt.datetime) -> Article:
        """The page as an article."""
        return news_page(response, self._site, now)


def _now(reading: Any) -> Article:
    """The result of a coroutine that waits for nothing."""
    try:
        reading.send(None)
    except StopIteration as done:
        article: Article = done.value
        return article
    raise RuntimeError("a part that is at hand was waited for")


def changes(old: Article, new: Article) -> list[str]:
    """The fields of FIELDS that read otherwise now."""
    return [name for name, fields in FIELDS.items() if getattr(old, fields[0]) != getattr(new, fields[0])]


def only(old: Article, new: Article, fields: Sequence[str]) -> Article:
    """The old article with those fields of the new one alone."""
    names = [name for field in fields for name in FIELDS[field]]
    values = {name: getattr(new, name) for name in names}
    evidence = {**old.evidence, **{name: new.evidence[name] for name in names if name in new.evidence}}
    return replace(old, **values, evidence=evidence, extractor=new.extractor, template=new.template)


def what_changed(field: str, old: Article, new: Article) -> str:
    """The kind of a change, in a few words: body longer, furniture gone, published filled …"""
    before, after = getattr(old, FIELDS[field][0]), getattr(new, FIELDS[field][0])
    if field != "body":
        verb = "filled" if not before else "emptied" if not after else "changed"
        return f"{field} {verb}"
    lines, kept = old.body.splitlines(), set(new.body.splitlines())
    gone = [line for line in lines if line not in kept]
    if not set(kept) - set(lines) and gone:
        cut = {line.strip() for part in new.cuts for line in part.text.splitlines()}
        furniture = all(line.strip() in cut or (len(line) <= LABEL and line[-1:] not in _STOPS) for line in gone)
        return "furniture gone" if furniture else "body shorter"
    if len(new.body) == len(old.body):
        return "body changed"
    return "body longer" if len(new.body) > len(old.body) else "body shorter"
