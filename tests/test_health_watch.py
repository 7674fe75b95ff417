"""A portal's history in, verdicts out: what must never be an alarm, and what must."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from crawler.corpus.health import state_json
from crawler.corpus.health.model import Articles, RunFigures, SectionFigures
from crawler.corpus.health.state import PortalState
from crawler.corpus.health.watch import step

BEGIN = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


class History:
    """Runs every hour; three sections, some articles in the day."""

    def __init__(self) -> None:
        self.state, self.now, self.number, self.draw = PortalState(), BEGIN, 0, random.Random(11)
        self.changes = []

    def run(self, count=1, every=HOUR, **how):
        for _ in range(count):
            self.number += 1
            self.changes += step(self.state, self._figures(**how))
            self.now += every
        return self.state.verdict

    def _figures(self, narrowed=False, outcome="finished", ended="known", missing=0.05, news=1.0, frozen=(), gone=()):
        run = RunFigures(self.number, self.now, outcome, narrowed, refusals=5 * (outcome == "blocked"))
        for number in (1, 2, 3):
            if number in gone:
                continue
            bad = ended if number == 1 else "known"
            section = SectionFigures(number, f"栏目{number}", "list", bad, 1, 20)
            day = 1 <= self.now.hour <= 10
            count = self.draw.choice((0, 1, 2)) if day and self.draw.random() < news and number not in frozen else 0
            if bad == "known":
                section.fresh = count
                section.articles = self._articles(count, missing)
            run.sections.append(section)
        return run if outcome != "blocked" else RunFigures(self.number, self.now, outcome, narrowed, 5)

    def _articles(self, count, missing):
        articles = Articles(count, judged=count)
        for _ in range(count):
            if self.draw.random() < missing:
                articles.missing["source"] = articles.missing.get("source", 0) + 1
            place = self.draw.randrange(30, 36)
            articles.lengths[place] = articles.lengths.get(place, 0) + 1
            articles.confidences[19] = articles.confidences.get(19, 0) + 1
        return articles

    def raised(self):
        return [change.finding.figure for change in self.changes if change.how == "raised"]


@pytest.fixture
def history():
    """Two months without anything."""
    past = History()
    assert past.run(60 * 24) == "ok"
    assert not past.changes
    return past


def test_the_first_runs_are_never_judged():
    past = History()
    assert past.run(ended="failed", missing=1.0) == "ok"
    assert past.run(10, ended="empty", missing=1.0) == "ok"
    assert past.run(10 * 24, missing=0.5) == "ok"


def test_nothing_for_a_month_is_a_pause_and_no_silence(history):
    history.now += dt.timedelta(days=30)
    assert history.run(48) == "ok"
    assert not history.changes


def test_weeks_between_runs_are_no_silence(history):
    assert history.run(10, every=dt.timedelta(days=7), news=0.0) == "ok"


@pytest.mark.parametrize("jump", [dt.timedelta(days=-400), dt.timedelta(hours=-1), dt.timedelta(days=400)])
def test_a_clock_that_jumps_is_no_break(history, jump):
    history.now += jump
    assert history.run(72) == "ok"
    assert not history.changes


def test_runs_narrowed_by_arguments_do_not_count(history):
    before = state_json.dump(history.state)
    assert history.run(100, narrowed=True, ended="empty", missing=1.0) == "ok"
    assert state_json.dump(history.state) == before


def test_a_festival_week_is_no_break(history):
    assert history.run(8 * 24, news=0.05) == "ok"
    assert history.run(8 * 24) == "ok"


def test_one_bad_run_is_no_break_and_two_are(history):
    assert history.run(ended="failed") == "ok"
    assert history.run(30) == "ok"
    history.run(2, ended="empty")
    assert history.raised() == ["list"]
    assert history.state.verdict == "broken"


def test_an_alarm_is_raised_once_and_ends_when_the_list_is_back(history):
    history.run(50, ended="empty")
    assert history.raised() == ["list"]
    assert history.run(2) == "ok"
    assert [change.how for change in history.changes] == ["raised", "cleared"]


def test_a_section_that_the_portal_no_longer_links(history):
    history.run(2, gone=(3,))
    assert [c.finding.detail for c in history.changes] == ["is no longer linked by the portal"]


def test_all_lists_at_once_are_one_alarm(history):
    history.run(5, gone=(1, 2, 3))
    assert history.raised() == ["lists"]


def test_the_sections_speak_when_the_portals_alarm_is_over(history):
    history.run(5, gone=(1, 2, 3))
    history.run(5, gone=(1,))
    assert history.raised() == ["lists", "list"]
    assert list(history.state.open) == ["1/list"]


def test_two_refused_runs_are_a_break(history):
    history.run(2, outcome="blocked")
    assert history.raised() == ["blocked"]
    assert history.state.verdict == "broken"
    assert history.run(3) == "ok"


def test_sources_that_vanish_are_watched_and_headlines_break(history):
    history.run(15, missing=1.0)
    assert history.raised() == ["missing_source"]
    finding = history.changes[0].finding
    assert finding.section_id is None
    assert finding.seen / finding.of > 0.9
    assert history.state.verdict == "watch"


def test_a_list_that_stands_still_is_noticed_by_the_news_of_the_others(history):
    history.run(14 * 24, frozen=(2,))
    (change,) = history.changes
    assert change.finding.figure in ("silence", "yield")
    assert change.finding.section_id == 2
    history.run(14 * 24)
    assert history.state.verdict == "ok"


def test_a_section_that_rests_in_a_festival_week_as_all_do_is_no_break(history):
    assert history.run(8 * 24, news=0.1, frozen=(2,)) == "ok"


def test_a_portal_that_falls_silent(history):
    history.run(10 * 24, frozen=(1, 2, 3))
    assert history.raised() == ["silence"]
    history.run(14)
    assert history.state.verdict == "ok"


def test_what_is_remembered_survives_storage(history):
    history.run(3, ended="empty")
    text = state_json.dump(history.state)
    again = state_json.load(text)
    assert state_json.dump(again) == text
    history.state = again
    assert history.run(3) == "ok"
