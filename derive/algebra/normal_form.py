"""Normal form of expressions with sums and products of symbolic length.

Bound variables are renamed apart; products are multiplied out; logarithms, exponentials and powers of what is
nonnegative become exponentials of linear combinations of logarithms (y^t = exp(t·log y), Π_k f_k = exp(Σ_k log f_k));
sums are treated in `sums`. Two expressions with the same normal form are equal wherever both are defined, with
0⁰ = 1 and 0·log 0 = 0. The converse does not hold: the form decides less than all of mathematics.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from derive.algebra import rational, sums, totals
from derive.algebra.binding import apart, substitute, unfold
from derive.algebra.budgets import tick
from derive.algebra.context import Context
from derive.algebra.listed import by_the_others
from derive.algebra.matrices import Det, InverseEntry, SquareMatrix, symmetric
from derive.algebra.order import OrderStatistic
from derive.algebra.scope import Scope, TooLargeError
from derive.algebra.signs import NEGATIVE, POSITIVE, ZERO, sign

#: How many terms an expansion may have, and up to which power sums are multiplied out.
MAX_TERMS = 4000
MAX_POWER = 12
#: Sums of more fractions are left as they are: the zero test brings them over one denominator anyway.
MAX_CANCELLED = 12
#: Numbers are raised to powers up to this.
MAX_NUMBER = 1000
#: Logarithms of larger integers are not split into prime factors.
MAX_FACTORED = 10**9
#: Γ(a + n) is related to Γ(a) for n up to this.
MAX_SHIFT = 12


def normal(expr: sp.Expr, context: Context) -> sp.Expr:
    """The normal form of an expression under a context. TooLargeError where it would have too many terms."""
    if expr not in context.normals:
        context.normals[expr] = _normal(expr, context)
    return context.normals[expr]


def _normal(expr: sp.Expr, context: Context) -> sp.Expr:
    scope = Scope(context, visit)
    result = visit(apart(unfold(expr, context), context), scope)
    for _ in range(3):  # a second pass sees atoms that became equal in the first
        if not result.args:
            break
        again = visit(apart(result, context), scope)
        if again == result:
            break
        result = again
    return result


def is_zero(expr: sp.Expr, context: Context) -> bool:
    """Whether an expression is shown to be 0 wherever it is defined. False means "not shown"."""
    result = normal(expr, context)
    if result == 0:
        return True
    opaque = sums.with_inner_sums_as_names(expr)
    if opaque != expr and is_zero(opaque, context):  # first, since it is smaller than what follows
        return True
    for combine in (rational.numerator, sums.merge):
        result = normal(combine(result), context)
        if result == 0:
            return True
    return bool(normal(rational.numerator(result), context) == 0)


def are_equal(left: sp.Expr, right: sp.Expr, context: Context) -> bool:
    """Whether two expressions are shown to be equal wherever both are defined."""
    return is_zero(left - right, context)


def visit(expr: sp.Expr, scope: Scope) -> sp.Expr:
    """The normal form of an expression whose bound variables are already apart."""
    tick()
    if not expr.args:
        return expr
    known = scope.context.visited
    if expr not in known:
        known[expr] = _visit(expr, scope)
    return known[expr]


def _visit(expr: sp.Expr, scope: Scope) -> sp.Expr:
    if isinstance(expr, sp.Indexed):
        entry = expr.base[tuple(sp.expand(visit(i, scope)) for i in expr.indices)]
        return by_the_others(entry, scope.context) or symmetric(entry, scope.context)
    if isinstance(expr, sp.Sum):
        return sums.of_sum(expr, scope)
    if isinstance(expr, sp.Product):
        return _product(expr, scope)
    if isinstance(expr, SquareMatrix):
        return sums.of_matrix(expr, scope)
    if isinstance(expr, sp.Integral):
        return totals.of_integral(expr, scope)
    if isinstance(expr, sp.log):
        return logarithm(expr.args[0], scope)
    if isinstance(expr, OrderStatistic):
        limits = [(v, visit(lower, scope), visit(upper, scope)) for v, lower, upper in expr.limits]
        return sums.closed(type(expr), visit(expr.function, scope.inside(*limits)), limits)
    args = [visit(a, scope) for a in expr.args]
    if isinstance(expr, sp.Add):
        return _cancelled(sp.Add(*args))
    if isinstance(expr, sp.Mul):
        return _cancelled(multiply(args))
    if isinstance(expr, sp.exp):
        return sp.exp(args[0])
    if isinstance(expr, sp.Pow):
        return power(args[0], args[1], scope)
    if isinstance(expr, sp.gamma):
        return _gamma(args[0], scope)
    if isinstance(expr, sp.loggamma):
        return _log_gamma(args[0], scope)
    if isinstance(expr, sp.polygamma) and args[0].is_Integer:
        return _polygamma(int(args[0]), args[1], scope)
    if isinstance(expr, sp.besseli):
        return _bessel(args[0], args[1], scope)
    if isinstance(expr, sp.factorial):
        return _gamma(args[0] + 1, scope)
    if isinstance(expr, sp.binomial):
        n, k = args
        below = [power(_gamma(m + 1, scope), sp.S.NegativeOne, scope) for m in (k, n - k)]
        return multiply([_gamma(n + 1, scope), *below])
    if isinstance(expr, (Det, InverseEntry)):
        return symmetric(expr.func(*args), scope.context)
    if isinstance(expr, sp.Derivative):
        raise TypeError("a derivative must be carried out before the normal form is taken")
    return expr.func(*args)


def _cancelled(expr: sp.Expr) -> sp.Expr:
    """A sum of fractions whose denominators go away, as in a/(N+1) + N·a/(N+1), without them."""
    if len(sp.Add.make_args(expr)) > MAX_CANCELLED:
        return expr
    if not any(p.exp.is_negative and p.base.is_Add for p in expr.atoms(sp.Pow)):
        return expr
    top, bottom = rational.fraction(expr)
    return expr if bottom.has(sp.Add) else multiply([sp.expand(top), 1 / bottom])


def multiply(factors: list[sp.Expr]) -> sp.Expr:
    """A product multiplied out, with δ_{ij} f_j written as δ_{ij} f_i."""
    terms = 1
    for factor in factors:
        terms *= len(factor.args) if factor.is_Add else 1
    if terms > MAX_TERMS:
        raise TooLargeError(f"a product of {terms} terms")
    result = sp.Mul(*factors)
    if terms > 1 or (result.is_Mul and any(f.is_Add for f in result.args)):
        result = sp.expand(result, deep=False, power_base=False, power_exp=False, log=False, func=False, basic=False)
    return sp.Add(*(_use_deltas(t) for t in sp.Add.make_args(result)))


def _use_deltas(term: sp.Expr) -> sp.Expr:
    """In a product with δ_{ij} the other factors may use either index: take the first."""
    factors = list(sp.Mul.make_args(term))
    for n, delta in enumerate(factors):
        if isinstance(delta, sp.Pow) and isinstance(delta.base, sp.KroneckerDelta) and delta.exp.is_positive:
            factors[n] = delta = delta.base
        if not isinstance(delta, sp.KroneckerDelta):
            continue
        first, second = delta.args
        if not second.is_Symbol:
            first, second = second, first
        if second.is_Symbol:
            for m, other in enumerate(factors):
                if m != n and second in other.free_symbols:
                    factors[m] = substitute(other, {second: first})
    return sp.Mul(*factors) if len(factors) > 1 or term.is_Pow else term


def _gamma(argument: sp.Expr, scope: Scope) -> sp.Expr:
    """Γ of what is positive as exp(log Γ); of small integers its value."""
    if argument.is_Integer:
        return sp.gamma(argument, evaluate=abs(argument) <= 25)
    if sign(argument, scope.context) == POSITIVE:
        return sp.exp(_log_gamma(argument, scope))
    return sp.gamma(argument)


def _lowered(argument: sp.Expr, scope: Scope) -> tuple[sp.Expr, list[sp.Expr]]:
    """a and a, a + 1, …, up to a + n − 1 for an argument a + n with a the least that is known to be positive."""
    steps: list[sp.Expr] = []
    while len(steps) < MAX_SHIFT and argument.as_coeff_Add()[0] >= 1 and not argument.is_Number:
        if sign(argument - 1, scope.context) != POSITIVE:
            break
        argument -= 1
        steps.append(argument)
    return argument, steps


def _log_gamma(argument: sp.Expr, scope: Scope) -> sp.Expr:
    """log Γ(a + 1) = log Γ(a) + log a."""
    least, steps = _lowered(argument, scope)
    return sp.Add(sp.loggamma(least), *(logarithm(a, scope) for a in steps))


def _bessel(order: sp.Expr, argument: sp.Expr, scope: Scope) -> sp.Expr:
    """I_n in terms of I₀ and I₁: I_n(x) = I_{n−2}(x) − 2(n−1)/x · I_{n−1}(x)."""
    if not (order.is_Integer and 2 <= order <= MAX_SHIFT) or sign(argument, scope.context) & ZERO:
        return sp.besseli(order, argument)
    below = multiply([2 * (order - 1), power(argument, sp.S.NegativeOne, scope), _bessel(order - 1, argument, scope)])
    return _bessel(order - 2, argument, scope) - below


def _polygamma(order: int, argument: sp.Expr, scope: Scope) -> sp.Expr:
    """ψ(a + 1) = ψ(a) + 1/a, and its derivatives."""
    least, steps = _lowered(argument, scope)
    factor = (-1) ** order * sp.factorial(order)
    return sp.Add(sp.polygamma(order, least), *(factor * power(a, sp.Integer(-order - 1), scope) for a in steps))


def power(base: sp.Expr, exponent: sp.Expr, scope: Scope) -> sp.Expr:
    """base^exponent for normal base and exponent."""
    if base == 1 or exponent == 0:
        return sp.S.One
    if base.is_number and exponent.is_number and not (exponent.is_Rational and abs(exponent) <= MAX_NUMBER):
        raise TooLargeError("a number raised to a power that is too large to work out")
    if isinstance(base, sp.exp):
        return sp.exp(sp.expand(base.args[0] * exponent))
    if exponent.is_Integer:
        return _integer_power(base, int(exponent), scope)
    if base.is_Mul:
        split = [f for f in base.args if _may_split(f, scope)]
        rest = sp.Mul(*(f for f in base.args if f not in split))
        if len(split) < len(base.args) - 1 and not exponent.is_Rational and _may_split(rest, scope):
            return multiply([*(power(f, exponent, scope) for f in split), _exp_of_log(rest, exponent, scope)])
        return multiply([*(power(f, exponent, scope) for f in split), rest**exponent])
    if exponent.is_Rational:
        content, primitive = base.as_content_primitive() if base.is_Add else (sp.S.One, base)
        return content**exponent * primitive**exponent if content.is_positive else base**exponent
    if _may_split(base, scope) or (base.is_Add and _may_split(rational.factored(base), scope)):
        return _exp_of_log(base, exponent, scope)
    return base**exponent


def _exp_of_log(base: sp.Expr, exponent: sp.Expr, scope: Scope) -> sp.Expr:
    return sp.exp(sp.expand(exponent * logarithm(base, scope)))


def _may_split(factor: sp.Expr, scope: Scope) -> bool:
    return sign(factor, scope.context) & NEGATIVE == 0


def _integer_power(base: sp.Expr, n: int, scope: Scope) -> sp.Expr:
    if base.is_Add and n < 0:
        return _reciprocal(base, n)
    if base.is_Add and n <= MAX_POWER and len(base.args) ** n <= MAX_TERMS:
        return multiply([base] * n)
    if base.is_Mul:
        return multiply([_integer_power(f, n, scope) for f in base.args])
    return base**n


def _reciprocal(base: sp.Expr, n: int) -> sp.Expr:
    """A negative power of a sum, factor by factor, so that 1/(2a + 2b) and ½·1/(a + b) meet."""
    top, bottom = rational.fraction(base)
    factors = [bottom ** (-n)]
    for factor in sp.Mul.make_args(rational.factored(top)):
        inner, exponent = factor.as_base_exp()
        sign = -1 if inner.is_Add and inner.could_extract_minus_sign() else 1
        power = n * exponent
        factors += [sp.Integer(sign) ** power, sp.expand(sign * inner) ** power]
    return multiply(factors)


def logarithm(expr: sp.Expr, scope: Scope) -> sp.Expr:
    """log of an expression, split over nonnegative factors before they are multiplied out, and after."""
    if isinstance(expr, sp.exp):
        return visit(expr.args[0], scope)
    if isinstance(expr, sp.Pow) and _may_split(expr.base, scope):
        return multiply([visit(expr.exp, scope), logarithm(expr.base, scope)])
    if isinstance(expr, sp.Product) and _may_split(expr.function, scope.inside(*expr.limits)):
        return _series_of_logs(expr, scope)
    if isinstance(expr, sp.Mul):
        return _log_of_factors(expr.args, scope)
    if expr.is_Rational and expr > 0 and max(expr.p, expr.q) <= MAX_FACTORED:
        return sp.Add(*(exponent * sp.log(prime) for prime, exponent in sp.factorrat(expr).items()))
    top, bottom = rational.fraction(visit(expr, scope))
    top = rational.factored(top) if top.is_Add else top
    factors = [*sp.Mul.make_args(top), *(1 / f for f in sp.Mul.make_args(bottom))]
    factors = [f for f in factors if f != 1]
    return (
        _log_of_factors(factors, scope) if len(factors) > 1 else sp.log(sp.Mul(*factors), evaluate=not expr.is_number)
    )


def _log_of_factors(factors: Sequence[sp.Expr], scope: Scope) -> sp.Expr:
    """log of a product; factors that may be negative stay together under one logarithm."""
    split = [f for f in factors if _may_split(f, scope)]
    negative = [f for f in factors if f not in split and not sign(f, scope.context) & POSITIVE]
    logs = [logarithm(f, scope) for f in split]
    if len(split) + len(negative) == len(factors) and len(negative) % 2 == 0 and _come_apart(negative):
        return sp.Add(*logs, *(_log_of_opposite(f, scope) for f in negative))
    rest = sp.Mul(*(visit(f, scope) for f in factors if f not in split))
    return sp.Add(*logs) if rest == 1 else sp.Add(*logs, sp.log(rest, evaluate=False))


def _come_apart(negative: Sequence[sp.Expr]) -> bool:
    """Whether log of their product is more than log(−f), which is as short as can be."""
    return any(f.is_Pow for f in negative) or sum(f != -1 for f in negative) > 1


def _log_of_opposite(factor: sp.Expr, scope: Scope) -> sp.Expr:
    """log(−f) for f ≤ 0; n·log(−b) where f = bⁿ with an odd n."""
    base, exponent = factor.as_base_exp()
    if not (exponent.is_Integer and exponent.is_odd):
        base, exponent = factor, sp.S.One
    return exponent * logarithm(-base, scope)


def _series_of_logs(expr: sp.Product, scope: Scope) -> sp.Expr:
    """log Π_k f_k = Σ_k log f_k for nonnegative f_k."""
    variable, lower, upper = expr.limits[-1]
    body = sp.Product(expr.function, *expr.limits[:-1]) if len(expr.limits) > 1 else expr.function
    limits = (variable, visit(lower, scope), visit(upper, scope))
    if sums.is_short(limits):
        return sp.Add(*(logarithm(substitute(body, {variable: sp.Integer(n)}), scope) for n in sums.values(limits)))
    return sums.over(logarithm(body, scope.inside(limits)), limits, scope)


def _product(expr: sp.Product, scope: Scope) -> sp.Expr:
    """Π as exp Σ log where the factors are nonnegative; otherwise factor by factor."""
    if _may_split(expr.function, scope.inside(*expr.limits)):
        return sp.exp(_series_of_logs(expr, scope))
    *inner, (variable, lower, upper) = expr.limits
    body = sp.Product(expr.function, *inner) if inner else expr.function
    limits = (variable, visit(lower, scope), visit(upper, scope))
    if sums.is_short(limits):
        return multiply([visit(substitute(body, {variable: sp.Integer(n)}), scope) for n in sums.values(limits)])
    factors = sp.Mul.make_args(visit(body, scope.inside(limits)))
    return multiply([sums.closed(sp.Product, factor, [limits]) for factor in factors])


__all__ = ["TooLargeError", "are_equal", "is_zero", "normal"]
