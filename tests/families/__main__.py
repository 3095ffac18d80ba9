"""Derive and check every model that ships: `python -m tests.families` prints processor seconds and verdicts."""

from __future__ import annotations

import time
from collections import Counter

from derive.families import FAMILIES, load


def main() -> None:
    everything: Counter[str] = Counter()
    began = time.process_time()
    for name in FAMILIES:
        start = time.process_time()
        derivation = load(name).derivation()
        middle = time.process_time()
        verdicts = derivation.check().summary
        end = time.process_time()
        everything.update(verdicts)
        print(f"{name:24s} derived {middle - start:5.2f} s, checked {end - middle:5.2f} s, {verdicts}", flush=True)
    print(f"all together {time.process_time() - began:.0f} s, {dict(everything)}")


if __name__ == "__main__":
    main()
