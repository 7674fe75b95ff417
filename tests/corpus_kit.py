"""Articles, links and a clock for the tests of the corpus and of the pipelines."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from crawler.corpus import Corpus, StoredArticle
from crawler.corpus.schema import MIGRATIONS
from crawler.items import CST, Article, Block, Link

PORTAL = "suzhou"
MORNING = dt.datetime(2022, 11, 14, 1, 0, tzinfo=dt.UTC)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **amount: float) -> dt.datetime:
        self.now += dt.timedelta(**amount)
        return self.now


def address(number: int) -> str:
    return f"http://www.example.cn/news/{number}.html"


def link(number: int, **changes: Any) -> Link:
    return Link(**{"url": address(number), "title": f"第{number}条新闻"} | changes)


def text_of(number: int) -> str:
    return (
        f"平江路第{number}号院的修缮在本周完工，街道办事处邀请二十位老住户回来看看，多数人认得自家的门槛和天井里那口老井。"
        * 3
    )


def article(number: int, **changes: Any) -> Article:
    """A plain article; its hash follows the body, as the extractor's does."""
    url = changes.get("url", address(number))
    fields: dict[str, Any] = {
        "url": url,
        "canonical_url": url,
        "portal": PORTAL,
        "title": f"第{number}条新闻",
        "published": dt.datetime(2022, 11, 13, 22, number % 60, tzinfo=CST),
        "body": text_of(number),
    } | changes
    body = fields["body"]
    fields.setdefault("blocks", [Block("paragraph", line) for line in body.splitlines()])
    fields.setdefault("content_hash", hashlib.sha256(body.encode("utf-8", "replace")).hexdigest())
    return Article(**fields)


def stored(one: Article, **changes: Any) -> StoredArticle:
    """As the corpus hands it out."""
    return StoredArticle(**{"id": 1, "key": one.url, "article": one, "duplicate_of": None, "stored_at": MORNING,
                            "run_id": None} | changes)  # fmt: skip


def rows(corpus: Corpus, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What a reader with another program would see."""
    with corpus._connection.reading() as db:
        done = db.execute(sql, values)
        # PostgreSQL's cursors have nothing to fetch where a statement gives no rows.
        return done.fetchall() if done.description else []


def cramp(corpus: Corpus, spare: int = 0) -> None:
    """No more pages than the file has now: what a full disk is to SQLite."""
    pages = rows(corpus, "PRAGMA page_count")[0][0]
    rows(corpus, f"PRAGMA max_page_count = {pages + spare}")


def downgrade(path: Path, version: int) -> None:
    """Take out of a corpus what later releases put in, as if the release of that schema had written it."""
    later = "".join(MIGRATIONS[version:])
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for index in re.findall(r"CREATE (?:UNIQUE )?INDEX (\w+)", later):
            db.execute(f"DROP INDEX {index}")
        for table, column in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", later):
            db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        for kind, name in reversed(re.findall(r"CREATE (?:VIRTUAL )?(TABLE|VIEW) (\w+)", later)):
            db.execute(f"DROP {kind} {name}")
        db.execute(f"PRAGMA user_version = {version}")
