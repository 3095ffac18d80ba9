"""Score equations that are linear in the unknowns are solved exactly: the normal equations of least squares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

import numpy as np
import sympy as sp
from flint import fmpq, fmpq_mat

from derive.algebra.binding import free_symbols
from derive.algebra.context import key
from derive.estimation.arithmetic import Array
from derive.estimation.coordinates import Key, Unknown, parameter_jets
from derive.estimation.data import Data
from derive.estimation.functions import NoValueError
from derive.estimation.jets import Jet
from derive.estimation.maximise import as_exact
from derive.estimation.objective import BALLS, evaluator
from derive.estimation.planning import Plan

#: More unknowns than this are left to the numerical solution.
MAX_UNKNOWNS = 40
#: Exact numbers at work at once, up to these.
MAX_WORK = 4_000_000
#: Terms that are rounded, as those of a stream, leave an error, which so many solutions in all make small.
REFINED = 3


def solve(work: Plan, data: Data, known: Mapping[Key, Jet]) -> dict[Key, Jet] | None:
    """The only solution of linear equations; None where they are not linear, not exact or have not just one."""
    count = sum(u.count for u in work.unknowns)
    if count > MAX_UNKNOWNS or not data.is_exact or not all(u.is_free for u in work.unknowns):
        return None
    tops = [numerator(e) for e in work.equations]
    sought = {(f"{u.name}_hat", len(u.shape)) for u in work.unknowns}
    if any(degree(top, sought) != 1 for top in tops):
        return None
    plain = [replace(u, lower=None, upper=None) for u in work.unknowns]
    names = [(n, len(u.shape)) for u in plain for n in (u.name, f"{u.name}_hat")]
    u = BALLS.zeros((count,))
    for _ in range(1 if data.stream is None else REFINED):
        step = _step(tops, work, data, (plain, names, known), u)
        if step is None:
            return None
        u = u + step if data.stream is None else as_exact((u + step).astype(float))
    return _as_parameters(u, plain)


def _step(
    tops: Sequence[sp.Expr],
    work: Plan,
    data: Data,
    unknown: tuple[Sequence[Unknown], Sequence[Key], Mapping[Key, Jet]],
    u: Array,
) -> Array | None:
    """What is to be added to u so that the linear equations hold."""
    plain, names, known = unknown
    count = len(u)
    at = evaluator(data, BALLS, 1, names)
    at.unknowns = dict(known) | parameter_jets(plain, u, at.jets)
    rows: list[Array] = []
    sides: list[Array] = []
    for top in tops:
        indices = sorted(free_symbols(top) & set(work.ranges), key=str)
        lengths = tuple(work.ranges[i] for i in indices)
        if data.stream is None and at.longest(top) * int(np.prod(lengths)) * count > MAX_WORK:
            return None
        try:
            jet = at.array(top, tuple(indices), lengths)
        except (NoValueError, ZeroDivisionError):
            return None
        if jet.slope is None:
            return None
        rows.append(jet.slope.reshape(-1, count))
        sides.append(-jet.value.reshape(-1))
    return _solution(np.concatenate(rows), np.concatenate(sides))


def _solution(matrix: Array, sides: Array) -> Array | None:
    exact = all(isinstance(v, fmpq) for v in (*matrix.flat, *sides.flat))
    if not exact or matrix.shape[0] != matrix.shape[1]:
        return None
    try:
        solution = fmpq_mat(matrix.tolist()).solve(fmpq_mat([[v] for v in sides]))
    except ZeroDivisionError:
        return None
    found = BALLS.zeros((len(sides),))
    found[:] = [solution[n, 0] for n in range(len(sides))]
    return found


def _as_parameters(u: Array, unknowns: Sequence[Unknown]) -> dict[Key, Jet]:
    found: dict[Key, Jet] = {}
    start = 0
    for unknown in unknowns:
        values = u[start : start + unknown.count]
        start += unknown.count
        jet = Jet(values.reshape(unknown.shape or (1,)))
        found[unknown.name, len(unknown.shape)] = found[f"{unknown.name}_hat", len(unknown.shape)] = jet
    return found


def degree(expr: sp.Basic, sought: Set[Key]) -> int:
    """The degree of a polynomial in the unknowns; 2 stands for all that is not linear."""
    if isinstance(expr, (sp.Symbol, sp.Indexed)):
        return int(key(expr) in sought)
    parts = [degree(a, sought) for a in expr.args]
    if isinstance(expr, sp.Mul):
        return min(2, sum(parts))
    most = max(parts, default=0)
    return most if isinstance(expr, (sp.Add, sp.Sum, sp.Tuple)) else 2 * most


def numerator(equation: sp.Expr) -> sp.Expr:
    """What must be 0 for an equation a/b = 0 to hold: its factors without those under the line, and without numbers."""
    factors = [
        f
        for f in sp.Mul.make_args(equation)
        if not f.is_number and not (isinstance(f, sp.Pow) and f.exp.is_negative) and not (f.is_Symbol and f.is_positive)
    ]
    return sp.Mul(*factors)
