"""Solutions: the values satisfy the equations, and are the only ones for which the equations are defined."""

from __future__ import annotations

import sympy as sp

from derive.algebra.binding import rebuild, substitute
from derive.algebra.context import key
from derive.certify.defined import conditions
from derive.certify.monomials import factors, product, quotient
from derive.certify.names import UntranslatableError
from derive.certify.normal import Lines, braced
from derive.certify.steps import Place, equals
from derive.certify.terms import in_range, natural, term
from derive.derivation import Step

Shown = tuple[str, Lines, list[sp.Expr]]


def multiple(before: sp.Eq, after: sp.Eq) -> sp.Expr:
    """What the second equation's difference is to be multiplied by to give the first's; 1 where there is no such."""
    above, below = before.lhs - before.rhs, after.lhs - after.rhs
    letters = {root: sp.Symbol(f"_r{n}", positive=True) for n, root in enumerate(_roots(above + below))}
    squares = {root.base: letter**2 for root, letter in letters.items()}
    plain = [_with(e, {**letters, **squares}) for e in (above, below)]
    if plain[1] == 0:
        return sp.S.One
    back = {v: k for k, v in letters.items()}
    top, under = quotient(plain[0] / plain[1])
    found: sp.Expr = (sp.factor_terms(top) / product(list(under))).xreplace(back)
    return found if found != 0 else sp.S.One


def _roots(expr: sp.Expr) -> list[sp.Expr]:
    """The square roots in an expression, above or below a line."""
    return sorted({sp.sqrt(p.base) for p in expr.atoms(sp.Pow) if abs(p.exp) == sp.Rational(1, 2)}, key=str)


def _with(expr: sp.Basic, letters: dict[sp.Expr, sp.Expr]) -> sp.Basic:
    """Letters for roots, and their squares for what stands under them."""
    if expr in letters:
        return letters[expr]
    if isinstance(expr, sp.Pow) and expr.exp == -sp.Rational(1, 2) and sp.sqrt(expr.base) in letters:
        return 1 / letters[sp.sqrt(expr.base)]
    if not expr.args or isinstance(expr, (sp.Indexed, sp.Sum, sp.Product)):
        return expr
    return rebuild(expr, tuple(_with(a, letters) for a in expr.args))


def solution(step: Step, place: Place) -> Shown:
    """One equation for one number, or Lagrange's conditions for the entries of an array and the multiplier."""
    unknowns = [e.lhs for e in step.after.args]
    if len(step.before.args) == len(unknowns) == 1 and isinstance(unknowns[0], sp.Symbol):
        return _one(step.before.args[0], step.after.args[0], place)
    arrays = [u for u in unknowns if isinstance(u, sp.Indexed) and len(u.indices) == 1]
    if len(unknowns) == 2 and len(arrays) == 1 and len(step.before.args) == 2:
        return _lagrange(step, place)
    raise UntranslatableError("certificates solve one equation for one number, or Lagrange's conditions")


def _one(before: sp.Eq, after: sp.Eq, place: Place) -> Shown:
    scope, unknown = place.scope, after.lhs
    needed = [c for c in conditions(before.lhs - before.rhs, scope) if c.about is not None and c.about.has(unknown)]
    conclusion = " /\\ ".join([*(c.text for c in needed), equals(before.lhs, before.rhs, scope)])
    factor = multiple(before, after)
    same = [
        f"apply (same_solutions _ _ _ _ ({term(factor, scope)})); [side|].",
        *place.equality(before.lhs - before.rhs, factor * (after.lhs - after.rhs)),
    ]
    names = [f"defined{n}" for n in range(len(needed))]
    claim = f"assert (same : {equals(before.lhs, before.rhs, scope)} <-> {equals(after.lhs, after.rhs, scope)})."
    proof = ["split."]
    proof += braced(
        [
            f"intros {' & '.join([*names, 'equation']).join('()') if names else 'equation'}.",
            claim,
            *braced(same),
            "apply same; exact equation.",
        ]
    )
    back = ["intros value."]
    for name, condition in zip(names, needed, strict=True):
        assert condition.about is not None
        put = substitute(condition.about, {unknown: after.rhs})
        factored = product(list(factors(put)))
        back.append(f"assert ({name} : {condition.text}).")
        steps = [f"rewrite value; replace ({term(put, scope)}) with ({term(factored, scope)}) by rational; side."]
        back += braced(["rewrite value; side."] if factored == put else steps)
    back += [claim, *braced(same), "repeat split; first [assumption | apply same; exact value]."]
    proof += braced(back)
    return f"({conclusion}) <-> {equals(after.lhs, after.rhs, scope)}", proof, [after.rhs]


def _lagrange(step: Step, place: Place) -> Shown:
    """t_k/y_k = λ for all k and Σ y_k = 1, where and only where y_k = t_k/s and λ = s."""
    scope = place.scope
    (entry, value), (multiplier, total) = [
        e.args for e in sorted(step.after.args, key=lambda e: not isinstance(e.lhs, sp.Indexed))
    ]
    variable = scope.context.variable(entry)
    stationary = [e for e in step.before.args if not e.has(sp.Sum) or e.has(multiplier)]
    rest = [e for e in step.before.args if e not in stationary]
    if variable is None or len(stationary) != 1 or len(rest) != 1 or not isinstance(multiplier, sp.Symbol):
        raise UntranslatableError("certificates know Lagrange's conditions for one constraint")
    index, size = entry.indices[0], variable.axes[0]
    name, within = scope.inside(index, size)
    for_all = f"forall {name}, {in_range(name, size, scope)} -> "
    weight = _cancelled((stationary[0].lhs - stationary[0].rhs + multiplier) * entry)
    array, length = scope.of(key(entry)), natural(size, scope)
    before = [
        f"({for_all}{term(entry, within)} <> 0)",
        f"({for_all}{equals(stationary[0].lhs, stationary[0].rhs, within)})",
        f"({equals(rest[0].lhs, rest[0].rhs, scope)})",
    ]
    after = f"({for_all}{equals(entry, value, within)}) /\\ {equals(multiplier, total, scope)}"
    s, lam = term(total, scope, 5), scope.of(key(multiplier))
    weights = f"(fun {name} => {term(weight, within)})"
    known = place.equality(sp.Sum(weight, (index, 1, size)), total)
    proof = [
        f"assert (fact1 : {s} <> 0) by side.",
        f"assert (fact2 : {term(sp.Sum(weight, (index, 1, size)), scope)} = {s}).",
        *braced(known),
        f"assert (fact3 : {for_all}{term(weight, within)} <> 0) by side.",
        f"assert (same := lagrange {length} {weights} (fun {name} => {array} {name}) {lam} {s} fact1 fact2 fact3).",
        "split.",
        *braced(
            [
                "intros (defined & equation & constraint).",
                "apply same; repeat split; [exact defined| |exact constraint].",
                f"intros {name} {name}_in; specialize (equation {name} {name}_in); lra.",
            ]
        ),
        *braced(
            [
                "intros values; apply same in values; destruct values as (defined & equation & constraint).",
                "repeat split; [exact defined| |exact constraint].",
                f"intros {name} {name}_in; specialize (equation {name} {name}_in); cbv beta in equation; lra.",
            ]
        ),
    ]
    whole = " /\\ ".join(before)
    return f"({whole}) <->\n  ({after})", proof, [total]


def _cancelled(expr: sp.Expr) -> sp.Expr:
    top, below = quotient(expr)
    return top / product(list(below))
