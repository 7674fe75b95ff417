"""A demo portal: seven families of Chinese portal software, any size, deterministic, and the truth of every page."""

from __future__ import annotations

import copy
import datetime as dt
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import TypeVar

from crawler.demo import epaper, text
from crawler.demo.catalog import Catalog
from crawler.demo.families import FAMILIES
from crawler.demo.faults import Faults
from crawler.demo.messages import Request, Response
from crawler.demo.story import Entry, Story
from crawler.items import CST

__all__ = ["NOW", "DemoPortal"]

#: The portal's own clock unless told otherwise: days after New Year, so that dates without a year cross it.
NOW = dt.datetime(2025, 1, 5, 23, 30, tzinfo=CST)
#: Bounds of the caches: rendered pages, stories, headlines.
_PAGES, _STORIES, _ENTRIES = 600, 300, 20_000

_K = TypeVar("_K")
_V = TypeVar("_V")


def _remember(cache: OrderedDict[_K, _V], key: _K, limit: int, make: Callable[[], _V]) -> _V:
    """The cached value, or a new one; the oldest goes when there are more than limit."""
    if key not in cache:
        cache[key] = make()
        if len(cache) > limit:
            cache.popitem(last=False)
    return cache[key]


class DemoPortal:
    """One invented portal.

    family: a key of FAMILIES.  size: stories at the start (50 to 100,000 is what it is made for).  host: the name it
    answers to through a proxy.  now: its clock, aware.  traps: which of the family's traps are on; None: all but
    `Family.optional`.
    base: scheme and authority of its links, `http://HOST` until a server gives it a loopback address.
    work: counter of headlines and stories composed so far, for tests of what a request costs.
    """

    def __init__(
        self,
        family: str = "seed",
        *,
        seed: int = 1,
        size: int = 200,
        host: str | None = None,
        now: dt.datetime = NOW,
        traps: Collection[str] | None = None,
    ) -> None:
        self.family = FAMILIES[family]
        self.seed, self.size, self.now = seed, size, now
        self.host = host or self.family.host
        self.base = f"http://{self.host}"
        self.traps = frozenset(self.family.traps - self.family.optional if traps is None else traps)
        if unknown := self.traps - self.family.traps:
            raise ValueError(f"family {family} has no trap {sorted(unknown)}; it has {sorted(self.family.traps)}")
        self.sections = self.family.sections
        self.catalog = Catalog(size, len(self.sections), seed, now, self.traps)
        self.faults = Faults()
        self.work: Counter[str] = Counter()
        self._entries: OrderedDict[int, Entry] = OrderedDict()
        self._reset()

    def _reset(self) -> None:
        self._stories: OrderedDict[int, Story] = OrderedDict()
        self._responses: OrderedDict[object, Response] = OrderedDict()

    def at(self, base: str) -> DemoPortal:
        """The same portal, changes included, with links on another base."""
        if base == self.base:
            return self
        view = copy.copy(self)
        view.base = base
        view._reset()
        return view

    def rebase(self, base: str) -> None:
        """Give it another base (a server does, when it knows its address)."""
        self.base = base
        self._reset()

    @property
    def name(self) -> str:
        """Name of the family."""
        return self.family.name

    @property
    def home(self) -> str:
        """Address of the home page."""
        return f"{self.base}/"

    @property
    def mobile(self) -> str | None:
        """Base of the mobile twin; None on a bare loopback address, which has no other name."""
        prefix = "http://www."
        return f"http://m.{self.base.removeprefix(prefix)}" if self.base.startswith(prefix) else None

    def _seed_of(self, number: int) -> str:
        return f"{self.family.name}/{self.seed}/{number}"

    def entry(self, number: int) -> Entry:
        """What a list says of a story (of a removed one too)."""
        return _remember(self._entries, number, _ENTRIES, lambda: self._make_entry(number))

    def _make_entry(self, number: int) -> Entry:
        self.work["entries"] += 1
        catalog, family = self.catalog, self.family
        sections = tuple(self.sections[i] for i in catalog.sections_of(number))
        original = catalog.original(number)
        if original is None:
            head = text.headline(self._seed_of(number), family.city, sections[0].subjects)
            title, subtitle = head.title, head.subtitle
        else:
            title, subtitle = (twin := self.entry(original)).title, twin.subtitle
        published, inserted = catalog.published(number), catalog.inserted(number)
        entry = Entry(number, title, subtitle, "", published, inserted, sections, catalog.kind(number))
        return replace(entry, path=family.story_path(entry))

    def story(self, number: int) -> Story:
        """The truth about one story; KeyError if there never was such a number."""
        if not 1 <= number <= self.catalog.count:
            raise KeyError(number)
        revision = self.catalog.revisions.get(number, 0)
        story = _remember(self._stories, number, _STORIES, lambda: self._make_story(number))
        if story.revision != revision or story.duplicate_of != self._twin_url(number):
            del self._stories[number]
            return self.story(number)
        return story

    def _twin_url(self, number: int) -> str | None:
        twin = self.catalog.twin(number)
        return None if twin is None else self.base + self.entry(twin).path

    def _make_story(self, number: int) -> Story:
        self.work["stories"] += 1
        written = self.catalog.original(number) or number
        section = self.sections[self.catalog.sections_of(written)[0]]
        head = text.headline(self._seed_of(written), self.family.city, section.subjects)
        draft = text.compose(self._seed_of(written), self.family.city, head)
        return self.family.dress(self, self.entry(number), draft, written, self._twin_url(number))

    def truth(self) -> Iterator[Story]:
        """All stories that can be found now, newest first, made one at a time."""
        for number in list(self.catalog.order()):
            yield self.story(number)

    def paper(self, since: dt.date | None = None, until: dt.date | None = None) -> Iterator[Story]:
        """Articles of the e-paper's issues in a range of days; nothing where the portal has none."""
        return epaper.stories(self, since, until) if "epaper" in self.traps else iter(())

    def strays(self) -> dict[str, str]:
        """Addresses that the portal's pages link to and that are no stories of it, with the reason."""
        return {stray.url(self.base): stray.reason for stray in self.family.strays if stray.trap in self.traps}

    def respond(self, request: Request) -> Response:
        """The answer to a request, faults and blocks included."""
        if (fault := self.faults.answer(request)) is not None:
            return fault
        key = (
            request.path,
            request.method,
            request.mobile,
            *sorted(request.query.items()),
            *sorted(request.form.items()),
        )
        return _remember(
            self._responses, (*key, self.catalog.clock), _PAGES, lambda: self.family.respond(self, request)
        )

    def add(self, count: int = 1, back_days: float = 0.0) -> list[int]:
        """New stories on top, or back-dated into the middle of the lists; their numbers."""
        return self.catalog.add(count, back_days)

    def edit(self, number: int) -> int:
        """Correct a story's text; its revision."""
        return self.catalog.edit(number)

    def pin(self, number: int) -> None:
        """Put a story on top of its section's first list page."""
        self.catalog.pin(number)

    def remove(self, number: int, soft: bool = False) -> None:
        """Take a story away; soft: its page then says so with status 200."""
        self.catalog.remove(number, soft)
