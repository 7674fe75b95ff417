"""What a run came to: counted by the walk, shown by the summary."""

from __future__ import annotations

from dataclasses import dataclass, field

from scrapy.statscollectors import StatsCollector

from crawler.spiders.walk import SectionWalk

__all__ = ["SectionResult", "Tally"]


@dataclass(frozen=True, slots=True)
class SectionResult:
    """One section's line in the summary."""

    label: str
    list_pages: int
    links_seen: int
    links_new: int
    ended: str
    gap: bool


@dataclass(slots=True)
class Tally:
    """Counts and failures of one run.  failures: lines for a person; they make the exit status 1."""

    sections: list[SectionResult] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    section_failures: list[str] = field(default_factory=list)
    articles_failed: int = 0
    off_site: int = 0
    reason: str = ""

    @property
    def read_something(self) -> bool:
        """True if a list page was read: there is something to sum up."""
        return any(section.list_pages for section in self.sections)

    def fail(self, line: str) -> None:
        """The run as a whole failed."""
        self.failures.append(line)

    def section_failed(self, label: str, line: str) -> None:
        """A section could not be read, or not to its end."""
        self.section_failures.append(f"{label}: {line}")

    def article_failed(self) -> None:
        """An article could not be had; the ledger knows why."""
        self.articles_failed += 1

    def add(self, walk: SectionWalk) -> None:
        """A section's walk is over."""
        self.sections.append(
            SectionResult(
                walk.label, walk.list_pages, walk.links_seen, walk.links_new, walk.ended or "stopped", walk.gap
            )
        )

    def finish(self, reason: str, stats: StatsCollector) -> None:
        """The run is over; put what the walk alone knows among the stats."""
        self.reason = reason
        stats.set_value("walk/sections", len(self.sections))
        stats.set_value("walk/list_pages", sum(s.list_pages for s in self.sections))
        stats.set_value("walk/links_seen", sum(s.links_seen for s in self.sections))
        stats.set_value("walk/links_new", sum(s.links_new for s in self.sections))
        stats.set_value("walk/sections_failed", len(self.section_failures))
        stats.set_value("walk/gaps", sum(s.gap for s in self.sections))
        stats.set_value("walk/off_site_links", self.off_site)
        stats.set_value("articles/failed", self.articles_failed)
