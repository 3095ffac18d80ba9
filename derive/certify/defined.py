"""When a term means what it says: Rocq's functions are total, so certificates state and prove it apart.

A logarithm needs a positive argument, a quotient a denominator that is not 0, a power a base and exponent that go
together, a factorial a natural number, an entry indices within the array, a derivative that it exists.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp

from derive.certify.terms import ATOM, SUM, Scope, derivative, in_range, natural, term


@dataclass(frozen=True)
class Condition:
    """One thing that must hold, for all `indices` in their ranges.

    `derivative` is the one that exists, with the scope it stands in; `about` is what is not 0 (or positive).
    """

    statement: str
    indices: tuple[tuple[str, str], ...] = ()
    derivative: sp.Derivative | None = None
    scope: Scope | None = None
    about: sp.Expr | None = None

    @property
    def text(self) -> str:
        """The condition as a proposition."""
        return "".join(f"forall {name}, {range_} -> " for name, range_ in self.indices) + self.statement


def conditions(expr: sp.Basic, scope: Scope, weighted: bool = False) -> list[Condition]:
    """What must hold for an expression to be defined, each condition once.

    With `weighted`, c · log u asks for u > 0 only where c is not 0: the convention 0 · log 0 = 0 of closed domains.
    """
    found = _conditions(expr, scope, weighted)
    return list({c.text: c for c in found}.values())


def _conditions(expr: sp.Basic, scope: Scope, weighted: bool) -> list[Condition]:
    if isinstance(expr, sp.Indexed):
        return _entry(expr, scope)
    if isinstance(expr, (sp.Sum, sp.Product)):
        return _series(expr, scope, weighted)
    if isinstance(expr, sp.Derivative):
        *before, variable = expr.variables
        inner = sp.Derivative(expr.expr, *before, evaluate=False) if before else expr.expr
        exists = derivative(expr, scope, head="ex_derive")
        here = [*_conditions(inner, scope, False), *_conditions(variable, scope, False)]
        return [*here, Condition(exists, derivative=expr, scope=scope)]
    if weighted and expr.is_Mul and any(isinstance(f, sp.log) for f in expr.args):
        return _weighted(expr, scope)
    found = [c for argument in expr.args for c in _conditions(argument, scope, weighted)]
    if isinstance(expr, sp.log) and not _clearly_positive(expr.args[0]):
        found.append(Condition(f"0 < {term(expr.args[0], scope, SUM)}", about=expr.args[0], scope=scope))
    if isinstance(expr, sp.Pow) and not isinstance(expr, sp.exp):
        found += _power(expr, scope)
    if isinstance(expr, sp.factorial) and not expr.args[0].is_Integer:
        found.append(Condition(f"natural {_atom(expr.args[0], scope)}"))
    if isinstance(expr, sp.binomial):
        n, k = expr.args
        found += [Condition(f"natural {_atom(e, scope)}") for e in (n, k)]
        found.append(Condition(f"{term(k, scope, SUM)} <= {term(n, scope, SUM)}"))
    return found


def _clearly_positive(expr: sp.Basic) -> bool:
    return bool(expr.is_number and not expr.free_symbols and expr.is_positive and (expr.is_Rational or expr == sp.pi))


def _atom(expr: sp.Basic, scope: Scope) -> str:
    return term(expr, scope, ATOM)


def _power(power: sp.Pow, scope: Scope) -> list[Condition]:
    base, exponent = power.base, power.exp
    if _clearly_positive(base):
        return []
    if exponent.is_Integer:
        return [Condition(f"{term(base, scope, SUM)} <> 0", about=base, scope=scope)] if exponent.is_negative else []
    if exponent == sp.Rational(1, 2):
        return [Condition(f"0 <= {term(base, scope, SUM)}")]
    if exponent.is_Rational and exponent.is_negative:
        return [Condition(f"0 < {term(base, scope, SUM)}")]
    return [Condition(f"rpow_defined {_atom(base, scope)} {_atom(exponent, scope)}")]


def _entry(entry: sp.Indexed, scope: Scope) -> list[Condition]:
    """Indices lie on their axes; nothing to say where an index runs over just that axis."""
    variable = scope.context.variable(entry)
    found = []
    for index, axis in zip(entry.indices, variable.axes if variable else (), strict=False):
        declared = scope.context.ranges.get(index)
        runs = scope.bound[index][1] if index in scope.bound else declared[1] if declared else None
        if runs != axis:
            found.append(Condition(in_range(natural(index, scope), axis, scope)))
    return found


def _series(series: sp.Expr, scope: Scope, weighted: bool) -> list[Condition]:
    *inner, (index, _, upper) = series.limits
    body = series.func(series.function, *inner) if inner else series.function
    identifier, within = scope.inside(index, upper)
    here = (identifier, in_range(identifier, upper, scope))
    return [replace(c, indices=(here, *c.indices)) for c in _conditions(body, within, weighted)]


def _weighted(product: sp.Expr, scope: Scope) -> list[Condition]:
    """c ≠ 0 → u > 0 for c · log u."""
    log = next(f for f in product.args if isinstance(f, sp.log))
    weight = sp.Mul(*(f for f in product.args if f is not log and not f.is_number))
    found = [c for e in (weight, log.args[0]) for c in _conditions(e, scope, True)]
    if weight == 1:
        return [*found, Condition(f"0 < {term(log.args[0], scope, SUM)}")]
    return [*found, Condition(f"({term(weight, scope, SUM)} <> 0 -> 0 < {term(log.args[0], scope, SUM)})")]
