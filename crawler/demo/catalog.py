"""Which stories a demo portal has, when they appeared, where they stand, and what was changed while it ran.

All of it is arithmetic on the story's number, so that a portal of 100,000 keeps lists of integers and no text.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Collection
from functools import cached_property

from crawler.demo.story import StoryKind

__all__ = ["Catalog"]

#: Stories a day and minutes between two of them: a city portal's pace, 06:00 to 23:00.
_PER_DAY = 40
_GAP = 25
_FIRST_MINUTE = 22 * 60 + 59


def _mix(number: int) -> int:
    """Scatter a number over 32 bits (Knuth's multiplicative hash, folded)."""
    value = (number * 2654435761) & 0xFFFFFFFF
    return value ^ (value >> 15)


class Catalog:
    """Numbers 1 … size, 1 the oldest; added stories continue from there.

    seed shifts what falls to which number; now is the portal's own clock (the newest story is of the day before).
    """

    def __init__(self, size: int, sections: int, seed: int, now: dt.datetime, traps: Collection[str]) -> None:
        self.size = size
        self.count = size
        self.now = now
        self.clock = now
        self.traps = frozenset(traps)
        self.revisions: dict[int, int] = {}
        self.edited: dict[int, dt.datetime] = {}
        self.removed: dict[int, bool] = {}
        self.pins: dict[int, list[int]] = {}
        self._sections = sections
        self._shift = seed * 97
        self._dates: dict[int, dt.datetime] = {}

    def published(self, number: int) -> dt.datetime:
        """The time that the page prints and lists are sorted by."""
        if (date := self._dates.get(number)) is not None:
            return date
        day, slot = divmod(self.size - number, _PER_DAY)
        minute = _FIRST_MINUTE - slot * _GAP - _mix(number + self._shift) % (_GAP - 5)
        start = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        return start + dt.timedelta(days=-1 - day, minutes=minute)

    def inserted(self, number: int) -> dt.datetime:
        """When it entered the system: for an old story that was brought in later, not the printed time."""
        if number > self.size:
            return self.now + dt.timedelta(minutes=number - self.size)
        if "insert_day" in self.traps and number % 13 == 6:
            return self.now - dt.timedelta(hours=2)
        return self.published(number)

    def modified(self, number: int) -> dt.datetime:
        """Last change of the page."""
        return self.edited.get(number) or self.published(number) + dt.timedelta(seconds=40)

    def sections_of(self, number: int) -> tuple[int, ...]:
        """Indexes of the sections it stands in, its own first; some stand in two or three (DOMAIN.md §4.11)."""
        own = _mix(number + self._shift) % self._sections
        extra = 0
        if "cross" in self.traps and number % 8 == 3:
            extra = min(1 + (number % 16 == 3), self._sections - 1)
        return tuple((own + i) % self._sections for i in range(extra + 1))

    def kind(self, number: int) -> StoryKind:
        """Galleries and videos are rare and regular, so that a portal of 50 has both."""
        if number % 25 == 8 and "gallery" in self.traps:
            return "gallery"
        return "video" if number % 25 == 17 and "video" in self.traps else "article"

    def parts(self, number: int) -> int:
        """On how many pages it stands."""
        if "parts" not in self.traps or number % 10 != 4 or self.kind(number) != "article":
            return 1
        return 2 + (number % 20 == 4)

    def original(self, number: int) -> int | None:
        """The number whose text this story reprints under another address, else None."""
        if "reprint" not in self.traps or number % 20 != 13 or self.kind(number) != "article":
            return None
        source = number - 6
        return source if self.kind(source) == "article" else None

    def twin(self, number: int) -> int | None:
        """Another live story with the same body at this moment, else None."""
        candidates = (self.original(number), number + 6 if self.original(number + 6) == number else None)
        for other in candidates:
            if other is not None and self.alive(other) and not {other, number} & self.revisions.keys():
                return other
        return None

    def alive(self, number: int) -> bool:
        """True while the story exists and has not been removed."""
        return 1 <= number <= self.count and number not in self.removed

    def order(self, section: int | None = None) -> list[int]:
        """Numbers of a section (None: of all) newest first; do not change the list."""
        return self._orders[-1 if section is None else section]

    @cached_property
    def _orders(self) -> dict[int, list[int]]:
        orders: dict[int, list[int]] = {i: [] for i in range(-1, self._sections)}
        for number in range(self.count, 0, -1):
            if number not in self.removed:
                orders[-1].append(number)
                for section in self.sections_of(number):
                    orders[section].append(number)
        return orders

    def _key(self, number: int) -> tuple[float, int]:
        return -self.published(number).timestamp(), -number

    def _places(self, number: int) -> tuple[int, ...]:
        return (-1, *self.sections_of(number))

    def _tick(self) -> None:
        self.clock += dt.timedelta(minutes=1)

    def add(self, count: int = 1, back_days: float = 0.0) -> list[int]:
        """New stories, dated after all others, or back-dated by so many days from the newest one; their numbers."""
        orders = self._orders
        numbers = []
        for _ in range(count):
            self._tick()
            self.count += 1
            number = self.count
            start = self.published(self.size) if back_days else self.now.replace(hour=6, minute=0)
            minutes = number - self.size
            self._dates[number] = start + dt.timedelta(days=-back_days, minutes=minutes)
            for place in self._places(number):
                bisect.insort(orders[place], number, key=self._key)
            numbers.append(number)
        return numbers

    def edit(self, number: int) -> int:
        """Correct a story; how often it has been edited now."""
        self._tick()
        self.revisions[number] = self.revisions.get(number, 0) + 1
        self.edited[number] = self.clock
        return self.revisions[number]

    def pin(self, number: int) -> None:
        """Put a story on top of page 1 of its own section, where it also keeps its place."""
        self._tick()
        pins = self.pins.setdefault(self.sections_of(number)[0], [])
        if number not in pins:
            pins.insert(0, number)

    def remove(self, number: int, soft: bool) -> None:
        """Take a story away: out of the lists, its page a 404 or, if soft, an excuse with status 200."""
        self._tick()
        for place in self._places(number):
            if number in self._orders[place]:
                self._orders[place].remove(number)
        for pins in self.pins.values():
            if number in pins:
                pins.remove(number)
        self.removed[number] = soft
