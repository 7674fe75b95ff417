"""datasketch on the texts of benchmarks/dedupe.py: JSON texts on standard input, edges and rate on standard output."""

from __future__ import annotations

import json
import sys
import time

from datasketch import MinHash, MinHashLSH

PERMUTATIONS, THRESHOLD, GRAM = 128, 0.5, 4


def main() -> None:
    """Each text is looked up among those before it, then entered."""
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    edges: list[tuple[int, int]] = []
    texts = json.load(sys.stdin)
    began = time.process_time()
    for place, text in enumerate(texts):
        bare = "".join(character for character in text if character.isalnum())
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([bare[n : n + GRAM].encode() for n in range(len(bare) - GRAM + 1)])
        edges += [(place, other) for other in index.query(sketch)]
        index.insert(place, sketch)
    rate = len(texts) / (time.process_time() - began)
    json.dump({"edges": edges, "rate": rate}, sys.stdout)


if __name__ == "__main__":
    main()
