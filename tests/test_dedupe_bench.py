"""The benchmark of near-duplicates on fewer texts, so that a change that costs recall or precision is seen at once."""

from __future__ import annotations

import importlib
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Only for the moment, since a script there has the name of the package pipelines.
sys.path.insert(0, str(ROOT / "benchmarks"))
try:
    dedupe, texts_of = map(importlib.import_module, ("dedupe", "dedupe_texts"))
finally:
    sys.path.remove(str(ROOT / "benchmarks"))

GOALS, accuracy, stored, Text = dedupe.GOALS, dedupe.accuracy, dedupe.stored, texts_of.Text


def collection():
    rng = random.Random(7)
    stories = [text for text in texts_of.originals(7) if len(text.body) < 3000]
    chosen = rng.sample(stories, 60)
    found = [*chosen, *(copy for story in chosen for copy in texts_of.variants(rng, story)), *texts_of.notices(rng, 20)]
    rng.shuffle(found)
    return found


def test_the_goals_hold_on_a_sample():
    texts = collection()
    figures, mistakes = accuracy(texts, *stored(texts))
    assert mistakes == []
    for kind, goal in GOALS.items():
        # sixty of a kind: one missed more or less is chance
        assert kind not in figures or figures[kind] >= (goal or 0.97) - 1.5 / 60, (kind, figures[kind])


def test_the_measure_sees_mistakes_and_misses():
    texts = [Text("", "甲", frozenset({"a"}), "original"), Text("", "乙", frozenset({"a"}), "wrapped")]
    texts += [Text("", "丙", frozenset({"b"}), "original"), Text("", "丁", frozenset({"b"}), "wrapped")]
    figures, mistakes = accuracy(texts, [(1, 0), (1, 2)], {})
    assert (figures["wrapped"], figures["precision"], mistakes) == (0.5, 0.5, [1])
    figures, _ = accuracy(texts, [], {0: 1, 1: 1, 2: 1})
    assert (figures["wrapped"], figures["pure clusters"]) == (0.5, 0.0)
