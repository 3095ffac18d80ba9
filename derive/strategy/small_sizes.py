"""Whether the density of an observation that is an array adds up to 1, held against numbers at small sizes.

Over all sizes that takes a multinomial or a Dirichlet integral. At K = 1, 2, 3 a discrete support is a list of rows to
be added up exactly, and a continuous one is an interval wherever a known sum leaves one entry free.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

import sympy as sp
from flint import fmpq

from derive.algebra.binding import substitute, substitute_array
from derive.algebra.budgets import OutOfTimeError, budget
from derive.algebra.context import Context, index
from derive.checker.evaluator import Point, UndefinedError, Value, as_int, evaluate, evaluate_at, is_exact
from derive.checker.numeric import shown
from derive.checker.sampler import points
from derive.model import Model

#: Sizes that are looked at, how many points at each, rows that are added up at most, and seconds in all.
SIZES, POINTS, ROWS, SECONDS = (1, 2, 3), 3, 2000, 3.0
#: The one entry that is free.
FREE, PLACE = sp.Symbol("x_1", real=True), index("k")


def fault_at_small_sizes(model: Model, context: Context) -> str:
    """What is wrong with the total, in words; "" where it is 1 at every point, or cannot be worked out."""
    data = model.data
    if len(data.axes) != 1 or not data.axes[0].is_Symbol or len(model.data_facts) > 1:
        return ""
    try:
        with budget(SECONDS):
            for size in SIZES:
                for point in islice(points(context, (sp.Eq(data.axes[0], size, evaluate=False),)), POINTS):
                    found = _fault(model, size, point)
                    if found:
                        return found
    except OutOfTimeError:
        pass
    return ""


def _fault(model: Model, size: int, point: Point) -> str:
    point.tolerant = True
    try:
        value = _total(model, size, point)
    except UndefinedError:
        return ""
    return "" if value is None else fault_of_total(value, point)


def fault_of_total(value: Value, point: Point) -> str:
    """That a total at a point is certainly not 1, in words; "" where it may be."""
    if value == 1 if is_exact(value) else (value - 1).contains(0):
        return ""
    digits = float(value.p) / float(value.q) if is_exact(value) else float(value.mid())
    where = ", ".join(f"{name} = {number}" for name, number in shown(point).items())
    return f"the density adds up to {digits:.6f}{f' at {where}' if where else ''}, not to 1"


def _total(model: Model, size: int, point: Point) -> Value | None:
    """The density added up over the rows of this size; None where that takes more than one integral."""
    if model.data.domain.integer:
        rows = _rows(model, size, point)
        return None if rows is None else sum((_at(model, row, point) for row in rows), fmpq(0))
    fixed = len(model.data_facts)
    if size != 1 + fixed:
        return None
    entry = sp.KroneckerDelta(PLACE, 1) * FREE
    if fixed:
        entry += sp.KroneckerDelta(PLACE, 2) * (model.data_facts[0].total - FREE)
    body = _written_out(substitute_array(model.density, model.data.key, (PLACE,), entry), point)
    return evaluate(sp.Integral(body, (FREE, model.data.domain.lower, model.data.domain.upper)), point)


def _written_out(expr: sp.Expr, point: Point) -> sp.Expr:
    """Sums and products over the sizes of a point, term by term: integrands hold none."""
    if isinstance(expr, sp.Indexed) or not expr.args:
        return expr
    if not isinstance(expr, (sp.Sum, sp.Product)):
        return expr.func(*(_written_out(arg, point) for arg in expr.args))
    terms = [expr.function]
    for symbol, lower, upper in expr.limits:
        places = range(as_int(evaluate(lower, point)), as_int(evaluate(upper, point)) + 1)
        terms = [substitute(term, {symbol: sp.Integer(place)}) for term in terms for place in places]
    whole = sp.Add(*terms) if isinstance(expr, sp.Sum) else sp.Mul(*terms)
    return _written_out(whole, point)


def _rows(model: Model, size: int, point: Point) -> Iterator[tuple[int, ...]] | None:
    """All rows of the support; None where there are too many, or endlessly many."""
    domain, facts = model.data.domain, model.data_facts
    whole = as_int(evaluate(facts[0].total, point)) if facts else None
    if not domain.lower.is_finite or (whole is None and not domain.upper.is_finite):
        return None
    lower = as_int(evaluate(domain.lower, point)) + domain.lower_open
    upper = whole - lower * (size - 1) if whole is not None else lower
    if domain.upper.is_finite:
        last = as_int(evaluate(domain.upper, point)) - domain.upper_open
        upper = last if whole is None else min(last, upper)
    if (upper - lower + 1) ** size > ROWS:
        return None
    rows = product(range(lower, upper + 1), repeat=size)
    return (row for row in rows if whole is None or sum(row) == whole)


def _at(model: Model, row: tuple[int, ...], point: Point) -> Value:
    return evaluate_at(model.density, point, {(model.data.name, (n,)): fmpq(entry) for n, entry in enumerate(row, 1)})
