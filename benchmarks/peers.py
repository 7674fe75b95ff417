"""Other extractors on the same pages, by the same scorer: `make bench-peers`.

    python benchmarks/peers.py                        # all of them; writes the table of docs/benchmark.md
    python benchmarks/peers.py --only trafilatura gne --dry-run
    python benchmarks/peers.py --python python3.12    # magic-html needs Python 3.12

They are installed into a virtual environment of their own (.venv-peers), so that nothing of theirs touches the
project's.  One that cannot be installed is named, and the others are measured.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from figures import article_figures, project, scorers
from peer_adapters import PEERS

__all__ = ["COLUMNS", "between", "main", "table"]

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmark.md"
VENV = ROOT / ".venv-peers"
OURS = "**chengwen**"

#: Figure → heading and format; what a peer does not give is a dash.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "F1": ("body F1", ".3f"),
    "pageF1": ("pageF1", ".3f"),
    "clean": ("clean", ".2f"),
    "title": ("title", ".2f"),
    "published": ("published", ".2f"),
    "source": ("source", ".2f"),
    "reporters": ("reporters", ".2f"),
    "editors": ("editors", ".2f"),
    "breadcrumb": ("breadcrumb", ".2f"),
    "empty": ("empty", ".0f"),
    "crashes": ("crashes", ".0f"),
    "time": ("× lxml", ".1f"),
}
#: Our figures by the names that `make bench` gives them.
_OURS = {"F1": "body F1", "pageF1": "body pageF1", "clean": "body clean", "empty": "empty bodies", "crashes": "crashes"}
_OURS |= {"reporters": "reporters F1", "editors": "editors F1", "time": "time × lxml"}
_OURS |= {field: field for field in ("title", "published", "source", "breadcrumb")}

Figures = Mapping[str, float]


def main(argv: Sequence[str] | None = None) -> int:
    """Run; 0, or 1 if not one peer could be measured."""
    options = _options(argv)
    if not (options.bench / "articles" / "gold.jsonl").is_file():
        print(
            f"skipped: no bench at {options.bench} (its pages are third-party material and not part of the repository)"
        )
        return 0
    missing = install(options.only, options.python)
    measured, versions = measure([name for name in options.only if name not in missing], options.bench, options.repeat)
    missing |= {name: "failed to run" for name in options.only if name not in measured and name not in missing}
    ours = _ours(options.bench, options.repeat)
    text = table({OURS: ours} | measured, versions)
    notes = [f"Not measured: {name} ({why})." for name, why in missing.items()]
    print("\n".join([text, *notes]))
    if measured and not options.dry_run:
        own = f"{sys.version_info[0]}.{sys.version_info[1]}"
        stamp = f"Measured on {dt.date.today()}; the others with Python {_python()}, chengwen with Python {own}."
        PAGE.write_text(between(PAGE.read_text("utf-8"), "\n\n".join([stamp, text, *notes])), "utf-8")
        print(f"written: {PAGE.relative_to(ROOT)}")
    return 0 if measured else 1


def install(names: Sequence[str], python: str) -> dict[str, str]:
    """Make the virtual environment where it is missing, install the peers; name → why it could not be installed."""
    if not VENV.is_dir():
        subprocess.run([python, "-m", "venv", str(VENV)], check=True)
    failed = {}
    for name in names:
        command = [
            str(VENV / "bin" / "pip"),
            "install",
            "--quiet",
            "--disable-pip-version-check",
            PEERS[name].requirement,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            failed[name] = lines[0].removeprefix("ERROR: ") if lines else "pip failed"
            print(f"{name}: {failed[name]}", file=sys.stderr)
    return failed


def measure(names: Sequence[str], bench: Path, repeat: int) -> tuple[dict[str, Figures], dict[str, str]]:
    """Figures and version by name, each peer in a process of its own."""
    measured: dict[str, Figures] = {}
    versions: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        texts, out = Path(folder) / "texts.json", Path(folder) / "figures.json"
        texts.write_text(json.dumps(_decoded(bench)), "utf-8")
        for name in names:
            print(f"{name} …", file=sys.stderr)
            script = [str(VENV / "bin" / "python"), str(Path(__file__).with_name("peer_adapters.py")), name]
            given = ["--bench", str(bench), "--texts", str(texts), "--out", str(out), "--repeat", str(repeat)]
            if subprocess.run([*script, *given], check=False).returncode == 0:
                figures = json.loads(out.read_text("utf-8"))
                versions[name] = figures.pop("version")
                measured[name] = figures
    return measured, versions


def _decoded(bench: Path) -> dict[str, str]:
    decode = project("crawler.extract.decode").decode
    score, _ = scorers(bench)
    return {page["id"]: decode(page["raw"]).text for page in score.load(bench / "articles")}


def _ours(bench: Path, repeat: int) -> Figures:
    score, _ = scorers(bench)
    figures, _ = article_figures(score, bench / "articles", project("crawler.extract").extract, repeat)
    return {key: figures[name] for key, name in _OURS.items() if name in figures}


def _python() -> str:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run(
        [str(VENV / "bin" / "python"), "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def table(measured: Mapping[str, Figures], versions: Mapping[str, str]) -> str:
    """The Markdown table, best body F1 first."""
    headings = ["extractor", *(heading for heading, _ in COLUMNS.values())]
    lines = [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
    for name, figures in sorted(measured.items(), key=lambda pair: -pair[1]["F1"]):
        cells = [format(figures[key], form) if key in figures else "–" for key, (_, form) in COLUMNS.items()]
        label = f"{name} {versions[name]}" if name in versions else name
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def between(page: str, text: str) -> str:
    """The page with that text between its two markers."""
    start, end = "<!-- peers -->", "<!-- /peers -->"
    if page.count(start) != 1 or page.count(end) != 1:
        raise SystemExit(f"docs/benchmark.md must contain {start} and {end} once")
    return re.sub(f"{start}.*{end}", lambda _: f"{start}\n{text}\n{end}", page, flags=re.DOTALL)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, default=ROOT.parent / "shared" / "bench", help="folder of the bench")
    parser.add_argument("--only", nargs="+", choices=PEERS, default=list(PEERS), metavar="NAME", help=", ".join(PEERS))
    parser.add_argument("--python", default=sys.executable, help="Python that makes .venv-peers")
    parser.add_argument("--repeat", type=int, default=3, help="timing repeats a page; 0: no times")
    parser.add_argument("--dry-run", action="store_true", help="print the table only")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
