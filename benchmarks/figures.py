"""Measure: the bench's own scorers, run over crawler.extract.

The scorers are imported from the bench folder at run time, so that figures here are the figures that anyone else gets
with them.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import math
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

__all__ = ["article_figures", "doubt_finds_faults", "learned_figures", "list_figures", "project", "scorers"]

Row = dict[str, Any]

#: A page below this F1 has lost or gained a paragraph or more; of those, half must lie in the tenth of pages that the
#: extractor was least sure of.
FAULT = 0.97
TENTH = 0.1


def scorers(bench: Path) -> tuple[ModuleType, ModuleType]:
    """The bench's score.py and score_lists.py (the latter imports the former by name)."""
    if str(bench) not in sys.path:
        sys.path.insert(0, str(bench))
    score = importlib.import_module("score")
    # CPU time in place of the clock: on a busy machine the clock punishes whoever runs long enough to be interrupted,
    # which a bare parse of 1 ms is not (load 4.8 on two cores: readability-lxml 69 × by the clock, 24 × by CPU time).
    score.__dict__["time"] = SimpleNamespace(perf_counter=time.process_time)
    return score, importlib.import_module("score_lists")


def project(module: str) -> ModuleType:
    """A module of the project, which need not be installed to be measured."""
    root = str(Path(__file__).resolve().parent.parent)
    if root not in sys.path:
        sys.path.insert(0, root)
    return importlib.import_module(module)


def article_figures(score: ModuleType, pages: Path, extract: Any, repeat: int) -> tuple[dict[str, float], list[str]]:
    """Figures over the article pages, and one line for each crash and each faulty page, the worst first."""
    rows, times, errors, results = score.run(pages, extract, repeat)
    summary = score.summarise(rows, times)
    names = {"F1": "body F1", "pageF1": "body pageF1", "clean": "body clean", "empty": "empty bodies"}
    names |= {"reporters": "reporters F1", "editors": "editors F1", "x_lxml_median": "time × lxml"}
    names |= {field: field for field in ("title", "published", "source", "breadcrumb")}
    figures = {name: float(summary[key]) for key, name in names.items() if key in summary}
    figures["crashes"] = float(len(errors))
    confidence = {row["id"]: float(score.get(results[row["id"]], "confidence") or 0.0) for row in rows}
    figures["doubt finds faults"] = doubt_finds_faults({row["id"]: row["f1"] for row in rows}, confidence)
    lines = [f"crash on {page}: {error}" for page, error in errors]
    lines += [_fault_line(row, confidence[row["id"]]) for row in sorted(rows, key=lambda r: r["f1"]) if _faulty(row)]
    return figures, lines


def _faulty(row: Row) -> bool:
    return row["f1"] < FAULT or any(row.get(field) is False for field in ("title", "published", "source", "breadcrumb"))


def _fault_line(row: Row, confidence: float) -> str:
    wrong = [field for field in ("title", "published", "source", "breadcrumb") if row.get(field) is False]
    return (
        f"{row['id']} {row['host']}: F1 {row['f1']:.3f} (precision {row['p']:.3f}, recall {row['r']:.3f}), "
        f"confidence {confidence:.2f}, wrong: {', '.join(wrong) or 'no field'}"
    )


def doubt_finds_faults(f1: Mapping[str, float], confidence: Mapping[str, float]) -> float:
    """Share of the pages below FAULT that lie in the tenth of pages with the lowest confidence; 1.0 without faults.

    A tenth is rounded up; of equal confidences the page id decides, so that the figure does not depend on order.
    """
    faults = {page for page, value in f1.items() if value < FAULT}
    if not faults:
        return 1.0
    doubted = sorted(f1, key=lambda page: (confidence[page], page))[: math.ceil(len(f1) * TENTH)]
    return len(faults.intersection(doubted)) / len(faults)


def list_figures(score_lists: ModuleType, pages: Path) -> dict[str, float]:
    """Figures over the list and front pages; score_lists.py itself calls crawler.extract:read_list."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        report = Path(folder) / "rows.json"
        score_lists.main(["--reader", "crawler.extract:read_list", "--pages", str(pages), "--json", str(report)])
        rows: list[Row] = json.loads(report.read_text("utf-8"))
    figures = {f"list {key}": statistics.fmean(row[key] for row in rows) for key in ("precision", "recall", "next")}
    sections = [row["sections"] for row in rows if row["sections"] is not None]
    return figures | {"list sections": statistics.fmean(sections) if sections else 0.0}


def learned_figures(score: ModuleType, bench: Path, extract: Any, learn: Any, repeat: int) -> dict[str, float]:
    """Figures with a template learned from the host's other pages, on hosts that have some."""
    times: list[float] = []

    def timed(body: bytes, url: str, **options: Any) -> Any:
        if options.get("template") is not None and repeat:
            with_template = min(score.timed(lambda: extract(body, url, **options)) for _ in range(repeat))
            times.append(with_template / min(score.timed(score.lxml_parse, body) for _ in range(repeat)))
        return extract(body, url, **options)

    generic, learned = score.run_learned(bench / "articles", timed, learn, bench / "same_host")
    if not learned:
        return {}
    figures = {
        "learned clean": _clean(score, learned),
        "learned hosts worse": float(sum(_worse_hosts(score, generic, learned))),
    }
    return figures | ({"learned time × lxml": statistics.median(times)} if times else {})


def _clean(score: ModuleType, rows: Sequence[Row]) -> float:
    return statistics.fmean(row["f1"] >= score.CLEAN for row in rows)


def _worse_hosts(score: ModuleType, generic: Sequence[Row], learned: Sequence[Row]) -> list[bool]:
    hosts: dict[str, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for before, after in zip(generic, learned, strict=True):
        hosts[before["host"]][0].append(before)
        hosts[before["host"]][1].append(after)
    return [_clean(score, after) < _clean(score, before) for before, after in hosts.values()]
