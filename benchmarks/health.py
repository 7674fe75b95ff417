"""Breaks found and false alarms over simulated portals, a year of hourly runs each; for docs/benchmark.md.

    python benchmarks/health.py                     # 200 portals, twice: with training seeds and with fresh ones
    python benchmarks/health.py --portals 22 --seeds 7

A break is found when an alarm comes with the run that could first show it (health_observer.Break.visible), or with one
of the two runs after it that bring evidence: for a quiet portal most runs bring none.  Breaks that nobody could tell
before they were over are counted apart.  An alarm is false when nothing was broken in the three days before it, and
the portal had answered.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.health_portals import KINDS, Simulation  # noqa: E402 - the path has to be set first
from crawler.corpus.health.state import PortalState  # noqa: E402
from crawler.corpus.health.watch import step  # noqa: E402

__all__ = ["Result", "judge", "main", "within"]

#: Hours after the end of a break, or of an outage of several runs, in which an alarm is still about it.
AFTERMATH = 72
#: Runs with evidence after the first that could show a break in which the alarm has to come.
IN_TIME = 2
#: Goals of the figures: share of breaks found, false alarms a portal and year.
FOUND, FALSE = 0.95, 1.0
#: Seeds: thresholds were set while looking at the first; the second is for the judgement alone.
TRAINING, FRESH = 1, 2


@dataclass
class Result:
    """One portal's year.

    kind: of its break, None: none.  visible: the break could be told.  lag: runs with evidence between the first that
    could tell and the alarm, None: no alarm.  hours: from the break's beginning to the alarm.  false: figures of false
    alarms; outages: alarms about real outages of several runs.
    """

    kind: str | None
    a_day: float
    visible: bool = False
    lag: int | None = None
    hours: int | None = None
    years: float = 0.0
    false: list[str] = field(default_factory=list)
    outages: int = 0


def judge(task: tuple[int, str | None]) -> Result:
    """A portal through its year, run by run."""
    sim, state = Simulation(*task), PortalState()
    broken, found, runs = sim.break_, None, 0
    result = Result(sim.kind, sim.a_day)
    for number, run in sim.runs():
        runs += 1
        for change in step(state, run):
            if change.how != "raised":
                continue
            if broken and broken.begins <= number < broken.ends + AFTERMATH:
                found = number if found is None and number < broken.ends else found
            elif any(first <= number < end + AFTERMATH for first, end in sim.outages if end - first > 1):
                result.outages += 1
            else:
                result.false.append(change.finding.figure)
    sim.observer.settle()
    result.years = runs / (365.25 * 24)
    if broken:
        result.visible = broken.visible is not None
        result.hours = found - broken.begins if found is not None else None
        if found is not None and broken.visible is not None:
            result.lag = sum(broken.visible < number <= found for number in broken.evidence)
    return result


def within(results: Sequence[Result], runs: int) -> int:
    """Breaks of which the alarm came in time."""
    return sum(r.lag is not None and r.lag <= runs for r in results)


def _tasks(portals: int, seed: int) -> Iterator[tuple[int, str | None]]:
    """A fifth of the portals stay healthy; the others share the kinds of breaks."""
    for number in range(portals):
        kind = None if number % 5 == 4 else KINDS[(number - number // 5) % len(KINDS)]
        yield seed * 100_000 + number, kind


def _table(results: Sequence[Result]) -> list[str]:
    lines = [
        "| break | portals | could be told | found in time | in the next run | median hours to the alarm |",
        "|---|---|---|---|---|---|",
    ]
    for kind in (*KINDS, None):
        some = [r for r in results if (r.kind == kind if kind else r.kind is not None)]
        told = [r for r in some if r.visible]
        if told:
            hours = statistics.median(r.hours for r in told if r.hours is not None)
            lines.append(
                f"| {kind or '**all**'} | {len(some)} | {len(told)} | {within(told, IN_TIME)} | {within(told, 1)}"
                f" | {hours:.0f} |"
            )
    return lines


def _summary(results: Sequence[Result], name: str) -> tuple[str, float, float]:
    told = [r for r in results if r.visible]
    years = sum(r.years for r in results)
    false = Counter(figure for r in results for figure in r.false)
    share = within(told, IN_TIME) / len(told) if told else 1.0
    rate = false.total() / years
    most = ", ".join(f"{figure} {count}" for figure, count in false.most_common(4)) or "none"
    worst = max((len(r.false) for r in results), default=0)
    line = (
        f"{name}: {len(results)} portals, {years:.0f} portal years; {share:.1%} of {len(told)} breaks found in time; "
        f"{rate:.2f} false alarms a portal and year (at most {worst}; {most}); "
        f"{sum(r.outages for r in results)} alarms about real outages."
    )
    return line.replace("%", " %"), share, rate


def main() -> int:
    """Simulate, judge, print, and write the table; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portals", type=int, default=200)
    parser.add_argument("--seeds", type=int, nargs="+", default=[TRAINING, FRESH])
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    args = parser.parse_args()
    lines: list[str] = []
    missed = False
    for seed in args.seeds:
        with multiprocessing.Pool(args.jobs) as pool:
            results = pool.map(judge, _tasks(args.portals, seed), chunksize=1)
        names = {TRAINING: "Seeds that thresholds were set on", FRESH: "Fresh seeds"}
        line, share, rate = _summary(results, names.get(seed, f"Seeds from {seed}"))
        missed |= share < FOUND or rate > FALSE
        lines += [line, "", *_table(results), ""]
        print("\n".join(lines[-len(_table(results)) - 3 :]), flush=True)
    if args.portals == 200 and args.seeds == [TRAINING, FRESH]:
        _write("\n".join(lines).strip())
    return int(missed)


def _write(text: str) -> None:
    page = ROOT / "docs" / "benchmark.md"
    start, end = "<!-- health -->", "<!-- /health -->"
    old = page.read_text(encoding="utf-8")
    if old.count(start) != 1 or old.count(end) != 1:
        raise SystemExit(f"docs/benchmark.md must contain {start} and {end} once")
    pattern = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
    page.write_text(pattern.sub(lambda _: f"{start}\n{text}\n{end}", old), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
