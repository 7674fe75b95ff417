"""The tables of `scrapy bulk dedupe`, as Parquet in the order of the articles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.bulk.deduping import Deduped

__all__ = ["write_tables"]

#: Rows of a file.
_ROWS = 2_000_000


def write_tables(read: Any, ids: Any, found: Any, folder: Path, done: Deduped) -> None:
    """Write articles, edges and duplicates below the folder, and count them."""
    from pyspark.sql import functions as f

    told = found.where("what = 'article'").select("number", "cluster_id", "cluster", "first_id", "first", "same")
    counted = read.select("number", "url", "portal").join(ids.select("number", "earlier"), "number")
    rows = counted.join(told, "number", "left")
    articles = rows.where("earlier is null and same is null").select(
        "number", "url", "portal", "cluster_id", "cluster", f.col("first").alias("duplicate_of")
    )
    edges = found.where("what = 'edge'").select(
        "number", f.col("url").alias("article"), "of_id", "of", "kind", "resemblance", "containment", "told_by"
    )
    same = rows.where("same is not null").select("number", "url", "same", f.lit("address").alias("by"))
    texts = rows.where("same is null and first is not null").select("number", "url", "first", f.lit("text").alias("by"))
    first = read.select(f.col("number").alias("earlier"), f.col("url").alias("first"))
    again = rows.where("earlier is not null").drop("first").join(first, "earlier")
    duplicates = texts.union(same).union(again.select("number", "url", "first", f.lit("address").alias("by")))
    duplicates = duplicates.toDF("number", "article", "of", "by")
    for name, frame in (("articles", articles), ("edges", edges), ("duplicates", duplicates)):
        _write(frame, folder / name, done.articles)
    one = f.col("what") == "article"
    figures = found.agg(
        f.countDistinct(f.when(one, f.col("cluster_id"))), f.count(f.when(one, f.col("cluster_id"))),
        f.count("first_id"), f.count("same"), f.count(f.when(~one, 1)),
    ).first()  # fmt: skip
    done.clusters, done.clustered, done.duplicates, same_address, done.edges = figures
    done.addresses += same_address


def _write(frame: Any, folder: Path, articles: int) -> None:
    parts = max(1, articles // _ROWS)
    frame.repartitionByRange(parts, "number").sortWithinPartitions("number").write.option(
        "compression", "zstd"
    ).parquet(f"file://{folder}")
    for stray in folder.iterdir():
        # Checksums of Hadoop's, and its mark that a folder is whole, which ours is when it has its name.
        if stray.suffix != ".parquet" or stray.name.startswith("."):
            stray.unlink()
    for number, file in enumerate(sorted(folder.iterdir())):
        file.rename(folder / f"part-{number:05}.parquet")
