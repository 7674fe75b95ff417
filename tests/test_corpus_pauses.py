"""How long hosts are left alone that refuse to be crawled."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.corpus import Corpus

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOST = "www.example.cn"


class Clock:
    now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def corpus(place, clock):
    with Corpus.open(place, clock=clock) as corpus:
        yield corpus


def test_pauses_double_up_to_a_week(corpus):
    hours = [(corpus.pause(HOST, "HTTP 521").until - NOON) / dt.timedelta(hours=1) for _ in range(10)]
    assert hours == [1, 2, 4, 8, 16, 32, 64, 128, 168, 168]


def test_a_host_that_asks_for_more_gets_it_up_to_a_week(corpus):
    assert corpus.pause(HOST, "HTTP 503", dt.timedelta(hours=5)).until == NOON + dt.timedelta(hours=5)
    assert corpus.pause("b.example.cn", "HTTP 503", dt.timedelta(days=400)).until == NOON + dt.timedelta(days=7)


def test_a_lifted_pause_begins_small_again(corpus):
    for _ in range(3):
        corpus.pause(HOST, "HTTP 521")
    corpus.lift(HOST)
    assert corpus.pauses() == {}
    assert corpus.pause(HOST, "HTTP 521").refused_runs == 1


def test_pauses_are_known_by_host(corpus):
    pause = corpus.pause(HOST, "challenge page")
    assert corpus.pauses() == {HOST: pause}
    assert (pause.why, pause.refused_at, pause.until) == ("challenge page", NOON, NOON + dt.timedelta(hours=1))


def test_a_clock_that_was_set_back_makes_no_pause_endless(corpus, clock):
    corpus.pause(HOST, "HTTP 521")
    clock.now = NOON - dt.timedelta(days=3650)
    assert corpus.pauses()[HOST].until == clock.now


def test_a_pause_holds_when_the_clock_is_set_back_a_little(corpus, clock):
    corpus.pause(HOST, "HTTP 521")
    clock.now = NOON - dt.timedelta(hours=1)
    assert corpus.pauses()[HOST].until == NOON + dt.timedelta(hours=1)
