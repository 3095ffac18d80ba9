"""An integrand as a function of complex balls, compiled from its expression.

What does not hold the variable is worked out once, by the evaluator. Near an infinite or a singular end the variable is
u = e^s: powers of u are then exponentials of s, without branch cuts and without overflow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import sympy as sp
from flint import acb, arb, arb_series

from derive.algebra.binding import substitute
from derive.checker.evaluator import Point, UndefinedError, Value, as_int, evaluate, is_exact

#: So far beyond the largest number in sight one looks before anything is called small, and never further than the last.
REACH, FURTHEST = 16, 2.0**40

Bound = Mapping[sp.Symbol, Value]
Function = Callable[[Any, Any, bool], Any]  # (u, log u or None, whether analyticity is asked for) ↦ value
NOWHERE = acb(arb.nan())


@dataclass
class Place:
    """What an integrand is compiled against; `largest` is the largest number in it."""

    point: Point
    bound: Bound
    largest: float = 1.0

    def number(self, e: sp.Expr) -> arb:
        """The value of a part that is constant under the integral."""
        value = evaluate(e, self.point, self.bound)
        if isinstance(value, arb_series):
            raise UndefinedError("the derivative of a total")
        size = float(abs(arb(value)).mid())
        self.largest = max(self.largest, min(size, FURTHEST))
        return arb(value)


def scaled(moved: sp.Expr, u: sp.Symbol, side: int, place: Place) -> Callable[[Any, bool], Any]:
    """The integrand at u = e^s, times u; far out (side 1) or far in (side −1) its power of u is one exponential."""
    plain = compiled(moved, u, place)
    degree, rest = _growth(moved * u, u, side, place)
    far = arb(REACH * place.largest).log()

    def value(s: Any, analytic: bool) -> Any:
        z = s.exp()
        if side * s.real > far:
            return (degree * s).exp() * rest(z, s, analytic)
        return plain(z, s, analytic) * z

    return value


def _growth(e: sp.Expr, u: sp.Symbol, side: int, place: Place) -> tuple[Any, Function]:
    """d and g with e = u^d·g(u), where g neither grows nor falls like a power of u towards that side."""
    if e == u:
        return arb(1), lambda *_: acb(1)
    if e.is_Mul:
        parts = [_growth(f, u, side, place) for f in e.args]
        return sum((d for d, _ in parts), arb(0)), partial(_multiplied, acb(1), [g for _, g in parts])
    if e.is_Pow and u not in e.exp.free_symbols and not isinstance(e, sp.exp) and e.base.has(u):
        d, g = _growth(e.base, u, side, place)
        value = evaluate(e.exp, place.point, place.bound)
        n = acb(place.number(e.exp))
        if is_exact(value) and value.q == 1 and abs(value.p) <= 1000:
            whole = int(value.p)
            return n.real * d, lambda z, s, a: g(z, s, a) ** whole
        return n.real * d, lambda z, s, a: (n * _ln(g(z, s, a), a)).exp()
    degree = _degree(e, u, side) if e.is_Add else None
    if degree is not None:
        return place.number(degree), compiled(_reduced(e, u, degree), u, place)
    return arb(0), compiled(e, u, place)


def compiled(e: sp.Expr, u: sp.Symbol, place: Place) -> Function:
    """The expression as a function of complex balls; what does not hold u is worked out once."""
    if e == u:
        return lambda z, _, __: z
    if u not in e.free_symbols:
        constant = acb(place.number(e))
        return lambda z, _, __: constant
    if isinstance(e, (sp.Add, sp.Mul)):
        free, bound = e.as_independent(u, as_Add=e.is_Add)
        parts = [compiled(a, u, place) for a in (bound.args if bound.func == e.func else (bound,))]
        start = acb(place.number(free))
        return partial(_added if e.is_Add else _multiplied, start, parts)
    if isinstance(e, sp.exp):
        return _exponential(e.args[0], u, place)
    if isinstance(e, sp.Pow):
        return _power(e, u, place)
    if isinstance(e, sp.log):
        return _log(e.args[0], u, place)
    if isinstance(e, (sp.Sum, sp.Product)) and len(e.limits) == 1:
        index, lower, upper = e.limits[0]
        ends = [as_int(evaluate(end, place.point, place.bound)) for end in (lower, upper)]
        terms = [substitute(e.function, {index: sp.Integer(n)}) for n in range(ends[0], ends[1] + 1)]
        return compiled((sp.Add if isinstance(e, sp.Sum) else sp.Mul)(*terms), u, place)
    return _function(e, u, place)


def _added(start: Any, parts: list[Function], z: Any, s: Any, a: bool) -> Any:
    for part in parts:
        start = start + part(z, s, a)
    return start


def _multiplied(start: Any, parts: list[Function], z: Any, s: Any, a: bool) -> Any:
    for part in parts:
        start = start * part(z, s, a)
    return start


def _power(e: sp.Pow, u: sp.Symbol, place: Place) -> Function:
    base, exponent = e.as_base_exp()
    if exponent.is_Integer and abs(exponent) <= 1000:
        return _integer_power(base, int(exponent), u, place)
    if u not in exponent.free_symbols:
        value = evaluate(exponent, place.point, place.bound)
        place.number(exponent)
        if is_exact(value) and value.q == 1 and abs(value.p) <= 1000:
            return _integer_power(base, int(value.p), u, place)
    logarithm, factor = _log(base, u, place), compiled(exponent, u, place)
    return lambda z, s, a: (factor(z, s, a) * logarithm(z, s, a)).exp()


def _exponential(exponent: sp.Expr, u: sp.Symbol, place: Place) -> Function:
    """e^w; for w = r − c·e^v on a wide real interval by the ends of v, since a ball around e^v would reach below 0."""
    inner = compiled(exponent, u, place)
    grown = [t for t in sp.Add.make_args(exponent) if t.has(u) and any(isinstance(f, sp.exp) for f in t.args)]
    if len(grown) != 1:
        return lambda z, s, a: inner(z, s, a).exp()
    power = sp.Mul(*(f for f in sp.Mul.make_args(grown[0]) if isinstance(f, sp.exp) and f.has(u)))
    factor = grown[0] / power
    if factor.has(u) or not place.number(factor) < 0:
        return lambda z, s, a: inner(z, s, a).exp()
    logarithm, rest = compiled(power.args[0], u, place), compiled(exponent - grown[0], u, place)
    slope = place.number(factor)

    def value(z: Any, s: Any, a: bool) -> Any:
        if not a and (z.imag.is_zero() if s is None else s.imag.is_zero()):
            v = logarithm(z, s, a).real
            if v.rad() > 1:
                most = (rest(z, s, a).real.upper() + slope * v.lower().exp()).exp().upper() / 2
                return acb(arb(most, most))
        return inner(z, s, a).exp()

    return value


def _integer_power(base: sp.Expr, n: int, u: sp.Symbol, place: Place) -> Function:
    """b^n; for b = r + c·e^w with large w as e^{nw}·(r·e^{-w} + c)^n, so that nothing overflows."""
    if base == u:
        return lambda z, s, a: z**n if s is None else (n * s).exp()
    terms = sp.Add.make_args(base)
    grown = [t for t in terms if any(isinstance(f, sp.exp) and u in f.free_symbols for f in sp.Mul.make_args(t))]
    plain = compiled(base, u, place)
    if len(grown) != 1 or n >= 0:
        return lambda z, s, a: plain(z, s, a) ** n
    (large,) = (f for f in sp.Mul.make_args(grown[0]) if isinstance(f, sp.exp) and u in f.free_symbols)
    exponent = compiled(large.args[0], u, place)
    rest, factor = (compiled(e, u, place) for e in (base - grown[0], grown[0] / large))

    def value(z: Any, s: Any, a: bool) -> Any:
        w = exponent(z, s, a)
        if not w.real > 1:
            return plain(z, s, a) ** n
        return (n * w).exp() * (rest(z, s, a) * (-w).exp() + factor(z, s, a)) ** n

    return value


def _log(argument: sp.Expr, u: sp.Symbol, place: Place) -> Function:
    """log of the argument; powers of u come out as multiples of log u = s, which has no branch cut."""
    if u not in argument.free_symbols:
        constant = acb(place.number(sp.log(argument)))
        return lambda z, _, __: constant
    expanded = sp.expand(argument)
    argument = expanded if expanded.is_Mul or expanded == u else sp.factor_terms(expanded)
    power, rest = sp.S.Zero, []
    for factor in sp.Mul.make_args(argument):
        base, exponent = factor.as_base_exp()
        if base == u and u not in exponent.free_symbols:
            power += exponent
        else:
            rest.append(factor)
    whole, multiple = compiled(sp.Mul(*rest), u, place), acb(place.number(power))
    top = _degree(sp.Mul(*rest), u)
    degree, leading = (
        (acb(place.number(top)), compiled(_reduced(sp.Mul(*rest), u, top), u, place)) if top else (0, None)
    )
    far, bare, none = arb(REACH * place.largest).log(), not rest, power == 0

    def value(z: Any, s: Any, a: bool) -> Any:
        if s is None:
            return (acb(0) if bare else _ln(whole(z, s, a), a)) + (0 if none else multiple * z.log(analytic=a))
        if bare:
            return multiple * s
        if leading is not None and s.real > far:  # log(c·u^n + …) = n·s + log(c + …)
            return (multiple + degree) * s + _ln(leading(z, s, a), a)
        return multiple * s + _ln(whole(z, s, a), a)

    return value


def _degree(e: sp.Expr, u: sp.Symbol, side: int = 1) -> sp.Expr | None:
    """The highest (or, side −1, lowest) power of u in a polynomial; None for anything else."""
    terms = sp.Add.make_args(sp.expand(e))
    powers = {t.as_independent(u, as_Add=False)[1].as_base_exp() for t in terms if t.has(u)}
    if not powers or not all(b == u and n.is_Rational and n > 0 for b, n in powers):
        return None
    constant = [sp.S.Zero] if any(not t.has(u) for t in terms) else []
    return max(n for _, n in powers) if side > 0 else min(constant + [n for _, n in powers])


def _reduced(e: sp.Expr, u: sp.Symbol, degree: sp.Expr) -> sp.Expr:
    """A polynomial divided by the highest power of u."""
    return sp.Add(*(t * u**-degree for t in sp.Add.make_args(sp.expand(e))))


def _function(e: sp.Expr, u: sp.Symbol, place: Place) -> Function:
    """The other functions; those with a branch cut are analytic to the right of 0 only."""
    entire = {sp.cos: "cos", sp.sin: "sin", sp.gamma: "gamma"}
    real = {sp.Abs: "real_abs", sp.sign: "real_sgn"}
    name = entire.get(type(e)) or real.get(type(e))
    if name is not None or isinstance(e, (sp.loggamma, sp.factorial)):
        inner = compiled(e.args[0], u, place)
        if isinstance(e, sp.factorial):
            return lambda z, s, a: (inner(z, s, a) + 1).gamma()
        if isinstance(e, sp.loggamma):
            return lambda z, s, a: _lgamma(inner(z, s, a), a)
        if type(e) in real:
            return lambda z, s, a: getattr(inner(z, s, a), str(name))(analytic=a)
        return lambda z, s, a: getattr(inner(z, s, a), str(name))()
    raise UndefinedError(f"no integral is known with {type(e).__name__}")


def _ln(w: Any, analytic: bool) -> Any:
    """log w; the logarithm of a negative number is no value, though it has a complex one."""
    return NOWHERE if not analytic and w.imag.is_zero() and w.real < 0 else w.log(analytic=analytic)


def _lgamma(z: Any, analytic: bool) -> Any:
    return z.lgamma() if not analytic or z.real > 0 else NOWHERE
