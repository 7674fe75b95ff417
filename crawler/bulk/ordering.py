"""The pages of one portal in the order of the archive, through the very callbacks of a replay.

What was read in parallel is only joined here: parts to their articles, later looks to what they look at, redirects to
addresses.  Where a portal's templates changed on the way, pages are read again, one after the other.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from crawler.bulk.reading import Setting, Sheet
from crawler.bulk.rows import Row, packed, unpacked
from crawler.bulk.standins import Beside, Crawler, Session, Settings, Stats
from crawler.corpus import Corpus, StoredTemplate, Visit, utc_now
from crawler.corpus.acceptance import STORED_KINDS, fault_of
from crawler.corpus.duplicates import Keys, same_text
from crawler.corpus.warc import captures
from crawler.errors import UsageError
from crawler.extract import from_json, to_json
from crawler.items import Article, Template
from crawler.spiders.replay.portal import PortalReplay, Replaying
from crawler.spiders.replay.roles import Page

__all__ = ["COLUMNS", "END", "Item", "PortalOrder", "ordered"]

#: what: item (an article on its way to the store) or count.  at, begun, sub: its place in the order of all.
COLUMNS = {
    "what": "string", "at": "long", "begun": "long", "sub": "long", "portal": "string", "keys": "array<string>",
    "item": "binary", "told": "string", "number": "long",
}  # fmt: skip
#: Stands for the place behind the last record.
END = 1 << 62
#: Articles written at a time into the corpus beside which a portal is read.
_BATCH = 500


class Item:
    """An article as a replay hands it to the corpus.  kind: of a revision that it makes."""

    __slots__ = ("article", "kind", "visit")

    def __init__(self, article: Article, visit: Visit | None, kind: str) -> None:
        self.article, self.visit, self.kind = article, visit, kind


class PortalOrder:
    """One portal.  corpus: an empty one of its own; found: rows of COLUMNS, taken away by the caller."""

    def __init__(self, setting: Setting, name: str, corpus: Corpus) -> None:
        self._setting, self._name = setting, name
        self.stats = Stats()
        self.session = Session(Beside(corpus, self))
        for stored in setting.stored.get(name, ()):
            _put(corpus, stored)
        self._replay: PortalReplay | None = None
        self._run: int | None = None
        self._versions: list[str] = []
        self.found: list[Row] = []
        self._at = self._begun = self._sub = 0

    @property
    def templates(self) -> tuple[Template, ...]:
        """Those by which pages are read now."""
        return tuple(self._replay.site.templates) if self._replay else ()

    def take(self, at: int, sheet: Sheet, by: Sequence[Template] | None) -> None:
        """The next page, and the templates that it was read by; None: it was not read."""
        run = sheet.role.run
        self._move(at)
        if self._replay is not None and run != self._run:
            self._end()
        self._run = run
        replay = self._begin(at)
        version = None if by is None else self._number(self._name, by)
        page = Page(sheet.capture, self._name, sheet.role, sheet.read, version)
        if version != replay.version:
            self.stats.inc_value("pages/again")
        if version != replay.version or self._is_kept(sheet, replay):
            page.capture = replace(sheet.capture, body=_body(sheet))
        self.stats.inc_value("pages")
        self._pipe(replay.take(page))

    def end(self) -> None:
        """There are no more pages."""
        self._move(END)
        if self._replay is not None:
            self._end()

    def _begin(self, at: int) -> PortalReplay:
        if self._replay is None:
            self._begun = at
            site = self._setting.sites[self._name]
            crawler = Crawler(Settings(self._setting.most_parts), self.stats)
            spider = Replaying.of(site, cast(Any, crawler), cast(Any, self.session), cast(Any, None))
            self._replay = PortalReplay(spider, self._number)
        return self._replay

    def _end(self) -> None:
        assert self._replay is not None
        self._pipe(self._replay.end())
        self.session.write()
        self._replay.spider.templates.finish()
        self._replay = None

    def _move(self, at: int) -> None:
        self._at, self._sub = at, 0

    def _number(self, _: str, templates: Sequence[Template]) -> int:
        """The same number for the same templates, whenever they were learned."""
        text = "\n".join(to_json(replace(template, learned_at=None)) for template in templates)
        if text not in self._versions:
            self._versions.append(text)
        return self._versions.index(text)

    def _is_kept(self, sheet: Sheet, replay: PortalReplay) -> bool:
        """True if the spider may keep the page to learn from it: no learned template read it."""
        article = sheet.read[0] if isinstance(sheet.read, tuple) else sheet.read
        if not isinstance(article, Article) or article.kind not in STORED_KINDS:
            return False
        if article.template and article.evidence.get("template") is None:
            return False
        return article.template not in {t.name for t in replay.site.templates if t.version}

    def _pipe(self, articles: Iterator[Article] | Sequence[Article]) -> None:
        for article in articles:
            visit = self.session.visits.pop(article.url, None)
            why = fault_of(article, article.fetched_at or utc_now())
            if why is not None:
                self.stats.inc_value("articles/rejected")
                self.stats.inc_value(f"articles/rejected/{why}")
                continue
            self.emit(article, visit, "edited")
            self.session.batch.add(article, visit)
            if len(self.session.batch) >= _BATCH:
                self.session.write()

    def emit(self, article: Article, visit: Visit | None, kind: str) -> None:
        """An article for the store."""
        keys = list(Keys(article).all)
        if same_text(article):
            # No key of an address begins so.
            keys.append(f"#{article.content_hash}")
        place = {"at": self._at, "begun": self._begun if self._at == END else 0, "sub": self._sub}
        item = packed(Item(article, visit, kind))
        self.found.append(place | {"what": "item", "portal": self._name, "keys": keys, "item": item})
        self._sub += 1


def ordered(setting: Setting, rows: Iterator[Row]) -> Iterator[Row]:
    """Rows of COLUMNS for those of crawler.bulk.reading, sorted by portal and place."""
    for name, pages in groupby(rows, key=lambda row: row["portal"]):
        with beside() as corpus:
            order = PortalOrder(setting, name, corpus)
            by = setting.first.get(name, setting.sites[name].templates)
            for row in pages:
                order.take(row["at"], unpacked(row["page"]), by)
                yield from order.found
                order.found = []
            order.end()
            yield from order.found
            for told, number in order.stats.counts.items():
                yield {"what": "count", "portal": name, "told": told, "number": number}


@contextmanager
def beside() -> Iterator[Corpus]:
    """An empty corpus for the time of the block, in the folder for temporary files."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="chengwen-bulk-"))
        yield stack.enter_context(Corpus.open(Path(folder, "corpus.db")))


def _put(corpus: Corpus, stored: StoredTemplate) -> None:
    template = replace(from_json(stored.json), name=stored.name, version=stored.version, valid_until=stored.valid_until)
    corpus.put_template(stored.portal, template, stored.json)
    if stored.pinned:
        corpus.pin_template(stored.portal, stored.version)


def _body(sheet: Sheet) -> bytes:
    """Out of the archive; in a file that was compressed as a whole all records have one offset."""
    if sheet.capture.status == 304:
        return b""
    file, offset = sheet.place
    for capture in captures(file, start=offset, report=lambda _: None):
        if capture.offset > offset:
            break
        mine = sheet.capture.kind == "revisit" or (
            capture.url == sheet.capture.url and capture.fetched_at == sheet.capture.fetched_at
        )
        if mine:
            return capture.body
    raise UsageError(f"{file}, byte {offset}: not there any more; is the archive being written?")


def counts_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Sums of the counts, by name."""
    total: Counter[str] = Counter()
    for row in rows:
        total[row["told"]] += row["number"]
    return dict(sorted(total.items()))
