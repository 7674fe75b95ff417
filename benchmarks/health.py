"""Breaks found and false alarms on simulated portals (make bench-health)."""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.health_portals import BEGIN, KINDS, Simulation
from crawler.corpus.health.watch import PortalState, step

#: Hours after the end of a break, or of an outage, in which an alarm is still about it.
AFTERMATH = 72


@dataclass
class Result:
    """One portal's year.  false: alarms without a cause; found: run of the alarm that named the break."""

    sim: Simulation
    false: list[tuple[int, str]] = field(default_factory=list)
    outages: int = 0
    found: int | None = None
    by: str = ""
    runs: int = 0


def judge(seed: int, kind: str | None) -> Result:
    """A portal through its year, run by run."""
    sim, state = Simulation(seed, kind), PortalState()
    result = Result(sim)
    broken = sim.break_
    for number, run in sim.runs():
        result.runs += 1
        for change in step(state, run):
            if change.how != "raised":
                continue
            if broken and broken.begins <= number < broken.ends + AFTERMATH:
                if result.found is None and number < broken.ends:
                    result.found, result.by = number, change.finding.figure
            elif any(a <= number < b + AFTERMATH and b - a > 1 for a, b in sim.outages):
                result.outages += 1
            else:
                f = change.finding
                span = number - (f.since - BEGIN).total_seconds() / 3600
                result.false.append(
                    (number, f"{f.section_id or ''}{f.figure} {f.seen:.0f}/{f.of:.0f} u{f.usual:.3f} {span:.0f}h")
                )
    sim.settle()
    return result


def within(result: Result) -> int | None:
    """Runs with evidence between the first that could show the break and the alarm; 0: in that very run or before."""
    broken = result.sim.break_
    assert broken
    if broken.visible is None or result.found is None:
        return None
    return sum(broken.visible < number <= result.found for number in broken.evidence)


def kind_of(number: int, count: int) -> str | None:
    """A fifth of the portals stay healthy; the others share the kinds of breaks."""
    return None if number % 5 == 4 else KINDS[(number - number // 5) % len(KINDS)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--portals", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="0/1")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    rows = defaultdict(list)
    false: Counter[str] = Counter()
    years, total_false, incidents = 0.0, 0, 0
    part, parts = map(int, args.part.split("/"))
    for number in range(part, args.portals, parts):
        kind = kind_of(number, args.portals)
        result = judge(args.seed * 100_000 + number, kind)
        rows[kind].append(result)
        years += result.runs / 8766
        total_false += len(result.false)
        days = {n // 48 for n, _ in result.false}
        incidents += len(days)
        false.update(name.split()[0].lstrip("0123456789") for _, name in result.false)
        if args.verbose:
            broken = result.sim.break_
            what = (
                f"{broken.kind} s={broken.section} lost={broken.lost} begins {broken.begins} ends {broken.ends} visible {broken.visible} found {result.found} by {result.by} within {within(result)}"
                if broken
                else "healthy"
            )
            print(
                number, f"{result.sim.a_day:.1f}/day", len(result.sim.sections), what, "FALSE", result.false, flush=True
            )
    everything = []
    for kind in KINDS:
        if not rows[kind]:
            continue
        seen = [r for r in rows[kind] if r.sim.break_ and r.sim.break_.visible is not None]
        lags = [within(r) for r in seen]
        everything += lags
        delays = [r.found - r.sim.break_.begins for r in seen if r.found is not None and r.sim.break_]
        print(
            f"{kind:22} {len(seen):3} of {len(rows[kind]):3} visible; found {sum(l is not None for l in lags)}, "
            f"within 1: {sum(l is not None and l <= 1 for l in lags)}, 2: {sum(l is not None and l <= 2 for l in lags)}"
            f", median delay {statistics.median(delays) if delays else 0:.0f} h"
        )
    n = len(everything)
    for k in (1, 2):
        good = sum(lag is not None and lag <= k for lag in everything)
        print(f"within {k}: {good} of {n} = {good / n:.3f}")
    print(
        f"{years:.1f} portal years; false alarms {total_false} ({total_false / years:.2f} a year), incidents {incidents} ({incidents / years:.2f}); {dict(false)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
