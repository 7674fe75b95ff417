"""Figures over the bench's real pages beside their floors, the goals, and the best other extractor: `make bench`.

    python benchmarks/bench.py                    # compare with benchmarks/floors.json; exit status 1 below a floor
    python benchmarks/bench.py --update           # raise floors to what was reached; never lowers one
    python benchmarks/bench.py --worst 15         # name the pages that are wrong

The bench stands beside the repository (../shared/bench) and is not part of it; where it is missing, that is said and
the exit status is 0.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from figures import article_figures, learned_figures, list_figures, project, scorers
from floors import Floors, corpus_hash
from goals import FIGURES, Figure
from onboarding import onboarding_figures

__all__ = ["main", "table"]

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ROOT / "benchmarks" / "floors.json"


def main(argv: Sequence[str] | None = None) -> int:
    """Run; 0: at or above all floors, or skipped; 1: below one, or floors of another corpus."""
    options = _options(argv)
    if not (options.bench / "articles" / "gold.jsonl").is_file():
        print(
            f"skipped: no bench at {options.bench} (its pages are third-party material and not part of the repository)"
        )
        return 0
    corpus, floors = corpus_hash(options.bench), Floors.read(options.floors)
    if not floors.fit(corpus):
        print(
            f"{options.floors}: floors of another corpus ({str(floors.corpus)[:12]}, here {corpus[:12]}) "
            "cannot be compared; measure that corpus, or delete the file and run with --update",
            file=sys.stderr,
        )
        return 1
    now, faults = _measure(options.bench, options.repeat)
    print(table(FIGURES, now, floors.values))
    for line in faults[: options.worst]:
        print(f"  {line}")
    if options.json:
        options.json.write_text(json.dumps(now, ensure_ascii=False, indent=2) + "\n", "utf-8")
    drops = floors.drops([figure for figure in FIGURES if options.repeat or not figure.noisy], now)
    for line in drops:
        print(line, file=sys.stderr)
    if options.update:
        floors.raised(FIGURES, now, corpus).write(options.floors)
        print(f"floors raised where better: {options.floors}")
    return 1 if drops else 0


def table(figures: Sequence[Figure], now: Mapping[str, float], floors: Mapping[str, float]) -> str:
    """The figures as text: now | floor | goal | best peer, with a mark where the goal is not reached."""
    lines = [f"{'figure':<22}{'now':>8}{'floor':>8}{'goal':>9}{'best peer':>11}"]
    for figure in figures:
        value = now.get(figure.name)
        missed = "  below the goal" if value is not None and not figure.reached(value) else ""
        goal = f"{'≤' if figure.lower else '≥'} {figure.goal:g}"
        lines.append(
            f"{figure.name:<22}{_number(figure, value):>8}{_number(figure, floors.get(figure.name)):>8}"
            f"{goal:>9}{_number(figure, figure.peer):>11}{missed}"
        )
    return "\n".join(lines)


def _number(figure: Figure, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if figure.noisy else f"{value:.0f}" if figure.lower else f"{value:.3f}"


def _measure(bench: Path, repeat: int) -> tuple[dict[str, float], list[str]]:
    score, score_lists = scorers(bench)
    extraction = project("crawler.extract")
    now, faults = article_figures(score, bench / "articles", extraction.extract, repeat)
    now |= list_figures(score_lists, bench / "lists")
    now |= onboarding_figures(bench)
    now |= learned_figures(score, bench, extraction.extract, extraction.learn, repeat)
    return now, faults


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, default=ROOT.parent / "shared" / "bench", help="folder of the bench")
    parser.add_argument("--floors", type=Path, default=FLOORS, help="file of floors")
    parser.add_argument("--update", action="store_true", help="raise floors to what was reached")
    parser.add_argument("--repeat", type=int, default=3, help="timing repeats a page; 0: no times")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="name the N worst pages")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
