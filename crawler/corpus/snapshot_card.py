"""README.md of a snapshot: a data set card as the Hugging Face hub reads it, made from the corpus alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from crawler.corpus.export_fields import FIELDS
from crawler.corpus.quality import FILTERS
from crawler.corpus.redaction import MARKS
from crawler.corpus.snapshot_figures import PERCENTILES, Figures, percentiles
from crawler.corpus.snapshot_splits import SPLITS, Connected

__all__ = ["Card", "card"]

#: Sources that are listed; there are thousands of them, most with a few articles.
_SOURCES = 40
#: Upper bounds of the hub's size categories (https://huggingface.co/docs/hub/datasets-cards).
_SIZES = {10**3: "n<1K", 10**4: "1K<n<10K", 10**5: "10K<n<100K", 10**6: "100K<n<1M", 10**7: "1M<n<10M"}
_LARGEST = "10M<n<100M"


class _Shard(Protocol):
    split: str
    path: str
    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class Card:
    """What a card is made from.  manifest: without its files.  lengths: characters of a text → texts."""

    manifest: dict[str, Any]
    connected: Connected
    shards: Sequence[_Shard]
    lengths: Counter[int]
    figures: Figures


def card(known: Card) -> str:
    """The card, Markdown with a YAML header."""
    parts = (
        _header(known), _opening(known), _splits(known), _fields(), _counts(known), _dedupe(known), _filters(known),
        _RIGHTS, _origin(known),
    )  # fmt: skip
    return "\n".join(parts)


def _header(known: Card) -> str:
    number = known.manifest["articles"]
    size = next((name for bound, name in _SIZES.items() if number < bound), _LARGEST)
    used = [name for name in SPLITS if known.connected.sizes[name]]
    files = "".join(f"  - split: {name}\n    path: data/{name}-*.parquet\n" for name in used)
    sizes = {name: [s for s in known.shards if s.split == name] for name in used}
    splits = "".join(
        f"  - name: {name}\n    num_bytes: {sum(s.size for s in shards)}\n"
        f"    num_examples: {sum(s.rows for s in shards)}\n"
        for name, shards in sizes.items()
    )
    return (
        "---\npretty_name: Chinese city news\nlanguage:\n- zh\nlicense: other\n"
        "license_name: rights-of-the-publishers\nlicense_link: README.md\n"
        f"size_categories:\n- {size}\ntask_categories:\n- text-generation\n- text-classification\n- summarization\n"
        "tags:\n- news\n- chinese\n- chengwen\n"
        f"configs:\n- config_name: default\n  data_files:\n{files}"
        f"dataset_info:\n  config_name: default\n  splits:\n{splits}"
        f"  dataset_size: {sum(s.size for s in known.shards)}\n---\n"
    )


def _opening(known: Card) -> str:
    months = [month for month, _ in known.figures.months if month]
    span = f", printed from {months[0]} to {months[-1]}" if months else ""
    return (
        f"# Chinese city news\n\n{_of(known.manifest['articles'], 'article')} of "
        f"{_of(len(known.figures.portals), 'portal')}{span}, in Chinese. "
        "Crawled, extracted and linked by Chengwen 城闻.\n\n"
        '```python\nfrom datasets import load_dataset\n\ndata = load_dataset("FOLDER")  # this folder\n```\n\n'
        '```python\nimport pandas\n\ndata = pandas.read_parquet("FOLDER/data")\n```\n\n'
        "```sql\nSELECT portal, count(*) FROM 'FOLDER/data/*.parquet' GROUP BY portal;  -- DuckDB\n```\n"
    )


def _splits(known: Card) -> str:
    lines = [
        (name, f"{known.connected.sizes[name]:,}", f"{sum(s.split == name for s in known.shards)}") for name in SPLITS
    ]
    return (
        "## Splits\n\n" + _table(("split", "articles", "files"), lines) + "\n"
        f"No story stands in two splits: articles that hang together by a shared text, a reprint or a cluster, also "
        f"through articles that are not here, went into one split as a whole. They make {known.connected.components:,} "
        f"such groups, the largest with {_of(known.connected.largest, 'article')}. The hash of the group's first "
        "address decides, so the shares hold on average. A split without articles has no file.\n"
    )


def _fields() -> str:
    return (
        "## Fields\n\nEmpty or null: the page does not say. `blocks`, `images`, `attachments`, `evidence` and `cuts` "
        "are JSON.\n\n" + _table(("field", "meaning"), ((f"`{name}`", meaning) for name, meaning in FIELDS.items()))
    )


def _counts(known: Card) -> str:
    shown, rest = known.figures.sources[:_SOURCES], known.figures.sources[_SOURCES:]
    others = [(f"{len(rest):,} others", sum(n for _, n in rest))] if rest else []
    lengths = zip((f"{each} %" for each in PERCENTILES), percentiles(known.lengths), strict=True)
    return "\n".join(
        (
            "## Counts\n",
            _counted("portal", known.figures.portals, "outside a crawl"),
            _counted("month", known.figures.months, "no date printed"),
            _counted("printed source", [*shown, *others], "none printed"),
            _table(("percentile", "characters of the text"), ((name, f"{n:,}") for name, n in lengths)),
        )
    )


def _dedupe(known: Card) -> str:
    counters, figures = known.manifest["counters"], known.figures
    lines = [
        ("articles whose text another one here has too, beyond the first", figures.identical),
        *((f"pairs of articles here: {kind}", n) for kind, n in figures.reprints),
        ("reprint clusters with at least one article here", figures.clusters),
        ("reprint clusters with at least two", figures.shared),
        (f"left out as repetitions (`--dedupe {known.manifest['query']['dedupe']}`)", counters["repeated"]),
    ]
    return "## Repetitions\n\n" + _table(("", "number"), ((name, f"{n:,}") for name, n in lines))


def _filters(known: Card) -> str:
    query, counters = known.manifest["query"], known.manifest["counters"]
    used = query["redact"]
    filters = [
        (f"`{name}`", each.rule, f"{counters['filtered'][name]:,}" if name in query["filters"] else "not used")
        for name, each in FILTERS.items()
    ]
    marks = [
        (f"`{name}`", mark, f"{counters['redacted'][name]:,}" if name in used else "not used")
        for name, mark in MARKS.items()
    ]
    return (
        "## Quality filters\n\n" + _table(("filter", "leaves out", "articles"), filters) + "\n"
        f"Of {_of(counters['selected'], 'article')} they left out {counters['left_out']:,}, "
        "some by several filters.\n\n"
        "## Personal data\n\n"
        + _table(("kind", "replaced by", "times"), marks)
        + "\n"
        + (
            f"In {_of(counters['redacted_articles'], 'article')}. What has another shape was not found; "
            if used
            else ""
        )
        + "Names are as printed.\n"
    )


_RIGHTS = """\
## Rights and removals

News texts and photographs are mostly protected by copyright, and the rights are with their publishers: each article
names its address and its printed source. This folder grants no licence to them. Keep sources and addresses with what
you use, do not republish full texts, and see what your law allows for research and quotation. Reporters' names are
bylines, not profiles. This is not legal advice.

Whoever passes this data set on answers requests for removal: take the article out of the corpus (`scrapy purge URL`),
which keeps it from being fetched again, make a new snapshot, and withdraw this one.
"""


def _origin(known: Card) -> str:
    query = known.manifest["query"]
    asked = [(name, query[name]) for name in ("words", "portal", "source", "section", "since", "until")]
    given = [(name, f"`{value}`") for name, value in asked if value is not None]
    state = known.manifest["corpus"]
    return (
        "## Origin\n\n"
        + (_table(("selected by", ""), given) + "\n" if given else "All articles of a corpus.\n\n")
        + f"The corpus held {_of(state['rows']['articles'], 'article')} (state `{state['sha256'][:16]}`). "
        "`manifest.json` has versions, hashes and all figures; `scrapy snapshot verify FOLDER` checks them. "
        "The same state of the corpus gives the same bytes.\n"
    )


def _counted(what: str, counts: Iterable[tuple[str | None, int]], nothing: str) -> str:
    return _table((what, "articles"), ((name or f"*{nothing}*", f"{n:,}") for name, n in counts))


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "".join(f"| {' | '.join(_cell(cell) for cell in row)} |\n" for row in rows)


def _cell(text: str) -> str:
    """Printed sources may hold anything."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _of(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
