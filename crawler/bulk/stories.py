"""Groups of articles that are alike, each told in its order by the corpus's own index."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

from crawler.bulk.rows import Row, unpacked
from crawler.corpus.retelling import Numbered, Retelling, Told

__all__ = ["COLUMNS", "told"]

#: what: article (with its cluster, the first with its text, or the one that it is) or edge (article, of).
COLUMNS = {
    "what": "string", "number": "long", "url": "string", "cluster_id": "long", "cluster": "string",
    "first_id": "long", "first": "string", "same": "string", "of_id": "long", "of": "string", "kind": "string",
    "resemblance": "double", "containment": "double", "told_by": "string",
}  # fmt: skip
#: Articles that are told beside each other; one group may be larger.
_MOST = 1000


def told(titles: Mapping[str, str | None], rows: Iterator[Row]) -> Iterator[Row]:
    """Rows of COLUMNS for articles and other candidates, sorted by group and number.

    Of an article: group, number, body, candidates, article; of a candidate of another group: group, number, article.
    """
    numbered: list[Numbered] = []
    others: dict[int, str] = {}
    for _, mates in groupby(rows, key=lambda row: row["group"]):
        for row in mates:
            article = unpacked(row["article"])
            if row["body"] is None:
                others[row["number"]] = article.body
            else:
                numbered.append(Numbered(row["number"], article, row["body"], row["candidates"] or ()))
        if len(numbered) >= _MOST:
            yield from _tell(numbered, others, titles)
            numbered, others = [], {}
    if numbered:
        yield from _tell(numbered, others, titles)


def _tell(numbered: list[Numbered], others: Mapping[int, str], titles: Mapping[str, str | None]) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="chengwen-bulk-") as folder, Retelling(Path(folder, "corpus.db")) as some:
        found = some.tell(numbered, others, titles)
    yield from _rows(numbered, found)


def _rows(numbered: list[Numbered], found: Told) -> Iterator[Row]:
    # None leads to None.
    urls: dict[int | None, str] = {one.number: one.article.url for one in numbered}
    for number, url in ((one.number, one.article.url) for one in numbered):
        lead, first, same = (links.get(number) for links in (found.clusters, found.duplicates, found.same))
        links = {"cluster_id": lead, "cluster": urls.get(lead), "first_id": first, "first": urls.get(first)}
        yield {"what": "article", "number": number, "url": url, "same": urls.get(same)} | links
    for edge in found.edges:
        how = {"kind": edge.kind, "resemblance": edge.resemblance, "containment": edge.containment}
        ends = {"number": edge.number, "url": urls[edge.number], "of_id": edge.of, "of": urls[edge.of]}
        yield {"what": "edge", "told_by": edge.told_by} | ends | how
