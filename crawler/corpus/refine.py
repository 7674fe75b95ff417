"""From the articles that are meant to those that are written: filters first, then repetitions, then marks.

In that order: where a filter leaves out the representative of a cluster, another article has to stand for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from crawler.corpus.choice import Choice
from crawler.corpus.quality import FILTERS
from crawler.corpus.records import StoredArticle
from crawler.corpus.redaction import KINDS, Redactor
from crawler.corpus.selection import Selection
from crawler.errors import UsageError

__all__ = ["Refining", "Tally", "Tell", "Wish", "filter_names", "redaction_names"]

#: Told how far a step is: what it does, articles done, articles in all.
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What an export is asked for.  filters: names of FILTERS; redact: of redaction.KINDS."""

    selection: Selection
    filters: tuple[str, ...] = ()
    redact: tuple[str, ...] = ()


@dataclass(slots=True)
class Tally:
    """What became of the articles.

    selected: that were meant.  filtered: filter → articles that it leaves out, some by several filters; left_out: by
    any of them.  repeated: left out because another one stands for them.  written: the rest.  redacted: kind → marks
    put in; redacted_articles: in so many articles.
    """

    selected: int = 0
    filtered: dict[str, int] = field(default_factory=dict)
    left_out: int = 0
    repeated: int = 0
    written: int = 0
    redacted: dict[str, int] = field(default_factory=dict)
    redacted_articles: int = 0


def filter_names(text: str) -> tuple[str, ...]:
    """Names of filters between commas, or all.  Raises UsageError for an unknown one."""
    return _names("--filter", text, tuple(FILTERS))


def redaction_names(text: str) -> tuple[str, ...]:
    """Kinds of personal data between commas, or all.  Raises UsageError for an unknown one."""
    return _names("--redact", text, KINDS)


def _names(option: str, text: str, known: Sequence[str]) -> tuple[str, ...]:
    named = [name.strip() for name in text.replace("，", ",").split(",")]
    for name in named:
        if name not in (*known, "all"):
            raise UsageError(f"{option} {text}: {name or 'an empty name'} is unknown; all, or of {', '.join(known)}")
    return tuple(name for name in known if name in named or "all" in named)


class Refining:
    """Leaves out of a choice what the wish does not want, and gives the rest; counts all of it in tally."""

    def __init__(self, choice: Choice, wish: Wish, tell: Tell) -> None:
        self._choice = choice
        self._wish = wish
        self._tell = tell
        self._redactor = Redactor(wish.redact)
        self.tally = Tally(
            selected=len(choice), filtered=dict.fromkeys(wish.filters, 0), redacted=dict.fromkeys(wish.redact, 0)
        )
        self._sift()
        self.tally.repeated = choice.dedupe(wish.selection.dedupe)
        #: Articles that rows() will give.
        self.total = self.tally.selected - self.tally.left_out - self.tally.repeated

    def _sift(self) -> None:
        if not self._wish.filters:
            return
        for number, stored in enumerate(self._choice.rows(), 1):
            reasons = [name for name in self._wish.filters if FILTERS[name].why(stored)]
            for name in reasons:
                self.tally.filtered[name] += 1
            if reasons:
                self._choice.discard(stored.id)
                self.tally.left_out += 1
            self._tell("filtering", number, self.tally.selected)

    def rows(self) -> Iterator[StoredArticle]:
        """The articles to write, with marks in them where that is wished."""
        for stored in self._choice.rows():
            if self._wish.redact:
                stored = replace(stored, article=self._redactor(stored.article))
                self.tally.redacted.update(self._redactor.found)
                self.tally.redacted_articles = self._redactor.articles
            yield stored
            self.tally.written += 1
            self._tell("writing", self.tally.written, self.total)
