"""The benchmark's own arithmetic: floors that only rise, one corpus at a time, and what counts as a drop."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT.parent / "shared" / "bench"

# Scripts, not a package: `python benchmarks/bench.py` finds its neighbours this way too.  Only for the moment, since a
# script there has the name of the package pipelines.
sys.path.insert(0, str(ROOT / "benchmarks"))
try:
    bench, figures, floors, goals, peers = map(
        importlib.import_module, ("bench", "figures", "floors", "goals", "peers")
    )
finally:
    sys.path.remove(str(ROOT / "benchmarks"))

MORE = goals.Figure("title", 0.98, 0.90)
LESS = goals.Figure("crashes", 0, lower=True)
TIME = goals.Figure("time × lxml", 4, 13, lower=True, noisy=True)
ALL = (MORE, LESS, TIME)


def known(**values):
    names = {"title": "title", "crashes": "crashes", "time": "time × lxml"}
    return floors.Floors("c1", {names[key]: value for key, value in values.items()})


@pytest.mark.parametrize(
    ("floor", "now", "dropped"),
    [
        (known(title=0.9), {"title": 0.9}, False),
        (known(title=0.9), {"title": 0.95}, False),
        (known(title=0.9), {"title": 0.9 - 1e-12}, False),
        (known(title=0.9), {"title": 0.8999}, True),
        (known(crashes=0), {"crashes": 0}, False),
        (known(crashes=0), {"crashes": 1}, True),
        (known(crashes=2), {"crashes": 1}, False),
        (known(time=4.0), {"time × lxml": 4.0 * floors.SLACK - 0.01}, False),
        (known(time=4.0), {"time × lxml": 4.0 * floors.SLACK + 0.01}, True),
        (known(time=4.0), {"time × lxml": 1.0}, False),
        (known(), {"title": 0.1}, False),
    ],
)
def test_drop(floor, now, dropped):
    assert bool(floor.drops(ALL, now)) is dropped


def test_drop_names_figure_value_and_floor():
    assert known(title=0.9).drops(ALL, {"title": 0.85}) == ["title: 0.8500 is below its floor 0.9000"]


def test_figure_that_is_no_longer_measured_is_a_drop():
    assert known(title=0.9).drops(ALL, {}) == ["title: not measured any more; its floor is 0.9000"]


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [
        (0.9, 0.95, 0.95),
        (0.9, 0.8, 0.9),
        (None, 0.8, 0.8),
    ],
)
def test_update_raises_and_never_lowers(before, now, after):
    start = known() if before is None else known(title=before)
    assert start.raised(ALL, {"title": now}, "c1").values["title"] == after


@pytest.mark.parametrize(("before", "now", "after"), [(4.0, 3.5, 3.5), (4.0, 5.0, 4.0)])
def test_update_of_a_figure_where_less_is_better(before, now, after):
    assert known(time=before).raised(ALL, {"time × lxml": now}, "c1").values["time × lxml"] == after


@pytest.mark.parametrize(("before", "now", "after"), [(0.2, 0.8, 0.5), (0.2, 0.4, 0.4), (0.5, 0.3, 0.5)])
def test_update_of_a_capped_figure_stops_at_the_goal(before, now, after):
    capped = goals.Figure("doubt", 0.5, capped=True)
    assert floors.Floors("c1", {"doubt": before}).raised([capped], {"doubt": now}, "c1").values == {"doubt": after}


def test_update_keeps_figures_that_were_not_measured():
    assert known(title=0.9).raised(ALL, {"crashes": 0}, "c1").values == {"title": 0.9, "crashes": 0}


def test_floors_read_back(tmp_path):
    given = known(title=0.9, time=3.25)
    given.write(tmp_path / "floors.json")
    assert floors.Floors.read(tmp_path / "floors.json") == given


def test_floors_of_another_corpus_do_not_fit():
    assert (known().fit("c1"), known().fit("c2"), floors.Floors(None, {}).fit("c2")) == (True, False, True)


def corpus(folder: Path) -> Path:
    (folder / "articles" / "html").mkdir(parents=True)
    (folder / "lists").mkdir()
    (folder / "articles" / "gold.jsonl").write_text("{}\n", "utf-8")
    (folder / "articles" / "html" / "a.html").write_bytes(b"<p>a</p>")
    (folder / "lists" / "gold.jsonl").write_text("{}\n", "utf-8")
    (folder / "README.md").write_text("about", "utf-8")
    return folder


@pytest.mark.parametrize(
    ("path", "changes"),
    [("articles/html/a.html", True), ("articles/gold.jsonl", True), ("lists/new.html", True), ("README.md", False)],
)
def test_hash_follows_pages_and_gold(tmp_path, path, changes):
    before = floors.corpus_hash(corpus(tmp_path))
    (tmp_path / path).write_text("other", "utf-8")
    assert (floors.corpus_hash(tmp_path) != before) is changes


def test_hash_follows_names(tmp_path):
    before = floors.corpus_hash(corpus(tmp_path))
    page = tmp_path / "articles" / "html" / "a.html"
    page.rename(page.with_name("b.html"))
    assert floors.corpus_hash(tmp_path) != before


@pytest.mark.parametrize(
    ("f1", "confidence", "share"),
    [
        # twenty pages: the tenth of lowest confidence is two pages
        ({0: 0.5, 1: 0.6}, {0: 0.1, 1: 0.2}, 1.0),
        ({0: 0.5, 1: 0.6}, {0: 0.1, 5: 0.2}, 0.5),
        ({0: 0.5, 1: 0.6}, {5: 0.1, 6: 0.2}, 0.0),
        ({0: 0.5, 1: 0.6, 2: 0.7, 3: 0.8}, {0: 0.1, 1: 0.1, 2: 0.1, 3: 0.1}, 0.5),
        ({}, {0: 0.1}, 1.0),
        ({0: 0.97}, {}, 1.0),
    ],
)
def test_doubt_finds_faults(f1, confidence, share):
    pages = [f"p{i:02}" for i in range(20)]
    assert figures.doubt_finds_faults(
        {page: f1.get(i, 1.0) for i, page in enumerate(pages)},
        {page: confidence.get(i, 0.9) for i, page in enumerate(pages)},
    ) == pytest.approx(share)


def rows(**f1):
    return [{"host": host, "f1": value} for host, values in f1.items() for value in values]


@pytest.mark.parametrize(
    ("generic", "learned", "clean", "worse"),
    [
        (rows(a=[1.0, 0.9], b=[1.0]), rows(a=[1.0, 1.0], b=[1.0]), 1.0, 0),
        (rows(a=[1.0, 0.9], b=[1.0]), rows(a=[1.0, 1.0], b=[0.9]), 2 / 3, 1),
        (rows(a=[1.0, 0.9]), rows(a=[0.9, 1.0]), 0.5, 0),
    ],
)
def test_learned_figures_compare_host_by_host(generic, learned, clean, worse):
    score = SimpleNamespace(CLEAN=0.99, run_learned=lambda *_: (generic, learned))
    found = figures.learned_figures(score, Path("bench"), extract=None, learn=None, repeat=0)
    assert found == {"learned clean": pytest.approx(clean), "learned hosts worse": worse}


def test_table_shows_now_floor_goal_and_peer():
    header, title, crashes, time = bench.table(ALL, {"title": 0.95, "crashes": 0.0}, {"title": 0.9}).splitlines()
    assert header.split() == ["figure", "now", "floor", "goal", "best", "peer"]
    assert title.split() == ["title", "0.950", "0.900", "≥", "0.98", "0.900", "below", "the", "goal"]
    assert crashes.split() == ["crashes", "0", "–", "≤", "0", "–"]
    assert time.split() == ["time", "×", "lxml", "–", "–", "≤", "4", "13.00"]


def test_without_a_bench_it_says_so_and_passes(tmp_path, capsys):
    assert bench.main(["--bench", str(tmp_path / "nowhere")]) == 0
    assert capsys.readouterr().out.startswith(f"skipped: no bench at {tmp_path / 'nowhere'}")


def test_floors_of_another_corpus_are_refused(tmp_path, capsys):
    path = tmp_path / "floors.json"
    known(title=0.9).write(path)
    assert bench.main(["--bench", str(corpus(tmp_path / "bench")), "--floors", str(path)]) == 1
    assert "floors of another corpus (c1, here " in capsys.readouterr().err


def test_main_compares_updates_and_fails_below_a_floor(tmp_path, capsys, monkeypatch):
    place = corpus(tmp_path / "bench")
    path = tmp_path / "floors.json"
    measured = {"title": 0.95}
    monkeypatch.setattr(bench, "_measure", lambda *_: (measured, ["p1: wrong"]))
    arguments = ["--bench", str(place), "--floors", str(path), "--update", "--worst", "1"]
    assert bench.main(arguments) == 0
    assert "  p1: wrong" in capsys.readouterr().out.splitlines()
    measured = {"title": 0.9}
    assert bench.main(arguments) == 1
    assert capsys.readouterr().err == "title: 0.9000 is below its floor 0.9500\n"
    assert json.loads(path.read_text("utf-8"))["floors"] == {"title": 0.95}


def test_shipped_floors_are_figures_of_the_table():
    shipped = floors.Floors.read(bench.FLOORS)
    assert set(shipped.values) <= {figure.name for figure in goals.FIGURES}


@pytest.mark.bench
@pytest.mark.skipif(not BENCH.is_dir(), reason="no ../shared/bench")
def test_shipped_floors_are_of_the_bench_beside_the_repository():
    assert floors.Floors.read(bench.FLOORS).fit(floors.corpus_hash(BENCH))


MEASURED = {
    "a": {"F1": 0.9, "pageF1": 0.8, "clean": 0.5, "title": 0.75, "empty": 2, "crashes": 1, "time": 12.34},
    "b": {"F1": 0.95, "pageF1": 0.9, "clean": 0.6, "empty": 0, "crashes": 0},
}


def test_peer_table_is_sorted_and_shows_what_is_missing():
    head, _, *rows = peers.table(MEASURED, {"a": "1.2"}).splitlines()
    assert [cell.strip() for cell in head.strip("|").split("|")][:4] == ["extractor", "body F1", "pageF1", "clean"]
    assert rows == [
        "| b | 0.950 | 0.900 | 0.60 | – | – | – | – | – | – | 0 | 0 | – |",
        "| a 1.2 | 0.900 | 0.800 | 0.50 | 0.75 | – | – | – | – | – | 2 | 1 | 12.3 |",
    ]


def test_peer_table_replaces_the_old_one_and_nothing_else():
    page = "before\n<!-- peers -->\nold\n\\1\n<!-- /peers -->\nafter\n"
    assert peers.between(page, r"new \g") == "before\n<!-- peers -->\nnew \\g\n<!-- /peers -->\nafter\n"


def test_page_without_markers_is_named():
    with pytest.raises(SystemExit, match=r"docs/benchmark\.md must contain"):
        peers.between("no markers", "new")


def test_documentation_has_the_markers_and_names_every_figure_and_peer():
    text = peers.PAGE.read_text("utf-8")
    assert peers.between(text, "x")
    words = [word for figure in goals.FIGURES for word in figure.name.split()]
    assert [
        word for word in {*words, *(name.split("-")[0] for name in peers.PEERS)} if word.lower() not in text.lower()
    ] == []


def test_peers_without_a_bench_say_so_and_pass(tmp_path, capsys):
    assert peers.main(["--bench", str(tmp_path / "nowhere")]) == 0
    assert capsys.readouterr().out.startswith("skipped: no bench at")
