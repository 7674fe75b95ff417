"""Puts what `make crawl` prints into README.md: the picture of a run is a run's own output.

python benchmarks/picture.py            rewrite README.md
python benchmarks/picture.py --check    only say whether it is still so (times aside); exit status 1 where not
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
#: The fenced block that begins with the table of sections, up to its end.
BLOCK = re.compile(r"(?<=```\n)demo-seed-1: sections\n.*?(?=```)", re.DOTALL)
#: Which section leads to an article first, and so counts it as new, is chance where several answers are on their way.
ONE_BY_ONE = ("-s", "CONCURRENT_REQUESTS=1", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1")
#: What differs from run to run, and the width that it gives the table.
TIME = re.compile(r"│ time +│ +[\d.]+ s │|[ ─]+")


def picture() -> str:
    """The tables of a first run, without the lines that name files."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "scrapy",
            "demo",
            "--port",
            "0",
            "-s",
            f"CORPUS={folder}/corpus.db",
            *ONE_BY_ONE,
        ]
        environment = os.environ | {"COLUMNS": "80"}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    lines = done.stdout.partition("Corpus: ")[0].splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def main() -> None:
    """Rewrite, or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    text, made = README.read_text(encoding="utf-8"), picture()
    found = BLOCK.search(text)
    if found is None:
        sys.exit("README.md: no block that begins with 'demo-seed-1: sections'")
    if TIME.sub("", found[0]) == TIME.sub("", made):
        print("README.md shows what a run prints")
    elif check:
        sys.exit("README.md shows something else than a run prints: make picture")
    else:
        README.write_text(text.replace(found[0], made), encoding="utf-8")
        print("README.md: the picture is new")


if __name__ == "__main__":
    main()
