"""What things cost: `python -m tests.timing`. Medians of repeated runs, alternating in one process where compared."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import sympy as sp

import derive
from derive.checker import check_step
from derive.checker.claims import with_given
from derive.checker.numeric import compare
from derive.families import FAMILIES
from derive.strategy import solve_for_estimate

REPEATS = 7


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def import_seconds(module: str) -> float:
    code = f"import time; s = time.perf_counter(); import {module}; print(time.perf_counter() - s)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def concrete_system(k: int = 6) -> object:
    """What SymPy's solve does with the same problem for a concrete number of classes."""
    y = sp.symbols(f"y1:{k + 1}", positive=True)
    t = sp.symbols(f"t1:{k + 1}", positive=True)
    multiplier = sp.Symbol("lambda", real=True)
    equations = [ti / yi - multiplier for ti, yi in zip(t, y, strict=True)] + [sum(y) - 1]
    return sp.solve(equations, [*y, multiplier], dict=True)


def estimate_ratio(repeats: int = REPEATS) -> float:
    """From the model to the estimate, symbolic N and K, against the concrete system for K = 6: the median ratio."""
    model = derive.load("categorical")
    work = partial(solve_for_estimate, model)
    work(), concrete_system()
    return statistics.median(seconds(work) / seconds(concrete_system) for _ in range(repeats))


def main() -> None:
    pairs = [(import_seconds("sympy"), import_seconds("derive")) for _ in range(REPEATS)]
    ratio = statistics.median(d for _, d in pairs) / statistics.median(s for s, _ in pairs)
    print(f"import derive / import sympy: {ratio:.2f}")

    model = derive.load("categorical")
    model.derivation()
    runs = [(seconds(model.derivation), seconds(concrete_system)) for _ in range(REPEATS)]
    ours, theirs = (statistics.median(column) for column in zip(*runs, strict=True))
    print(f"whole categorical derivation, symbolic N and K, warm: {1000 * ours:.0f} ms")
    print(f"sympy.solve on the Lagrangian system for K = 6: {1000 * theirs:.0f} ms")
    print(f"up to the estimate, against sympy.solve, median ratio: {estimate_ratio():.2f}")

    numeric, both = [], []
    for name in FAMILIES:
        derivation = derive.load(name).derivation()
        derivation.check()
        for _, step in derivation.steps():
            both.append(seconds(lambda s=step, d=derivation: check_step(s, d.context)))  # type: ignore[misc]
            if step.kind in ("equal", "inequality"):
                context = with_given(derivation.context, step.given)
                numeric.append(
                    seconds(lambda s=step, c=context: compare(s.before, s.after, s.relation, c, 1))  # type: ignore[misc]
                )
    for lane, times in (("numeric lane", numeric), ("both lanes", both)):
        high = statistics.quantiles(times, n=20)[-1]
        print(f"{lane}, a step: median {1000 * statistics.median(times):.1f} ms, 95 % {1000 * high:.1f} ms")


if __name__ == "__main__":
    main()
