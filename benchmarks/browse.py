"""Pages of scrapy browse over a large corpus: processor time of a whole page, HTML included.

    python benchmarks/browse.py [ARTICLES]

Articles are those of benchmarks/search.py, spread over twenty portals, eight sections, four hundred sources and thirty
months.  Ends with status 1 where a typical search page takes longer than GOAL.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_plus

from rich.console import Console
from rich.table import Table
from search import articles

from crawler.corpus import Corpus
from crawler.items import CST, Article, Cut, Evidence
from crawler.web import pages
from crawler.web.asking import Asked

#: Milliseconds for a typical search page with facets over 200,000 articles.
GOAL = 500
ARTICLES, ROUNDS, DAYS = 200_000, 5, 900
PORTALS = [f"portal{n}" for n in range(20)]
SECTIONS = ("要闻", "民生", "财经", "体育", "娱乐", "教育", "健康", "本地")
SOURCES = [f"来源{n}日报" for n in range(400)]
FIELDS = ("title", "published", "source", "body", "editors", "reporters")
TYPICAL = (
    Asked(),
    Asked(page=50),
    Asked(portal="portal3"),
    Asked("街道 社区"),
    Asked("街道 社区", newest=True),
    Asked("物业 经理"),
    Asked("市民", since="2022-03", until="2022-03"),
)
#: 记者 stands in nine articles of ten.
OTHERS = (Asked("记者"), Asked("记者", portal="portal3"), Asked("记者", section="要闻"))


def dress(rng: random.Random, article: Article) -> Article:
    """Give it what a crawl gives: a portal, a section, a source, evidence, something that was cut."""
    article.portal, article.section = rng.choice(PORTALS), rng.choice(SECTIONS)
    article.source = SOURCES[min(int(rng.expovariate(0.02)), len(SOURCES) - 1)]
    article.published = dt.datetime(2021, 1, 1, tzinfo=CST) + dt.timedelta(minutes=rng.randrange(60 * 24 * DAYS))
    line = "2022-11-13 22:24 来源：城市日报 编辑：王某某"
    article.evidence = {name: Evidence("beside the headline", 0.95, line) for name in FIELDS}
    article.cuts = [Cut("分享到微信朋友圈 打开微信扫一扫" * 3, "share bar")] * 3
    return article


def fill(corpus: Corpus, count: int) -> None:
    """Every fifth article stands in a second section."""
    rng = random.Random(6)
    for batch in articles(count):
        corpus.store([dress(rng, article) for article in batch])
    for portal in PORTALS:
        for label in SECTIONS:
            corpus.section(portal, label, f"http://{portal}.example.cn/{label}/")
    corpus.index()
    with corpus._connection.writing() as db:
        for condition in ("sections.label = articles.section", "sections.label = '要闻' AND articles.id % 5 = 0"):
            db.execute(
                "INSERT OR IGNORE INTO article_sections SELECT articles.id, sections.id, found_at, 0"
                f" FROM articles JOIN sections ON sections.portal = articles.portal WHERE {condition}"
            )


def timed(page: Callable[[], object]) -> float:
    """Milliseconds of processor time, the median of ROUNDS."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        page()
        took.append((time.process_time() - began) * 1000)
    return statistics.median(took)


def main() -> int:
    """Print the figures; 1 where a typical search page misses the goal."""
    count, console = int(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES, Console()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "corpus.db")
        with Corpus.open(path) as corpus:
            fill(corpus, count)
        table = Table(title=f"pages over {count:,} articles", title_justify="left")
        for column in ("page", "articles", "ms"):
            table.add_column(column, justify="left" if column == "page" else "right")
        slowest = 0.0
        with Corpus.open(path, readonly=True) as corpus:
            for asked in (*TYPICAL, *OTHERS):
                took = timed(lambda asked=asked: pages.search(corpus, asked))  # type: ignore[misc]
                slowest = max(slowest, took) if asked in TYPICAL else slowest
                table.add_row(
                    unquote_plus(asked.link(page=asked.page)), f"{corpus.count(asked.selection()):,}", f"{took:.0f}"
                )
            table.add_row("/", "", f"{timed(lambda: pages.front(corpus)):.0f}")
            table.add_row("/portal/portal3", "", f"{timed(lambda: pages.portal(corpus, 'portal3')):.0f}")
            table.add_row("/article/777", "", f"{timed(lambda: pages.article(corpus, 777)):.0f}")
        opening = timed(lambda: Corpus.open(path, readonly=True).close())
        console.print(table)
        console.print(f"opening the corpus, once a page: {opening:.1f} ms", highlight=False)
    return int(slowest > GOAL)


if __name__ == "__main__":
    sys.exit(main())
