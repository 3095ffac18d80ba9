"""The translation of SymPy expressions into Rocq terms: the one door by which a derivation reaches a certificate.

Sums and products run from 1; entries of arrays are functions of natural numbers; whatever is no integer power is
`rpow`. What has no translation raises `UntranslatableError`. `defined.py` says when a term means what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra import context as contexts
from derive.algebra.binding import free_symbols
from derive.algebra.context import Context, key
from derive.certify.monomials import Exp, RPow, with_bound_names
from derive.certify.names import Names, UntranslatableError

#: How tightly things bind, loosest first.
RELATION, SUM, PRODUCT, POWER, APPLICATION, ATOM = range(6)
FUNCTIONS = {
    sp.exp: "exp",
    Exp: "exp",
    RPow: "rpow",
    sp.log: "ln",
    sp.factorial: "rfact",
    sp.binomial: "rbinom",
    sp.Abs: "Rabs",
}
RELATIONS = {
    sp.Eq: "{0} = {1}",
    sp.Ne: "{0} <> {1}",
    sp.StrictGreaterThan: "{1} < {0}",
    sp.GreaterThan: "{1} <= {0}",
    sp.StrictLessThan: "{0} < {1}",
    sp.LessThan: "{0} <= {1}",
}


@dataclass(frozen=True)
class Scope:
    """What names mean at a place: identifiers, indices that are bound here, arrays with an entry changed."""

    context: Context
    names: Names
    bound: Mapping[sp.Symbol, tuple[str, sp.Expr]] = field(default_factory=dict)
    changed: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def inside(self, index: sp.Symbol, upper: sp.Expr) -> tuple[str, Scope]:
        """The identifier of an index that is bound now, and the scope in which it is."""
        identifier = str(index.name)
        taken = {*self.names.table.values(), *(name for name, _ in self.bound.values())}
        if not identifier.isidentifier() or not identifier.isascii():
            raise UntranslatableError(f"{identifier[:40]!r} is no name for an index")
        while identifier in taken:
            identifier += "_"
        return identifier, replace(self, bound={**self.bound, index: (identifier, upper)})

    def change(self, name: tuple[str, int], term: str) -> Scope:
        """The scope in which a name stands for something else: the array with one entry changed."""
        return replace(self, changed={**self.changed, name: term})

    def of(self, name: tuple[str, int]) -> str:
        """What stands for a declared name here."""
        return self.changed.get(name) or self.names.of(name)


def in_order(parts: Iterable[sp.Expr], scope: Scope) -> list[sp.Expr]:
    """Terms or factors in an order that does not depend on how bound indices are called."""
    return sorted(parts, key=lambda part: _place(part, tuple(scope.bound)))


@lru_cache(maxsize=50_000)
def _place(part: sp.Expr, bound: tuple[sp.Symbol, ...]) -> str:
    put = {symbol: contexts.index(f"i{depth}") for depth, symbol in enumerate(bound)}
    return str(with_bound_names(part.xreplace(put), len(bound)))


def term(expr: sp.Basic, scope: Scope, level: int = RELATION) -> str:
    """The real number that an expression denotes, with brackets where `level` needs them."""
    text, own = _term(expr, scope)
    return text if own >= level else f"({text})"


def proposition(relation: sp.Basic, scope: Scope) -> str:
    """The statement that a relation makes; an index that is declared nowhere means "for all"."""
    if not isinstance(relation, Relational) or type(relation) not in RELATIONS:
        raise UntranslatableError(f"{str(relation)[:80]} is no equation or inequality")
    loose = _loose(relation, scope)
    for_all = ""
    for index, upper in loose:
        identifier, scope = scope.inside(index, upper)
        for_all += f"forall {identifier}, {in_range(identifier, upper, scope)} -> "
    sides = [term(side, scope, SUM) for side in relation.args]
    return for_all + RELATIONS[type(relation)].format(*sides)


def in_range(identifier: str, upper: sp.Expr, scope: Scope) -> str:
    """1 ≤ k ≤ K."""
    return f"(1 <= {identifier} <= {natural(upper, scope)})%nat"


def _loose(relation: sp.Basic, scope: Scope) -> list[tuple[sp.Symbol, sp.Expr]]:
    """Indices without a range, and the ranges of the axes on which they stand."""
    found: dict[sp.Symbol, sp.Expr] = {}
    for entry in sorted(relation.atoms(sp.Indexed), key=str):
        variable = scope.context.variable(entry)
        for index, axis in zip(entry.indices, variable.axes if variable else (), strict=False):
            known = index in scope.bound or index in scope.context.ranges or not index.is_Symbol
            if not known and index in free_symbols(relation) and index not in scope.context.sizes:
                found.setdefault(index, axis)
    return list(found.items())


def natural(expr: sp.Expr, scope: Scope, level: int = RELATION) -> str:
    """A size or an index as a natural number."""
    if expr.is_Integer and expr >= 0:
        return str(int(expr))
    if expr.is_Symbol:
        if expr in scope.bound:
            return scope.bound[expr][0]
        if expr in scope.context.sizes or expr in scope.context.ranges:
            return scope.names.of(key(expr))
    if expr.is_Add and len(expr.args) == 2:
        number, rest = expr.as_coeff_Add()
        if number.is_Integer and number != 0 and rest.is_Symbol:
            text = f"{natural(rest, scope)} {'+' if number > 0 else '-'} {abs(int(number))}"
            return text if level < PRODUCT else f"({text})"
    raise UntranslatableError(f"{str(expr)[:80]} is no size or index")


def _term(expr: sp.Basic, scope: Scope) -> tuple[str, int]:
    if expr.is_Rational:
        return _number(expr)
    if isinstance(expr, sp.Symbol):
        if expr in scope.bound or expr in scope.context.sizes or expr in scope.context.ranges:
            return f"INR {natural(expr, scope)}", APPLICATION
        return scope.of(key(expr)), ATOM
    if isinstance(expr, sp.Indexed):
        indices = " ".join(_argument(i, scope) for i in expr.indices)
        return f"{scope.of(key(expr))} {indices}", APPLICATION
    if expr.is_Add:
        return _added(expr, scope), SUM
    if expr.is_Mul:
        return _multiplied(expr, scope)
    if expr == sp.E:
        return "exp 1", APPLICATION
    if expr == sp.pi:
        return "PI", ATOM
    if isinstance(expr, sp.KroneckerDelta):
        return f"delta {' '.join(_argument(i, scope) for i in in_order(expr.args[:2], scope))}", APPLICATION
    if type(expr) in FUNCTIONS:
        arguments = " ".join(term(a, scope, ATOM) for a in expr.args)
        return f"{FUNCTIONS[type(expr)]} {arguments}", APPLICATION
    if isinstance(expr, sp.Pow):
        return _power(expr, scope)
    if isinstance(expr, (sp.Sum, sp.Product)):
        return _series(expr, scope), APPLICATION
    if isinstance(expr, sp.Derivative):
        return derivative(expr, scope), APPLICATION
    raise UntranslatableError(f"{type(expr).__name__} has no translation into certificates")


def _argument(index: sp.Expr, scope: Scope) -> str:
    text = natural(index, scope)
    return f"({text})%nat" if " " in text else text


def _number(number: sp.Rational) -> tuple[str, int]:
    if number.is_negative:
        return f"- {term(-number, Scope(Context(), Names()), POWER)}", PRODUCT
    return (str(number.p), ATOM) if number.q == 1 else (f"{number.p} / {number.q}", PRODUCT)


def _added(total: sp.Expr, scope: Scope) -> str:
    """a + b - c, the positive terms first."""
    ordered = in_order(total.args, scope)
    terms = sorted(ordered, key=lambda t: (t.as_coeff_Mul()[0].is_negative is True, bool(t.is_Rational)))
    text = term(terms[0], scope, SUM)
    for t in terms[1:]:
        negative = t.as_coeff_Mul()[0].is_negative
        text += f" - {term(-t, scope, PRODUCT)}" if negative else f" + {term(t, scope, PRODUCT)}"
    return text


def _multiplied(product: sp.Expr, scope: Scope) -> tuple[str, int]:
    """a * b / (c * d); a minus comes first."""
    number, _ = product.as_coeff_Mul()
    if number.is_negative:
        return f"- {term(_negated(product), scope, POWER)}", PRODUCT
    above, below = (in_order(part, scope) for part in fraction(product))
    top = " * ".join(term(f, scope, POWER) for f in above) or "1"
    if not below:
        return top, PRODUCT
    bottom = " * ".join(term(f, scope, POWER) for f in below)
    return f"{top} / {bottom if len(below) == 1 else f'({bottom})'}", PRODUCT


def _negated(product: sp.Expr) -> sp.Expr:
    number, rest = product.as_coeff_Mul()
    return rest if number == -1 else sp.Mul(-number, rest, evaluate=False)


def fraction(product: sp.Expr) -> tuple[list[sp.Expr], list[sp.Expr]]:
    """The factors above and below the line; exponents that are no numbers stay above."""
    above, below = [], []
    for factor in sp.Mul.make_args(product):
        if factor.is_Rational:
            above += [sp.Integer(factor.p)] if factor.p != 1 else []
            below += [sp.Integer(factor.q)] if factor.q != 1 else []
        elif isinstance(factor, sp.Pow) and factor.exp.is_Rational and factor.exp.is_negative:
            below.append(factor.base**-factor.exp)
        else:
            above.append(factor)
    return above, below


def _power(power: sp.Pow, scope: Scope) -> tuple[str, int]:
    base, exponent = power.base, power.exp
    if exponent.is_Rational and exponent.is_negative:
        return f"/ {term(base**-exponent, scope, POWER)}", PRODUCT
    if exponent.is_Integer:
        return f"{term(base, scope, APPLICATION)} ^ {exponent}", POWER
    if exponent == sp.Rational(1, 2):
        return f"sqrt {term(base, scope, ATOM)}", APPLICATION
    return f"rpow {term(base, scope, ATOM)} {term(exponent, scope, ATOM)}", APPLICATION


def _series(series: sp.Expr, scope: Scope) -> str:
    """Nested sums (or products), the last limit outermost."""
    *inner, (index, lower, upper) = series.limits
    if lower != 1:
        raise UntranslatableError(f"certificates have sums from 1 only, not from {str(lower)[:40]}")
    size = natural(upper, scope, PRODUCT)
    size = f"{size}%nat" if " " in size else size
    identifier, within = scope.inside(index, upper)
    body = series.func(series.function, *inner) if inner else series.function
    return f"{'sum' if isinstance(series, sp.Sum) else 'prod'} {size} (fun {identifier} => {term(body, within)})"


def derivative(expr: sp.Derivative, scope: Scope, head: str = "Derive") -> str:
    """The derivative by the last variable of the derivative by those before it."""
    function, point = differentiated(expr, scope)
    return f"{head} {function} {point}"


def differentiated(expr: sp.Derivative, scope: Scope) -> tuple[str, str]:
    """The function of one variable of which a derivative is taken, and the point."""
    *before, variable = expr.variables
    inner = sp.Derivative(expr.expr, *before, evaluate=False) if before else expr.expr
    point = term(variable, scope, ATOM)
    depth = sum(t.count("v") for t in scope.changed.values())
    moving = f"v{len(scope.changed) + depth}"
    return f"(fun {moving} => {term(inner, moved(variable, moving, scope))})", point


def moved(variable: sp.Expr, moving: str, scope: Scope) -> Scope:
    """The scope in which an unknown, or one entry of it, is the variable `moving`."""
    if isinstance(variable, sp.Symbol):
        return scope.change(key(variable), moving)
    if not isinstance(variable, sp.Indexed) or len(variable.indices) > 2:
        raise UntranslatableError(f"there is no derivative by {str(variable)[:40]}")
    indices = " ".join(_argument(i, scope) for i in variable.indices)
    head = "upd" if len(variable.indices) == 1 else "upd2"
    return scope.change(key(variable), f"({head} {scope.of(key(variable))} {indices} {moving})")
