"""All that is remembered of a portal between two runs: one test for every figure, and what is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.corpus.health.model import Finding, VerdictName
from crawler.corpus.health.rank import Rank
from crawler.corpus.health.rate import Rate
from crawler.corpus.health.rhythm import Rhythm
from crawler.corpus.health.sequential import Sequential

__all__ = ["ArticleTests", "PortalState", "SectionState", "key_of"]

#: News of other sections that a silent section must have missed, and days that it must have been silent for: editors
#: put a morning's news into one section after the other.
MISSED, MISSED_DAYS = 8.0, 0.5
#: Share of a section's texts that must have moved: a special column moves a third of one section's, and hardly any of
#: the portal's.
SECTION_SHIFT = 0.4
#: Bad runs that come in a row are two at least.
BAD_RUNS = 2


def _run_rate() -> Rate:
    return Rate(kind="runs", prior=0.02, weight=10.0, floor=5e-4, dispersed=False, least_bad=BAD_RUNS, clear_at=4.5)


def _share_rate() -> Rate:
    return Rate(
        kind="share",
        prior=0.9,
        weight=1.0,
        floor=1e-4,
        least_bad=MISSED,
        least_worse=0.8,
        least_days=MISSED_DAYS,
        by_run=True,
    )


@dataclass(slots=True)
class ArticleTests:
    """The tests over articles of one section, or of all.  reasons of rejects get a test when they are first met."""

    short: Rank = field(default_factory=Rank)
    long: Rank = field(default_factory=lambda: Rank(up=True))
    confidence: Rank = field(default_factory=Rank)
    rates: dict[str, Rate] = field(default_factory=dict)
    pages: int = 0
    since: float | None = None

    def named(self) -> Iterator[tuple[str, Sequential]]:
        """All tests by the name of their figure."""
        yield from self.rates.items()
        yield from (("short", self.short), ("long", self.long), ("confidence", self.confidence))


def _section_tests() -> ArticleTests:
    short, long, confidence = (Rank(up=up, least_worse=SECTION_SHIFT) for up in (False, True, False))
    return ArticleTests(short=short, long=long, confidence=confidence)


@dataclass(slots=True)
class SectionState:
    """What is known of one section.

    runs: that walked it; links: usual links a list page; first, last_fresh: days; others: news of the other sections
    since its own last, and how many of them were expected.
    """

    label: str = ""
    route: str = "list"
    runs: int = 0
    links: float = 0.0
    first: float = 0.0
    last_fresh: float = 0.0
    lists: Rate = field(default_factory=_run_rate)
    share: Rate = field(default_factory=_share_rate)
    rhythm: Rhythm = field(default_factory=Rhythm)
    others: list[float] = field(default_factory=lambda: [0.0, 0.0])
    articles: ArticleTests = field(default_factory=_section_tests)


@dataclass(slots=True)
class PortalState:
    """All that is remembered of a portal.  last: when the last run began, in days; counted:
    the last that counted news; interval: usual days between runs."""

    runs: int = 0
    first: float | None = None
    last: float | None = None
    interval: float | None = None
    counted: float | None = None
    sections: dict[int, SectionState] = field(default_factory=dict)
    articles: ArticleTests = field(default_factory=ArticleTests)
    rhythm: Rhythm = field(default_factory=Rhythm)
    blocked: Rate = field(default_factory=_run_rate)
    lists: Rate = field(default_factory=_run_rate)
    open: dict[str, Finding] = field(default_factory=dict)

    @property
    def verdict(self) -> VerdictName:
        """The worst of what is open."""
        if any(finding.severity == "broken" for finding in self.open.values()):
            return "broken"
        return "watch" if self.open else "ok"

    def test(self, finding: Finding) -> Sequential | None:
        """The test that raised a finding; None for a silence, which is none of them."""
        section = self.sections.get(finding.section_id) if finding.section_id else None
        if finding.figure in ("blocked", "lists"):
            return getattr(self, finding.figure)  # type: ignore[no-any-return]  # both are Rates
        if section is not None and finding.figure in ("list", "yield"):
            return section.lists if finding.figure == "list" else section.share
        return dict((section or self).articles.named()).get(finding.figure)


def key_of(finding: Finding) -> str:
    """Identity of a finding among the open ones."""
    return f"{finding.section_id or 0}/{finding.figure}"
