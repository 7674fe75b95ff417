"""Connected components of a graph, on the cluster: large stars and small stars in turn.

R. Kiveris et al., "Connected Components in MapReduce and Beyond", SoCC 2014.  Every round is two groupings; rounds grow
with the logarithm of the number of nodes.  Nothing is gathered on the driver but two figures a round.
"""

from __future__ import annotations

from typing import Any

from crawler.errors import SparkError

__all__ = ["ROUNDS", "components"]

#: Rounds after which something is wrong: twenty join a billion nodes.
ROUNDS = 60


def components(edges: Any) -> Any:
    """DataFrame (node, component) of all nodes that have an edge; component: the smallest node of it.

    edges: DataFrame (u, v) of any type that can be ordered; each edge in either direction, once or more.
    """
    from pyspark.sql import functions as f

    now = _kept(edges.where("u <> v").select(f.greatest("u", "v").alias("u"), f.least("u", "v").alias("v")).distinct())
    figures, before = _figures(now), (0, 0)
    rounds = 0
    while figures != before:
        if rounds == ROUNDS:
            raise SparkError(
                f"connected components: not done after {ROUNDS} rounds; this is a mistake of the program's"
            )
        now = _kept(_small_star(_large_star(now)))
        figures, before = _figures(now), figures
        rounds += 1
    pointing = now.select(f.col("u").alias("node"), f.col("v").alias("component"))
    roots = now.select(f.col("v").alias("node"), f.col("v").alias("component")).distinct()
    return pointing.union(roots)


def _large_star(edges: Any) -> Any:
    """Larger neighbours of each node point to the smallest of its neighbourhood."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    both = edges.union(edges.select("v", "u"))
    least = f.least(f.min("v").over(Window.partitionBy("u")), f.col("u"))
    return both.select("u", "v", least.alias("m")).where("v > u").select(f.col("v").alias("u"), f.col("m").alias("v"))


def _small_star(edges: Any) -> Any:
    """Each node, and its smaller neighbours, point to the smallest of these."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    found = edges.select("u", "v", f.min("v").over(Window.partitionBy("u")).alias("m"))
    others = found.where("v <> m").select(f.col("v").alias("u"), f.col("m").alias("v"))
    return others.union(found.where("v = m").select("u", "v")).distinct()


def _kept(frame: Any) -> Any:
    """Computed once, and cut off from how it was made: plans would grow with every round."""
    return frame.checkpoint(eager=True)


def _figures(edges: Any) -> tuple[int, int]:
    """Number of the edges, and a sum that another set of them hardly has."""
    from pyspark.sql import functions as f

    total = f.sum(f.xxhash64("u", "v").cast("decimal(38,0)"))
    row = edges.agg(f.count("*").alias("n"), total.alias("sum")).first()
    return int(row["n"]), int(row["sum"] or 0)
