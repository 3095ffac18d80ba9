"""Derivatives with their proofs: structural, by the lemmas of the library, sum by sum.

A derivative of higher order is shown at every point near the one at hand first, then differentiated again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.binding import free_symbols
from derive.algebra.context import key
from derive.certify.monomials import Exp, with_bound_names
from derive.certify.names import UntranslatableError
from derive.certify.normal import Lines, Normaliser, braced, opened
from derive.certify.terms import ATOM, SUM, Scope, differentiated, moved, proposition, term

HALF = sp.Rational(1, 2)
FINISH = "eapply derive_value; [differentiate|cbv beta; rewrite ?upd_same, ?upd2_same; orient; rational]."


def depends(expr: sp.Basic, variable: sp.Expr) -> bool:
    """Whether an unknown, or an entry of it, occurs."""
    wanted = key(variable)
    return any(key(a) == wanted for a in (expr.atoms(sp.Indexed) | free_symbols(expr)))


def slope(expr: sp.Expr, variable: sp.Expr) -> sp.Expr:
    """The derivative as the lemmas give it: the derivative of a sum is the sum of the derivatives."""
    if not depends(expr, variable):
        return sp.S.Zero
    if isinstance(expr, (sp.Symbol, sp.Indexed)):
        pairs = zip(getattr(expr, "indices", ()), getattr(variable, "indices", ()), strict=True)
        return sp.Mul(*(sp.KroneckerDelta(b, a) for a, b in pairs))
    if expr.is_Add:
        return sp.Add(*(slope(t, variable) for t in expr.args))
    if expr.is_Mul:
        rest = [sp.Mul(*(f for m, f in enumerate(expr.args) if m != n)) for n in range(len(expr.args))]
        return sp.Add(*(slope(f, variable) * r for f, r in zip(expr.args, rest, strict=True)))
    if isinstance(expr, (sp.exp, Exp)):
        return slope(expr.args[0], variable) * expr
    if isinstance(expr, sp.log):
        return slope(expr.args[0], variable) / expr.args[0]
    if isinstance(expr, sp.Pow) and expr.exp.is_Integer:
        return expr.exp * expr.base ** (expr.exp - 1) * slope(expr.base, variable)
    if isinstance(expr, sp.Sum):
        index, upper, body = opened(expr)
        inner = slope(body, variable)
        return sp.Sum(inner, (index, 1, upper)) if inner != 0 else sp.Integer(0)
    raise UntranslatableError(f"certificates have no lemma for the derivative of {type(expr).__name__}")


def _sums(expr: sp.Basic, variable: sp.Expr) -> Iterator[sp.Sum]:
    """The outermost sums in which the unknown occurs."""
    if isinstance(expr, sp.Sum):
        if depends(expr, variable):
            yield expr
        return
    for argument in () if isinstance(expr, sp.Indexed) else expr.args:
        yield from _sums(argument, variable)


def first_order(expr: sp.Expr, variable: sp.Expr, scope: Scope, numbers: Iterator[int]) -> Lines:
    """The proof of `is_derive (fun v => expr) variable (slope expr)`, which is the goal."""
    lines: Lines = []
    for total in dict.fromkeys(_sums(expr, variable)):
        name = f"derived{next(numbers)}"
        claim = _claim(total, variable, scope)
        index, upper, body = opened(total)
        identifier, within = scope.inside(index, upper)
        proof = first_order(body, variable, within, numbers)
        lines.append(f"assert ({name} : {claim}).")
        lines += braced([f"apply derive_sum; intros {identifier} {identifier}_in; cbv beta.", *proof])
    return [*lines, FINISH]


def _claim(expr: sp.Expr, variable: sp.Expr, scope: Scope) -> str:
    function, point = differentiated(sp.Derivative(expr, variable, evaluate=False), scope)
    return f"is_derive {function} {point} {term(slope(expr, variable), scope, ATOM)}"


def _open_domain(variable: sp.Expr, scope: Scope) -> list[Relational]:
    """The ends of a number's domain that do not belong to it."""
    declared = scope.context.variable(variable)
    if declared is None or declared.axes:
        return []
    ends = declared.domain
    found = [sp.StrictGreaterThan(variable, ends.lower, evaluate=False)] if ends.lower_open else []
    found += [sp.StrictLessThan(variable, ends.upper, evaluate=False)] if ends.upper_open else []
    return [f for f in found if not f.has(sp.oo, -sp.oo)]


def is_derivative(
    expr: sp.Derivative, scope: Scope, numbers: Iterator[int], given: tuple[Relational, ...]
) -> tuple[sp.Expr, Lines]:
    """The derivative of an expression by its variables, and the proof that it is one (`is_derive …` is the goal)."""
    *before, variable = expr.variables
    if not before:
        function = with_bound_names(expr.expr, len(scope.bound))
        return slope(function, variable), first_order(function, variable, scope, numbers)
    inner = sp.Derivative(expr.expr, *before, evaluate=False)
    name, place = f"first{next(numbers)}", f"at{next(numbers)}"
    there = scope.change(key(variable), place)
    conditions = list(dict.fromkeys([g for g in given if depends(g, variable)] + _open_domain(variable, scope)))
    value, proof = is_derivative(inner, there, numbers, given)
    kind = "R" if isinstance(variable, sp.Symbol) else "nat -> " * len(variable.indices) + "R"
    outermost = replace(there, bound={})
    premises = "".join(f"({proposition(c, outermost)}) -> " for c in conditions)
    function, point = differentiated(inner, there)
    known = " ".join(f"{place}_{n}" for n in range(len(conditions)))
    claim = f"is_derive {function} {point} {term(value, there, ATOM)}"
    lines = [
        f"assert ({name} : forall {place} : {kind}, {premises}{claim}).",
        *braced([f"intros {place} {known}.", *proof]),
    ]
    moving = differentiated(expr, scope)[0].split()[1]
    nearby = moved(variable, moving, scope)
    here = term(variable, scope, ATOM)
    if not conditions:
        near, around = "True", "apply near_all; intros; exact I."
    else:
        at = scope.change(key(variable), moving)
        simple = isinstance(variable, sp.Symbol)
        near = " /\\ ".join(proposition(c, at) for c in conditions) if simple else f"0 < {moving}"
        around = "near_point."
    lines += [
        f"apply (derive_near (fun {moving} => {term(value, nearby)})).",
        *braced(
            [
                f"apply (filter_imp (F := locally {here}) (fun {moving} => {near})); [|{around[:-1]}].",
                f"intros {moving} {moving}_near; symmetry; apply derive_equals.",
                f"apply ({name} {nearby.of(key(variable))}); near_entry.",
            ]
        ),
    ]
    value = with_bound_names(value, len(scope.bound))
    return slope(value, variable), [*lines, *first_order(value, variable, scope, numbers)]


class Derivatives:
    """How a normaliser deals with derivatives, under the conditions of a step."""

    def __init__(self, given: tuple[Relational, ...]) -> None:
        self.given = given

    def __call__(self, atom: sp.Derivative, scope: Scope, normaliser: Normaliser) -> tuple[sp.Expr, Lines]:
        """The derivative in normal form, and the proof that `Derive` gives it."""
        value, proof = is_derivative(atom, scope, normaliser.numbers, self.given)
        (new,), lines = normaliser.level([value], scope)
        steps = braced(["apply derive_equals.", *proof])
        return new, [f"transitivity ({term(value, scope, SUM)}).", *steps, *lines, "rational."]
