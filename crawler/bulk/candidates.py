"""Which texts are worth measuring against which, by the index's own rules, on the cluster.

The index keeps the first HOT texts under a value.  Here all that have a value come by in their order, so that each is
shown the same texts as when it was stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from crawler.bulk.rows import Row, flowing, unpacked
from crawler.corpus.likeness import compare
from crawler.corpus.near import CONSIDERED, EVIDENCE, HOT, MANY
from crawler.corpus.shingles import Shingled

__all__ = ["alike", "candidates", "holders", "measured_alike", "under_values"]

_HOLDERS = {"number": "long", "value": "long", "other": "long", "holders": "long", "beyond": "long"}
_ALIKE = {"number": "long", "body": "long", "other": "long"}


def holders(values: Any) -> Any:
    """DataFrame (number, value, other, holders): text, value, an earlier text under it, how many there are.

    values: DataFrame (value, number, body).  Rows with `beyond` say of a hot value how many texts came after HOT.
    """
    in_order = values.repartition("value").sortWithinPartitions("value", "number")
    return flowing(in_order, under_values, _HOLDERS)


def under_values(rows: Iterator[Row]) -> Iterator[Row]:
    """What holders() gives, for rows (value, number, body) sorted by value and number."""
    for value, mates in groupby(rows, key=lambda row: row["value"]):
        kept: list[int] = []
        beyond = 0
        for row in mates:
            others = [body for body in kept if body != row["body"]]
            for other in others:
                yield {"number": row["number"], "value": value, "other": other, "holders": len(others)}
            if len(others) == len(kept):
                if len(kept) < HOT:
                    kept.append(row["body"])
                else:
                    beyond += 1
        if beyond:
            yield {"value": value, "beyond": beyond}


def candidates(found: Any) -> Any:
    """DataFrame (number, other, place): texts worth measuring, in the order in which the index measures them."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    # Added up in the order of the values, as the index adds: 1/3 + 1/7 + 1/9 depends on it in the last digit.
    shares = f.sort_array(f.collect_list(f.struct("value", "holders")))
    counted = (
        found.where("other is not null")
        .groupBy("number", "other")
        .agg(f.count("*").alias("common"), shares.alias("shares"))
    )
    evidence = f.aggregate("shares", f.lit(0.0), lambda total, share: total + f.lit(1.0) / share["holders"])
    worth = counted.where((f.col("common") >= MANY) | (evidence >= f.lit(EVIDENCE)))
    order = Window.partitionBy("number").orderBy(f.desc("common"), "other")
    placed = worth.withColumn("place", f.row_number().over(order)).where(f.col("place") <= CONSIDERED)
    return placed.select("number", "other", "place")


def alike(pairs: Any, texts: Any) -> Any:
    """DataFrame (number, body, other): candidates that tell one story.

    pairs: of candidates(); texts: DataFrame (number, body, article) of all articles.
    """
    from pyspark.sql import functions as f

    asking = pairs.select("number").distinct().join(texts, "number")
    asking = asking.select("number", "body", f.lit(None).cast("long").alias("other"), "article")
    asked = pairs.select("number", "other").join(texts.select(f.col("number").alias("other"), "article"), "other")
    asked = asked.select("number", f.lit(None).cast("long").alias("body"), "other", "article")
    together = asking.union(asked).repartition("number").sortWithinPartitions("number", f.asc_nulls_first("other"))
    return flowing(together, measured_alike, _ALIKE)


def measured_alike(rows: Iterator[Row]) -> Iterator[Row]:
    """What alike() gives, for each text (number, body, article), followed by its candidates (other, article)."""
    asking: Row = {}
    text = Shingled("")
    for row in rows:
        mine = Shingled(unpacked(row["article"]).body)
        if row["other"] is None:
            # Sorted before its candidates.
            asking, text = row, mine
        elif compare(mine, text).alike:
            yield {"number": asking["number"], "body": asking["body"], "other": row["other"]}
