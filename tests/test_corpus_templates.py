"""Learned templates in the corpus: versions, their order, pins, the end of one, and how well they fit."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.corpus import Corpus
from crawler.items import Layout, Place, Template

NOON = dt.datetime(2025, 1, 5, 4, tzinfo=dt.UTC)


def template(version: int, pages: int = 12) -> Template:
    layout = Layout(pages=pages, places={"body": Place('//div[@id="text"]', pages)}, confidence=0.9)
    return Template(f"town-{version}", layouts=(layout,), version=version, learned_at=NOON, valid_from=NOON.date())


@pytest.fixture
def corpus(place):
    with Corpus.open(place, clock=lambda: NOON) as corpus:
        yield corpus


def versions(corpus, portal="town"):
    return [stored.version for stored in corpus.templates(portal)]


def test_a_template_comes_back_as_it_was_put(corpus):
    corpus.put_template("town", template(1), "{}")
    stored = corpus.templates("town")[0]
    assert (stored.name, stored.version, stored.json, stored.support) == ("town-1", 1, "{}", (12,))
    assert (stored.learned_at, stored.valid_from, stored.valid_until) == (NOON, NOON.date(), None)


def test_portals_have_their_own(corpus):
    corpus.put_template("town", template(1), "{}")
    assert corpus.templates("other") == []


def test_the_newest_comes_first_and_retired_ones_last(corpus):
    for version in (1, 2, 3):
        corpus.put_template("town", template(version), "{}")
    assert corpus.retire_template("town", 3, dt.date(2025, 1, 4))
    assert versions(corpus) == [2, 1, 3]


def test_a_pinned_one_comes_before_all_others(corpus):
    for version in (1, 2):
        corpus.put_template("town", template(version), "{}")
    assert corpus.pin_template("town", 1)
    assert versions(corpus) == [1, 2]


def test_a_pinned_one_is_not_retired(corpus):
    corpus.put_template("town", template(1), "{}")
    corpus.pin_template("town", 1)
    assert not corpus.retire_template("town", 1, dt.date(2025, 1, 4))
    assert corpus.templates("town")[0].valid_until is None


def test_the_last_day_is_set_once(corpus):
    corpus.put_template("town", template(1), "{}")
    corpus.retire_template("town", 1, dt.date(2025, 1, 4))
    assert not corpus.retire_template("town", 1, dt.date(2025, 2, 4))
    assert corpus.templates("town")[0].valid_until == dt.date(2025, 1, 4)


@pytest.mark.parametrize("change", ["pin_template", "discard_template"])
def test_unknown_versions_are_told(corpus, change):
    assert not getattr(corpus, change)("town", 7)


def test_an_edited_version_replaces_the_stored_one(corpus):
    corpus.put_template("town", template(1), "{}")
    corpus.template_used("town", 1, 10, 0.5)
    corpus.put_template("town", template(1, pages=5), '{"edited": true}')
    stored = corpus.templates("town")[0]
    assert (stored.json, stored.support, stored.fit, stored.pages) == ('{"edited": true}', (5,), None, 0)


def test_a_discarded_version_is_gone(corpus):
    corpus.put_template("town", template(1), "{}")
    assert corpus.discard_template("town", 1)
    assert versions(corpus) == []


def test_fit_is_a_mean_over_pages(corpus):
    corpus.put_template("town", template(1), "{}")
    corpus.template_used("town", 1, 10, 1.0)
    corpus.template_used("town", 1, 30, 0.6)
    stored = corpus.templates("town")[0]
    assert (stored.pages, stored.fit, stored.used_at) == (40, 0.7, NOON)


def test_fit_forgets_what_is_long_past(corpus):
    corpus.put_template("town", template(1), "{}")
    corpus.template_used("town", 1, 100_000, 1.0)
    corpus.template_used("town", 1, 50, 0.0)
    assert corpus.templates("town")[0].fit == 0.0
