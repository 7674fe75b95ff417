"""The rules that end a section's walk."""

import datetime as dt

import pytest

from crawler.items import CST, Link
from crawler.spiders.walk import Limits, SectionWalk, Seen, page_id

NOW = dt.datetime(2026, 3, 10, 12, tzinfo=CST)
LIST = "http://www.example.cn/yw/"


def seen(*numbers, familiar=False, new=True, days_ago=None, side=False):
    when = NOW - dt.timedelta(days=days_ago) if days_ago is not None else None
    return [Seen(Link(f"{LIST}{n}.html", "题", when, side), familiar, new) for n in numbers]


def walk(**limits):
    return SectionWalk(1, "要闻", LIST, Limits(**limits))


def page(n):
    return f"{LIST}index_{n}.html"


def test_goes_on_while_pages_bring_news():
    w = walk()
    assert w.turn(page(1), seen(1, 2), page(2), NOW)
    assert w.turn(page(2), seen(3, 4), page(3), NOW)
    assert (w.list_pages, w.links_seen, w.links_new) == (2, 4, 4)


def test_last_page_is_complete():
    w = walk()
    assert not w.turn(page(1), seen(1), None, NOW)
    assert w.ended == "last_page"
    assert w.complete
    assert not w.gap


def test_a_page_that_repeats_page_one_ends_the_walk():
    w = walk()
    w.turn(page(1), seen(1, 2), page(2), NOW)
    assert not w.turn(page(2), seen(1, 2, new=False), page(3), NOW)
    assert w.ended == "no_new_links"


def test_a_next_page_read_before_ends_the_walk():
    w = walk()
    w.turn(page(1), seen(1), page(2), NOW)
    assert not w.turn(page(2), seen(2), page(1), NOW)
    assert w.ended == "loop"


def test_a_link_to_itself_is_a_loop():
    w = walk()
    assert not w.turn(page(1), seen(1), page(1), NOW)
    assert w.ended == "loop"


def test_known_ground_needs_the_whole_page():
    w = walk()
    assert w.turn(page(1), seen(1, familiar=True, days_ago=9) + seen(2, days_ago=0), page(2), NOW)


def test_known_ground_needs_the_overlap_covered():
    w = walk()
    assert w.turn(page(1), seen(1, 2, familiar=True, new=False, days_ago=1), page(2), NOW)
    assert not w.turn(page(2), seen(3, familiar=True, new=False, days_ago=4), page(3), NOW)
    assert w.ended == "known"


def test_known_ground_that_reaches_less_far_than_asked_for_ends_nothing():
    w = walk()
    w.trusts_known = False
    assert w.turn(page(1), seen(1, familiar=True, new=False, days_ago=9), page(2), NOW)


def test_without_dates_one_known_page_more_stands_in_for_the_overlap():
    w = walk()
    assert w.turn(page(1), seen(1, familiar=True, new=False), page(2), NOW)
    assert not w.turn(page(2), seen(2, familiar=True, new=False), page(3), NOW)


def test_pinned_old_news_does_not_end_a_walk_by_date():
    w = walk(since=NOW - dt.timedelta(days=5))
    assert w.turn(page(1), seen(1, days_ago=400) + seen(2, days_ago=1), page(2), NOW)
    assert not w.turn(page(2), seen(3, days_ago=6), page(3), NOW)
    assert w.ended == "since"


def test_side_lists_do_not_hold_a_walk_open_or_end_it():
    w = walk()
    w.turn(page(1), seen(1) + seen(7, side=True), page(2), NOW)
    assert not w.turn(page(2), seen(1, new=False) + seen(8, side=True), page(3), NOW)
    assert w.ended == "no_new_links"


def test_a_curated_index_is_no_known_ground():
    w = walk()
    assert w.turn(f"{LIST}index.shtml", seen(1, familiar=True, new=False, days_ago=30), f"{LIST}1.shtml", NOW)


def test_budget_leaves_a_gap_and_counts_only_pages_with_news():
    w = walk(pages=2, known_pages=9)
    assert w.turn(page(1), seen(1, new=False), page(2), NOW)
    assert w.turn(page(2), seen(2), page(3), NOW)
    assert not w.turn(page(3), seen(3), page(4), NOW)
    assert w.ended == "budget"
    assert w.gap
    assert not w.complete


@pytest.mark.parametrize("reason", ["failed", "stopped", "limit"])
def test_walks_ended_from_outside_are_not_complete(reason):
    w = walk()
    w.turn(page(1), seen(1), page(2), NOW)
    w.end(reason)
    assert not w.complete


def test_the_first_ending_stays():
    w = walk()
    w.turn(page(1), seen(1), None, NOW)
    w.end("stopped")
    assert w.ended == "last_page"


def test_an_empty_first_page_is_no_complete_walk():
    w = walk()
    assert not w.turn(page(1), [], None, NOW)
    assert w.ended == "empty"
    assert w.gap


def test_posts_are_told_apart_by_their_form():
    assert page_id(LIST, {"startrecord": "1"}) != page_id(LIST, {"startrecord": "16"})
    assert page_id(f"{LIST}index.html") == page_id(LIST)


def old(*numbers, days_ago=9):
    return seen(*numbers, familiar=True, new=False, days_ago=days_ago)


def test_a_little_news_above_familiar_links_needs_no_second_page():
    w = walk()
    assert not w.turn(page(1), seen(1, 2, days_ago=0) + old(*range(10, 20)), page(2), NOW)
    assert w.ended == "known"


def test_a_little_news_does_not_do_away_with_the_overlap():
    w = walk()
    assert w.turn(page(1), seen(1, 2, days_ago=0) + old(*range(10, 20), days_ago=1), page(2), NOW)


def test_pinned_links_may_stand_above_the_news():
    w = walk()
    assert not w.turn(page(1), old(90, 91) + seen(1, days_ago=0) + old(*range(10, 20)), page(2), NOW)


def test_much_news_on_a_page_asks_for_a_whole_familiar_one():
    w = walk()
    assert w.turn(page(1), seen(1, 2, 3, 4, 5, 6, 7, days_ago=0) + old(*range(10, 15)), page(2), NOW)
    assert not w.turn(page(2), old(*range(20, 32)), page(3), NOW)


def test_news_among_familiar_links_asks_for_a_whole_familiar_page():
    w = walk()
    assert w.turn(
        page(1), seen(1, days_ago=0) + old(*range(10, 16)) + seen(2, days_ago=2) + old(*range(16, 22)), page(2), NOW
    )


def test_news_far_down_a_page_asks_for_a_whole_familiar_page():
    w = walk()
    assert w.turn(page(1), old(*range(10, 20)) + seen(1, days_ago=2) + old(*range(20, 30)), page(2), NOW)


def test_after_a_page_of_news_a_little_more_is_not_little():
    w = walk()
    w.turn(page(1), seen(*range(12), days_ago=0), page(2), NOW)
    assert w.turn(page(2), seen(12, days_ago=0) + old(*range(20, 31)), page(3), NOW)


def test_two_known_pages_if_two_are_asked_for():
    w = walk(known_pages=2)
    assert w.turn(page(1), seen(1, days_ago=0) + old(*range(10, 20)), page(2), NOW)
    assert not w.turn(page(2), old(*range(20, 30)), page(3), NOW)


def test_a_busy_run_asks_for_a_whole_familiar_page_in_every_section():
    w = walk()
    assert w.turn(page(1), seen(1, days_ago=0) + old(*range(10, 20)), page(2), NOW, 12)
    assert not w.turn(page(2), old(*range(20, 31)), page(3), NOW, 12)


def test_a_list_that_ends_before_known_ground_is_capped_and_may_hide_news():
    w = walk()
    w.met_before = True
    assert not w.turn(page(1), seen(1, 2, days_ago=0), None, NOW)
    assert w.gap


@pytest.mark.parametrize("before", [True, False])
def test_a_list_that_ends_on_known_ground_or_is_read_for_the_first_time_hides_nothing(before):
    w = walk()
    w.met_before = before
    w.turn(page(1), seen(1, days_ago=0) + (old(2) if before else []), None, NOW)
    assert not w.gap


# Lists as editors leave them, read to known ground: what is on them after the last walk → what has to be met

PAGE = 10


def read(items, known, *, budget=100, curated=None):
    """Walk a list of numbers; the numbers met, and the walk.  curated: a first page that is no part of the list."""
    w = walk(pages=budget)
    pages = [items[i : i + PAGE] for i in range(0, len(items), PAGE)]
    addresses = [page(n + 1) for n in range(len(pages))]
    if curated is not None:
        pages, addresses = [curated, *pages], [f"{LIST}index.shtml", f"{LIST}1.shtml", *addresses[1:]]
    met, news = set(), 0
    for n, numbers in enumerate(pages):
        met |= set(numbers)
        found = [seen(k, familiar=k in known, new=k not in known, days_ago=9)[0] for k in numbers]
        news += sum(s.new for s in found)
        following = addresses[n + 1] if n + 1 < len(pages) else None
        if not w.turn(addresses[n], found, following, NOW, news):
            break
    return met, w


STORED = list(range(100, 200))


@pytest.mark.parametrize(
    ("items", "pages"),
    [
        ([1, 2, *STORED], 1),
        ([199, 198, 1, 2, *STORED], 1),
        ([199, *STORED[:30], 1, *STORED[30:]], 1),
        ([150, 1, 160, 2, *STORED], 1),
        ([*range(1, 35), *STORED], 5),
        ([*range(1, 10), *STORED[:10], 50, 51, *STORED[10:]], 4),
        (STORED[::-1], 1),
        ([*STORED[:7], 1, *STORED[7:]], 2),
    ],
    ids=["on top", "below pins", "out of reach", "re-sorted", "many", "back-dated", "turned over", "in mid-page"],
)
def test_news_is_met_in_few_pages(items, pages):
    met, w = read(items, set(STORED))
    assert w.ended == "known"
    assert w.list_pages == pages
    within = {number for number in items[: pages * PAGE] if number < 100}
    assert within <= met


def test_behind_a_curated_index_the_list_itself_is_read():
    met, w = read([1, *STORED], set(STORED), curated=STORED[40:50])
    assert (1 in met, w.list_pages, w.ended) == (True, 2, "known")


def test_a_capped_list_that_rolled_over_says_so():
    met, w = read(list(range(1, 41)), set(STORED))
    w.met_before = True
    assert len(met) == 40
    assert (w.ended, w.gap) == ("last_page", True)


def test_what_moved_into_a_section_is_its_news_though_the_portal_knows_it():
    w = walk()
    moved = seen(1, familiar=False, new=False, days_ago=0)
    assert w.turn(page(1), old(*range(10, 17)) + moved + old(*range(17, 22)), page(2), NOW)
