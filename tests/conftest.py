"""Where a corpus lies in tests that do not care: in a file, and in PostgreSQL where POSTGRES_URL names a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import postgres_kit


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=postgres_kit.needs_postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place for a corpus, as the setting CORPUS names it: each test runs once with either engine."""
    return str(tmp_path / "corpus.db") if request.param == "sqlite" else postgres_kit.empty_corpus()
