"""Near-duplicates: what is found and what is mistaken, speed, size on disk, and look-ups in a large corpus.

    python benchmarks/dedupe.py                       # all of it, a million articles included: half an hour
    python benchmarks/dedupe.py --large 100000        # three minutes
    python benchmarks/dedupe.py --seed 5 --show 3     # other texts; the first mistaken pairs

Originals, seven kinds of copies of each, round-ups, and notices of seven forms are stored in random order in a real
corpus.  A copy counts as found when an edge or a cluster joins it with its original or with another copy of it; every
edge between texts of different stories is a mistake.  datasketch stands beside it, in a virtual environment of its
own.  Ends with status 1 where a goal is missed.  Constants were set on seeds 1 to 3, the default is another one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dedupe_large import LOOKUP_GOAL, RATE_GOAL, SIZE_GOAL, Large, grow
from dedupe_texts import Text, merged, notices, originals, variants
from peers import VENV
from rich.console import Console
from rich.table import Table

from crawler.corpus import Corpus
from crawler.items import Article, Block

#: Recall by kind, and precision over all edges (issue 6); the other figures have no goal.
GOALS = {
    "wrapped": 0.98, "edited 5 %": 0.97, "edited 10 %": 0.93, "abridged to 60 %": 0.9, "abridged to 40 %": 0.9,
    "retitled": None, "traditional": None, "merged": None, "precision": 0.99, "pure clusters": None,
}  # fmt: skip
#: Days of notices, one of each form a day; round-ups of three to six stories.
DAYS, ROUND_UPS = 120, 60
SEED, BATCH, LARGE = 11, 20, 1_000_000
PEER = Path(__file__).with_name("dedupe_peer.py")

Figures = dict[str, float]
Edges = Sequence[tuple[int, int]]


def texts(seed: int) -> list[Text]:
    """The whole collection in random order."""
    rng = random.Random(seed)
    stories = originals(seed)
    found = [*stories, *(copy for story in stories for copy in variants(rng, story))]
    found += [merged(rng.sample(stories, rng.randint(3, 6))) for _ in range(ROUND_UPS)]
    found += notices(rng, DAYS)
    rng.shuffle(found)
    return found


def stored(collection: Sequence[Text]) -> tuple[Edges, Mapping[int, int]]:
    """What the corpus joins: pairs of places in the collection, and the cluster of each place."""
    with tempfile.TemporaryDirectory() as folder, Corpus.open(Path(folder, "corpus.db")) as corpus:
        for start in range(0, len(collection), BATCH):
            corpus.store([_article(n, text) for n, text in enumerate(collection[start : start + BATCH], start)])
        with corpus._connection.reading() as db:
            place = {row[0]: int(row[1]) for row in db.execute("SELECT id, section FROM articles")}
            edges = [(place[a], place[b]) for a, b in db.execute("SELECT article_id, of_id FROM reprints")]
            clusters = {place[a]: cluster for a, cluster in db.execute("SELECT article_id, cluster_id FROM clusters")}
    return edges, clusters


def _article(number: int, text: Text) -> Article:
    """As a crawl would bring it; its section says where it stands in the collection."""
    url = f"http://www.example.cn/{number}.html"
    made = Article(url, url, "bench", title=text.title or "无题", body=text.body, section=str(number))
    made.content_hash = hashlib.sha256(text.body.encode()).hexdigest()
    made.blocks = [Block("paragraph", text.body)]
    return made


def accuracy(collection: Sequence[Text], edges: Edges, clusters: Mapping[int, int]) -> tuple[Figures, list[int]]:
    """Recall by kind of copy, precision, share of clusters with one story; and the edges that are mistakes."""
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place, cluster in clusters.items():
        groups[cluster].append(place)
    met: defaultdict[int, set[str]] = defaultdict(set)
    mistakes = []
    for number, (a, b) in enumerate(edges):
        both = collection[a].stories & collection[b].stories
        met[a] |= both
        met[b] |= both
        if not both:
            mistakes.append(number)
    for places in groups.values():
        for place in places:
            others = frozenset().union(*(collection[other].stories for other in places if other != place))
            met[place] |= collection[place].stories & others
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for place, text in enumerate(collection):
        if text.kind in GOALS:
            shares[text.kind].append(len(met[place]) / len(text.stories))
    figures = {kind: sum(found) / len(found) for kind, found in shares.items()}
    figures["precision"] = 1 - len(mistakes) / max(1, len(edges))
    if groups:
        figures["pure clusters"] = sum(_pure(collection, places) for places in groups.values()) / len(groups)
    return figures, mistakes


def _pure(collection: Sequence[Text], places: Iterable[int]) -> bool:
    """True for a cluster of one story; round-ups beside it do not count."""
    stories = {collection[place].stories for place in places if collection[place].kind != "merged"}
    return len(stories) <= 1


def peer(collection: Sequence[Text]) -> Figures | None:
    """datasketch's MinHashLSH over shingles of four, 128 permutations, at a Jaccard of 0.5; None: not to be had."""
    if not (VENV / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip = [str(VENV / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "datasketch"]
    if subprocess.run(pip, check=False).returncode:
        return None
    bodies = json.dumps([text.body for text in collection])
    done = subprocess.run(
        [str(VENV / "bin" / "python"), str(PEER)], input=bodies, stdout=subprocess.PIPE, text=True, check=True
    )
    answer = json.loads(done.stdout)
    figures, _ = accuracy(collection, [tuple(edge) for edge in answer["edges"]], {})
    return figures | {"texts a second": answer["rate"]}


def main() -> int:
    """Print the figures; 1 where one misses its goal."""
    options, console = _options(), Console(highlight=False)
    collection = texts(options.seed)
    began = time.process_time()
    edges, clusters = stored(collection)
    spent = time.process_time() - began
    figures, mistakes = accuracy(collection, edges, clusters)
    figures["texts a second"] = len(collection) / spent
    other = None if options.no_peer else peer(collection)
    console.print(_table(figures, other, len(collection)))
    for number in mistakes[: options.show]:
        for place in edges[number]:
            console.print(f"{collection[place].kind}: {collection[place].body[:300]}", markup=False, style="dim")
    missed = [name for name, goal in GOALS.items() if goal and figures[name] < goal]
    if options.large:
        missed += _large(console, options.large)
    for name in missed:
        print(f"{name}: goal missed", file=sys.stderr)
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__), formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the texts [{SEED}]")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the first N mistaken pairs")
    parser.add_argument("--large", type=int, default=LARGE, metavar="N", help=f"articles of the large corpus [{LARGE}]")
    parser.add_argument("--no-peer", action="store_true", help="leave datasketch out")
    return parser.parse_args()


def _table(ours: Figures, other: Figures | None, count: int) -> Table:
    table = Table(title=f"{count:,} texts, one core", title_justify="left")
    for column in ("", "goal", "chengwen", "datasketch 0.5"):
        table.add_column(column, justify="left" if not column else "right")
    for name, goal in GOALS.items():
        cells = [f"{figures[name]:.3f}" if figures and name in figures else "–" for figures in (ours, other)]
        table.add_row(name, f"{goal:.2f}" if goal else "", *cells)
    rates = [f"{figures['texts a second']:,.0f}" if figures else "–" for figures in (ours, other)]
    table.add_row("texts a second (ours: stored, indexed for search and compared)", "", *rates)
    return table


def _large(console: Console, count: int) -> list[str]:
    """Grow an index, tell what it costs, and name the goals that are missed."""
    marks: list[Large] = []
    table = Table(title="a growing index, texts of about 600 characters, a fifth of them copies", title_justify="left")
    for column in (
        "articles",
        "entered a second",
        "look-up, new, µs",
        "look-up, copy, µs",
        "bytes an article",
        "resident MB",
    ):
        table.add_column(column, justify="right")
    for mark in grow(count, console):
        marks.append(mark)
        cells = (mark.rate, mark.new * 1e6, mark.copy * 1e6, mark.bytes, mark.resident / 1e6)
        table.add_row(f"{mark.articles:,}", *(f"{cell:,.0f}" for cell in cells))
    console.print(table)
    first, last = marks[0], marks[-1]
    slower = max(last.new / first.new, last.copy / first.copy)
    console.print(f"look-ups at {last.articles:,} against {first.articles:,}: {slower:.2f} × (goal {LOOKUP_GOAL})")
    goals = {
        "articles a second": last.rate >= RATE_GOAL,
        "bytes an article": last.bytes <= SIZE_GOAL,
        "look-ups in a large corpus": slower <= LOOKUP_GOAL,
    }
    return [name for name, met in goals.items() if not met]


if __name__ == "__main__":
    sys.exit(main())
