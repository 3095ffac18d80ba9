"""What each table that a proof may rest on is there for: `python -m tests.ablation [--seconds 5] [NAME …]`.

Every claim of every model that ships (or of those named) is checked again with one table told to know nothing. What
is then no longer proved is counted, by table: lines of code that no claim needed could go.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.progress import track

from derive.algebra import bounds, contraction, definite, listed, quadratic, series, totals
from derive.checker import check_step, monotone
from derive.derivation import Derivation
from derive.families import FAMILIES, load


@dataclass(frozen=True)
class Table:
    """A file, one of its doors, and what the door says where the table knows nothing."""

    name: str
    door: Callable[..., Any]
    silent: Callable[..., Any]


TABLES = (
    Table("totals", totals.of_integral, lambda expr, _: expr),
    Table("series", series.of_series, lambda *_: None),
    Table("bounds", bounds.Bounds.apply, lambda _, expr: expr),
    Table("quadratic", quadratic.quadratics, lambda _: iter(())),
    Table("listed", listed.homogeneous, lambda *_: None),
    Table("listed", listed.by_the_others, lambda *_: None),
    Table("contraction", contraction.contract, lambda *_: None),
    Table("definite", definite.is_definite_entry, lambda *_: None),
    Table("definite", definite.squares, lambda *_: None),
    Table("definite", definite.is_quadratic_form, lambda *_: False),
    *(
        Table("monotone", door, lambda *_: False)
        for door in (monotone.falls, monotone.changes_sign_once, monotone.is_median, monotone.is_direction)
    ),
)


@contextmanager
def without(name: str) -> Iterator[None]:
    """With every door of a table silent, wherever it was imported."""
    saved: list[tuple[Any, str, Any]] = []
    for table in (t for t in TABLES if t.name == name):
        rooms = [m for n, m in list(sys.modules.items()) if n.startswith("derive.")]
        for room in (*rooms, bounds.Bounds):
            for attribute, value in list(vars(room).items()):
                if value is table.door:
                    saved.append((room, attribute, value))
                    setattr(room, attribute, table.silent)
    try:
        yield
    finally:
        for room, attribute, value in saved:
            setattr(room, attribute, value)


def proved(derivation: Derivation, seconds: float) -> list[bool]:
    """Which steps are proved, each in so many seconds; with a fresh memory."""
    fresh = Derivation.from_json(derivation.to_json())
    found = []
    for _, step in fresh.steps():
        found.append(check_step(step, fresh.context, seconds).status == "proved")
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each step")
    parser.add_argument("names", nargs="*", help="models (all of them)")
    args = parser.parse_args()
    seconds = args.seconds
    derivations = {name: load(name).derivation() for name in args.names or FAMILIES}
    whole = {name: proved(d, seconds) for name, d in derivations.items()}
    kinds = Counter(step.kind for d in derivations.values() for _, step in d.steps())
    print(f"all: {sum(map(sum, whole.values()))} proved; {dict(kinds)}")
    for name in track(list(dict.fromkeys(t.name for t in TABLES)), disable=not sys.stderr.isatty()):
        with without(name):
            left = {m: proved(d, seconds) for m, d in derivations.items()}
        lost = {m: sum(whole[m]) - sum(left[m]) for m in whole}
        needed = {m: n for m, n in lost.items() if n}
        print(
            f"{name}: {sum(needed.values())} no longer proved, of {len(needed)} models: {', '.join(needed)}", flush=True
        )


if __name__ == "__main__":
    main()
