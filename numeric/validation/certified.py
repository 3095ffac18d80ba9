"""Certified truth: −log p of one observation and its derivatives by the link's input, in ball arithmetic.

The truth comes from what the model states, its density and its link, and not from the derived loss: what is compared
with it is the derivation and the code at once. Each quantity is a ball that encloses the exact number, each with its
derivatives by every entry of the input (forward mode; absent means 0). The precision is doubled until every ball is
narrower than a hundredth of the unit in the last place of the format in question: cancellation, which turns floating
point into silent zeros, here only makes the ball wide and costs another round.

Conventions: 0⁰ = 1 and 0 · log 0 = 0, as in the models; e^−∞ = 0 with derivative 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import sympy as sp
from flint import arb, ctx, fmpq

from derive.algebra.context import key
from derive.model import Model
from numeric.validation.ulp import Format, exponent

START, LIMIT = 128, 1 << 15  # bits
SLACK = -7  # 2^-7 < 1/100: the widest ball, in units in the last place


@dataclass(frozen=True)
class Ball:
    """A number with its derivatives by the entries of the input, by position."""

    value: arb
    slopes: dict[int, arb] = field(default_factory=dict)


@dataclass(frozen=True)
class Truth:
    """The loss of one observation, its gradient, and the size of the largest term that makes each gradient entry."""

    value: arb
    gradient: tuple[arb, ...]
    terms: tuple[arb, ...]


Arrays = Mapping[tuple[str, int], Sequence[float]]


class Evaluator:
    """Evaluates SymPy expressions for one observation at the working precision."""

    def __init__(self, model: Model, arrays: Arrays, size: int) -> None:
        assert model.link is not None
        self._link = model.link
        self._arrays = arrays
        self._sizes = {str(s): size for s in model.sizes}
        self._cache: dict[tuple[sp.Expr, tuple[tuple[str, int], ...]], Ball] = {}

    def __call__(self, expr: sp.Expr, at: Mapping[str, int]) -> Ball:
        """The ball of the expression where the indices stand `at` their positions, counted from 1."""
        free = _free_names(expr)
        place = expr, tuple((n, p) for n, p in sorted(at.items()) if n in free)
        if place not in self._cache:
            self._cache[place] = self._evaluate(expr, dict(place[1]))
        return self._cache[place]

    def _evaluate(self, expr: sp.Expr, at: dict[str, int]) -> Ball:
        if isinstance(expr, sp.Rational):
            return Ball(arb(fmpq(int(expr.p), int(expr.q))))
        if isinstance(expr, (sp.Symbol, sp.Indexed)):
            return self._variable(expr, at)
        if isinstance(expr, (sp.Sum, sp.Product)):
            (index, lower, upper), join = expr.limits[0], _add if isinstance(expr, sp.Sum) else _mul
            result = Ball(arb(0 if isinstance(expr, sp.Sum) else 1))
            for position in range(int(lower), self._sizes[str(upper)] + 1):
                result = join(result, self(expr.function, {**at, index.name: position}))
            return result
        if isinstance(expr, sp.Pow):
            return _power(self(expr.base, at), self(expr.exp, at))
        parts = [self(a, at) for a in expr.args]
        if isinstance(expr, (sp.Add, sp.Mul)):
            result = parts[0]
            for part in parts[1:]:
                result = _add(result, part) if isinstance(expr, sp.Add) else _mul(result, part)
            return result
        if isinstance(expr, sp.exp):
            return _exp(parts[0])
        if isinstance(expr, sp.log):
            return _log(parts[0])
        raise ValueError(f"no ball arithmetic for {type(expr).__name__}: {expr}")

    def _variable(self, expr: sp.Expr, at: dict[str, int]) -> Ball:
        name = key(expr)
        positions = [at[i.name] for i in expr.indices] if isinstance(expr, sp.Indexed) else []
        if name == self._link.parameter.key:
            bound = {s.name: p for s, p in zip(self._link.indices, positions, strict=True)}
            return self(self._link.inverse, bound)
        if not positions and name not in self._arrays:
            return Ball(arb(at[expr.name]))
        place = positions[0] - 1 if positions else 0
        number = arb(self._arrays[name][place])
        return Ball(number, {place: arb(1)} if name == self._link.input.key else {})


@lru_cache(maxsize=1024)
def _free_names(expr: sp.Expr) -> frozenset[str]:
    return frozenset(s.name for s in expr.free_symbols)


def _is_zero(number: arb) -> bool:
    return bool(number == 0)


def _add(a: Ball, b: Ball) -> Ball:
    slopes = {j: a.slopes.get(j, arb(0)) + b.slopes.get(j, arb(0)) for j in a.slopes | b.slopes}
    return Ball(a.value + b.value, slopes)


def _mul(a: Ball, b: Ball) -> Ball:
    for zero in (a, b):
        if _is_zero(zero.value) and not zero.slopes:
            return zero  # data that is exactly 0 counts nothing, whatever stands beside it
    slopes = {j: a.value * s for j, s in b.slopes.items()}
    for j, s in a.slopes.items():
        slopes[j] = slopes.get(j, arb(0)) + b.value * s
    return Ball(a.value * b.value, slopes)


def _power(base: Ball, exponent: Ball) -> Ball:
    if exponent.slopes:
        raise ValueError("an exponent that depends on the input has no rule here")
    if _is_zero(exponent.value):
        return Ball(arb(1))
    lowered = base.value ** (exponent.value - 1)
    return Ball(lowered * base.value, {j: exponent.value * lowered * s for j, s in base.slopes.items()})


def _exp(a: Ball) -> Ball:
    if a.value == arb("-inf"):
        return Ball(arb(0))
    value = a.value.exp()
    return Ball(value, {j: value * s for j, s in a.slopes.items()})


def _log(a: Ball) -> Ball:
    return Ball(a.value.log(), {j: s / a.value for j, s in a.slopes.items()})


def truth(model: Model, gradient: sp.Expr, index: str, arrays: Arrays, number: Format) -> Truth:
    """Loss and gradient of one observation to a hundredth of a unit in the last place of `number`.

    `arrays` holds the entries of the link's input and of the observation by name and rank; `gradient` is the derived
    gradient with its free index, used only for the size of its terms. ArithmeticError where no precision suffices.
    """
    assert model.link is not None
    size = len(arrays[model.link.input.key])
    prec = START
    while prec <= LIMIT:
        with ctx.workprec(prec):
            evaluate = Evaluator(model, arrays, size)
            loss = evaluate(-sp.log(model.density), {})
            slopes = tuple(loss.slopes.get(j, arb(0)) for j in range(size))
            terms = tuple(_largest(evaluate, gradient, {index: j + 1}) for j in range(size))
            if all(_narrow(b, number) for b in (loss.value, *slopes)):
                return Truth(loss.value, slopes, terms)
        prec *= 2
    raise ArithmeticError(f"no certified value of {model.name} within {LIMIT} bits at {dict(arrays)}")


def _largest(evaluate: Evaluator, gradient: sp.Expr, at: dict[str, int]) -> arb:
    """The size of the largest term of the gradient."""
    sizes = [abs(evaluate(term, at).value) for term in sp.Add.make_args(gradient)]
    return max(sizes, key=lambda ball: float(ball.mid()))


def _narrow(ball: arb, number: Format) -> bool:
    """Whether the ball is certain to a hundredth of a unit in the last place."""
    if not ball.is_finite():
        return False
    if _is_zero(ball.rad()):
        return True
    return exponent(ball.rad()) < number.unit_exponent(ball) + SLACK
