"""The demo portals' text, truth and changes; pages: test_demo_pages.py, server: test_demo_server.py."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.demo import FAMILIES, NOW, DemoPortal, Request
from crawler.demo.text import City, compose, headline
from crawler.demo.words import SUBJECTS

CITY = City("清河", "清河日报", "清报", ("东湖区", "云台区"))


def bodies(count: int, subjects: tuple[str, ...]) -> list[str]:
    drafts = (compose(f"t/{n}", CITY, headline(f"t/{n}", CITY, subjects)) for n in range(count))
    return ["".join(block.text for block in draft.blocks) for draft in drafts]


def grams(text: str) -> set[str]:
    return {text[i : i + 4] for i in range(len(text) - 3)}


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_articles_on_one_subject_are_no_near_duplicates(subject):
    sets = [grams(body) for body in bodies(40, (subject,))]
    assert max(len(a & b) / len(a | b) for a, b in itertools.combinations(sets, 2)) < 0.4


def test_headlines_vary():
    titles = {headline(f"t/{n}", CITY, tuple(SUBJECTS)).title for n in range(1000)}
    assert len(titles) > 950


def test_text_has_no_unfilled_slot():
    assert not [body for body in bodies(200, tuple(SUBJECTS)) if "{" in body or "}" in body]


def test_text_ignores_the_global_random_state():
    random.seed(1)
    first = bodies(3, ("交通",))
    random.seed(2)
    assert bodies(3, ("交通",)) == first


def test_dateline_names_are_the_drafts_names():
    drafts = [compose(f"t/{n}", CITY, headline(f"t/{n}", CITY, ("教育",))) for n in range(60)]
    signed = [draft for draft in drafts if draft.byline_in_text]
    assert signed
    for draft in signed:
        opening = draft.blocks[0].text.partition("）")[0]
        assert all(name in opening for name in (*draft.reporters, *draft.correspondents))


def test_some_articles_have_headings_pictures_lists_and_tables():
    drafts = (compose(f"t/{n}", CITY, headline(f"t/{n}", CITY, ("经济",))) for n in range(120))
    kinds = {block.kind for draft in drafts for block in draft.blocks}
    assert kinds == {"paragraph", "heading", "image", "caption", "list", "table"}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_same_arguments_same_story(family):
    assert DemoPortal(family, seed=3).story(77) == DemoPortal(family, seed=3).story(77)


def test_another_seed_another_portal():
    assert DemoPortal(seed=3).story(77).body != DemoPortal(seed=4).story(77).body


def test_same_bytes_in_another_process():
    code = (
        "import hashlib;from crawler.demo import DemoPortal, FAMILIES, Request;"
        "print([hashlib.sha256(p.respond(Request(p.story(44).path)).body + p.respond(Request('/')).body).hexdigest()"
        " for p in map(DemoPortal, sorted(FAMILIES))])"
    )
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, "-c", code]
    outputs = {
        subprocess.run(command, cwd=root, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_truth_is_newest_first_and_complete(family):
    stories = list(DemoPortal(family, size=60).truth())
    assert len({story.url for story in stories}) == 60
    assert [s.published for s in stories] == sorted((s.published for s in stories), reverse=True)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_nothing_is_dated_after_the_portals_now(family):
    portal = DemoPortal(family, size=50)
    portal.add(3)
    assert max(story.published for story in portal.truth()) < NOW


def test_now_moves_the_dates():
    later = DemoPortal(size=50, now=NOW + dt.timedelta(days=30))
    assert later.story(50).published - DemoPortal(size=50).story(50).published == dt.timedelta(days=30)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_only_reprints_share_a_body(family):
    stories = list(DemoPortal(family, size=120).truth())
    by_body: dict[str, list[str]] = {}
    for story in stories:
        by_body.setdefault(story.body, []).append(story.url)
    shared = {frozenset(urls) for urls in by_body.values() if len(urls) > 1}
    assert shared == {frozenset((s.url, s.duplicate_of)) for s in stories if s.duplicate_of}
    assert shared


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_without_traps_every_story_is_a_plain_article_in_one_section(family):
    for story in DemoPortal(family, size=50, traps=()).truth():
        assert (story.kind, len(story.sections), story.duplicate_of, story.part_urls) == ("article", 1, None, ())


def test_unknown_trap_is_refused():
    with pytest.raises(ValueError, match="no trap \\['pitfall'\\]; it has"):
        DemoPortal("seed", traps={"pitfall"})


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_trap_of_a_family_shows_in_a_portal_of_fifty(family):
    stories = list(DemoPortal(family, size=50).truth())
    traps = FAMILIES[family].traps
    assert any(len(s.sections) > 1 for s in stories) == ("cross" in traps)
    assert any(s.kind == "gallery" for s in stories) == ("gallery" in traps)
    assert any(s.kind == "video" for s in stories) == ("video" in traps)
    assert any(s.part_urls for s in stories) == ("parts" in traps)
    assert any(s.duplicate_of for s in stories) == ("reprint" in traps)


@pytest.mark.parametrize("family", sorted(f for f in FAMILIES if FAMILIES[f].optional))
def test_optional_traps_are_off_unless_asked_for(family):
    assert not DemoPortal(family).traps & FAMILIES[family].optional
    assert DemoPortal(family, traps=FAMILIES[family].traps).traps == FAMILIES[family].traps


def test_added_stories_are_the_newest():
    portal = DemoPortal(size=50)
    assert portal.add(2) == [51, 52]
    assert [story.number for story in portal.truth()][:3] == [52, 51, 50]


def test_back_dated_stories_stand_in_the_middle():
    portal = DemoPortal(size=200)
    (number,) = portal.add(1, back_days=2)
    place = portal.catalog.order().index(number)
    assert 50 < place < 150
    assert portal.story(number).published.date() == (NOW - dt.timedelta(days=3)).date()


def test_edit_changes_the_body_and_only_that():
    portal = DemoPortal(size=50)
    before = portal.story(30)
    assert portal.edit(30) == 1
    after = portal.story(30)
    assert after.body.startswith(before.body)
    assert after.body != before.body
    assert (after.url, after.title, after.published, after.revision) == (before.url, before.title, before.published, 1)


def test_an_edited_reprint_is_no_duplicate_any_more():
    portal = DemoPortal(size=50)
    copied = next(story for story in portal.truth() if story.duplicate_of)
    portal.edit(copied.number)
    assert portal.story(copied.number).duplicate_of is None
    assert not [story for story in portal.truth() if story.duplicate_of == copied.url]


def test_removed_story_leaves_the_truth():
    portal = DemoPortal(size=50)
    portal.remove(30)
    assert 30 not in [story.number for story in portal.truth()]


@pytest.mark.parametrize(("soft", "status"), [(False, 404), (True, 200)])
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_removed_page_says_so(family, soft, status):
    portal = DemoPortal(family, size=50)
    story = portal.story(30)
    portal.remove(30, soft=soft)
    response = portal.respond(Request(story.path))
    assert response.status == status
    assert story.title not in response.body.decode(portal.family.encoding)


def test_a_large_portal_makes_only_what_is_asked_for():
    portal = DemoPortal("seed", size=100_000)
    assert portal.respond(Request("/qinghe/")).status == 200
    last = -(-len(portal.catalog.order(0)) // portal.family.per_page)
    assert portal.respond(Request(f"/qinghe/index_{last}.shtml")).status == 200
    assert portal.respond(Request(portal.entry(50_000).path)).status == 200
    assert portal.work["stories"] == 1
    assert portal.work["entries"] < 80


def test_a_page_asked_twice_is_made_once():
    portal = DemoPortal(size=50)
    path = portal.story(20).path
    portal.respond(Request(path))
    work = dict(portal.work)
    portal.respond(Request(path))
    assert dict(portal.work) == work


def test_another_base_shows_the_same_changes():
    portal = DemoPortal(size=50)
    view = portal.at("http://127.0.0.1:8000")
    portal.remove(50)
    assert next(view.truth()).number == 49
    assert next(view.truth()).url.startswith("http://127.0.0.1:8000/news/")
