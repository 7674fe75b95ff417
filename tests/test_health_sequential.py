"""The tests behind health: what they notice, what they put up with, and that they say it once."""

from __future__ import annotations

import random

import pytest

from crawler.corpus.health.model import bucket
from crawler.corpus.health.rank import Rank
from crawler.corpus.health.rate import Rate
from crawler.corpus.health.rhythm import Rhythm
from crawler.corpus.health.sequential import ACCEPTED_AFTER

THRESHOLD = 11.0


def trained(bad: float = 0.03, days: int = 60, a_day: int = 20) -> tuple[Rate, random.Random]:
    draw, rate = random.Random(7), Rate()
    for day in range(days):
        feed(rate, draw, day, a_day, bad, learn=day < 14)
    assert rate.latch is None
    return rate, draw


def feed(rate, draw, day, of, bad, learn=False):
    seen = sum(draw.random() < bad for _ in range(of))
    return rate.observe([(0, seen, of)], float(day), None if learn else THRESHOLD)


@pytest.mark.parametrize("bad", [0.0, 0.03, 0.3, 0.8])
def test_nothing_is_said_while_all_is_as_usual(bad):
    rate, draw = trained(bad)
    assert [feed(rate, draw, day, 20, bad) for day in range(60, 400)] == [None] * 340


@pytest.mark.parametrize("bad", [0.4, 0.6, 1.0])
def test_a_loss_is_noticed_within_two_days_and_said_once(bad):
    rate, draw = trained()
    said = [feed(rate, draw, 60 + day, 20, bad) for day in range(20)]
    assert said.count("raised") == 1
    assert said.index("raised") < 3
    assert rate.latch.since >= 59


def test_one_run_is_never_enough():
    rate, _ = trained()
    assert rate.observe([(0, 200, 200)], 60.0, THRESHOLD) is None
    assert rate.observe([(0, 4, 4)], 60.1, THRESHOLD) == "raised"


def test_an_alarm_clears_when_things_are_as_before():
    rate, draw = trained()
    while feed(rate, draw, 60, 20, 1.0) is None:
        pass
    said = [feed(rate, draw, 61 + day, 20, 0.03) for day in range(10)]
    assert [word for word in said if word] == ["cleared"]


def test_what_lasts_a_month_is_usual():
    rate, draw = trained()
    said = [feed(rate, draw, 60 + day, 20, 0.9) for day in range(int(ACCEPTED_AFTER) + 60)]
    assert [word for word in said if word] == ["raised", "accepted"]
    assert rate.usual() == pytest.approx(0.9, abs=0.08)


def test_a_slow_decay_does_not_teach_the_test_to_put_up_with_it():
    rate, draw = trained()
    for day in range(120):
        if feed(rate, draw, 60 + day, 20, 0.03 + 0.5 * day / 120) == "raised":
            break
    assert 0.03 + 0.5 * day / 120 < 0.3


def test_a_special_column_is_no_break():
    rate, draw = trained()
    said = [feed(rate, draw, 60 + day, 20, 0.24 if day % 60 < 3 else 0.03) for day in range(300)]
    assert not any(said)


@pytest.mark.parametrize(("factor", "up"), [(0.2, False), (5.0, True)])
def test_texts_of_another_length_are_noticed(factor, up):
    draw, rank = random.Random(3), Rank(up=up)

    def day(number, size):
        counts = {}
        for _ in range(20):
            place = bucket(int(draw.lognormvariate(6.3, 0.6) * size))
            counts[place] = counts.get(place, 0) + 1
        return rank.observe(counts, float(number), THRESHOLD if number > 14 else None)

    assert not any(day(number, 1.0) for number in range(200))
    assert "raised" in [day(200 + number, factor) for number in range(3)]


def test_silence_at_night_and_in_a_festival_week_is_none():
    draw, rhythm = random.Random(5), Rhythm()
    said = hours(rhythm, draw, range(90 * 24), 1.0)
    assert not any(said)
    assert not any(hours(rhythm, draw, range(90 * 24, 99 * 24), 0.05))
    assert any(hours(rhythm, draw, range(99 * 24, 115 * 24), 0.0))


def hours(rhythm, draw, span, level):
    """A quiet portal: three articles between nine and twelve."""
    return [
        rhythm.observe(
            int(draw.random() < level * (9 <= hour % 24 < 12)),
            hour % 24 + 24 * (hour // 24 % 7 >= 5),
            1 / 24,
            hour / 24,
            9.0,
        )
        for hour in span
    ]
