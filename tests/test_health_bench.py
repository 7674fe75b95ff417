"""benchmarks/health.py: the simulation is the same every time, and the figures of two of its portals hold."""

from __future__ import annotations

import pytest

from benchmarks.health import judge
from benchmarks.health_portals import KINDS, Simulation


def test_the_same_seed_is_the_same_year():
    years = [list(zip(range(400), Simulation(5, "blocked").runs(), strict=False)) for _ in range(2)]
    assert years[0] == years[1]


@pytest.mark.parametrize(("seed", "kind"), [(100_000, "lists empty"), (100_020, "section moved: empty")])
def test_a_break_is_found_in_time(seed, kind):
    assert kind in KINDS
    result = judge((seed, kind))
    assert result.visible
    assert result.lag <= 2


def test_a_healthy_portal_is_left_alone():
    result = judge((100_019, None))
    assert result.years > 0.9
    assert len(result.false) <= 1
