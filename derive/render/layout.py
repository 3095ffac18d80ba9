"""SymPy expression → presentation tree: which factor comes first, what goes below the line, where a minus stands.

One function a kind of expression, found by its class in `_LAYOUT`. What has no entry is refused by name: a formula is
typeset as it is or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from derive.render import names
from derive.render.order import BIG, flat, is_negative, ordered_factors, ordered_terms, size
from derive.render.quotients import is_below, is_plain, reads_better_beside, split
from derive.render.tree import (
    BigOperator,
    Binomial,
    Call,
    Cases,
    Collection,
    Delta,
    Derivative,
    Factorial,
    Factors,
    Fence,
    Fraction,
    Interval,
    Logic,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Prefix,
    Relation,
    Root,
    Sequence,
    Terms,
)

#: Formulas above this many nodes are refused: shared parts can make a small object endlessly long on paper.
LARGEST = 50_000

ONE = Number("1")
E = Name("e")

#: Functions written before their argument, and functions whose argument stands in brackets.
PREFIXES = {
    sp.log: "log", sp.sin: "sin", sp.cos: "cos", sp.tan: "tan",
    sp.sinh: "sinh", sp.cosh: "cosh", sp.tanh: "tanh", sp.atan: "arctan",
}  # fmt: skip
CALLS = {
    sp.gamma: "Gamma", sp.beta: "B", sp.sign: "sgn", sp.Max: "max", sp.Min: "min", sp.erf: "erf", sp.erfc: "erfc",
    sp.zeta: "zeta",
}  # fmt: skip
FENCES = {sp.Abs: "abs", sp.floor: "floor", sp.ceiling: "ceiling"}


def layout(expr: sp.Basic) -> Node:
    """The presentation tree of an expression, equation or tuple of them; NotImplementedError where there is none."""
    if not isinstance(expr, sp.Basic):  # text is never evaluated
        raise TypeError(f"cannot typeset {type(expr).__name__}; a formula is a SymPy expression")
    try:
        if size(expr) > LARGEST:
            raise NotImplementedError(f"cannot typeset a formula of more than {LARGEST} parts")
        return _lay(expr)
    except RecursionError:
        raise NotImplementedError("cannot typeset a formula nested this deeply") from None


def _lay(expr: sp.Basic) -> Node:
    for kind in type(expr).__mro__:
        if kind in _LAYOUT:
            return _LAYOUT[kind](expr)
    raise NotImplementedError(f"cannot typeset {type(expr).__name__}: {str(expr)[:80]}")


# --- numbers and names -----------------------------------------------------------------------------------------------


def _signed(negative: bool, node: Node) -> Node:
    return Negative(node) if negative else node


def _rational(expr: sp.Rational) -> Node:
    size_of = Number(str(abs(expr.p))) if expr.q == 1 else Fraction(Number(str(abs(expr.p))), Number(str(expr.q)))
    return _signed(expr.p < 0, size_of)


def _float(expr: sp.Float) -> Node:
    digits, _, exponent = str(abs(expr)).partition("e")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    if not exponent:
        return _signed(bool(expr < 0), Number(digits))
    power = Power(Number("10"), _rational(sp.Integer(exponent)))
    return _signed(bool(expr < 0), power if digits == "1" else Factors((Number(digits), power)))


def _symbol(expr: sp.Symbol, indices: tuple[Node, ...] = ()) -> Name:
    parts = names.parts(expr.name)
    return Name(parts.base, parts.accents, parts.labels, indices)


def _indexed(expr: sp.Indexed) -> Node:
    return _symbol(sp.Symbol(str(expr.base.label)), tuple(_lay(i) for i in expr.indices))


# --- sums, products, powers ------------------------------------------------------------------------------------------


def _add(expr: sp.Add) -> Node:
    signed = []
    for term in ordered_terms(expr.args):
        node = _lay(term)
        signed.append((-1, node.body) if is_negative(term) and isinstance(node, Negative) else (1, node))
    return Terms(tuple(signed))


def _mul(expr: sp.Mul) -> Node:
    negative, over, under = split(expr)
    return _signed(negative, _quotient(over, under))


def _quotient(over: list[sp.Expr], under: list[sp.Expr]) -> Node:
    """A fraction, with what reads better beside it moved there: (1/N) Σ_i x_i, (N/2) log x."""
    beside = [f for f in over if reads_better_beside(f)] if under and is_plain(under) else []
    if beside == over and len(over) == 1 and isinstance(over[0], sp.Add) and not all(f.is_integer for f in under):
        beside = []  # (N - Σ_i x_i)/(1-θ), but (1/N)(Σ_i x_i - c)
    inside = [f for f in over if f not in beside]
    if not under:
        return _product(over)
    fraction = Fraction(_product(inside), _product(under))
    if not beside:
        return fraction
    return Factors((fraction, *_factors(_product(beside))))


def _product(factors: list[sp.Expr]) -> Node:
    roots = [f for f in factors if isinstance(f, sp.Pow) and f.exp == sp.S.Half and f.base.is_nonnegative]
    rest = [f for f in factors if f not in roots]
    if len(roots) < 2:
        roots, rest = [], factors
    nodes = (*((Root(_under_root(roots)),) if roots else ()), *(_lay(f) for f in ordered_factors(rest)))
    return ONE if not nodes else nodes[0] if len(nodes) == 1 else Factors(nodes)


def _under_root(roots: list[sp.Expr]) -> Node:
    """√2 √π is √(2π)."""
    return _product([f for root in roots for f in (flat(root.base) if isinstance(root.base, sp.Mul) else [root.base])])


def _factors(node: Node) -> tuple[Node, ...]:
    return node.factors if isinstance(node, Factors) else (node,)


def _pow(expr: sp.Pow) -> Node:
    if is_below(expr):
        return _mul(sp.Mul(sp.S.One, expr, evaluate=False))
    if expr.exp == sp.S.Half:
        return Root(_lay(expr.base))
    return Power(_lay(expr.base), _lay(expr.exp))


def _exp(expr: sp.exp) -> Node:
    if expr.exp.has(*BIG):
        return Call(Name("exp"), (_lay(expr.exp),))
    return Power(E, _lay(expr.exp))


# --- functions -------------------------------------------------------------------------------------------------------


def _prefix(expr: sp.Function) -> Node:
    if len(expr.args) == 2:  # log of another base that SymPy has not rewritten
        return Fraction(*(Prefix(PREFIXES[type(expr)], _lay(arg)) for arg in expr.args))
    return Prefix(PREFIXES[type(expr)], _lay(expr.args[0]))


def _call(expr: sp.Function) -> Node:
    return Call(Name(CALLS[type(expr)]), tuple(_lay(arg) for arg in expr.args))


def _undefined(expr: AppliedUndef) -> Node:
    return Call(_symbol(sp.Symbol(expr.func.__name__)), tuple(_lay(arg) for arg in expr.args))


def _polygamma(expr: sp.polygamma) -> Node:
    order, argument = expr.args
    head = Name("psi") if order == 0 else Name("psi", indices=(_lay(order),))
    return Call(head, (_lay(argument),))


def _bessel(expr: sp.besseli) -> Node:
    order, argument = expr.args
    return Call(Name("I", indices=(_lay(order),)), (_lay(argument),))


# --- sums, products and derivatives over an index --------------------------------------------------------------------


def _big(kind: str) -> Callable[[Any], Node]:
    def lay(expr: Any) -> Node:
        node = _lay(expr.function)
        for index, *bounds in expr.limits:  # SymPy lists the innermost first
            lower, upper = (_lay(b) for b in bounds) if len(bounds) == 2 else (None, None)
            node = BigOperator(kind, _lay(index), lower, upper, node)
        return node

    return lay


def _derivative(expr: sp.Derivative) -> Node:
    return Derivative(_lay(expr.expr), tuple((_lay(v), int(order)) for v, order in expr.variable_count))


# --- statements ------------------------------------------------------------------------------------------------------

SIGNS = {
    sp.Equality: "=",
    sp.Unequality: "≠",
    sp.StrictGreaterThan: ">",
    sp.GreaterThan: "≥",
    sp.StrictLessThan: "<",
    sp.LessThan: "≤",
}


def _relation(expr: Relational) -> Node:
    return Relation(SIGNS[type(expr)], _lay(expr.lhs), _lay(expr.rhs))


def _tuple(expr: sp.Tuple) -> Node:
    return Sequence(tuple(_lay(item) for item in expr), not any(isinstance(item, Relational) for item in expr))


def _piecewise(expr: sp.Piecewise) -> Node:
    return Cases(
        tuple((_lay(value), None if condition is sp.true else _lay(condition)) for value, condition in expr.args)
    )


def _logic(word: str) -> Callable[[Any], Node]:
    return lambda expr: Logic(word, tuple(_lay(arg) for arg in sorted(expr.args, key=sp.default_sort_key)))


_LAYOUT: dict[type, Callable[[Any], Node]] = {
    sp.Rational: _rational,
    sp.Float: _float,
    type(sp.oo): lambda _: Name("infty"),
    type(-sp.oo): lambda _: Negative(Name("infty")),
    type(sp.pi): lambda _: Name("pi"),
    type(sp.E): lambda _: E,
    type(sp.EulerGamma): lambda _: Name("gamma"),
    sp.Symbol: _symbol,
    sp.IndexedBase: lambda expr: _symbol(sp.Symbol(str(expr.label))),
    sp.Indexed: _indexed,
    sp.Add: _add,
    sp.Mul: _mul,
    sp.Pow: _pow,
    sp.exp: _exp,
    sp.Sum: _big("sum"),
    sp.Product: _big("product"),
    sp.Integral: _big("integral"),
    sp.Derivative: _derivative,
    sp.KroneckerDelta: lambda expr: Delta(tuple(_lay(i) for i in expr.args[:2])),
    **dict.fromkeys(PREFIXES, _prefix),
    **dict.fromkeys(CALLS, _call),
    **dict.fromkeys(FENCES, lambda expr: Fence(FENCES[type(expr)], _lay(expr.args[0]))),
    AppliedUndef: _undefined,
    sp.loggamma: lambda expr: Prefix("log", Call(Name("Gamma"), (_lay(expr.args[0]),))),
    sp.polygamma: _polygamma,
    sp.digamma: lambda expr: Call(Name("psi"), (_lay(expr.args[0]),)),
    sp.besseli: _bessel,
    sp.factorial: lambda expr: Factorial(_lay(expr.args[0])),
    sp.binomial: lambda expr: Binomial(*(_lay(arg) for arg in expr.args)),
    **dict.fromkeys(SIGNS, _relation),
    sp.Contains: lambda expr: Relation("∈", *(_lay(arg) for arg in expr.args)),
    sp.FiniteSet: lambda expr: Collection(tuple(_lay(arg) for arg in sorted(expr.args, key=sp.default_sort_key))),
    sp.Interval: lambda expr: Interval(_lay(expr.start), _lay(expr.end), bool(expr.left_open), bool(expr.right_open)),
    type(sp.Reals): lambda _: Name("reals"),
    type(sp.Integers): lambda _: Name("integers"),
    sp.Tuple: _tuple,
    sp.Piecewise: _piecewise,
    sp.And: _logic("and"),
    sp.Or: _logic("or"),
    sp.Not: _logic("not"),
    BooleanTrue: _logic("true"),
    BooleanFalse: _logic("false"),
}
