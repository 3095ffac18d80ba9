"""Totals over infinitely many values, as balls: integrals, and sums that do not end.

An integral over a finite range on which the integrand is analytic up to the ends is certain: python-flint's
integration bounds its own error. Towards an infinite or a singular end, at distance e^s from a finite point, blocks of
growing length in s are added until one falls below a tiny share of the whole. What lies beyond is not certain, nor is
the rest of a sum that does not end; such a value says so (`Total.open_end`). Nothing of the other lane is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any

import sympy as sp
from flint import acb, arb, arb_series, fmpq

from derive.algebra.binding import rename_apart, substitute
from derive.algebra.budget import OutOfTimeError, tick
from derive.checker.evaluator import Point, UndefinedError, Value, as_int, evaluate, is_exact

#: Every piece is worked out to so many bits, relative to the whole.
BITS = 118
TOLERANCE = arb(2) ** -BITS
#: An integral that is known less well is of no use.
ENOUGH = arb(2) ** -102
#: A block or a rest below this share of the whole ends the search; it enters the error.
SHARE = arb(2) ** -(BITS + 34)
#: Evaluations of the integrand a piece, blocks towards an end, terms of a sum.
MAX_EVALUATIONS, MAX_BLOCKS, MAX_TERMS = 8_000, 32, 4000
#: Evaluations of a block that is looked at only because something large may still lie there.
FEW_EVALUATIONS = 400
#: So many blocks of length 1 in s come before they double: light tails are over by then.
UNIT_BLOCKS = 8
#: So far beyond the largest number in sight one looks before anything is called small, and never further than the last.
REACH, FURTHEST = 16, 2.0**40
#: Terms of a sum that are looked at before it may end.
FEWEST_TERMS = 24

Bound = Mapping[sp.Symbol, Value]
Function = Callable[[Any, Any, bool], Any]  # (u, log u or None, whether analyticity is asked for) ↦ value
NOWHERE = acb(arb.nan())


@dataclass(frozen=True)
class Total:
    """A ball that contains the total, if what lies beyond an `open_end` is as small as it looks ("": certain)."""

    value: arb
    open_end: str = ""


@dataclass
class _Place:
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


def total(e: sp.Expr, point: Point, bound: Bound) -> Total:
    """The value of an integral, or of a sum whose last range does not end. UndefinedError where none can be given."""
    if isinstance(e, sp.Integral):
        return _integral(e, point, bound)
    return _series(e, point, bound)


# --- integrals -----------------------------------------------------------------------------------------------------


@dataclass
class _Sum:
    """Pieces added up; `scale` is what their sizes add up to."""

    value: arb = field(default_factory=lambda: arb(0))
    scale: arb = field(default_factory=lambda: arb(0))
    open_end: str = ""

    def add(self, function: Callable[[Any, bool], Any], start: Value, stop: Value, most: int = MAX_EVALUATIONS) -> arb:
        """Add ∫ from start to stop and return a bound of its size."""
        tick()
        glimpse = _glimpse(function, arb(start), arb(stop))
        piece = _certified(function, start, stop, (self.scale + glimpse) * TOLERANCE, most)
        self.value += piece
        size = arb(piece.abs_upper())
        self.scale += max(size, glimpse, key=lambda bound: bound.mid())
        return size


def _certified(function: Callable[[Any, bool], Any], start: Value, stop: Value, abs_tol: arb, most: int) -> arb:
    late: list[OutOfTimeError] = []

    def timed(z: Any, analytic: bool) -> Any:
        try:
            tick()
        except OutOfTimeError as error:  # must not cross the library: end quickly, raise afterwards
            late.append(error)
        return NOWHERE if late else function(z, analytic)

    result = acb.integral(timed, arb(start), arb(stop), rel_tol=TOLERANCE, abs_tol=abs_tol, eval_limit=most)
    if late:
        raise late[0]
    if not result.is_finite():
        raise UndefinedError("an integral that is infinite, or cannot be worked out")
    return arb(result.real)


def _glimpse(function: Callable[[Any, bool], Any], start: arb, stop: arb) -> arb:
    """About how large an integral is at least: what an error of it may be measured by, no more."""
    width, most = stop - start, arb(0)
    for n in range(1, 30, 2):
        for t in (arb(2) ** -n, 1 - arb(2) ** -n):
            size = abs(function(acb(start + width * t), False).real).mid() * width * arb(2) ** -n
            most = size if size.is_finite() and size > most else most
    return arb(most.mid()) / 64


def _integral(e: sp.Integral, point: Point, bound: Bound) -> Total:
    if len(e.limits) != 1:
        raise UndefinedError("an integral over several variables")
    apart = rename_apart(e)
    variable, lower, upper = apart.limits[0]
    body = apart.function
    place = _Place(point, bound)
    start, stop = (None if end in (sp.oo, -sp.oo) else place.number(end) for end in (lower, upper))
    if start is not None and stop is not None and not start < stop:
        if lower == upper or (start == stop and start.is_exact()):
            return Total(arb(0))
        raise UndefinedError("the ends of an integral are not in order")
    found = _Sum()
    for pieced, (low, high) in _pieces(body, variable, lower, upper, place):
        _piece(pieced, variable, low, high, place, found)
    if arb(found.value.rad()) > found.scale * ENOUGH:
        raise UndefinedError("an integral that cannot be worked out to 30 digits with little effort")
    return Total(found.value, found.open_end)


def _pieces(
    body: sp.Expr, x: sp.Symbol, lower: sp.Expr, upper: sp.Expr, place: _Place
) -> Iterator[tuple[sp.Expr, tuple[sp.Expr, sp.Expr]]]:
    """The range cut where an absolute value or a sign changes, and there without them."""
    kinks: dict[sp.Expr, tuple[fmpq, list[tuple[sp.Expr, sp.Expr, bool]]]] = {}
    for e in sorted(body.atoms(sp.Abs, sp.sign), key=str):
        argument = sp.expand(e.args[0])
        slope = argument.coeff(x, 1)
        rest = sp.expand(argument - slope * x)
        if slope == 0 or slope.has(x) or rest.has(x):
            continue
        root = -rest / slope
        value, up = evaluate(root, place.point, place.bound), place.number(slope)
        if is_exact(value) and (up > 0 or up < 0):
            kinks.setdefault(root, (value, []))[1].append((e, argument, bool(up > 0)))
    ends = {end: evaluate(end, place.point, place.bound) for end in (lower, upper) if end not in (sp.oo, -sp.oo)}
    inside = [
        (value, root)
        for root, (value, _) in kinks.items()
        if (lower not in ends or arb(value) > ends[lower]) and (upper not in ends or arb(value) < ends[upper])
    ]
    if not inside and not ends:
        inside = [(fmpq(0), sp.S.Zero)]
    distinct = dict(sorted(inside, key=lambda pair: pair[0]))
    cuts = [lower, *distinct.values(), upper]
    values = [None, *distinct, None]
    for n, (low, high) in enumerate(pairwise(cuts)):
        known = {}
        for value, members in kinks.values():
            if values[n] is not None:
                right = value <= values[n]
            elif values[n + 1] is not None:
                right = value < values[n + 1]
            else:  # no cut at all: the kink is outside
                right = lower in ends and not arb(value) > ends[lower]
            for e, argument, up in members:
                positive = right == up
                one = sp.Integer(1 if positive else -1)
                known[e] = one if isinstance(e, sp.sign) else one * argument
        yield body.xreplace(known), (low, high)


def _piece(body: sp.Expr, x: sp.Symbol, low: sp.Expr, high: sp.Expr, place: _Place, found: _Sum) -> None:
    """Add the integral over one piece: from `low`, from `high`, or half from each where both ends are singular."""
    if low == -sp.oo:
        _from(body, x, high, -1, None, place, found)
    elif high == sp.oo and place.number(low) > 0 and _near(body, x, low, 1, place)[1]:
        _beyond(body, x, low, place, found)
    elif high == sp.oo:
        _from(body, x, low, 1, None, place, found)
    else:
        width = place.number(high - low)
        plain, regular = zip(
            *(_near(body, x, end, direction, place) for end, direction in ((low, 1), (high, -1))), strict=True
        )
        if all(regular):
            found.add(lambda z, a: plain[0](z, None, a), arb(0), width)
        elif regular[0]:
            _from(body, x, high, -1, width, place, found)
        elif regular[1]:
            _from(body, x, low, 1, width, place, found)
        else:
            _from(body, x, low, 1, width / 2, place, found)
            _from(body, x, high, -1, width / 2, place, found)


def _near(body: sp.Expr, x: sp.Symbol, end: sp.Expr, direction: int, place: _Place) -> tuple[Function, bool]:
    """The integrand as a function of the distance u from an end, and whether it is analytic there."""
    moved, u = _moved(body, x, end, direction)
    function = _compiled(moved, u, place)
    return function, bool(function(acb(arb(0, 2.0**-30)), None, True).is_finite())


def _moved(body: sp.Expr, x: sp.Symbol, end: sp.Expr, direction: int) -> tuple[sp.Expr, sp.Symbol]:
    """The integrand written in the distance u from an end."""
    u = sp.Dummy("u", positive=True)
    return substitute(body, {x: end + direction * u}), u


def _scaled(moved: sp.Expr, u: sp.Symbol, side: int, place: _Place) -> Callable[[Any, bool], Any]:
    """The integrand at u = e^s, times u; far out (side 1) or far in (side −1) its power of u is one exponential."""
    plain = _compiled(moved, u, place)
    degree, rest = _growth(moved * u, u, side, place)
    far = arb(REACH * place.largest).log()

    def value(s: Any, analytic: bool) -> Any:
        z = s.exp()
        if side * s.real > far:
            return (degree * s).exp() * rest(z, s, analytic)
        return plain(z, s, analytic) * z

    return value


def _growth(e: sp.Expr, u: sp.Symbol, side: int, place: _Place) -> tuple[Any, Function]:
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
        return n.real * d, lambda z, s, a: (n * g(z, s, a).log(analytic=a)).exp()
    degree = _degree(e, u, side) if e.is_Add else None
    if degree is not None:
        return place.number(degree), _compiled(_reduced(e, u, degree), u, place)
    return arb(0), _compiled(e, u, place)


def _from(
    body: sp.Expr, x: sp.Symbol, end: sp.Expr, direction: int, width: arb | None, place: _Place, found: _Sum
) -> None:
    """Add the integral over the points at a distance of up to `width` (None: any) from an end."""
    plain, regular = _near(body, x, end, direction, place)
    unit = arb(1) if width is None else width
    if regular:
        found.add(lambda z, a: plain(z, None, a), arb(0), unit)
    else:
        _blocks(_scaled(*_moved(body, x, end, direction), -1, place), unit.log(), -1, place, found)
    if width is None:
        _blocks(_scaled(*_moved(body, x, end, direction), 1, place), arb(0), 1, place, found)


def _beyond(body: sp.Expr, x: sp.Symbol, low: sp.Expr, place: _Place, found: _Sum) -> None:
    """Add the integral from a positive number on, by its distance from 0: powers of x become exponentials of s."""
    _blocks(_scaled(*_moved(body, x, sp.S.Zero, 1), 1, place), place.number(low).log(), 1, place, found)


def _blocks(function: Callable[[Any, bool], Any], start: arb, direction: int, place: _Place, found: _Sum) -> None:
    """Add blocks in s, away from `start`, until they are negligible and the largest number in sight is passed."""
    far = arb(REACH * place.largest).log()
    previous: arb | None = None
    small = False
    begin = end = start
    for n in range(MAX_BLOCKS):
        end = end + direction * 2 ** max(0, n - UNIT_BLOCKS)
        sides = (begin, end) if direction > 0 else (end, begin)
        begin = end
        if not small or _shows_something(function, *sides, found):
            size = found.add(function, *sides)
            small = previous is not None and (size < previous or size == 0) and size <= found.scale * SHARE
            previous = size
        if small and abs(end - start) > far:
            found.value += arb(0, arb(previous).abs_upper())
            found.open_end = "what lies beyond the last block of a range without end is not certified"
            return
    raise UndefinedError("an integral whose blocks do not fall off")


def _shows_something(function: Callable[[Any, bool], Any], start: arb, stop: arb, found: _Sum) -> bool:
    """Whether a block beyond small ones is not certainly small, after little effort."""
    try:
        size = _certified(function, start, stop, found.scale * SHARE, FEW_EVALUATIONS).abs_upper()
        return not size < found.scale * SHARE * 2
    except UndefinedError:
        return True


# --- the integrand as a function -----------------------------------------------------------------------------------


def _compiled(e: sp.Expr, u: sp.Symbol, place: _Place) -> Function:
    """The expression as a function of complex balls; what does not hold u is worked out once."""
    if e == u:
        return lambda z, _, __: z
    if u not in e.free_symbols:
        constant = acb(place.number(e))
        return lambda z, _, __: constant
    if isinstance(e, (sp.Add, sp.Mul)):
        free, bound = e.as_independent(u, as_Add=e.is_Add)
        parts = [_compiled(a, u, place) for a in (bound.args if bound.func == e.func else (bound,))]
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
        return _compiled((sp.Add if isinstance(e, sp.Sum) else sp.Mul)(*terms), u, place)
    return _function(e, u, place)


def _added(start: Any, parts: list[Function], z: Any, s: Any, a: bool) -> Any:
    for part in parts:
        start = start + part(z, s, a)
    return start


def _multiplied(start: Any, parts: list[Function], z: Any, s: Any, a: bool) -> Any:
    for part in parts:
        start = start * part(z, s, a)
    return start


def _power(e: sp.Pow, u: sp.Symbol, place: _Place) -> Function:
    base, exponent = e.as_base_exp()
    if exponent.is_Integer and abs(exponent) <= 1000:
        return _integer_power(base, int(exponent), u, place)
    if u not in exponent.free_symbols:
        value = evaluate(exponent, place.point, place.bound)
        place.number(exponent)
        if is_exact(value) and value.q == 1 and abs(value.p) <= 1000:
            return _integer_power(base, int(value.p), u, place)
    logarithm, factor = _log(base, u, place), _compiled(exponent, u, place)
    return lambda z, s, a: (factor(z, s, a) * logarithm(z, s, a)).exp()


def _exponential(exponent: sp.Expr, u: sp.Symbol, place: _Place) -> Function:
    """e^w; for w = r − c·e^v on a wide real interval by the ends of v, since a ball around e^v would reach below 0."""
    inner = _compiled(exponent, u, place)
    grown = [t for t in sp.Add.make_args(exponent) if t.has(u) and any(isinstance(f, sp.exp) for f in t.args)]
    if len(grown) != 1:
        return lambda z, s, a: inner(z, s, a).exp()
    power = sp.Mul(*(f for f in sp.Mul.make_args(grown[0]) if isinstance(f, sp.exp) and f.has(u)))
    factor = grown[0] / power
    if factor.has(u) or not place.number(factor) < 0:
        return lambda z, s, a: inner(z, s, a).exp()
    logarithm, rest = _compiled(power.args[0], u, place), _compiled(exponent - grown[0], u, place)
    slope = place.number(factor)

    def value(z: Any, s: Any, a: bool) -> Any:
        if not a and (z.imag.is_zero() if s is None else s.imag.is_zero()):
            v = logarithm(z, s, a).real
            if v.rad() > 1:
                most = (rest(z, s, a).real.upper() + slope * v.lower().exp()).exp().upper() / 2
                return acb(arb(most, most))
        return inner(z, s, a).exp()

    return value


def _integer_power(base: sp.Expr, n: int, u: sp.Symbol, place: _Place) -> Function:
    """b^n; for b = r + c·e^w with large w as e^{nw}·(r·e^{-w} + c)^n, so that nothing overflows."""
    if base == u:
        return lambda z, s, a: z**n if s is None else (n * s).exp()
    terms = sp.Add.make_args(base)
    grown = [t for t in terms if any(isinstance(f, sp.exp) and u in f.free_symbols for f in sp.Mul.make_args(t))]
    plain = _compiled(base, u, place)
    if len(grown) != 1 or n >= 0:
        return lambda z, s, a: plain(z, s, a) ** n
    (large,) = (f for f in sp.Mul.make_args(grown[0]) if isinstance(f, sp.exp) and u in f.free_symbols)
    exponent = _compiled(large.args[0], u, place)
    rest, factor = (_compiled(e, u, place) for e in (base - grown[0], grown[0] / large))

    def value(z: Any, s: Any, a: bool) -> Any:
        w = exponent(z, s, a)
        if not w.real > 1:
            return plain(z, s, a) ** n
        return (n * w).exp() * (rest(z, s, a) * (-w).exp() + factor(z, s, a)) ** n

    return value


def _log(argument: sp.Expr, u: sp.Symbol, place: _Place) -> Function:
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
    whole, multiple = _compiled(sp.Mul(*rest), u, place), acb(place.number(power))
    top = _degree(sp.Mul(*rest), u)
    degree, leading = (
        (acb(place.number(top)), _compiled(_reduced(sp.Mul(*rest), u, top), u, place)) if top else (0, None)
    )
    far, bare, none = arb(REACH * place.largest).log(), not rest, power == 0

    def value(z: Any, s: Any, a: bool) -> Any:
        if s is None:
            return (acb(0) if bare else whole(z, s, a).log(analytic=a)) + (0 if none else multiple * z.log(analytic=a))
        if bare:
            return multiple * s
        if leading is not None and s.real > far:  # log(c·u^n + …) = n·s + log(c + …)
            return (multiple + degree) * s + leading(z, s, a).log(analytic=a)
        return multiple * s + whole(z, s, a).log(analytic=a)

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


def _function(e: sp.Expr, u: sp.Symbol, place: _Place) -> Function:
    """The other functions; those with a branch cut are analytic to the right of 0 only."""
    entire = {sp.cos: "cos", sp.sin: "sin", sp.gamma: "gamma"}
    real = {sp.Abs: "real_abs", sp.sign: "real_sgn"}
    name = entire.get(type(e)) or real.get(type(e))
    if name is not None or isinstance(e, (sp.loggamma, sp.factorial)):
        inner = _compiled(e.args[0], u, place)
        if isinstance(e, sp.factorial):
            return lambda z, s, a: (inner(z, s, a) + 1).gamma()
        if isinstance(e, sp.loggamma):
            return lambda z, s, a: _lgamma(inner(z, s, a), a)
        if type(e) in real:
            return lambda z, s, a: getattr(inner(z, s, a), str(name))(analytic=a)
        return lambda z, s, a: getattr(inner(z, s, a), str(name))()
    raise UndefinedError(f"no integral is known with {type(e).__name__}")


def _lgamma(z: Any, analytic: bool) -> Any:
    return z.lgamma() if not analytic or z.real > 0 else NOWHERE


# --- sums that do not end ------------------------------------------------------------------------------------------


def _series(e: sp.Expr, point: Point, bound: Bound) -> Total:
    """Σ from a first index on, until the rest is negligible with a ratio half-way between the last one and 1."""
    *inner, (variable, lower, upper) = e.limits
    if not isinstance(e, sp.Sum) or upper != sp.oo or lower == -sp.oo:
        raise UndefinedError("only sums from a first term on have a value without end")
    body = sp.Sum(e.function, *inner) if inner else e.function
    place = _Place(point, bound)
    body, constants = _constants_out(body, variable, place)
    start = as_int(evaluate(lower, point, bound))
    enough = FEWEST_TERMS + int(min(2 * place.largest, MAX_TERMS // 2))
    value, scale, last = arb(0), arb(0), arb(0)
    for n in range(start, start + MAX_TERMS):
        tick()
        term = arb(evaluate(body, point, {**bound, **constants, variable: fmpq(n)}))
        value += term
        size = arb(term.abs_upper())
        scale += size
        if n - start >= enough:
            if size == 0 and last == 0:
                return Total(value, "a sum without end, the rest of which seems to be 0")
            if size < last and size * (last + size) < scale * SHARE * (last - size):
                rest = size * (last + size) / (last - size)
                return Total(value + arb(0, rest.abs_upper()), "the rest of a sum without end is not certified")
        last = size
    raise UndefinedError(f"a sum whose terms do not fall off within {MAX_TERMS}")


def _constants_out(body: sp.Expr, variable: sp.Symbol, place: _Place) -> tuple[sp.Expr, dict[sp.Symbol, Value]]:
    """The term with the parts that do not hold the index replaced by names for their values."""
    values: dict[sp.Symbol, Value] = {}

    def walk(e: sp.Expr) -> sp.Expr:
        if e.is_Integer or e == variable or isinstance(e, (sp.Sum, sp.Product, sp.Indexed, sp.Integral)):
            return e
        if variable not in e.free_symbols:
            value = evaluate(e, place.point, place.bound)
            place.number(e)
            name = sp.Dummy("c")
            values[name] = value if is_exact(value) and value.q == 1 else arb(value)
            return name
        if e.is_Add or e.is_Mul:
            free, rest = e.as_independent(variable, as_Add=e.is_Add)
            parts = rest.args if rest.func == e.func else (rest,)
            return e.func(walk(free), *map(walk, parts), evaluate=False)
        return (
            e.func(*map(walk, e.args), evaluate=False)
            if isinstance(e, (sp.Pow, sp.exp, sp.log))
            else e.func(*map(walk, e.args))
        )

    return walk(body), values
