"""A folder that appears only when it is whole."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from crawler.errors import OutputError, UsageError

__all__ = ["CHECKPOINTS", "MANIFEST", "check_out", "whole_folder"]

#: What says that a folder is one of ours, and how it came about.
MANIFEST = "manifest.json"
#: Where Spark keeps what it would else compute again; gone when the folder is whole.
CHECKPOINTS = "checkpoints"
#: Ends the name of a folder that is being written.
_PART = ".part"


def check_out(out: str, overwrite: bool) -> Path:
    """The folder, absolute, as all machines are to name it.  Raises UsageError where nothing may be put."""
    path = Path(out).absolute()
    if path.exists() and not path.is_dir():
        raise UsageError(f"{out}: a file; name a folder that is not there yet")
    if path.is_dir() and any(path.iterdir()):
        if not overwrite:
            raise UsageError(f"{out}: exists; --overwrite replaces it, or name another folder")
        if not (path / MANIFEST).is_file():
            raise UsageError(f"{out}: exists and was not made by scrapy bulk; name another folder")
    return path


@contextmanager
def whole_folder(path: Path, manifest: Mapping[str, object]) -> Iterator[Path]:
    """A folder beside it that gets its name when the block ends well, with the manifest as it is then.

    What a run that was killed left of it is replaced; an older folder of that name goes at the last moment.
    Raises OutputError.
    """
    part = path.with_name(f"{path.name}{_PART}")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            yield part
            shutil.rmtree(part / CHECKPOINTS, ignore_errors=True)
            text = json.dumps(manifest, ensure_ascii=False, indent=2)
            (part / MANIFEST).write_text(f"{text}\n", "utf-8")
            _put(part, path)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        if error.filename is None or not str(error.filename).startswith(str(path)):
            raise
        raise OutputError(f"{path}: cannot be written ({error.strerror}); nothing of it is kept") from error


def _put(part: Path, path: Path) -> None:
    old = path.with_name(f"{path.name}.old{_PART}")
    shutil.rmtree(old, ignore_errors=True)
    if path.exists():
        path.rename(old)
    part.rename(path)
    shutil.rmtree(old, ignore_errors=True)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
