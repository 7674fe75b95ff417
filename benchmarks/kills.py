"""kill -9 at random moments of a crawl, then one more run: is the corpus that of a crawl that nobody disturbed?

    python benchmarks/kills.py --kills 200            # some twenty minutes
    python benchmarks/kills.py --kills 8 --seed 3 --size 60

Every article's page must be in the archive too, whole, and the archive must verify.

A round is one corpus: it is crawled and killed several times, then crawled to its end and compared.  A moment is a
number of answers that the demo server has given since the last kill, so that it does not depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crawler.corpus import Corpus  # noqa: E402 - the path has to be set first
from crawler.corpus.warc.verifying import verify  # noqa: E402
from crawler.demo import DemoPortal, serve  # noqa: E402
from crawler.demo.client import DemoServer  # noqa: E402
from tests.crawling import command, crawl_url, environment, settings  # noqa: E402

__all__ = ["Result", "contents", "main", "torment"]

FAMILY = "founder"
#: Kills of one corpus before it is let through: later ones would meet a finished crawl.
PER_ROUND = 8
#: As a portal is crawled by default, one request at a time, with an eighth of the pause: Scrapy itself lets a tenth of
#: a second pass between an answer and its callback, and without any pause a dozen answers would wait there.
PACE = ("CONCURRENT_REQUESTS_PER_DOMAIN=1", "DOWNLOAD_DELAY=0.12", "REVISIT_LIMIT=0")
#: Articles that a kill may cost a second fetch: the one under way, and what came within the last STORE_SECONDS.
IN_FLIGHT = 3

#: What a corpus says, without times and numbers of rows.  Left out of articles is what tells how a page was read:
#: which template a page meets depends on the pages that a run met before it.  Of identical texts the one that was
#: stored first leads, and of a link in several lists the ledger keeps the date that the first of them printed; which
#: one is first says nothing.
CONTENTS = {
    "articles": "SELECT key, url, canonical_url, link_url, portal, section, kind, breadcrumb, title, subtitle,"
    " published, published_text, source, reporters, correspondents, photographers, editors, body, blocks,"
    " content_hash, part_urls, full_url, keywords, page_number, page_name FROM articles"
    " JOIN bodies ON bodies.id = body_id",
    "duplicates": "SELECT content_hash, count(*), count(duplicate_of) FROM articles JOIN bodies ON bodies.id = body_id"
    " GROUP BY content_hash",
    "addresses": "SELECT addresses.key, articles.key, addresses.kind FROM addresses"
    " JOIN articles ON articles.id = article_id",
    "images": "SELECT articles.key, position, images.url, caption FROM images"
    " JOIN articles ON articles.id = article_id",
    "attachments": "SELECT articles.key, position, attachments.url, name FROM attachments"
    " JOIN articles ON articles.id = article_id",
    "article_sections": "SELECT articles.key, sections.key, position FROM article_sections"
    " JOIN articles ON articles.id = article_id JOIN sections ON sections.id = section_id",
    "frontier": "SELECT portal, key, url, title, state, attempts, last_error FROM frontier",
    "sightings": "SELECT frontier.key, sections.key, position, side FROM sightings"
    " JOIN frontier ON frontier.id = frontier_id JOIN sections ON sections.id = section_id",
    "sections": "SELECT portal, key, label, url, completed_at IS NULL, gap FROM sections",
    "rejects": "SELECT portal, key, url, reason, excerpt FROM rejects",
    "validators": "SELECT articles.key, etag, last_modified, missing_runs FROM checks"
    " JOIN articles ON articles.id = article_id",
}


@dataclass(slots=True)
class Result:
    """kills: that met a running crawl; twice: articles fetched again beyond what was in flight, by path; wrong: tables
    that differ from those of the undisturbed crawl, with examples."""

    kills: int = 0
    refetched: int = 0
    most_refetched: int = 0
    wrong: list[str] = field(default_factory=list)


def contents(corpus: Path) -> dict[str, Counter[tuple[object, ...]]]:
    """All rows of a corpus, by table."""
    with closing(sqlite3.connect(corpus)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {table: Counter(db.execute(sql).fetchall()) for table, sql in CONTENTS.items()}


def unarchived(path: Path, folder: Path) -> list[str]:
    """What is wrong with the archive of a corpus: records harmed or missing, articles and captures without them."""
    faults: list[str] = []
    with Corpus.open(path, readonly=True) as corpus:
        for _ in verify(corpus, folder, faults.append, lambda _: None):
            pass
        faults += [f"{one} articles have no record" for one, _ in [corpus.articles_without_capture()] if one]
    return faults


def torment(kills: int, size: int, seed: int, folder: Path) -> Result:
    """Kill crawls of one portal that many times, over as many corpora as it takes, and compare each with the truth."""
    rng, result = random.Random(seed), Result()
    portal = DemoPortal(FAMILY, seed=seed, size=size)
    with serve([portal], delay=0.01) as server:
        whole = folder / "whole.db"
        _finish(server, whole)
        pages = len(server.log())
        wanted = contents(whole)
        while result.kills < kills:
            corpus = folder / f"round{result.kills}.db"
            before = result.kills
            spent, start = 0, len(server.log())
            while result.kills < min(kills, before + PER_ROUND) and spent < pages - 10:
                spent += _kill(server, corpus, rng.randint(1, 2 * pages // PER_ROUND))
                result.kills += 1
            _finish(server, corpus)
            _judge(result, result.kills - before, portal, server.log()[start:], wanted, contents(corpus))
            result.wrong += unarchived(corpus, corpus.parent / "warc")
            print(f"{result.kills} kills, {result.refetched} fetched twice, {len(result.wrong)} wrong", file=sys.stderr)
    return result


def _finish(server: DemoServer, corpus: Path) -> None:
    options = [part for setting in PACE for part in ("-s", setting)]
    done = crawl_url(server.url, corpus, *options)
    assert done.status == 0, done


def _kill(server: DemoServer, corpus: Path, answers: int) -> int:
    """Crawl until the server has given so many answers, then kill; how many it gave in truth."""
    start = _answers(server)
    arguments = command("crawl", "portal", "-a", f"url={server.url}", "-a", "name=demo", *settings(corpus, *PACE))
    running = subprocess.Popen(
        arguments, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while _answers(server) - start < answers and running.poll() is None:
        time.sleep(0.002)
    running.send_signal(signal.SIGKILL)
    running.wait()
    return _answers(server) - start


def _answers(server: DemoServer) -> int:
    with server.log_path.open("rb") as log:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: log.read(1 << 20), b""))


def _judge(
    result: Result,
    kills: int,
    portal: DemoPortal,
    log: Sequence[dict[str, object]],
    wanted: dict[str, Counter[tuple[object, ...]]],
    got: dict[str, Counter[tuple[object, ...]]],
) -> None:
    stories = {story.path for story in portal.truth()}
    asked = Counter(str(line["path"]).partition("?")[0] for line in log)
    again = sum(count - 1 for path, count in asked.items() if path in stories)
    result.refetched += again
    result.most_refetched = max(result.most_refetched, again)
    if again > IN_FLIGHT * kills:
        result.wrong.append(f"{again} articles fetched twice after {kills} kills")
    for table, rows in wanted.items():
        for sign, difference in (("missing", rows - got[table]), ("too many", got[table] - rows)):
            if difference:
                result.wrong.append(f"{table}: {sum(difference.values())} rows {sign}: {next(iter(difference))!r:.300}")


def main() -> int:
    """Torment, and say what came of it; 1 if a corpus differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, metavar="N", help="how often (default: 200)")
    parser.add_argument("--size", type=int, default=80, metavar="N", help="articles of the portal (default: 80)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="other moments, another portal")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = torment(options.kills, options.size, options.seed, Path(folder))
    print(
        json.dumps(
            {"kills": result.kills, "fetched twice": result.refetched, "wrong": result.wrong}, ensure_ascii=False
        )
    )
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
