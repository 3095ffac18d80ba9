"""What must be right before anything is evaluated: scope, shapes, ranges of indices, domains.

The answer is a list of faults in words, and a list of conditions that the expressions need and the context lacks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from derive.algebra.binding import entries, free_symbols, unfold, value_at
from derive.algebra.context import Context, key
from derive.algebra.matrices import Det, InverseEntry, SquareMatrix, matrix
from derive.algebra.products import MATRICES, shape_faults, written_out
from derive.algebra.scope import Scope
from derive.algebra.signs import NEGATIVE, NONNEGATIVE, POSITIVE, ZERO, is_nonnegative, sign
from derive.checker import symbolic


@dataclass
class Lint:
    """`faults` make a step ill-formed; `missing` are conditions under which it would be defined."""

    faults: list[str] = field(default_factory=list)
    missing: dict[Relational, None] = field(default_factory=dict)
    sized: bool = False


def lint(context: Context, *expressions: sp.Basic, bound: tuple[sp.Symbol, ...] = (), sized: bool = False) -> Lint:
    """Inspect expressions under a context.

    `bound` are indices that the step itself binds (those of a definition). Where the step gives sizes their values
    (`sized`), whether indices stay inside is left to the numbers.
    """
    found = Lint(sized=sized)
    for expr in expressions:
        _names(expr, context, bound, found)
        faults = shape_faults(expr)
        found.faults += faults
        if not faults:
            _walk(written_out(expr), context, found)
    return found


def _names(expr: sp.Basic, context: Context, bound: tuple[sp.Symbol, ...], found: Lint) -> None:
    for symbol in sorted(free_symbols(expr), key=str):
        known = symbol in context.sizes or symbol in context.ranges or symbol in bound
        if not known and context.variable(symbol) is None:
            found.faults.append(f"{symbol} is free here: it is neither declared nor bound by a sum")


def _walk(expr: sp.Basic, context: Context, found: Lint) -> None:
    if isinstance(expr, (sp.Symbol, sp.Indexed)):
        _named(expr, context, found)
    if isinstance(expr, sp.Indexed):
        _entry(expr, context, found)
        return
    if isinstance(expr, (SquareMatrix, *MATRICES)):
        found.faults.append("a matrix stands where a number is needed")
    if isinstance(expr, ExprWithLimits):
        for _, lower, upper in expr.limits:
            _walk(lower, context, found)
            _walk(upper, context, found)
        if isinstance(expr, sp.Integral):
            _integral(expr, context, found)
        _walk(expr.function, context.within(expr), found)
        return
    if isinstance(expr, (Det, InverseEntry)):
        _matrix(expr, context, found)
        return
    if isinstance(expr, (sp.log, sp.gamma, sp.loggamma)):
        _needs_positive(expr.args[0], context, found)
    if isinstance(expr, sp.factorial):
        _needs(sp.GreaterThan, expr.args[0], NONNEGATIVE, context, found)
    if isinstance(expr, sp.Pow):
        _power(expr, context, found)
    if isinstance(expr, sp.Derivative):
        for variable in expr.variables:
            if context.variable(variable) is None or context.definition(variable) is not None:
                found.faults.append(f"one cannot differentiate by {variable}")
    for arg in expr.args:
        if isinstance(arg, sp.Basic):
            _walk(arg, context, found)


def _integral(expr: sp.Integral, context: Context, found: Lint) -> None:
    """An integral runs over reals, from the lower to the upper end, and its variable has one meaning.

    At the ends themselves, single points, the integrand need not be defined.
    """
    if len(expr.limits) != 1 or len(expr.limits[0]) != 3 or not expr.limits[0][0].is_Symbol:
        found.faults.append("an integral is written with one variable and two ends at a time")
        return
    variable, lower, upper = expr.limits[0]
    if variable.is_integer:
        found.faults.append(f"one integrates over reals, and {variable} is an integer")
    if any(s.name == variable.name and s != variable for s in free_symbols(expr.function)):
        found.faults.append(f"{variable} stands for two things under one integral")
    if lower != -sp.oo and upper != sp.oo:
        _needs(sp.GreaterThan, upper - lower, NONNEGATIVE, context, found)


def _matrix(expr: Det | InverseEntry, context: Context, found: Lint) -> None:
    """A determinant needs a square matrix, an entry of the inverse one that has an inverse, and indices inside it."""
    inner: SquareMatrix = expr.matrix
    if any(limit[1] != 1 or limit[2] != inner.size for limit in inner.limits):
        found.faults.append("a matrix is not square")
    _walk(inner.size, context, found)
    _walk(inner.function, context.inside(*inner.limits), found)
    if isinstance(expr, InverseEntry):
        _needs_nonzero(Det(inner), context, found)
        for index in (expr.row, expr.column):
            _walk(index, context, found)
            _inside_axis(expr, index, inner.size, "the inverse", context, found)


def _entry(expr: sp.Indexed, context: Context, found: Lint) -> None:
    variable = context.variable(expr)
    if variable is None:
        found.faults.append(f"{key(expr)[0]} with {len(expr.indices)} indices is not declared")
        return
    for index, axis in zip(expr.indices, variable.axes, strict=True):
        _inside_axis(expr, index, axis, key(expr)[0], context, found)


def _named(expr: sp.Expr, context: Context, found: Lint) -> None:
    """A name has a value, in the domain that it declares: σ̂ > 0 only if the data are not all equal."""
    definition = context.definition(expr)
    if definition is None or found.sized:
        return
    value, stated, domain = unfold(expr, context), value_at(expr, context), definition.variable.domain
    _walk(written_out(stated), context, found)
    if domain.definite:
        _needs(sp.Ne, unfold(Det(matrix(definition.variable)), context), NEGATIVE | POSITIVE, context, found)
    elif not symbolic.in_domain(stated, domain, context):
        lower = (sp.GreaterThan, sp.StrictGreaterThan)[domain.lower_open](value, domain.lower, evaluate=False)
        upper = (sp.LessThan, sp.StrictLessThan)[domain.upper_open](value, domain.upper, evaluate=False)
        found.missing |= {c: None for c in (lower, upper) if c.rhs.is_finite is not False}


def _inside_axis(expr: sp.Expr, index: sp.Expr, axis: sp.Expr, name: str, context: Context, found: Lint) -> None:
    reach = None if found.sized else Scope(context, lambda e, _: e).range_of(index)
    if reach is None:
        return  # a definition's own index, or a label: the numeric lane sees whether it stays inside
    if not is_nonnegative(sp.expand(reach[0] - 1), context):
        found.faults.append(f"{expr}: the entries of {name} start at 1, the index at {reach[0]}")
    if not is_nonnegative(sp.expand(axis - reach[1]), context):
        found.faults.append(f"{expr}: the entries of {name} end at {axis}, the index at {reach[1]}")


def _needs_positive(argument: sp.Expr, context: Context, found: Lint) -> None:
    for factor in _factors(argument):
        mask = sign(factor, context)
        if mask == POSITIVE:
            continue
        if isinstance(factor, sp.Product):
            _needs_positive(factor.function, context.inside(*factor.limits), found)
        elif isinstance(factor, sp.Pow) and sign(factor.base, context) & NEGATIVE == 0:
            _needs_positive(factor.base, context, found)
        elif mask & POSITIVE == 0:
            found.faults.append(f"log of {factor}, which is never positive")
        elif any(context.definition(e) for e in entries(factor)):
            _needs_positive(unfold(factor, context), context, found)
        else:
            _needs(sp.StrictGreaterThan, factor, POSITIVE, context, found)


def _power(expr: sp.Pow, context: Context, found: Lint) -> None:
    """b^e needs b ≠ 0 where e may be negative, and b ≥ 0 where e need not be an integer; 0⁰ = 1."""
    base, exponent = expr.as_base_exp()
    whole = _is_whole(exponent, context)
    if exponent.is_negative or not is_nonnegative(exponent, context):
        certain = symbolic.sign_in_normal_form(exponent, context) & NEGATIVE == 0
        if not certain and whole:
            _needs_nonzero(base, context, found)
        elif not certain:
            _needs_positive(base, context, found)
            return
    if not whole:
        _needs(sp.GreaterThan, base, NONNEGATIVE, context, found)


def _is_whole(expr: sp.Expr, context: Context) -> bool:
    """Whether a number is known to be an integer."""
    if isinstance(expr, (sp.Symbol, sp.Indexed)):
        variable = context.variable(expr)
        return bool(expr.is_integer) if variable is None else variable.domain.integer
    if isinstance(expr, sp.Sum):
        return _is_whole(expr.function, context)
    inside = isinstance(expr, (sp.Add, sp.Mul, sp.KroneckerDelta))
    return bool(expr.is_Integer) or (inside and all(_is_whole(a, context) for a in expr.args))


def _needs(relation: type, expr: sp.Expr, allowed: int, context: Context, found: Lint) -> None:
    """Note a condition unless the context says as much."""
    if sign(expr, context) | allowed == allowed:
        return
    if symbolic.sign_in_normal_form(expr, context) | allowed != allowed:
        found.missing[relation(expr, 0, evaluate=False)] = None


def _factors(expr: sp.Expr) -> tuple[sp.Expr, ...]:
    """The factors that must be positive one by one; a product with a sign in it is taken whole."""
    factors = sp.Mul.make_args(expr)
    return (expr,) if any(f.is_number and f.is_negative for f in factors) else factors


def _needs_nonzero(base: sp.Expr, context: Context, found: Lint) -> None:
    for factor in sp.Mul.make_args(base):
        mask = sign(factor, context)
        if mask & ZERO == 0:
            continue
        if isinstance(factor, sp.Pow):
            _needs_nonzero(factor.base, context, found)
        elif any(context.definition(e) for e in entries(factor)):
            _needs_nonzero(unfold(factor, context), context, found)
        elif isinstance(factor, sp.Product):
            _needs_nonzero(factor.function, context.inside(*factor.limits), found)
        elif mask == ZERO:
            found.faults.append(f"division by {factor}, which is 0")
        else:
            _needs(sp.Ne, factor, NEGATIVE | POSITIVE, context, found)
