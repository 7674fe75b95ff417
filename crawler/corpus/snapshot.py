"""A snapshot: a folder that Hugging Face datasets, pandas and DuckDB read as it is.

    data/train-00000-of-00003.parquet …    the articles, in the order in which they were stored
    README.md                              the data set card
    manifest.json                          hashes, versions, what was asked for

The same state of the corpus gives the same bytes.  The folder gets its name when it is whole.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from crawler.corpus.address import Place
from crawler.corpus.choice import Choice
from crawler.corpus.export import folder_made, refusals
from crawler.corpus.export_formats import Write, package, writer
from crawler.corpus.records import StoredArticle
from crawler.corpus.refine import Refining, Tally, Tell, Wish
from crawler.corpus.snapshot_card import Card, card
from crawler.corpus.snapshot_figures import figures
from crawler.corpus.snapshot_manifest import (
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    corpus_state,
    described,
    digest,
    read_manifest,
    versions,
)
from crawler.corpus.snapshot_splits import SPLITS, Connected, assign
from crawler.errors import OutputError, UsageError

__all__ = ["SHARD_ROWS", "check_folder", "write_snapshot"]

#: Articles of a shard: about a hundred megabytes, which programs load in parallel and people move about.
SHARD_ROWS = 50_000


def check_folder(out: Path, corpus: Place, force: bool) -> None:
    """Raise UsageError where no snapshot may be put, before anything is read.

    force: an older snapshot may be replaced; anything else that stands there may not.
    """
    if not out.name:
        raise UsageError(f"{out}: the root of the file system; name a folder in it")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: a file; a snapshot is a folder, name another one")
    if out.exists() and not force:
        raise UsageError(f"{out}: exists; --force replaces an older snapshot, or name another folder")
    if out.exists() and any(out.iterdir()) and read_manifest(out) is None:
        raise UsageError(f"{out}: holds something else than a snapshot, which --force does not remove; name another")
    if out.exists() and Path(corpus).resolve().is_relative_to(out):
        raise UsageError(f"{out}: the corpus lies in it; name another folder")


def write_snapshot(choice: Choice, wish: Wish, shares: tuple[int, ...], out: Path, tell: Tell) -> Tally:
    """Write the articles of the choice that the wish leaves as a folder, and say what became of all of them.

    shares: per cents of SPLITS.  out: absolute; checked by check_folder().  The corpus must be frozen.  Raises
    UsageError where pyarrow is missing, OutputError where nothing is left to write or the folder cannot be written.
    """
    package("pyarrow", "parquet")
    with _whole(out) as part:
        refining = Refining(choice, wish, tell)
        if not refining.total:
            raise OutputError(f"{out}: no articles are left of {refining.tally.selected:,}; no snapshot was made")
        tell("finding what hangs together", 0, refining.total)
        with choice.reading() as db:
            connected = assign(db, choice.table, shares)
        files, lengths = _write(refining, choice, connected, part)
        with choice.reading() as db:
            manifest: dict[str, Any] = {
                "format": FORMAT,
                "format_version": FORMAT_VERSION,
                "articles": refining.tally.written,
                **described(wish, shares, refining.tally),
                "components": {"number": connected.components, "largest": connected.largest},
                "corpus": corpus_state(db),
                "versions": versions(),
            }
            known = Card(manifest, connected, files, lengths, figures(db, choice.table))
        (part / "README.md").write_text(card(known), encoding="utf-8")
        names = [*(shard.path for shard in files), "README.md"]
        rows = {shard.path: {"split": shard.split, "rows": shard.rows} for shard in files}
        manifest["files"] = [_file(part, name) | rows.get(name, {}) for name in sorted(names)]
        text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        (part / MANIFEST).write_text(text, encoding="utf-8")
    return refining.tally


def _file(folder: Path, name: str) -> dict[str, Any]:
    return {"path": name, "bytes": (folder / name).stat().st_size, "sha256": digest(folder / name)}


@dataclass(slots=True)
class Shard:
    """A file of a split.  path: in the folder.  size: bytes before compression."""

    split: str
    path: str
    rows: int = 0
    size: int = 0


def _write(refining: Refining, choice: Choice, connected: Connected, part: Path) -> tuple[list[Shard], Counter[int]]:
    """All shards, and how many texts have how many characters."""
    lengths: Counter[int] = Counter()
    (part / "data").mkdir()
    with ExitStack() as stack:
        splits = {name: _Split(name, size, part) for name, size in connected.sizes.items()}
        for split in splits.values():
            stack.callback(split.abandon)
        for stored, number in zip(refining.rows(), choice.splits(), strict=True):
            splits[SPLITS[number]].write(stored)
            lengths[len(stored.article.body)] += 1
        return [shard for split in splits.values() for shard in split.done()], lengths


class _Split:
    """Writes a split's articles, a shard after the other."""

    def __init__(self, name: str, size: int, folder: Path) -> None:
        self._name = name
        self._folder = folder
        self._shards = -(-size // SHARD_ROWS)
        self._written: list[Shard] = []
        self._open = ExitStack()
        self._put: Write | None = None

    def write(self, stored: StoredArticle) -> None:
        if self._put is None or self._written[-1].rows == SHARD_ROWS:
            self._put = self._next()
        self._put(stored)
        self._written[-1].rows += 1

    def _next(self) -> Write:
        self._open.close()
        name = f"data/{self._name}-{len(self._written):05}-of-{self._shards:05}.parquet"
        self._written.append(Shard(self._name, name))
        file = self._open.enter_context((self._folder / name).open("xb"))
        self._open.callback(_sync, file)
        return self._open.enter_context(writer("parquet", file))

    def done(self) -> list[Shard]:
        """The shards, closed; none for a split without articles, which datasets could not load."""
        self._open.close()
        parquet = package("pyarrow.parquet", "parquet")
        for shard in self._written:
            shape = parquet.read_metadata(self._folder / shard.path)
            shard.size = sum(shape.row_group(number).total_byte_size for number in range(shape.num_row_groups))
        return self._written

    def abandon(self) -> None:
        """Close what is open, whatever state it is in; what was written is thrown away."""
        self._open.pop_all().close()


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """A folder beside the one that is meant, which takes its place when it is whole."""
    mark = secrets.token_hex(4)
    part, old = (out.with_name(f".{out.name}.{mark}.{what}") for what in ("part", "old"))
    with refusals(out), folder_made(out.parent):
        try:
            part.mkdir()
            yield part
            if out.exists():
                out.rename(old)
            try:
                part.rename(out)
            except OSError:
                if old.exists():
                    old.rename(out)
                raise
        finally:
            # What is left of the one or the other is of no use; the error that is under way says why.
            shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
