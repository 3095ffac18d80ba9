"""What a step claims and how it is shown, one function a kind of claim."""

from __future__ import annotations

import sympy as sp

from derive.certify.defined import Condition, conditions
from derive.certify.derivatives import is_derivative
from derive.certify.maxima import maximum
from derive.certify.monomials import factors, product, with_bound_names
from derive.certify.names import NoProofError, UntranslatableError
from derive.certify.normal import Lines
from derive.certify.solutions import multiple, solution
from derive.certify.statements import Statement
from derive.certify.steps import Place, equals
from derive.certify.terms import SUM, Scope, proposition, term
from derive.derivation import Step

RELATIONS = {"≤": "{0} <= {1}", "<": "{0} < {1}", "≥": "{1} <= {0}", ">": "{1} < {0}"}


def statement(step: Step, place: Place) -> Statement:
    """The statement that a step makes, with a proof; UntranslatableError where certificates have no words for it."""
    premises = [(f"given{n}", proposition(g, place.scope)) for n, g in enumerate(step.given)]
    if step.kind == "substitution":
        premises += [(f"bound{n}", proposition(b, place.scope)) for n, b in enumerate(step.bind)]
    makers = {"equal": _equal, "substitution": _equal, "inequality": _inequality, "equivalent": _equivalent}
    if step.kind in makers:
        conclusion, proof, sides = makers[step.kind](step, place)
    elif step.kind == "solves":
        conclusion, proof, sides = solution(step, place)
    elif step.kind == "maximises":
        conclusion, proof, sides = maximum(step, place)
    else:
        raise UntranslatableError(f"a step of kind {step.kind!r} is no claim")
    return Statement(tuple(premises), conclusion, proof, are_defined(sides, place))


def are_defined(sides: list[sp.Expr], place: Place) -> tuple[tuple[Condition, Lines], ...]:
    """That the terms of a step are defined, each condition with its tactics."""
    found = {c.text: c for side in sides for c in conditions(side, place.scope)}
    return tuple((c, _shown(c, place)) for c in found.values())


def _shown(condition: Condition, place: Place) -> Lines:
    names = [f"intros {name} {name}_in." for name, _ in condition.indices]
    if condition.derivative is None or condition.scope is None:
        return [*names, unfolding(place, condition)]
    value, proof = is_derivative(condition.derivative, condition.scope, place.numbers, place.given)
    return [*names, f"apply (derive_exists _ _ {term(value, condition.scope, 5)}).", *proof]


def unfolding(place: Place, condition: Condition) -> str:
    """The tactic for what a step needs: at once, looking into definitions, or with the term as a product."""
    names = [place.scope.names.of(k) for k in place.definitions if k not in place.links]
    ways = ["solve [side]", *([f"unfold {', '.join(reversed(names))}; solve [side]"] if names else [])]
    if condition.about is not None and condition.scope is not None and condition.about.is_Add:
        plain = product(list(factors(with_bound_names(condition.about, len(condition.scope.bound)))))
        before, after = (term(e, condition.scope) for e in (condition.about, plain))
        ways += [f"replace ({before}) with ({after}) by rational; side"] if before != after else []
    return f"first [{' | '.join(ways)}]." if len(ways) > 1 else "side."


def _equal(step: Step, place: Place) -> tuple[str, Lines, list[sp.Expr]]:
    proof = place.equality(step.before, step.after)
    return equals(step.before, step.after, place.scope), proof, [step.before, step.after]


def _inequality(step: Step, place: Place) -> tuple[str, Lines, list[sp.Expr]]:
    """The difference of the sides, written out term by term, has the sign."""
    scope = place.scope
    conclusion = RELATIONS[step.relation].format(term(step.before, scope, SUM), term(step.after, scope, SUM))
    if not step.before.free_symbols and not step.after.free_symbols:
        return conclusion, ["interval."], [step.before, step.after]
    totals = step.before.atoms(sp.Sum) | step.after.atoms(sp.Sum)
    if not place.insist and any(_is_mixed(total.function) for total in totals):
        raise NoProofError("no lemma for the sign of a sum of terms of both signs")
    less, more = (step.before, step.after) if step.relation in "≤<" else (step.after, step.before)
    lemma = "at_most" if step.relation in "≤≥" else "below"
    difference = f"{term(more, scope, SUM)} - ({term(less, scope)})"
    return (
        conclusion,
        [f"apply {lemma}; replace ({difference}) with ({term(more - less, scope)}) by rational; side."],
        [step.before, step.after],
    )


def _is_mixed(body: sp.Expr) -> bool:
    """Whether terms of both signs stand under a sum."""
    return bool(body.is_Add) and len({t.as_coeff_Mul()[0].is_negative for t in body.args}) > 1


def _equivalent(step: Step, place: Place) -> tuple[str, Lines, list[sp.Expr]]:
    """One equation is the other one times something that is not 0."""
    scope = place.scope
    conclusion = f"{_equation(step.before, scope)} <-> {_equation(step.after, scope)}"
    sides = [*step.before.args, *step.after.args]
    factor = multiple(step.before, step.after)
    left = step.before.lhs - step.before.rhs
    right = factor * (step.after.lhs - step.after.rhs)
    return (
        conclusion,
        [f"apply (same_solutions _ _ _ _ ({term(factor, scope)})); [side|].", *place.equality(left, right)],
        sides,
    )


def _equation(equation: sp.Basic, scope: Scope) -> str:
    if not isinstance(equation, sp.Eq):
        raise UntranslatableError(f"{str(equation)[:60]} is no equation")
    return f"({equals(equation.lhs, equation.rhs, scope)})"
