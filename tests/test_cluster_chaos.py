"""Everything that can happen to machines in a minute: the corpus is that of one undisturbed harvest, row for row."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from tests.cluster_kit import QUICK, Postgres
from tests.crawling import ROOT
from tests.postgres_kit import needs_postgres


def chaos():
    """benchmarks/chaos.py, which is no package."""
    spec = importlib.util.spec_from_file_location("chaos", ROOT / "benchmarks" / "chaos.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["chaos"] = module
    spec.loader.exec_module(module)
    return module


@needs_postgres
@pytest.mark.skipif(not Postgres.there(), reason="PostgreSQL's initdb and pg_ctl are not on this machine")
def test_after_kills_stops_and_a_restart_the_corpus_is_that_of_an_undisturbed_harvest(tmp_path):
    """The long version: make bench-chaos."""
    module = chaos()
    plan = module.Plan(
        portals=5,
        size=14,
        delay=0.25,
        concurrency=3,
        kills=1,
        powers=1,
        stops=1,
        restarts=1,
        stop=6.0,
        down=1.0,
        rest=2.0,
        seed=5,
        limit=240.0,
        settings=QUICK,
    )
    report = module.torment(plan, tmp_path)
    sys.stdout.write("\n".join(report.lines()))
    assert report.wrong == []
    assert report.events == {"kill": 1, "power": 1, "stop": 1, "restart": 1, "join": 1}
    assert report.articles == 5 * 14
    assert report.takeovers
    # Three seconds of silence, a sweep, two looks; the machine may be busy with other tests.
    assert min(report.handed_back) < 15
