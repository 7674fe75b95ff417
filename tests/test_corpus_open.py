"""Opening a corpus, and every way in which that can fail: one line that names the file, and nothing half-done."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from crawler.corpus import Corpus, connection, schema
from crawler.errors import (
    CorpusDamaged,
    CorpusError,
    CorpusForeign,
    CorpusFull,
    CorpusLocked,
    CorpusNewer,
    CorpusReadOnly,
)
from tests.corpus_kit import PORTAL, article, cramp, link, rows

NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "corpus.db"


@pytest.fixture
def full(path: Path) -> Path:
    """A corpus with some articles, closed."""
    with Corpus.open(path) as corpus:
        corpus.store([article(n) for n in range(50)])
    return path


@contextmanager
def plain(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        yield db


def one_line(error: pytest.ExceptionInfo[CorpusError], path: Path) -> bool:
    message = str(error.value)
    return str(path) in message and "\n" not in message


def test_makes_the_folder_and_the_file(path: Path) -> None:
    with Corpus.open(path):
        assert path.is_file()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 1),
        ("foreign_keys", 1),
        ("busy_timeout", 7000),
        ("application_id", int.from_bytes(b"CHWN", "big")),
        ("user_version", schema.VERSION),
    ],
)
def test_pragmas(path: Path, pragma: str, value: object) -> None:
    with Corpus.open(path, timeout=7) as corpus:
        assert rows(corpus, f"PRAGMA {pragma}") == [(value,)]


def test_opening_again_keeps_everything(full: Path) -> None:
    with Corpus.open(full) as corpus:
        assert corpus.counts()["articles"] == 50


def test_an_empty_file_becomes_a_corpus(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with Corpus.open(path) as corpus:
        assert corpus.counts()["articles"] == 0


def test_close_may_be_called_again_and_leaves_one_file(full: Path) -> None:
    corpus = Corpus.open(full)
    corpus.portal(PORTAL)
    corpus.close()
    corpus.close()
    assert [file.name for file in full.parent.iterdir()] == [full.name]


def test_use_after_close_is_an_error_of_ours(full: Path) -> None:
    corpus = Corpus.open(full)
    corpus.close()
    with pytest.raises(CorpusError) as error:
        corpus.counts()
    assert one_line(error, full)


def test_readonly_reads(full: Path) -> None:
    with Corpus.open(full, readonly=True) as corpus:
        assert corpus.find(article(3).url)


def test_readonly_refuses_to_write(full: Path) -> None:
    with Corpus.open(full, readonly=True) as corpus, pytest.raises(CorpusReadOnly) as error:
        corpus.portal("wuxi")
    assert one_line(error, full)


def test_readonly_needs_a_file(path: Path) -> None:
    with pytest.raises(CorpusError) as error:
        Corpus.open(path, readonly=True)
    assert one_line(error, path)
    assert not path.parent.exists()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as error:
        Corpus.open(tmp_path)
    assert one_line(error, tmp_path)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    with pytest.raises(CorpusReadOnly) as error:
        Corpus.open(tmp_path / "data" / "corpus.db")
    assert one_line(error, tmp_path / "data" / "corpus.db")


def test_newer_schema(full: Path) -> None:
    with plain(full) as db:
        db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    before = full.read_bytes()
    with pytest.raises(CorpusNewer) as error:
        Corpus.open(full)
    assert one_line(error, full)
    assert full.read_bytes() == before


def test_database_of_another_program(path: Path) -> None:
    path.parent.mkdir()
    with plain(path) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    with pytest.raises(CorpusForeign) as error:
        Corpus.open(path)
    assert one_line(error, path)
    assert path.read_bytes() == before


def test_not_a_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("今天的会议记录\n" * 1000)
    before = path.read_bytes()
    with pytest.raises(CorpusForeign) as error:
        Corpus.open(path)
    assert one_line(error, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("pages", [1, 20])
def test_truncated(full: Path, pages: int) -> None:
    full.write_bytes(full.read_bytes()[: pages * 4096])
    with pytest.raises(CorpusDamaged) as error, Corpus.open(full) as corpus:
        corpus.counts()
    assert one_line(error, full)


def test_overwritten_in_the_middle(full: Path) -> None:
    size = full.stat().st_size
    with full.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xee" * (size - 8192))
    with pytest.raises(CorpusDamaged) as error, Corpus.open(full) as corpus:
        list(corpus.articles())
    assert one_line(error, full)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Permissions do not hold for root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public() -> Iterator[Path]:
    """A corpus in a folder into which anybody may look, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with Corpus.open(Path(folder, "corpus.db")) as corpus:
            corpus.store([article(1)])
        yield Path(folder, "corpus.db")
        Path(folder).chmod(0o755)


def test_file_without_permission(public: Path) -> None:
    public.chmod(0o444)
    with unprivileged(), pytest.raises(CorpusReadOnly) as error:
        Corpus.open(public)
    assert one_line(error, public)


def test_folder_without_permission(public: Path) -> None:
    public.chmod(0o666)
    public.parent.chmod(0o555)
    with unprivileged(), pytest.raises(CorpusReadOnly) as error:
        Corpus.open(public)
    assert one_line(error, public.parent)


def test_readonly_needs_no_permission_to_write(public: Path) -> None:
    public.chmod(0o444)
    public.parent.chmod(0o555)
    with unprivileged(), Corpus.open(public, readonly=True) as corpus:
        assert corpus.counts()["articles"] == 1


def test_locked_by_another_writer(full: Path) -> None:
    with Corpus.open(full, timeout=0.05) as corpus, plain(full) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CorpusLocked) as error:
            corpus.store([article(99)])
        other.execute("ROLLBACK")
        assert one_line(error, full)
        assert corpus.find(article(99).url) is None
        assert [s.outcome for s in corpus.store([article(99)])] == ["new"]


def test_a_writer_does_not_keep_readers_out(full: Path) -> None:
    with Corpus.open(full, timeout=0.05) as corpus, plain(full) as other:
        other.execute("BEGIN IMMEDIATE")
        assert corpus.counts()["articles"] == 50


def test_full_disk_while_storing(full: Path) -> None:
    with Corpus.open(full) as corpus:
        corpus.note(PORTAL, None, [link(n) for n in range(100, 200)])
        cramp(corpus)
        with pytest.raises(CorpusFull) as error:
            corpus.store([article(n) for n in range(100, 200)])
        assert one_line(error, full)
        assert (corpus.counts()["articles"], corpus.counts()["waiting"]) == (50, 100)
        assert rows(corpus, "PRAGMA integrity_check") == [("ok",)]


def test_after_a_full_disk_the_same_batch_goes_in(full: Path) -> None:
    with Corpus.open(full) as corpus:
        cramp(corpus)
        with pytest.raises(CorpusFull):
            corpus.store([article(n) for n in range(100, 200)])
        cramp(corpus, spare=10_000)
        assert len(corpus.store([article(n) for n in range(100, 200)])) == 100


def test_migrations_happen_together_or_not_at_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE half (x); CREATE nonsense;"))
    monkeypatch.setattr(connection, "VERSION", schema.VERSION + 1)
    with pytest.raises(CorpusError):
        Corpus.open(path)
    with plain(path) as db:
        assert db.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        assert db.execute("PRAGMA user_version").fetchone() == (0,)


def test_a_later_migration_keeps_what_is_stored(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MIGRATIONS", (*schema.MIGRATIONS, "ALTER TABLE articles ADD COLUMN mood TEXT;"))
    monkeypatch.setattr(connection, "VERSION", schema.VERSION + 1)
    with Corpus.open(full) as corpus:
        assert rows(corpus, "SELECT count(*), max(mood) FROM articles") == [(50, None)]
        assert corpus.find(article(7).url)
    monkeypatch.undo()
    with pytest.raises(CorpusNewer):
        Corpus.open(full)


def test_readonly_does_not_migrate(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "VERSION", schema.VERSION + 1)
    with pytest.raises(CorpusError) as error:
        Corpus.open(full, readonly=True)
    assert one_line(error, full)
