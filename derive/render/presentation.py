"""SymPy expression → presentation tree: which factor comes first, what goes below the line, where a minus stands.

One function a kind of expression, found by its class in `_LAYOUT`. What has no entry is refused by name: a formula is
typeset as it is or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from derive.algebra.matrices import Det, InverseEntry, SquareMatrix
from derive.algebra.order import Largest, Median, Smallest
from derive.algebra.products import EntryOf, MatrixProduct, Table, Trace, Transposed
from derive.render import names, whole
from derive.render.constants import joined_constants, joined_logs
from derive.render.order import BIG, flat, is_negative, ordered_factors, ordered_terms, size
from derive.render.orientation import EVEN, exponent, forward
from derive.render.quotients import beside, is_below, roots, split
from derive.render.tree import (
    BigOperator,
    Binomial,
    Call,
    Cases,
    Chain,
    Collection,
    Delta,
    Derivative,
    Entry,
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
    sp.zeta: "zeta", sp.atan2: "atan2",
}  # fmt: skip
FENCES = {sp.Abs: "abs", sp.floor: "floor", sp.ceiling: "ceiling"}


def layout(expr: sp.Basic) -> Node:
    """The presentation tree of an expression, equation or tuple of them; NotImplementedError where there is none."""
    if not isinstance(expr, sp.Basic):  # text is never evaluated
        raise TypeError(f"cannot typeset {type(expr).__name__}; a formula is a SymPy expression")
    try:
        if size(expr) > LARGEST:
            raise NotImplementedError(f"cannot typeset a formula of more than {LARGEST} parts")
        return _remembered(expr)
    except RecursionError:
        raise NotImplementedError("cannot typeset a formula nested this deeply") from None


@lru_cache(maxsize=1 << 13)
def _remembered(expr: sp.Basic) -> Node:
    """A page asks for the same formula several times, to measure it and to write it."""
    return _lay(expr)


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
    for term in ordered_terms(joined_logs(expr.args)):
        node = _lay(term)
        signed.append((-1, node.body) if is_negative(term) and isinstance(node, Negative) else (1, node))
    return Terms(tuple(signed))


def _mul(expr: sp.Mul) -> Node:
    negative, over, under = split(expr)
    return _signed(negative, _quotient(over, under))


def _quotient(over: list[sp.Expr], under: list[sp.Expr]) -> Node:
    """A fraction, with what reads better beside it moved there: (1/N) Σ_i x_i, (N/2) log x."""
    above, below = roots(over), roots(under)
    if above and below:  # √a/√b is √(a/b)
        over, under = [f for f in over if f not in above], [f for f in under if f not in below]
        quotient = sp.Mul(*(r.base for r in above), *(1 / r.base for r in below), evaluate=False)
        root = Root(_lay(quotient))
        front = [] if under else [f for f in over if not f.has(sp.Function, sp.exp, *BIG)]
        over = [f for f in over if f not in front]
        nodes = (*(_factors(_product(front)) if front else ()), root)
        rest = _factors(_quotient(over, under)) if over or under else ()
        return Factors((*nodes, *rest)) if len(nodes) + len(rest) > 1 else root
    if not under:
        return _product(over)
    aside = beside(over, under)
    fraction = Fraction(_product([f for f in over if f not in aside]), _product(under))
    if not aside:
        return fraction
    return Factors((fraction, *_factors(_product(aside))))


def _product(factors: list[sp.Expr]) -> Node:
    under_root = [f for f in roots(factors) if f.base.is_nonnegative]
    rest = [f for f in factors if f not in under_root]
    if len(under_root) < 2:
        under_root, rest = [], factors
    rest = joined_constants(rest)
    nodes = (*((Root(_under_root(under_root)),) if under_root else ()), *(_lay(f) for f in ordered_factors(rest)))
    return ONE if not nodes else nodes[0] if len(nodes) == 1 else Factors(nodes)


def _under_root(under_root: list[sp.Expr]) -> Node:
    """√2 √π is √(2π)."""
    return _product(
        [f for root in under_root for f in (flat(root.base) if isinstance(root.base, sp.Mul) else [root.base])]
    )


def _factors(node: Node) -> tuple[Node, ...]:
    return node.factors if isinstance(node, Factors) else (node,)


def _pow(expr: sp.Pow) -> Node:
    if is_below(expr):
        return _mul(sp.Mul(sp.S.One, expr, evaluate=False))
    if expr.exp == sp.S.Half:
        return Root(_lay(expr.base))
    base = forward(expr.base) if expr.exp.is_even else expr.base
    return Power(_lay(base), _argument(exponent(expr.exp)))


def _exp(expr: sp.exp) -> Node:
    inner = _argument(exponent(expr.exp))
    return Call(Name("exp"), (inner,)) if expr.exp.has(*BIG) or _is_cut(inner) else Power(E, inner)


def _is_cut(exponent: Node) -> bool:
    """Would a slash in it leave open what it divides by: a/b (x+y)?"""
    body = exponent.body if isinstance(exponent, Negative) else exponent
    return isinstance(body, Factors) and any(isinstance(factor, Fraction) for factor in body.factors[:-1])


def _argument(expr: sp.Expr) -> Node:
    """An exponent or an argument: ν/2 + 1/2 is written over one line, (ν+1)/2."""
    if not isinstance(expr, sp.Add):
        return _lay(expr)
    numbers = [term.as_coeff_Mul() for term in expr.args]
    denominator = numbers[0][0].q if numbers[0][0].is_Rational else 1
    if denominator == 1 or not all(c.is_Rational and c.q == denominator for c, _ in numbers):
        return _lay(expr)
    sign = -1 if all(c < 0 for c, _ in numbers) else 1
    over = sp.Add(*(sign * c * denominator * rest for c, rest in numbers))
    return _lay(sp.Mul(sp.Rational(sign, denominator), over, evaluate=False))


# --- functions -------------------------------------------------------------------------------------------------------


def _prefix(expr: sp.Function) -> Node:
    if len(expr.args) == 2:  # log of another base that SymPy has not rewritten
        return Fraction(*(Prefix(PREFIXES[type(expr)], _lay(arg)) for arg in expr.args))
    return _oriented(expr, lambda argument: Prefix(PREFIXES[type(expr)], _lay(argument)))


def _call(expr: sp.Function) -> Node:
    if len(expr.args) == 1:
        return _oriented(expr, lambda argument: Call(Name(CALLS[type(expr)]), (_argument(argument),)))
    return Call(Name(CALLS[type(expr)]), tuple(_lay(arg) for arg in expr.args))


def _fence(expr: sp.Function) -> Node:
    return _oriented(expr, lambda argument: Fence(FENCES[type(expr)], _lay(argument)))


def _oriented(expr: sp.Function, write: Callable[[sp.Expr], Node]) -> Node:
    """|μ - x| as |x - μ|."""
    (argument,) = expr.args
    return write(forward(argument) if isinstance(expr, EVEN) else argument)


def _undefined(expr: AppliedUndef) -> Node:
    return Call(_symbol(sp.Symbol(expr.func.__name__)), tuple(_lay(arg) for arg in expr.args))


def _polygamma(expr: sp.polygamma) -> Node:
    order, argument = expr.args
    return Call(Name("psi"), (_argument(argument),), None if order == 0 else _lay(order))


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


def _matrix(expr: SquareMatrix) -> Node:
    """Σ where the matrix has a name, else its entries."""
    entry = expr.function
    if isinstance(entry, sp.Indexed) and entry.indices[-2:] == (expr.row, expr.column):
        return _symbol(sp.Symbol(str(entry.base.label)), tuple(_lay(i) for i in entry.indices[:-2]))
    return Entry(_lay(entry), (_lay(expr.row), _lay(expr.column)))


def _inverse_entry(expr: InverseEntry) -> Node:
    return Entry(Power(_matrix(expr.matrix), Negative(ONE)), (_lay(expr.row), _lay(expr.column)))


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


def _and(expr: sp.And) -> Node:
    """0 ≤ x and x ≤ θ are one statement."""
    ordered = [_rising(arg) for arg in expr.args if type(arg) in SIGNS]
    if len(expr.args) == len(ordered) == 2 and None not in ordered:
        for first, second in (ordered, ordered[::-1]):
            if first and second and first[2] == second[0]:
                return Chain(tuple(map(_lay, (first[0], first[2], second[2]))), (first[1], second[1]))
    return _logic("and")(expr)


def _rising(relation: Relational) -> tuple[sp.Basic, str, sp.Basic] | None:
    """The smaller side, < or ≤, the larger side."""
    sign = SIGNS[type(relation)]
    if sign in ("<", "≤"):
        return relation.lhs, sign, relation.rhs
    return (relation.rhs, {">": "<", "≥": "≤"}[sign], relation.lhs) if sign in (">", "≥") else None


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
    Largest: _big("max"),
    Smallest: _big("min"),
    Median: _big("median"),
    sp.Derivative: _derivative,
    SquareMatrix: _matrix,
    Det: lambda expr: Prefix("det", _matrix(expr.matrix)),
    InverseEntry: _inverse_entry,
    Table: lambda expr: whole.table(expr, _lay),
    Transposed: lambda expr: whole.transposed(expr, _lay),
    MatrixProduct: lambda expr: whole.product(expr, _lay),
    Trace: lambda expr: whole.trace(expr, _lay),
    EntryOf: lambda expr: whole.entry_of(expr, _lay),
    sp.KroneckerDelta: lambda expr: Delta(tuple(_lay(i) for i in expr.args[:2])),
    **dict.fromkeys(PREFIXES, _prefix),
    **dict.fromkeys(CALLS, _call),
    **dict.fromkeys(FENCES, _fence),
    AppliedUndef: _undefined,
    sp.loggamma: lambda expr: Prefix("log", Call(Name("Gamma"), (_argument(expr.args[0]),))),
    sp.polygamma: _polygamma,
    sp.digamma: lambda expr: Call(Name("psi"), (_argument(expr.args[0]),)),
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
    sp.And: _and,
    sp.Or: _logic("or"),
    sp.Not: _logic("not"),
    BooleanTrue: _logic("true"),
    BooleanFalse: _logic("false"),
}
