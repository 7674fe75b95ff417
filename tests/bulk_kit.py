"""`scrapy bulk` in the environment that has Spark, and what the corpus's own index says of the same articles."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crawler.corpus import Corpus, Selection, Wish, export_articles
from crawler.items import CST, Article, Block
from tests.crawling import ROOT, Done, environment

sys.path.append(str(ROOT / "benchmarks"))
from dedupe_texts import Text, merged, notices, originals, variants  # type: ignore[import-not-found]

#: Folder of the programs of a virtual environment with pyspark; pandas in it would slow every other command.
SPARK = os.environ.get("SPARK_BIN", "")
MASTER = "local[2]"
PORTALS = {"lanjiang": "兰江网", "qinghe": "清河晚报", "jiangcheng": "江城日报", "bare": None}


def spark_python() -> Path:
    """The interpreter of that environment; the test is skipped where there is none."""
    python = Path(SPARK, "python")
    if not SPARK or not python.exists():
        pytest.skip("pyspark: set SPARK_BIN to the programs of an environment with chengwen[spark], as .ci/run does")
    return python


def bulk_command(*arguments: str | Path, master: str = MASTER) -> list[str]:
    return [str(spark_python()), "-m", "scrapy", "bulk", *map(str, arguments), "--master", master]


def bulk(*arguments: str | Path, master: str = MASTER, **more: str) -> Done:
    """`scrapy bulk …` to its end; more: variables of its environment."""
    command = bulk_command(*arguments, master=master)
    env = environment() | more
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=900, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Rows of a Parquet file, or of all of a folder in the order of their names."""
    import pyarrow.parquet as pq

    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def exported(corpus: Path, out: Path) -> Path:
    """As `scrapy export` writes it."""
    with Corpus.open(corpus, readonly=True) as opened, opened.choose(Selection()) as choice:
        export_articles(choice, Wish(Selection()), out, "parquet", lambda *_: None)
    return out


def texts(seed: int, stories: int, days: int) -> list[Text]:
    """Stories with all kinds of copies, round-ups, filled forms, and a phrase of many texts, in random order."""
    rng = random.Random(seed)
    chosen = rng.sample(originals(seed), stories)
    found = [*chosen, *(copy for story in chosen for copy in variants(rng, story))]
    found += [merged(rng.sample(chosen, rng.randint(3, 6))) for _ in range(stories // 4)]
    found += notices(rng, days)
    found += rng.sample(found, stories)
    phrase = "本报讯记者从市政府新闻办公室今天上午召开的例行新闻发布会上获悉有关部门将于近期公布详细实施方案。"
    for number in range(60):
        own = "".join(rng.choice("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往") for _ in range(90))
        found.append(Text(f"发布会{number}", phrase + own, frozenset({f"phrase {number}"}), "phrase"))
    for number in range(6):
        # One short text under several headlines is several articles; under one headline, one.
        found.append(
            Text(
                f"视频{number % 3}",
                "点击观看视频：平江路的老井修好了，街坊们都来看看热闹，说说当年的事情。",
                frozenset({"v"}),
                "v",
            )
        )
    rng.shuffle(found)
    return found


def articles(found: Sequence[Text], seed: int) -> list[Article]:
    """As crawls of several portals would bring them, with and without what tells which was first."""
    rng = random.Random(seed)
    names = list(PORTALS)
    made = []
    for number, text in enumerate(found):
        portal = rng.choice(names)
        url = f"http://www.{portal}.test/{number}.html"
        article = Article(url, url, portal, title=text.title or "无题", body=text.body)
        article.source = rng.choice((None, None, PORTALS[portal], "兰江网", "本报", "新华社"))
        if rng.random() < 0.7:
            day = dt.datetime(2022, 11, rng.randint(1, 28), tzinfo=CST)
            article.published = day + dt.timedelta(minutes=rng.choice((0, 0, rng.randint(1, 1439))))
        article.content_hash = hashlib.sha256(text.body.encode()).hexdigest()
        article.blocks = [Block("paragraph", text.body)]
        made.append(article)
    return made


def indexed(made: Sequence[Article], path: Path) -> Path:
    """A corpus of them, each compared when it was stored."""
    with Corpus.open(path) as corpus:
        for name, title in PORTALS.items():
            corpus.portal(name, title=title)
        for start in range(0, len(made), 20):
            corpus.store(made[start : start + 20])
    return path


def index_of(corpus: Path) -> Mapping[str, Any]:
    """Edges, clusters and duplicates by addresses."""
    url = "(SELECT a.url FROM articles AS a WHERE a.id = {})"
    with closing(sqlite3.connect(corpus)) as db:
        edges = db.execute(
            f"SELECT {url.format('article_id')}, {url.format('of_id')}, kind, resemblance, containment, told_by"
            " FROM reprints ORDER BY article_id, of_id"
        ).fetchall()
        clusters = dict(db.execute(f"SELECT {url.format('article_id')}, {url.format('cluster_id')} FROM clusters"))
        sql = f"SELECT url, {url.format('articles.duplicate_of')} FROM articles WHERE duplicate_of IS NOT NULL"
        return {"edges": edges, "clusters": clusters, "duplicates": dict(db.execute(sql))}


def deduped(out: Path) -> Mapping[str, Any]:
    """The same of what `scrapy bulk dedupe` wrote."""
    rows = rows_of(out / "articles")
    names = ("article", "of", "kind", "resemblance", "containment", "told_by")
    edges = sorted(rows_of(out / "edges"), key=lambda row: (row["number"], row["of_id"]))
    return {
        "edges": [tuple(row[name] for name in names) for row in edges],
        "clusters": {row["url"]: row["cluster"] for row in rows if row["cluster"] is not None},
        "duplicates": {row["url"]: row["duplicate_of"] for row in rows if row["duplicate_of"] is not None},
    }
