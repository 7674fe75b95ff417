"""``scrapy bulk dedupe``: Parquet of articles into clusters, edges and duplicates, as the corpus's index gives them.

texts       one row group a task   values of the index
candidates  one value a group      texts worth measuring, by the index's rules; hot values capped at its HOT
alike       one text a group       measured, by its rules
groups      rounds over all        connected components of what is alike
stories     one group a task       told in their order by the index itself
write       Parquet
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crawler.bulk.candidates import alike, candidates, holders
from crawler.bulk.components import components
from crawler.bulk.folder import CHECKPOINTS, whole_folder
from crawler.bulk.rows import Row, flowing, frame_of, packed, unpacked
from crawler.bulk.session import Engine
from crawler.bulk.stories import COLUMNS as TOLD
from crawler.bulk.stories import told
from crawler.bulk.tables import write_tables
from crawler.bulk.texts import COLUMNS, read_texts, tasks_of
from crawler.bulk.watching import Tell, Work
from crawler.extract import EXTRACTOR

__all__ = ["LARGEST", "Deduped", "dedupe"]

#: Articles of one group that are told; of a larger one the first so many are, and the rest is counted.  They are told
#: one after the other, some hundred a second: a quarter of an hour.
LARGEST = 200_000


@dataclass(slots=True)
class Deduped:
    """What came of it.

    articles: read; addresses: rows that have the address of an earlier one; duplicates: articles that repeat a text;
    clusters, clustered: stories told more than once, and their articles; edges; hot_values, beyond: values of the
    index that more texts have than it keeps, and how often it does not keep one there; candidates: pairs that were
    measured; largest: articles of the largest group; left_out: articles beyond LARGEST in a group; seconds: by step.
    """

    articles: int = 0
    addresses: int = 0
    duplicates: int = 0
    clusters: int = 0
    clustered: int = 0
    edges: int = 0
    hot_values: int = 0
    beyond: int = 0
    candidates: int = 0
    largest: int = 0
    left_out: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def dedupe(engine: Engine, files: Sequence[Path], titles: Mapping[str, str | None], out: Path, tell: Tell) -> Deduped:
    """Fill the folder OUT.  files: of articles, in their order; titles: portal → its own name."""
    done = Deduped()
    manifest: dict[str, object] = {}
    tasks, done.articles = tasks_of(files)
    with whole_folder(out, manifest) as folder:
        engine.session.sparkContext.setCheckpointDir(f"file://{folder / CHECKPOINTS}")
        size = sum(file.stat().st_size for file in files)
        engine.session.conf.set("spark.sql.shuffle.partitions", str(engine.partitions(4 * size)))
        _Work(engine, tasks, titles, tell, done).run(folder)
        manifest |= {"made_by": EXTRACTOR, "articles_of": [str(file) for file in files]}
        manifest |= {name: getattr(done, name) for name in Deduped.__slots__}
    return done


class _Work(Work):
    def __init__(
        self, engine: Engine, tasks: Sequence[Row], titles: Mapping[str, str | None], tell: Tell, done: Deduped
    ) -> None:
        super().__init__(engine, tell, done.seconds)
        self._tasks, self._titles, self._done = tasks, titles, done

    def run(self, folder: Path) -> None:
        """All steps."""
        from pyspark.sql import functions as f

        with self._step("texts"):
            read = self._kept(self._read())
            ids = self._kept(self._ids(read))
            self._done.addresses = ids.where("earlier is not null").count()
            texts = read.select("number", "article").join(
                ids.where("earlier is null").select("number", "body"), "number"
            )
        with self._step("candidates"):
            asking = ids.where("earlier is null and number = first").select("number", "body")
            values = read.where("values is not null").select("number", f.explode("values").alias("value"))
            shown = self._kept(holders(values.join(asking, "number").select("value", "number", "body")))
            hot = shown.where("beyond is not null").agg(f.count("*"), f.sum("beyond")).first()
            self._done.hot_values, self._done.beyond = hot[0], hot[1] or 0
            pairs = self._kept(candidates(shown))
            self._done.candidates = pairs.count()
        with self._step("alike"):
            edges = self._kept(alike(pairs, texts).select(f.col("body").alias("u"), f.col("other").alias("v")))
        with self._step("groups"):
            members = self._kept(self._members(ids, components(edges)))
        with self._step("stories"):
            found = self._kept(self._told(members, pairs, texts))
        with self._step("write"):
            write_tables(read, ids, found, folder, self._done)

    def _read(self) -> Any:
        columns = {"file": "string", "group": "long", "first": "long"}
        tasks = frame_of(self._session, list(self._tasks), columns, 4 * self._engine.cores)
        return flowing(tasks, read_texts, COLUMNS)

    @staticmethod
    def _ids(read: Any) -> Any:
        """DataFrame (number, earlier, body, first): what has its address, its text, and its text and headline first."""
        from pyspark.sql import Window
        from pyspark.sql import functions as f

        own = f.concat(f.lit("number "), f.col("number"))
        small = read.select("number", "key", "hash", "same")
        before = f.min("number").over(Window.partitionBy("key"))
        earlier = small.withColumn("earlier", f.when(before < f.col("number"), before))
        for name, column in (("body", "hash"), ("first", "same")):
            # Rows that count alone meet nobody.
            group = f.when(f.col("earlier").isNull(), f.col(column))
            lead = f.min("number").over(Window.partitionBy(f.coalesce(group, own)))
            earlier = earlier.withColumn(name, lead)
        return earlier.select("number", "earlier", "body", "first")

    def _members(self, ids: Any, found: Any) -> Any:
        """DataFrame (number, body, group) of the articles that are not alone."""
        from pyspark.sql import Window
        from pyspark.sql import functions as f

        groups = ids.where("earlier is null").join(found.withColumnRenamed("node", "body"), "body", "left")
        groups = groups.select("number", "body", f.coalesce("component", "body").alias("group"))
        whole = Window.partitionBy("group")
        sized = groups.withColumn("size", f.count("*").over(whole)).where("size > 1")
        placed = self._kept(sized.withColumn("place", f.row_number().over(whole.orderBy("number"))))
        figures = placed.agg(f.max("size"), f.sum(f.when(f.col("place") > LARGEST, 1))).first()
        self._done.largest, self._done.left_out = figures[0] or 0, figures[1] or 0
        return placed.where(f.col("place") <= LARGEST).select("number", "body", "group")

    def _told(self, members: Any, pairs: Any, texts: Any) -> Any:
        from pyspark.sql import functions as f

        listed = f.sort_array(f.collect_list(f.struct("place", "other")))["other"]
        asked = pairs.groupBy("number").agg(listed.alias("candidates"))
        articles = members.join(asked, "number", "left").join(texts.select("number", "article"), "number")
        articles = articles.select("group", "number", "body", "candidates", "article")
        mine = members.select("body", f.col("group").alias("theirs")).distinct().withColumnRenamed("body", "other")
        outside = pairs.join(members.select("number", "group"), "number").join(mine, "other", "left")
        outside = outside.where("theirs is null or theirs <> group").select("group", "other").distinct()
        outside = outside.join(texts.select(f.col("number").alias("other"), "article"), "other")
        none = f.lit(None)
        outside = outside.select(
            "group", f.col("other").alias("number"), none.cast("long").alias("body"),
            none.cast("array<long>").alias("candidates"), "article",
        )  # fmt: skip
        together = articles.union(outside).repartition("group").sortWithinPartitions("group", "number")
        shared = self._session.sparkContext.broadcast(packed(dict(self._titles)))
        return flowing(together, lambda rows: told(unpacked(shared.value), rows), TOLD)
