"""Why the estimate is a maximum: concavity along every line, or one unknown after the other.

Sources: Boyd and Vandenberghe, Convex Optimization (2004), sections 3.1.4 and 4.2.3; Pawitan, In All Likelihood
(2001), section 3.4, for the profile likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import sympy as sp

from derive.algebra.context import REAL, Context, Definition, Variable, array, index_names, scalar
from derive.algebra.naming import readable
from derive.algebra.normal_form import normal
from derive.algebra.rational import fraction
from derive.algebra.signs import POSITIVE, is_positive, sign
from derive.derivation import Section, Step
from derive.model import Model
from derive.strategy.chain import Chain, claim
from derive.strategy.estimate import Estimate, Found
from derive.strategy.matrices import concerns
from derive.strategy.rescaled import concave_rescaled, location_and_scale
from derive.strategy.score import DERIVATIVE_RULES
from derive.strategy.second_order import is_negative, may_be_positive, term_by_term
from derive.strategy.unknowns import FIRST, SECOND, SECOND_OF_TWO, entry, hat, hatted, put_in

#: How far along a line; any real number.
LENGTH = scalar("tau", REAL)


@dataclass(frozen=True)
class Shown:
    """Why something is a maximum: the rule that says it, steps that show it, and the names that these introduce."""

    rule: str
    steps: list[Step] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)


def maximum_section(
    objective: sp.Expr, estimate: Estimate, model: Model, context: Context
) -> tuple[Section, list[Variable], list[Definition]]:
    """The section `maximum`, and the names that it introduces."""
    steps: list[Step] = []
    variables: list[Variable] = []
    definitions: list[Definition] = []
    note = ""
    constraints = {f.variable: f.equation() for f in model.constraints}
    current, values = objective, []
    together = [f for f in estimate.found if f.kind == "implicit" and f.parameter not in estimate.alone]
    for found in estimate.found:
        if found in together:
            continue
        if found.kind == "implicit":
            shown = _implicit(current, [found], context)
            steps, variables, note = steps + shown.steps, variables + shown.variables, shown.rule
            current = _put_in(current, found.parameter, entry(hatted(found.parameter)), context)
            continue
        shown = _reason(current, found, context)
        steps, variables = steps + shown.steps, variables + shown.variables
        steps.append(_maximises(current, found, shown.rule, constraints, context))
        values.append(found)
        name = found.value if found.kind == "given the rest" else entry(hatted(found.parameter))
        current = _put_in(current, found.parameter, name, context)
    if together:
        shown = _implicit(current, together, context)
        steps, variables, note = steps + shown.steps, variables + shown.variables, shown.rule
        definitions = shown.definitions
    elif len(values) > 1 and all(f.kind != "given the rest" for f in values):
        steps.append(_jointly(objective, values, constraints, context))
    return Section("maximum", tuple(steps), note), variables, definitions


def _put_in(expr: sp.Expr, parameter: Variable, value: sp.Expr, context: Context) -> sp.Expr:
    return readable(put_in(expr, parameter, value), taken=context.declared)


def _reason(objective: sp.Expr, found: Found, context: Context) -> Shown:
    """Why a value is the maximum."""
    rules = {"end": "maximum_at_end", "median": "maximum_at_median", "direction": "maximum_at_direction"}
    if found.kind in rules:
        return Shown(rules[found.kind])
    if found.parameter.domain.definite:
        return Shown("maximum_over_matrices")
    domain = found.parameter.domain
    closed = not (domain.lower_open and domain.upper_open)  # there the logarithm of 0 may come up
    steps, introduced = _concave(objective, [found.parameter], context)
    if not steps and not found.parameter.axes:
        unknown = found.parameter.base
        score = Chain(sp.Derivative(objective, unknown), context).apply_all(*DERIVATIVE_RULES).current
        steps = _falling(replace(found, value=score), context)
        return Shown("single_crossing", steps)
    if found.kind == "given the rest":
        return Shown("maximum_given_the_rest", steps, introduced)
    return Shown("global_maximum_closed" if closed else "global_maximum", steps, introduced)


def _maximises(
    objective: sp.Expr, found: Found, rule: str, constraints: dict[Variable, sp.Rel], context: Context
) -> Step:
    bind = (constraints[found.parameter],) if found.parameter in constraints else ()
    value = sp.Eq(_head(found.parameter), _value(found), evaluate=False)
    return Step("maximises", objective, sp.Tuple(value), "", rule, found.given, bind)


def _head(parameter: Variable) -> sp.Expr:
    return parameter.base[index_names(parameter.axes)] if parameter.axes else parameter.base


def _value(found: Found) -> sp.Expr:
    return hat(found.parameter, found.value).value


def _jointly(objective: sp.Expr, values: list[Found], constraints: dict[Variable, sp.Rel], context: Context) -> Step:
    equations = [sp.Eq(_head(f.parameter), _value(f), evaluate=False) for f in values]
    given = tuple(dict.fromkeys(g for f in values for g in f.given))
    bind = tuple(constraints[f.parameter] for f in values if f.parameter in constraints)
    return Step("maximises", objective, sp.Tuple(*equations), "", "profile_maximum", given, bind)


def _implicit(objective: sp.Expr, implicit: list[Found], context: Context) -> Shown:
    """That there is at most one solution, and that it is the maximum, where that can be shown."""
    parameters = [f.parameter for f in implicit]
    if len(implicit) == 1 and not parameters[0].axes:
        steps = _falling(implicit[0], context)
        if steps:
            return Shown("falling_score", steps)
    steps, variables = _concave(objective, parameters, context)
    if steps:
        return Shown("concave_score", steps, variables)
    pair = location_and_scale(parameters)
    if pair is not None:
        steps, variables, definitions = concave_rescaled(objective, *pair, context)
        if steps:
            return Shown("concave_rescaled", steps, variables, definitions)
    if len(implicit) > 1:
        for found in implicit:  # each of them given the others
            steps, variables = _concave(objective, [found.parameter], context)
            if steps:
                return Shown("concave_in_one", steps, variables)
        for found in (f for f in implicit if not f.parameter.axes):
            steps = _falling(found, context) or _falling(found, context, strictly=False)
            if steps:
                return Shown("falling_in_one", steps)
    return Shown("maximum_not_shown")


def _falling(found: Found, context: Context, strictly: bool = True) -> list[Step]:
    """The score of one unknown falls (or never rises), if need be after multiplication by something positive."""
    unknown = found.parameter.base
    relation, rule = ("<", "falls") if strictly else ("≤", "never_rises")

    def is_shown(expr: sp.Expr) -> bool:
        return is_negative(expr, context) if strictly else not may_be_positive(expr, context)

    positive = is_positive(unknown, context)
    multiples = [found.value * unknown**n for n in range(3 if positive else 1)]
    for score in filter(None, (*map(term_by_term, multiples), _cleared(found.value, context))):
        chain = Chain(sp.Derivative(score, unknown), context)
        chain.apply_all(*DERIVATIVE_RULES)
        if not is_shown(chain.current):
            chain.apply("collect")
        if is_shown(chain.current):
            return [*chain.steps, claim("inequality", chain.current, sp.S.Zero, relation, rule, context, found.given)]
    return []


def _cleared(score: sp.Expr, context: Context) -> sp.Expr | None:
    """A positive multiple of the score without denominators; None where there is none."""
    top, bottom = fraction(normal(score, context))
    return top if bottom != 1 and sign(bottom, context) == POSITIVE else None


def _concave(objective: sp.Expr, parameters: list[Variable], context: Context) -> tuple[list[Step], list[Variable]]:
    """The second derivative along an arbitrary direction is ≤ 0; nothing where that cannot be shown."""
    if len(parameters) == 1 and not parameters[0].axes:
        unknown = parameters[0].base
        chain = Chain(sp.Derivative(objective, unknown, unknown), context)
        chain.apply_all(*DERIVATIVE_RULES, "common_denominator")
        if may_be_positive(chain.current, context):
            return [], []
        return [*chain.steps, claim("inequality", chain.current, sp.S.Zero, "≤", "concave", context)], []
    directions = {p: _direction(p, n) for n, p in enumerate(parameters)}
    if all(p.domain == REAL and p.axes for p in parameters):
        return _concave_along(objective, directions, context)
    context = context.extended(variables=directions.values())
    steps: list[Step] = []
    before, after = sp.S.Zero, sp.S.Zero
    for p in parameters:
        for q in parameters:
            second = sp.Derivative(objective, entry(p), entry(q, second=True))
            chain = Chain(second, context).apply_all("differentiate", "delta_collapse")
            if concerns(objective, p):
                chain.apply("collect")
            steps += chain.steps
            letters = (*FIRST[: p.rank], *(SECOND_OF_TWO if q.rank > 1 else SECOND)[: q.rank])
            sizes = (*p.axes, *q.axes)
            weight = entry(directions[p]) * entry(directions[q], second=True)
            limits = [(letter, 1, size) for letter, size in zip(letters, sizes, strict=True)]
            before += _total(weight * second, limits)
            after += _total(weight * chain.current, limits)
    quadratic = Chain(before, context)
    quadratic.step(after, "second_derivatives").apply_all("delta_collapse", "constant_factor")
    if may_be_positive(quadratic.current, context):
        return [], []
    steps += quadratic.steps
    steps.append(claim("inequality", quadratic.current, sp.S.Zero, "≤", "concave", context))
    return steps, list(directions.values())


def _concave_along(
    objective: sp.Expr, directions: dict[Variable, Variable], context: Context
) -> tuple[list[Step], list[Variable]]:
    """The same for unknowns that can be any real numbers: the second derivative by τ at w + τ·v."""
    context = context.extended(variables=[*directions.values(), LENGTH])
    along = objective
    for parameter, direction in directions.items():
        along = put_in(along, parameter, entry(parameter) + LENGTH.base * entry(direction))
    chain = Chain(sp.Derivative(along, LENGTH.base, LENGTH.base), context)
    chain.apply_all("differentiate", "known_sum", "common_denominator", "constant_factor")
    if may_be_positive(chain.current, context):
        return [], []
    steps = [*chain.steps, claim("inequality", chain.current, sp.S.Zero, "≤", "concave", context)]
    return steps, [*directions.values(), LENGTH]


def _total(body: sp.Expr, limits: list[tuple[sp.Symbol, int, sp.Expr]]) -> sp.Expr:
    return sp.Sum(body, *reversed(limits)) if limits else body


def _direction(parameter: Variable, n: int) -> Variable:
    name = ("v", "u")[n] if n < 2 else f"v{n}"
    return array(name, parameter.axes, REAL) if parameter.axes else Variable(sp.Symbol(name, real=True), REAL)
