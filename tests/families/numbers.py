"""A density as a number: independent of the project's evaluator, with SymPy's own doit at concrete sizes and mpmath."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import mpmath
import sympy as sp

from derive.algebra.context import Domain, Variable
from derive.model import Model

Values = dict[sp.Expr, Any]
SIZE = 3


def entries(variable: Variable) -> list[sp.Expr]:
    """The entries of an array whose sizes are all SIZE; the symbol itself for a scalar."""
    if not variable.axes:
        return [variable.base]
    return [variable.base[i] for i in itertools.product(range(1, SIZE + 1), repeat=variable.rank)]


def draw(domain: Domain, rng: random.Random, values: Values) -> Any:
    """A value of a domain, away from its ends."""
    lower, upper = (end.xreplace(values) for end in (domain.lower, domain.upper))
    if domain.integer:
        first = int(lower) if lower.is_finite else -5
        return sp.Integer(rng.randint(first, int(upper) if upper.is_finite else first + 5))
    low = float(lower) if lower.is_finite else -1.5
    high = float(upper) if upper.is_finite else low + (4 if lower.is_finite else 3)
    return sp.Float(low + (high - low) * rng.uniform(0.15, 0.85))


def world(model: Model, rng: random.Random) -> Values:
    """Values for the sizes, known constants, inputs and parameters of a model, and later for its data."""
    values: Values = {size: sp.Integer(SIZE) for size in model.sizes}
    for variable in (*model.known, *model.given, *model.parameters):
        drawn = [draw(variable.domain, rng, values) for _ in entries(variable)]
        if any(fact.variable == variable for fact in model.constraints):
            drawn = [d / sum(drawn) for d in drawn]
        values |= dict(zip(entries(variable), drawn, strict=True))
    return values


def at(expr: sp.Expr, values: Values) -> sp.Expr:
    """An expression at concrete sizes and values; the data may stay symbols."""
    sizes = {k: v for k, v in values.items() if getattr(k, "is_integer", False) and isinstance(k, sp.Symbol)}
    unfolded = expr.subs(sizes).doit()
    return unfolded.xreplace(values)


def function(expr: sp.Expr, variables: Sequence[sp.Expr], values: Values) -> Callable[..., Any]:
    """A density as a function of some entries, in mpmath."""
    symbols = [sp.Dummy() for _ in variables]
    body = at(expr, values).xreplace(dict(zip(variables, symbols, strict=True)))
    result: Callable[..., Any] = sp.lambdify(symbols, body, "mpmath")
    return result


def total(density: Callable[..., Any], domain: Domain, values: Values) -> Any:
    """The sum or integral of a density of one number over its support."""
    lower, upper = (end.xreplace(values) for end in (domain.lower, domain.upper))
    if domain.integer:
        end = int(upper) if upper.is_finite else 400
        return mpmath.fsum(density(mpmath.mpf(x)) for x in range(int(lower), end + 1))
    kinks = {v for v in values.values() if v.is_Float}  # |x − μ| bends at a parameter
    inner = sorted(c for c in {-30, -3, -1, 0, 0.01, 0.1, 1, 3, 10, 50} | kinks if lower < c < upper)
    points = [mpmath.mpf(str(sp.N(end, 30)).replace("oo", "inf")) for end in (lower, *inner, upper)]
    return mpmath.quad(density, points)


def one_hot(length: int) -> Iterator[tuple[int, ...]]:
    """The rows with a single 1."""
    for k in range(length):
        yield tuple(int(k == j) for j in range(length))


def compositions(n: int, length: int) -> Iterator[tuple[int, ...]]:
    """The rows of counts that add up to n."""
    for row in itertools.product(range(n + 1), repeat=length):
        if sum(row) == n:
            yield row


def simplex_total(density: Callable[..., Any]) -> Any:
    """The integral of a density of three proportions that add up to 1, by their first two."""

    def inner(a: Any) -> Any:
        rest = 1 - a
        return rest * mpmath.quad(lambda u: density(a, rest * u, rest * (1 - u)), [0, 0.5, 1], maxdegree=4)

    return mpmath.quad(inner, [0, 0.5, 1], maxdegree=4)
