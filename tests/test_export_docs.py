"""docs/export.md says what the filters, rules and kinds are: here it is held to them."""

from __future__ import annotations

import re

from crawler.corpus import FILTERS, FORMATS
from crawler.corpus.advertorial import SUSPICIOUS, rules
from crawler.corpus.quality import CHINESE_SHARE, LINK_SHARE, LINKS, SHORT, STALE
from crawler.corpus.redaction import DEFAULT, MARKS
from crawler.corpus.selection import DEDUPE
from crawler.corpus.snapshot import SHARD_ROWS
from crawler.corpus.snapshot_splits import SHARES
from tests.crawling import ROOT

PAGE = (ROOT / "docs/export.md").read_text("utf-8")


def table(head):
    """First column → the rest of the line, of the table with that head."""
    lines = re.search(rf"^\| `?{head}`? \|.*?\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)[1].splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines]
    return {row[0].strip("`"): row[1:] for row in cells}


def test_formats_and_dedupe():
    assert list(table("format")) == ["jsonl", "jsonl.zst", "csv", "txt", "parquet"]
    assert set(table("format")) == set(FORMATS)
    assert [name.partition("`")[0] for name in table("`--dedupe")] == list(DEDUPE)


def test_filters_with_their_thresholds():
    said = table("filter")
    assert list(said) == list(FILTERS)
    assert f"below {SHORT} characters" in said["too_short"][0]
    assert f"at least {LINKS} lines" in said["mostly_links"][0]
    assert f"{LINK_SHARE * 100:.0f} % of the text" in said["mostly_links"][0]
    assert f"less than {CHINESE_SHARE * 100:.0f} % Chinese" in said["not_chinese"][0]
    assert f"score {SUSPICIOUS} or more" in said["advertorial"][0]
    assert f"more than {STALE.days} days" in said["stale_reprint"][0]


def test_rules_with_their_scores_and_examples():
    said = table("rule")
    assert {name: int(row[0].replace("\u2212", "-")) for name, row in said.items()} == {
        r.name: r.score for r in rules()
    }


def test_kinds_with_their_marks():
    assert {name: row[0] for name, row in table("kind").items()} == MARKS
    assert "`phone`, `id` and `plate`" in PAGE
    assert set(DEFAULT) == {"phone", "id", "plate"}


def test_figures_of_snapshots():
    assert f"{SHARD_ROWS:,} articles a file" in PAGE
    assert f"; {'/'.join(map(str, SHARES))})" in PAGE
