"""health.json and a Prometheus textfile: the state of all portals of a corpus, written anew after every judged run."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from crawler.corpus import Completeness, Corpus, PortalHealth

__all__ = ["as_json", "as_metrics", "write_files"]

logger = logging.getLogger(__name__)

_VERDICTS = ("ok", "watch", "broken")


def write_files(corpus: Corpus, json_path: str | None, metrics_path: str | None) -> None:
    """Write the files that have a path.  One that cannot be written is a line in the log."""
    if not json_path and not metrics_path:
        return
    states = corpus.health()
    found = [(health, corpus.completeness(health.portal)) for health in states]
    if json_path:
        _replace(Path(json_path), "HEALTH_JSON", as_json(found))
    if metrics_path:
        _replace(Path(metrics_path), "HEALTH_TEXTFILE", as_metrics(found))


def _replace(path: Path, setting: str, text: str) -> None:
    """All of the new file or all of the old one, never half of either: node_exporter may read at any moment."""
    name = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            name = file.name
            os.fchmod(file.fileno(), 0o644)
            file.write(text)
        Path(name).replace(path)
    except OSError as error:
        logger.error("%s=%s: cannot be written: %s", setting, path, error.strerror or error)
        if name is not None:
            Path(name).unlink(missing_ok=True)


# --- health.json -----------------------------------------------------------------------------------------------------


def as_json(found: Sequence[tuple[PortalHealth, Completeness | None]]) -> str:
    """{"verdict": the worst, "portals": {NAME: {verdict, judged_at, usual, learning, alarms, past, completeness}}}."""
    worst = max((health.verdict for health, _ in found), key=_VERDICTS.index, default="ok")
    portals = {}
    for health, complete in found:
        values: dict[str, Any] = dataclasses.asdict(health)
        del values["portal"]
        portals[health.portal] = values | {"completeness": dataclasses.asdict(complete) if complete else None}
    return json.dumps({"verdict": worst, "portals": portals}, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


# --- Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ ----------------------------------------

Sample = tuple[dict[str, str], float]


def as_metrics(found: Sequence[tuple[PortalHealth, Completeness | None]]) -> str:
    """The text format, every metric a gauge with the label portal."""
    lines: list[str] = []
    for name, about, samples in _metrics(found):
        values = list(samples)
        if values:
            lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
            lines += [f"{name}{{{_labels(labels)}}} {value:.10g}" for labels, value in values]
    return "".join(f"{line}\n" for line in lines)


def _metrics(
    found: Sequence[tuple[PortalHealth, Completeness | None]],
) -> Iterator[tuple[str, str, Iterable[Sample]]]:
    yield (
        "chengwen_portal_verdict",
        "1 for the portal's present verdict, 0 for the others.",
        (({"portal": h.portal, "verdict": v}, float(h.verdict == v)) for h, _ in found for v in _VERDICTS),
    )
    yield (
        "chengwen_portal_alarm",
        "1 for every open alarm, by what it is about.",
        (
            ({"portal": h.portal, "section": a.section or "", "figure": a.figure, "severity": a.severity}, 1.0)
            for h, _ in found
            for a in h.alarms
        ),
    )
    yield (
        "chengwen_portal_judged_timestamp_seconds",
        "When the last judged run ended.",
        (({"portal": h.portal}, h.judged_at.timestamp()) for h, _ in found),
    )
    yield (
        "chengwen_portal_usual_articles_per_day",
        "New links a day that are usual.",
        (({"portal": h.portal}, h.usual.articles_a_day) for h, _ in found if h.usual.articles_a_day is not None),
    )
    yield (
        "chengwen_portal_usual_missing_ratio",
        "Usual share of articles without the field.",
        (({"portal": h.portal, "field": f}, share) for h, _ in found for f, share in h.usual.missing.items()),
    )
    yield (
        "chengwen_portal_stored_ratio",
        "Estimated share of what was published that is stored.",
        (({"portal": h.portal}, c.share) for h, c in found if c is not None),
    )


def _labels(labels: dict[str, str]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(value: str) -> str:
    """Backslash, quote and line feed, as the format wants them."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
