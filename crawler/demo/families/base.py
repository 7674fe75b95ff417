"""What all families share: routing, dressing a draft as a story, lists with their traps, furniture."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from crawler.demo.markup import list_date, relative_date
from crawler.demo.messages import Request, Response, gone, page
from crawler.demo.story import Entry, Section, Story
from crawler.demo.text import City, Draft
from crawler.items import Block

if TYPE_CHECKING:
    from crawler.demo.portal import DemoPortal

__all__ = ["Family", "Handler", "ListPage", "Row", "Stray", "Visit"]


@dataclass(frozen=True, slots=True)
class Visit:
    """What a handler is given: the portal (on the base it was asked under), the request, the route's match."""

    portal: DemoPortal
    request: Request
    match: re.Match[str]


Handler = Callable[[Visit], Response | None]

#: A JPEG file's first and last bytes: pictures exist, nobody looks at them.
_JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
_PICTURE = re.compile(r"/.*\.(?:jpg|png|gif|ico)")
_FILE = re.compile(r"/.*\.(?:pdf|docx?|xlsx?)")


@dataclass(frozen=True, slots=True)
class Stray:
    """A link in lists that leads to no story: href is a path, or absolute for another site."""

    href: str
    title: str
    reason: str
    trap: str

    def url(self, base: str) -> str:
        """Absolute address."""
        return self.href if self.href.startswith("http") else base + self.href


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list page: href as written (with its traps), title, and None for a stray's entry."""

    href: str
    title: str
    entry: Entry | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """Page `number` (1-based) of `pages` of a section's list."""

    section: Section
    rows: tuple[Row, ...]
    number: int
    pages: int


class Family(ABC):
    """One kind of portal software.  Subclasses say how addresses, lists and articles look."""

    name: ClassVar[str]
    host: ClassVar[str]
    site: ClassVar[str]
    city: ClassVar[City]
    encoding: ClassVar[str] = "utf-8"
    #: Content-Type header of pages; "": text/html with the encoding
    content_type: ClassVar[str] = ""
    sections: ClassVar[tuple[Section, ...]]
    traps: ClassVar[frozenset[str]]
    #: traps that are off unless asked for: what no crawler without a browser can pass
    optional: ClassVar[frozenset[str]] = frozenset()
    strays: ClassVar[tuple[Stray, ...]] = ()
    per_page: ClassVar[int] = 20
    #: printed beside the headline when the story is not the paper's own
    other_sources: ClassVar[tuple[str, ...]] = ("江东晚报", "省广播电视台", "城乡周刊")
    crumbs: ClassVar[tuple[str, ...]] = ("首页",)
    #: the meta line names reporters too
    prints_author: ClassVar[bool] = False
    #: one of them is printed as 责任编辑; a family that prints none has none
    editor_names: ClassVar[tuple[str, ...]] = ()
    #: 404 in the words of the software
    missing: ClassVar[str] = "404 Not Found"

    def __init__(self) -> None:
        self.routes: list[tuple[re.Pattern[str], Handler]] = [
            (re.compile(pattern + r"\Z"), handler) for pattern, handler in self.routing()
        ]

    @abstractmethod
    def routing(self) -> list[tuple[str, Handler]]:
        """Patterns on the whole path, and what answers them."""

    @abstractmethod
    def story_path(self, entry: Entry) -> str:
        """Path of a story's first page (entry.path is still empty)."""

    def part_path(self, path: str, part: int) -> str:
        """Path of part 2, 3 …: name_2.html."""
        stem, dot, suffix = path.rpartition(".")
        return path if part == 1 else f"{stem}_{part}{dot}{suffix}"

    def image_path(self, entry: Entry, index: int) -> str:
        """Where a picture lies."""
        return f"/uploads/{entry.published:%Y%m%d}/{entry.number}{index:02d}.jpg"

    def respond(self, portal: DemoPortal, request: Request) -> Response:
        """Answer from the routes; pictures and files for all; else the family's 404."""
        for pattern, handler in self.routes:
            if (match := pattern.match(request.path)) and (
                response := handler(Visit(portal, request, match))
            ) is not None:
                return response
        if _PICTURE.fullmatch(request.path):
            return Response(_JPEG, content_type="image/jpeg", modified=portal.now)
        if _FILE.fullmatch(request.path):
            return Response(b"%PDF-1.4\n%%EOF\n", content_type="application/pdf", modified=portal.now)
        soft = "soft404" in portal.traps and any(stray.href == request.path for stray in self.strays)
        return self.not_found(soft)

    def not_found(self, soft: bool) -> Response:
        """The page for what is not there; soft: with status 200."""
        return gone(self.missing, 200 if soft else 404, self.encoding)

    def page(self, html: str, modified: dt.datetime | None = None) -> Response:
        """A page in the family's encoding, with the header its server sends."""
        return page(html, encoding=self.encoding, content_type=self.content_type, modified=modified)

    @abstractmethod
    def article_html(self, portal: DemoPortal, story: Story, part: int) -> str:
        """A story's page, part 1, 2 …"""

    def article(self, visit: Visit, number: int) -> Response | None:
        """Answer for a path that names a story by its number; None where the path is not its own."""
        entry, part, answer = self.find(visit.portal, number, visit.request.path)
        if entry is None:
            return answer
        story = visit.portal.story(number)
        if part > len(story.parts):
            return None
        return self.page(self.article_html(visit.portal, story, part), visit.portal.catalog.modified(number))

    def date(self, portal: DemoPortal, section: Section, when: dt.datetime) -> str:
        """A list's date in the section's style; the full date where dates without year are off (DOMAIN.md §9)."""
        if section.style == "relative" and "noyear" in portal.traps:
            return relative_date(when, portal.now)
        lacks_year = "noyear" in section.style or "%Y" not in section.style
        return list_date(when, "%Y-%m-%d" if lacks_year and "noyear" not in portal.traps else section.style)

    def section_index(self, key: str) -> int | None:
        """Position of the section with that key."""
        return next((i for i, section in enumerate(self.sections) if section.key == key), None)

    def newest(self, portal: DemoPortal, index: int, count: int) -> list[Row]:
        """The first stories of a section, for a front page."""
        return [self.row(portal, number) for number in portal.catalog.order(index)[:count]]

    def find(self, portal: DemoPortal, number: int, path: str) -> tuple[Entry | None, int, Response | None]:
        """The entry and part that a path names; an answer instead where there is none or it was removed."""
        if not 1 <= number <= portal.catalog.count:
            return None, 0, None
        entry = portal.entry(number)
        parts = range(1, portal.catalog.parts(number) + 1)
        part = next((k for k in parts if self.part_path(entry.path, k) == path), 0)
        if part and not portal.catalog.alive(number):
            return None, 0, self.not_found(portal.catalog.removed[number])
        return (entry, part, None) if part else (None, 0, None)

    def dress(self, portal: DemoPortal, entry: Entry, draft: Draft, written: int, twin: str | None) -> Story:
        """The truth of a story: the draft with this portal's addresses, source, editors and parts."""
        number = entry.number
        rng = random.Random(f"{self.name}/{portal.seed}/{number}/dress")
        revision = portal.catalog.revisions.get(number, 0)
        blocks = self._blocks(portal, entry, draft, revision)
        shown = draft.byline_in_text or self.prints_author
        own = rng.random() < 0.75 and written == number
        parts = _split(blocks, portal.catalog.parts(number))
        urls = tuple(portal.base + self.part_path(entry.path, k + 1) for k in range(len(parts)))
        return Story(
            number=number,
            url=portal.base + entry.path,
            path=entry.path,
            kind=entry.kind,
            title=entry.title,
            subtitle=entry.subtitle or None,
            published=entry.published,
            source=self.city.paper if own else rng.choice(self.other_sources),
            breadcrumb=(*self.crumbs, entry.sections[0].label),
            blocks=tuple(blocks),
            reporters=draft.reporters if shown else (),
            correspondents=draft.correspondents,
            photographers=draft.photographers if any(block.kind == "caption" for block in blocks) else (),
            editors=(rng.choice(self.editor_names),) if self.editor_names else (),
            keywords=draft.keywords,
            sections=entry.sections,
            parts=tuple(tuple(part) for part in parts),
            part_urls=urls if len(urls) > 1 else (),
            duplicate_of=twin,
            revision=revision,
            byline_in_text=draft.byline_in_text,
        )

    def _blocks(self, portal: DemoPortal, entry: Entry, draft: Draft, revision: int) -> list[Block]:
        blocks = [replace(block) for block in draft.blocks]
        if entry.kind == "video":
            blocks = blocks[:1]
        elif entry.kind == "gallery":
            blocks = [blocks[0], *_gallery(self.city.paper, entry, draft)]
        for index, block in enumerate(b for b in blocks if b.kind == "image"):
            block.url = portal.base + self.image_path(entry, index)
        if revision:
            blocks.append(Block("paragraph", f"更正：本文此前刊发的版本有{revision}处数字有误，现已更正，特此说明。"))
        return blocks

    def list_page(self, portal: DemoPortal, index: int, number: int) -> ListPage | None:
        """Page `number` (1-based) of a section; None beyond the last one."""
        numbers = portal.catalog.order(index)
        pages = max(1, -(-len(numbers) // self.per_page))
        if not 1 <= number <= pages:
            return None
        rows = [self.row(portal, n) for n in numbers[(number - 1) * self.per_page : number * self.per_page]]
        if number == 1:
            rows[3:3] = self._stray_rows(portal, index)
            rows[:0] = [replace(self.row(portal, n), pinned=True) for n in self._pinned(portal, index, numbers)]
        return ListPage(self.sections[index], tuple(rows), number, pages)

    def _pinned(self, portal: DemoPortal, index: int, numbers: list[int]) -> list[int]:
        pinned = list(portal.catalog.pins.get(index, ()))
        if "pinned" in portal.traps and index == 0 and len(numbers) > 9 and numbers[-3] not in pinned:
            pinned.append(numbers[-3])
        return pinned

    def _stray_rows(self, portal: DemoPortal, index: int) -> list[Row]:
        chosen = [stray for i, stray in enumerate(self.strays) if stray.trap in portal.traps and i % 2 == index % 2]
        return [Row(stray.href, stray.title) for stray in chosen]

    def row(self, portal: DemoPortal, number: int) -> Row:
        """A story's line, its href spelt with the traps that fall to its number (DOMAIN.md §4.11)."""
        entry = portal.entry(number)
        href = entry.path
        if number % 11 == 1 and "tracking" in portal.traps:
            href += "?from=list"
        elif number % 13 == 2 and "mobile" in portal.traps and portal.mobile:
            href = portal.mobile + href
        elif number % 17 == 3 and "href" in portal.traps:
            href = href.replace("/", "\\")
        elif number % 17 == 5 and "href" in portal.traps:
            href = f" {href}  "
        elif number % 7 == 0:
            href = portal.base + href
        return Row(href, entry.title, entry)

    def older(self, portal: DemoPortal, number: int, *steps: int) -> list[Row]:
        """Furniture of a static page: stories that were there when it was published."""
        return [self.row(portal, number - step) for step in steps if portal.catalog.alive(number - step)]


def _gallery(paper: str, entry: Entry, draft: Draft) -> list[Block]:
    name = draft.photographers[0] if draft.photographers else draft.reporters[0]
    blocks = []
    for index, note in enumerate(("全景", "近处", "细节", "人物"), 1):
        blocks += [Block("image"), Block("caption", f"{entry.title}·{note}（{index}/4）。{paper}记者 {name} 摄")]
    return blocks


def _split(blocks: list[Block], count: int) -> list[list[Block]]:
    """Cut into parts of about equal length, never between a picture and its caption."""
    if count == 1 or len(blocks) < 2 * count:
        return [blocks]
    size = -(-len(blocks) // count)
    parts = [blocks[i : i + size] for i in range(0, len(blocks), size)]
    for before, after in itertools.pairwise(parts):
        while after and after[0].kind in ("caption", "list", "table") and len(after) > 1:
            before.append(after.pop(0))
    return parts
