"""The sections that onboard finds on demo portals and on real front pages, against what is promised."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.onboarding import onboarding_figures

BENCH = Path(__file__).resolve().parents[2] / "shared" / "bench"


@pytest.mark.bench
@pytest.mark.skipif(not BENCH.is_dir(), reason="the bench is not there")
def test_sections_of_real_front_pages_and_demo_portals():
    figures = onboarding_figures(BENCH)
    assert {name for name, value in figures.items() if value < (0.9 if name.endswith("recall") else 0.8)} == set()
    assert len(figures) == 4
