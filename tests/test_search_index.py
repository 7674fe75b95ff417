"""The index keeps up: at once with a crawl's small batches, afterwards with bulk loads."""

from __future__ import annotations

import pytest

from crawler.corpus import Corpus, Selection
from crawler.corpus.indexes import INLINE
from tests.corpus_kit import address, article, rows

BULK = [article(n, title=f"第{n}届龙舟赛") for n in range(INLINE + 10)]


@pytest.fixture
def corpus(place):
    with Corpus.open(place) as corpus:
        yield corpus


def total(corpus, words="龙舟赛"):
    return corpus.search(Selection(words)).total


def entered(corpus):
    return rows(corpus, "SELECT count(*) FROM articles_fts_docsize")[0][0]


def test_a_small_batch_is_entered_with_it(corpus):
    corpus.store(BULK[:INLINE])
    assert not corpus.index_waits()
    assert entered(corpus) == INLINE


def test_a_bulk_load_waits_and_a_search_sees_it(corpus):
    corpus.store(BULK)
    assert corpus.index_waits()
    assert entered(corpus) == 0
    assert total(corpus) == len(BULK)
    assert not corpus.index_waits()


def test_small_batches_behind_a_bulk_load_wait_their_turn(corpus):
    corpus.store(BULK)
    corpus.store([article(900, title="又一届龙舟赛")])
    assert entered(corpus) == 0
    assert corpus.index(10) == 10
    assert corpus.index() == len(BULK) + 1 - 10
    assert total(corpus) == len(BULK) + 1


def test_what_waits_may_change_and_go(corpus):
    corpus.store(BULK)
    corpus.store([article(0, title="改名的风筝会")])
    corpus.purge(address(1), "撤稿")
    assert total(corpus, "风筝会") == 1
    assert total(corpus) == len(BULK) - 2


def test_the_last_one_entered_may_go(corpus):
    corpus.store(BULK[:5])
    corpus.purge(address(4), "撤稿")
    corpus.store(BULK[5:8])
    assert total(corpus) == 7


def test_a_readonly_corpus_shows_what_is_entered(corpus, place):
    corpus.store(BULK)
    corpus.index(7)
    with Corpus.open(place, readonly=True) as other:
        assert other.index_waits()
        assert total(other) == 7
