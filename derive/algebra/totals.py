"""Known totals in normal form: integrals over ranges and sums that do not end, by a short table.

An integral is taken term by term. A term that the table knows converges under conditions that `sign` confirms, and is
replaced by its value; the others stay together under one integral, since apart they might not converge. Change of
variable, too, happens only on the way to the table. Moments with logarithms are derivatives by the exponent.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import sympy as sp

from derive.algebra.binding import fresh_real, substitute
from derive.algebra.context import Domain
from derive.algebra.scope import Limits, Scope
from derive.algebra.series import apart
from derive.algebra.signs import NEGATIVE, NONZERO, POSITIVE, sign
from derive.algebra.sums import canonical_depth

#: Moments up to this one are known.
MAX_MOMENT = 8


def of_integral(expr: sp.Integral, scope: Scope) -> sp.Expr:
    """The normal form of an integral whose variable is already apart."""
    if len(expr.limits) != 1:
        return expr
    v, *ends = expr.limits[0]
    lower, upper = (end if end in (sp.oo, -sp.oo) else scope.visit(end, scope) for end in ends)
    endless = (lower, upper) == (-sp.oo, sp.oo)
    halves = _split_at_kink(expr.function, v, scope) if endless else None
    if halves is not None:
        return sp.expand(sp.Add(*(of_integral(half, scope) for half in halves)))
    centred = _centred(expr.function, v, scope) if endless else expr.function
    body = scope.visit(centred, scope.over((v, lower, upper)))
    known, unknown = [], []
    for term in sp.Add.make_args(body):
        outside, inside = apart(term, v)
        value = integral(inside, (v, lower, upper), scope)
        if value is None:
            unknown.append(term)
        else:
            known.append(outside * value)
    total = scope.visit(sp.Add(*known), scope)
    return total + _closed(unknown, (v, lower, upper)) if unknown else total


def _closed(terms: list[sp.Expr], limits: Limits) -> sp.Expr:
    """What is not known, under one integral with a canonical variable, common constant factors outside."""
    v, lower, upper = limits
    body = sp.Add(*terms)
    outside, inside = body.as_independent(v, as_Add=False) if len(terms) == 1 else (sp.S.One, body)
    name = sp.Symbol(f"_{canonical_depth(inside) + 1}", **Domain("", lower, upper).assumptions())
    return outside * sp.Integral(inside.xreplace({v: name}), (name, lower, upper))


def _split_at_kink(body: sp.Expr, v: sp.Symbol, scope: Scope) -> list[sp.Integral] | None:
    """∫ over all reals of a function of |x − m| as two integrals over the distance from m."""
    kinks = [e for e in body.atoms(sp.Abs, sp.sign) if e.has(v)]
    roots = {_root(e.args[0], v, body, scope) for e in kinks}
    if len(roots) != 1 or None in roots:
        return None
    (root,) = roots
    halves = []
    for side in (1, -1):
        known = {}
        for e in kinks:
            rising = sign(sp.expand(e.args[0]).coeff(v, 1), scope.context) == POSITIVE
            above = side if rising else -side
            known[e] = sp.Integer(above) if isinstance(e, sp.sign) else above * e.args[0]
        u = fresh_real(sp.S.Zero, sp.oo)
        halves.append(sp.Integral(substitute(body.xreplace(known), {v: root + side * u}), (u, 0, sp.oo)))
    return halves


def _centred(body: sp.Expr, v: sp.Symbol, scope: Scope) -> sp.Expr:
    """Under ∫ over all reals: a function of (x − m)² read as one of x², where there is one such m."""
    squares = {e.base for e in body.atoms(sp.Pow) if e.exp.is_Integer and e.exp % 2 == 0 and e.base.is_Add and e.has(v)}
    roots = {_root(base, v, body, scope) for base in squares} - {None}
    return substitute(body, {v: v + roots.pop()}) if len(roots) == 1 else body


def _root(expr: sp.Expr, v: sp.Symbol, body: sp.Expr, scope: Scope) -> sp.Expr | None:
    """Where a linear part of an integrand, with a slope of known sign, is 0; not where that hangs on an inner index."""
    slope, rest = _linear(expr, v) or (sp.S.Zero, sp.S.Zero)
    if sign(slope, scope.context) not in (POSITIVE, NEGATIVE) or not expr.free_symbols <= body.free_symbols:
        return None
    return sp.expand(-rest / slope)


def _linear(expr: sp.Expr, v: sp.Symbol) -> tuple[sp.Expr, sp.Expr] | None:
    """Slope and rest of what is linear in v."""
    expanded = sp.expand(expr)
    slope = expanded.coeff(v, 1)
    rest = sp.expand(expanded - slope * v)
    return None if slope == 0 or rest.has(v) or slope.has(v) else (slope, rest)


@dataclass(frozen=True)
class Term:
    """v^power · (log v)^logs · e^exponent · rest, with what multiplies log v in the exponent counted to the power."""

    power: sp.Expr
    logs: int
    exponent: sp.Expr
    rest: sp.Expr


def _term(expr: sp.Expr, v: sp.Symbol) -> Term:
    power, logs, exponent, rest = sp.S.Zero, 0, sp.S.Zero, dict[sp.Expr, sp.Expr]()
    for factor in sp.Mul.make_args(expr):
        if isinstance(factor, sp.exp):
            for part in sp.Add.make_args(sp.expand(factor.args[0])):
                count, log = part.as_independent(v, as_Add=False)
                if isinstance(log, sp.log) and log.args[0].is_Add:
                    rest[log.args[0]] = rest.get(log.args[0], sp.S.Zero) + count
                else:
                    exponent += part
            continue
        base, n = factor.as_base_exp()
        if base == v and not n.has(v):
            power += n
        elif base == sp.log(v) and n.is_Integer and 0 < n <= MAX_MOMENT:
            logs += int(n)
        else:
            rest[base] = rest.get(base, sp.S.Zero) + n
    exponent = sp.expand(exponent)
    slope = exponent.coeff(sp.log(v), 1)
    if slope.has(v):
        slope = slope.as_independent(v, as_Add=True)[0]
    exponent = sp.expand(exponent - slope * sp.log(v))
    for part in sp.Add.make_args(exponent):  # e^{n·log b} is bⁿ
        n, log = part.as_independent(v, as_Add=False)
        if isinstance(log, sp.log) and log.args[0] != v:
            rest[log.args[0]] = rest.get(log.args[0], sp.S.Zero) + n
            exponent -= part
    product = sp.Mul(*(base ** sp.expand(n) for base, n in rest.items()))
    return Term(sp.expand(power + slope), logs, exponent, product)


def integral(inside: sp.Expr, limits: Limits, scope: Scope) -> sp.Expr | None:
    """∫ of one term; None where the table does not have it or a condition is not known to hold."""
    v, lower, upper = limits
    here = scope.context
    if (lower, upper) == (-sp.oo, sp.oo):
        return _over_the_line(inside, v, scope)
    if lower == -sp.oo:  # read it from the other end
        return _after(inside, v, upper, -1, scope)
    term = _term(inside, v)
    bare = term.exponent == 0 and term.rest == 1
    a = sp.expand(term.power + 1)
    if upper == sp.oo:
        if lower == 0:
            return _over_the_half_line(term, v, scope)
        if bare and sign(lower, here) == POSITIVE and sign(a, here) == NEGATIVE:
            return _moment(-(lower**a) / a, term.logs, sp.log(lower) - 1 / a, a**-2)
        return _after(inside, v, lower, 1, scope)
    if bare and lower == 0 and sign(upper, here) == sign(a, here) == POSITIVE:
        return _moment(upper**a / a, term.logs, sp.log(upper) - 1 / a, a**-2)
    if bare and term.logs == 0 and term.power.is_Integer and term.power >= 0:
        return (upper**a - lower**a) / a
    if (lower, upper) == (0, 1):
        return _beta(inside, v, scope)
    if sp.expand(upper - lower) == 2 * sp.pi:
        return _circle(inside, v, scope)
    linear = _linear(term.exponent, v)
    if (
        linear
        and term.rest == 1
        and term.power == term.logs == 0
        and sign(linear[0], here) & NONZERO == sign(linear[0], here)
    ):
        slope, rest = linear
        return (sp.exp(slope * upper + rest) - sp.exp(slope * lower + rest)) / slope
    return None


def _after(inside: sp.Expr, v: sp.Symbol, end: sp.Expr, direction: int, scope: Scope) -> sp.Expr | None:
    """∫ from a finite end on, by the distance from it."""
    u = fresh_real(sp.S.Zero, sp.oo)
    return _each(substitute(inside, {v: end + direction * u}), (u, sp.S.Zero, sp.oo), scope)


def _each(body: sp.Expr, limits: Limits, scope: Scope) -> sp.Expr | None:
    """∫ of what one term has become after a change of variable: all of it, or None."""
    values = []
    for term in sp.Add.make_args(scope.visit(body, scope.over(limits))):
        outside, inside = apart(term, limits[0])
        value = _over_the_half_line(_term(inside, limits[0]), limits[0], scope)
        if value is None:
            return None
        values.append(outside * value)
    return sp.Add(*values)


def _moment(value: sp.Expr, logs: int, slope: sp.Expr, bend: sp.Expr) -> sp.Expr | None:
    """The total with (log v)^logs under it, from the first and second derivative of its logarithm by the exponent."""
    return value * (1, slope, slope**2 + bend)[logs] if logs <= 2 else None


def _over_the_half_line(term: Term, v: sp.Symbol, scope: Scope) -> sp.Expr | None:
    """∫ from 0 to ∞: Γ, B, the lognormal, and e^{-bx-d/x} with a half-integer power."""
    here = scope.context
    a = sp.expand(term.power + 1)
    if term.rest == 1:
        parts = _powers(term.exponent, v)
        if parts is None:
            return _lognormal(a, term, v, scope)
        if len(parts) == 1:
            ((p, minus_b),) = parts.items()
            b, ratio = scope.visit(-minus_b, scope), scope.visit(sp.expand(a / p), scope)
            if sign(b, here) == POSITIVE == sign(ratio, here) and sign(p, here) in (POSITIVE, NEGATIVE):
                size = p if sign(p, here) == POSITIVE else -p
                value = sp.gamma(ratio) * b**-ratio / size
                return _moment(
                    value, term.logs, (sp.polygamma(0, ratio) - sp.log(b)) / p, sp.polygamma(1, ratio) / p**2
                )
        if set(parts) == {sp.S.One, sp.S.NegativeOne} and term.logs == 0:
            return _half_integer_bessel(-parts[sp.S.One], -parts[sp.S.NegativeOne], a, scope)
        return None
    base, minus_m = term.rest.as_base_exp()
    constant, moving = base.as_independent(v, as_Add=True)
    parts = _powers(moving, v)
    if term.exponent != 0 or minus_m.has(v) or parts is None or len(parts) != 1:
        return None
    ((p, slope),) = parts.items()
    m, ratio = -minus_m, scope.visit(sp.expand(a / p), scope)
    left = scope.visit(sp.expand(m - ratio), scope)
    if not all(sign(e, here) == POSITIVE for e in (constant, slope, ratio, left)) or sign(p, here) not in (
        POSITIVE,
        NEGATIVE,
    ):
        return None
    size = p if sign(p, here) == POSITIVE else -p
    quotient = slope / constant
    value = constant**-m * quotient**-ratio * sp.gamma(ratio) * sp.gamma(left) / (sp.gamma(m) * size)
    first = (sp.polygamma(0, ratio) - sp.polygamma(0, left) - sp.log(quotient)) / p
    return _moment(value, term.logs, first, (sp.polygamma(1, ratio) + sp.polygamma(1, left)) / p**2)


def _powers(expr: sp.Expr, v: sp.Symbol) -> dict[sp.Expr, sp.Expr] | None:
    """Σ_p c_p v^p as {p: c_p}; v^p may be written e^{p·log v + d}. None for anything else."""
    found: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(expr):
        outside, inside = term.as_independent(v, as_Add=False)
        base, p = inside.as_base_exp()
        if isinstance(inside, sp.exp):
            linear = _linear(inside.args[0].xreplace({sp.log(v): v}), v)
            if linear is None or inside.args[0].xreplace({sp.log(v): sp.S.Zero}).has(v):
                return None
            p, outside = linear[0], outside * sp.exp(linear[1])
        elif base != v or p.has(v):
            return None
        found[p] = found.get(p, sp.S.Zero) + outside
    return found


def _lognormal(a: sp.Expr, term: Term, v: sp.Symbol, scope: Scope) -> sp.Expr | None:
    """∫ x^{a-1} e^{-q (log x)²} = ∫ e^{at - qt²} dt."""
    q = term.exponent.coeff(sp.log(v), 2)
    if q == 0 or q.has(v) or sp.expand(term.exponent - q * sp.log(v) ** 2).has(v):
        return None
    return _gaussian(-q, a, sp.S.Zero, term.logs, scope)


def _gaussian(q: sp.Expr, b: sp.Expr, c: sp.Expr, n: int, scope: Scope) -> sp.Expr | None:
    """∫ x^n e^{-q x² + b x + c} over all reals, by moments around b/(2q)."""
    if sign(q, scope.context) != POSITIVE or not 0 <= n <= MAX_MOMENT:
        return None
    centre, half = b / (2 * q), 1 / (2 * q)
    moments = [comb(n, 2 * k) * centre ** (n - 2 * k) * sp.factorial2(2 * k - 1) * half**k for k in range(n // 2 + 1)]
    return sp.sqrt(sp.pi / q) * sp.exp(b**2 / (4 * q) + c) * sp.Add(*moments)


def _half_integer_bessel(b: sp.Expr, d: sp.Expr, a: sp.Expr, scope: Scope) -> sp.Expr | None:
    """∫ x^{a-1} e^{-bx-d/x} = 2 (d/b)^{a/2} K_a(2√(bd)) for a = ±1/2, ±3/2, ±5/2, where K_a is elementary."""
    if not (sign(b, scope.context) == POSITIVE == sign(d, scope.context)) or abs(a) not in (
        sp.S.Half,
        sp.Rational(3, 2),
        sp.Rational(5, 2),
    ):
        return None
    z = 2 * sp.sqrt(b) * sp.sqrt(d)
    factor = {1: sp.S.One, 3: 1 + 1 / z, 5: 1 + 3 / z + 3 / z**2}[int(2 * abs(a))]
    return 2 * (d / b) ** (a / 2) * sp.sqrt(sp.pi / (2 * z)) * sp.exp(-z) * factor


def _over_the_line(inside: sp.Expr, v: sp.Symbol, scope: Scope) -> sp.Expr | None:
    """∫ over all reals: Gaussian; a power of a quadratic; or a function of e^x, by u = e^x."""
    term = _term(inside, v)
    if term.rest == 1 and term.logs == 0 and term.power.is_Integer:
        parts = _powers(term.exponent, v)
        if parts is not None and set(parts) <= {sp.S.One, sp.Integer(2)} and sp.Integer(2) in parts:
            return _gaussian(-parts[sp.Integer(2)], parts.get(sp.S.One, sp.S.Zero), sp.S.Zero, int(term.power), scope)
    base, minus_m = term.rest.as_base_exp()
    if term.exponent == 0 and term.logs == 0 and term.power.is_Integer and not minus_m.has(v):
        constant, moving = base.as_independent(v, as_Add=True)
        parts = _powers(moving, v)
        if parts is not None and sp.Integer(2) in parts and set(parts) <= {sp.S.One, sp.Integer(2)}:
            return _quadratic(
                constant, parts.get(sp.S.One, sp.S.Zero), parts[sp.Integer(2)], -minus_m, int(term.power), scope
            )
    u = fresh_real(sp.S.Zero, sp.oo)
    return _each(substitute(inside, {v: sp.log(u)}) / u, (u, sp.S.Zero, sp.oo), scope)


def _quadratic(c0: sp.Expr, c1: sp.Expr, c2: sp.Expr, m: sp.Expr, n: int, scope: Scope) -> sp.Expr | None:
    """∫ x^n (c₀ + c₁x + c₂x²)^{-m}, around −c₁/(2c₂)."""
    here = scope.context
    centre = -c1 / (2 * c2)
    least = scope.visit(sp.expand(c0 - c1**2 / (4 * c2)), scope)
    left = scope.visit(sp.expand(m - sp.Rational(n + 1, 2)), scope)
    if not 0 <= n <= MAX_MOMENT or not all(sign(e, here) == POSITIVE for e in (c2, least, left)):
        return None
    total = sp.S.Zero
    for j in range(0, n + 1, 2):
        a = sp.Rational(j + 1, 2)
        around = least ** (a - m) * c2**-a * sp.gamma(a) * sp.gamma(m - a) / sp.gamma(m)
        total += comb(n, j) * centre ** (n - j) * around
    return total


def _beta(inside: sp.Expr, v: sp.Symbol, scope: Scope) -> sp.Expr | None:
    """∫₀¹ x^{a-1} (1 − x^p)^{b-1}, with log x and log(1 − x) under it."""
    rest: list[sp.Expr] = []
    b, other, p, sign_of = sp.S.One, 0, None, sp.S.One
    for factor in sp.Mul.make_args(inside):
        exponents = sp.Add.make_args(sp.expand(factor.args[0])) if isinstance(factor, sp.exp) else ()
        base, n = factor.as_base_exp()
        for part in exponents:
            outside, log = part.as_independent(v, as_Add=False)
            power = _complement(log.args[0], v) if isinstance(log, sp.log) else None
            if power is None or p not in (None, power):
                rest.append(sp.exp(part))
            else:
                b, p = b + outside, power
        if exponents:
            continue
        if _complement(-base, v) is not None and n.is_Integer:  # (x − 1)^n
            base, sign_of = -base, sign_of * (-1) ** int(n)
        power = _complement(base.args[0] if isinstance(base, sp.log) else base, v)
        if power is None or n.has(v) or p not in (None, power):
            rest.append(factor)
        elif isinstance(base, sp.log):
            other, p = other + (int(n) if n.is_Integer and n > 0 else 9), power
        else:
            b, p = b + n, power
    term = _term(sp.Mul(*rest), v)
    if p is None or term.exponent != 0 or term.rest != 1 or term.logs + other > 2:
        return None
    here, a = scope.context, scope.visit(sp.expand((term.power + 1) / p), scope)
    b = scope.visit(sp.expand(b), scope)
    if not all(sign(e, here) == POSITIVE for e in (a, b, p)):
        return None
    value = sign_of * sp.gamma(a) * sp.gamma(b) / (sp.gamma(a + b) * p)
    by_a, by_b = ((sp.polygamma(0, e) - sp.polygamma(0, a + b)) / d for e, d in ((a, p), (b, 1)))
    if (term.logs, other) == (1, 1):
        return value * (by_a * by_b - sp.polygamma(1, a + b) / p)
    if other:
        return _moment(value, other, by_b, sp.polygamma(1, b) - sp.polygamma(1, a + b))
    return _moment(value, term.logs, by_a, (sp.polygamma(1, a) - sp.polygamma(1, a + b)) / p**2)


def _complement(expr: sp.Expr, v: sp.Symbol) -> sp.Expr | None:
    """p where the expression is 1 − v^p."""
    constant, moving = expr.as_independent(v, as_Add=True)
    parts = _powers(moving, v) if constant == 1 and moving != 0 else None
    return next(iter(parts)) if parts is not None and list(parts.values()) == [-1] else None


def _circle(inside: sp.Expr, v: sp.Symbol, scope: Scope) -> sp.Expr | None:
    """∫ over one turn of e^{κ cos(x − m)} and its first moments."""
    kappa, cosines, sines, angle = sp.S.Zero, 0, 0, None
    for factor in sp.Mul.make_args(inside):
        base, n = factor.as_base_exp() if not isinstance(factor, sp.exp) else (factor, sp.S.One)
        inner = factor.args[0].as_independent(v, as_Add=False) if isinstance(factor, sp.exp) else (sp.S.One, base)
        wave = inner[1]
        turn = _linear(wave.args[0], v) if isinstance(wave, (sp.cos, sp.sin)) else None
        if turn is None or abs(turn[0]) != 1 or angle not in (None, wave.args[0]) or not n.is_Integer or n < 0:
            return None
        angle = wave.args[0]
        if isinstance(factor, sp.exp):
            if isinstance(wave, sp.sin):
                return None
            kappa = inner[0]
        elif isinstance(wave, sp.cos):
            cosines += int(n)
        else:
            sines += int(n)
    if kappa == 0 or sign(kappa, scope.context) & NONZERO != sign(kappa, scope.context):
        return None
    zero, one = sp.besseli(0, kappa), sp.besseli(1, kappa)
    moments = {(0, 0): zero, (1, 0): one, (2, 0): zero - one / kappa, (0, 2): one / kappa, (0, 1): 0, (1, 1): 0}
    moment = moments.get((cosines, sines))
    return None if moment is None else 2 * sp.pi * moment
