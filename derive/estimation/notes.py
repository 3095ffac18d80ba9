"""What must be said of an estimate: that it is a limit and no maximiser, or not the only one. One line each."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, fmpq, fmpq_mat

from derive.algebra.context import Variable
from derive.algebra.order import Median
from derive.estimation.arithmetic import Array
from derive.estimation.coordinates import Key, Unknown
from derive.estimation.data import Data
from derive.estimation.jets import Jet
from derive.estimation.objective import BALLS, Closed, Objective, evaluator
from derive.estimation.planning import Plan
from derive.estimation.reading import DataError
from derive.estimation.result import as_number
from derive.estimation.solving import Solution

#: A log-likelihood that still rises more than this has no bound.
RISING = 1e-6


def of_closed(work: Plan, known: Mapping[Key, Jet], data: Data) -> list[str]:
    """What closed forms give at the ends of domains, and medians between two values."""
    remarks = []
    for c in work.direct:
        variable, value = work.parameters[c.name], known[c.name, len(c.axes)].value
        end = _excluded_end(variable, value)
        if end is not None:
            remarks.append(f"no maximiser exists: the likelihood rises as {c.name} → {end}, and these are the limits")
        if variable.domain.definite and _is_singular(value):
            remarks.append(
                f"no maximiser exists: {c.name} is singular with {data.sizes[_samples(data)]} samples of "
                f"{len(value)} entries, and the likelihood grows without bound near it"
            )
        if isinstance(c.value, Median):
            remarks += _middle(c, data)
    return list(dict.fromkeys(remarks))


def _samples(data: Data) -> sp.Symbol:
    return next(s for s in data.sizes if s.name == "N")


def _excluded_end(variable: Variable, value: Array) -> str | None:
    """The end of the domain that a value has come to though the domain does not hold it."""
    domain = variable.domain
    positive = variable.base.is_positive and not variable.axes
    for v in value.flat:
        number = as_number(v)
        if isinstance(number, Decimal) and number.is_infinite():
            return "infinity" if number > 0 else "-infinity"
        if positive and number == 0:
            return "0"
        for end, is_open in ((domain.lower, domain.lower_open), (domain.upper, domain.upper_open)):
            if is_open and end.is_Rational and number == Fraction(int(end.p), int(end.q)):
                return str(end)
    return None


def _is_singular(value: Array) -> bool:
    exact = all(isinstance(v, fmpq) for v in value.flat)
    return exact and bool(fmpq_mat(value.tolist()).det() == 0)


def _middle(c: Closed, data: Data) -> list[str]:
    """The two values between which every one is a median, where they differ."""
    work = evaluator(data, BALLS)
    if c.axes or len(c.value.limits) != 1:
        return []
    try:
        low, high = (v.item() for v in work.middle(c.value))
    except NotImplementedError:
        return []
    if low == high:
        return []
    between = f"every value from {float(as_number(low))!r} to {float(as_number(high))!r}"
    return [f"{c.name} is not unique: {between} maximises the likelihood; shown is the mean of the two"]


def limits(
    here: Mapping[Key, Jet], further: Mapping[Key, Jet], unknowns: tuple[Unknown, ...], way: Array
) -> dict[Key, Jet]:
    """What the parameters tend to, from their values at two points of the way, or the ends of the unknowns' domains."""
    found = {}
    for name, jet in here.items():
        value = np.array(jet.value, dtype=object)
        for place in np.ndindex(value.shape):
            value[place] = _limit(value[place], further[name].value[place])
        found[name] = Jet(value)
    start = 0
    for unknown in unknowns:
        value = found[unknown.name, len(unknown.shape)].value
        for n, place in enumerate(np.ndindex(value.shape)):
            end = unknown.upper if way[start + n] > 0 else unknown.lower if way[start + n] < 0 else None
            if end is not None:
                value[place] = fmpq(*end.as_integer_ratio())
        start += unknown.count
    return found


def _limit(here: Any, further: Any) -> Any:
    a, b = (arb(x).mid() for x in (here, further))
    if not (a.is_finite() and b.is_finite()):
        return here
    if abs(b) > abs(a) * arb(1.01):
        return arb.pos_inf() if b > 0 else arb.neg_inf()
    return fmpq(0) if abs(b) * arb(1.01) < abs(a) else here


def of_solution(objective: Objective, solution: Solution, *, binary: bool) -> list[str]:
    """What a numerical solution must be told with; DataError where there is nothing to show."""
    if solution.escaping is not None:
        return _escape(objective, solution, binary=binary)
    if not solution.found:
        raise DataError("--data: no maximum of the likelihood was found; the last step did not come to rest")
    if not solution.flat.shape[1]:
        return []
    names = ", ".join(u.name for u in _moved(objective, solution.flat))
    free = all(u.is_free for u in objective.unknowns)
    which = (
        "; shown is the solution of least norm" + _zero_sums(objective, solution) if free else "; shown is one of them"
    )
    number = solution.flat.shape[1]
    along = f"{number} direction{'s' * (number > 1)}"
    return [f"{names} is not unique: the likelihood stays the same along {along}{which}"]


def _moved(objective: Objective, directions: Array) -> list[Unknown]:
    """The unknowns that some of the directions move."""
    start, found = 0, []
    for unknown in objective.unknowns:
        if (
            directions.size
            and np.abs(directions[start : start + unknown.count]).max() > 1e-9 * np.abs(directions).max()
        ):
            found.append(unknown)
        start += unknown.count
    return found


def _zero_sums(objective: Objective, solution: Solution) -> str:
    """Which sums over an axis the solution makes 0."""
    start, found = 0, ""
    u = solution.u.astype(float)
    for unknown in objective.unknowns:
        values = u[start : start + unknown.count].reshape(unknown.shape or (1,))
        start += unknown.count
        for axis in range(len(unknown.shape)):
            if values.ndim > 1 and np.abs(values.sum(axis=axis)).max() < 1e-9 * (1 + np.abs(values).max()):
                found = f", where {unknown.name} adds up to 0 over its {'first' if axis == 0 else 'second'} index"
    return found


def _free(objective: Objective) -> Array:
    return np.concatenate([np.full(u.count, u.is_free) for u in objective.unknowns])


def _escape(objective: Objective, solution: Solution, *, binary: bool) -> list[str]:
    assert solution.escaping is not None
    start: int = 0
    ways: list[str] = []
    for unknown in objective.unknowns:
        way = solution.escaping[start : start + unknown.count]
        start += unknown.count
        if not unknown.is_free and np.abs(way).max() > 0:
            up = way[np.abs(way).argmax()] > 0
            end = unknown.upper if up else unknown.lower
            if (up and unknown.upper_closed) or (not up and unknown.lower_closed):
                continue
            ways.append(f"{unknown.name} → {('infinity' if up else '-infinity') if end is None else f'{end:g}'}")
    if ways:
        bound = "grows without bound" if solution.rising > RISING else "rises towards a limit that it does not reach"
        if solution.rising <= RISING:
            ways[-1] += f", its logarithm to {solution.height:.10g}"
        return [f"no maximiser exists: the likelihood {bound} as {', '.join(ways)}; these are the limits"]
    if any(not u.is_free for u in objective.unknowns) and not solution.escaping[_free(objective)].any():
        return []
    names = ", ".join(u.name for u in objective.unknowns if u.is_free)
    if binary:
        raise DataError(
            f"--data: the classes are separated by the inputs, so that the likelihood rises as {names} grows without "
            "bound and no maximiser exists; give samples that overlap, or fewer inputs"
        )
    raise DataError(f"--data: the likelihood rises as {names} grows without bound, so that no maximiser exists")
