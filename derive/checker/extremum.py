"""The claim of a global maximum over a closed convex set, corners included.

Shown by concavity: along every direction the second derivative is ≤ 0 inside the domain, and the first-order
(Karush–Kuhn–Tucker) condition holds at the claimed point, also where data that are 0 put it on the boundary.
Source: Boyd and Vandenberghe, Convex Optimization (2004), sections 3.1.4, 4.2.3 and 5.5.3.
"""

from __future__ import annotations

from itertools import product

import sympy as sp
from flint import fmpq
from sympy.core.relational import Relational

from derive.algebra import rational
from derive.algebra.binding import depends_on, substitute, substitute_array
from derive.algebra.context import Context, Domain, IndexRange, Variable, index, key
from derive.algebra.matrices import Det, InverseEntry
from derive.algebra.normal_form import is_zero, normal
from derive.algebra.signs import NEGATIVE, POSITIVE, is_nonnegative, is_nonzero, sign
from derive.checker import symbolic
from derive.checker.decision import decide, ill_formed, is_shown
from derive.checker.evaluator import LogOfZeroError, Point, UndefinedError, Value, evaluate, evaluate_at, is_exact
from derive.checker.extremum_matrix import matrix_maximum, matrix_probe
from derive.checker.linting import lint
from derive.checker.monotone import any_entry, changes_sign_once, falls, interior, is_direction, is_median, is_root
from derive.checker.numeric import Outcome, shown, text
from derive.checker.sampler import inside, points, surely_outside
from derive.checker.verdict import Verdict
from derive.derivation import Step

#: How far from the claimed point towards (or away from) an admissible one the objective is probed.
SHARES = (fmpq(1), fmpq(1, 4), fmpq(1, 64), fmpq(-1, 64), fmpq(-1, 4))


def maximises(step: Step, context: Context, given: tuple[str, ...]) -> Verdict:
    """Whether the values after maximise the expression before under the constraints `bind`."""
    values = tuple(step.after)
    wrong = next(filter(None, (_unfit(value, step, context) for value in values)), None)
    if wrong is not None:
        return wrong
    if any(not _stated(b, context) for b in step.bind):
        return Verdict("ill-formed", f"{sp.sstr(step.bind[0])} is not among the constraints that the context states")
    variables = [_declared(value, context) for value in values]
    for variable in variables:
        if _constraints(variable, context) != sum(depends_on(b, any_entry(variable)) for b in step.bind):
            return Verdict("ill-formed", f"the constraint on {variable.name} is left out")
    if step.relation == "local":
        if len(values) > 1:
            return Verdict("undecided", "a local maximum can be shown of one real number so far", given)
        return _local_maximum(symbolic.plain(step.before, context), values[0], variables[0], context, given)
    admissible = all(_admissible(value, context) for value in values)
    claims = list(zip(values, variables, strict=True))
    if variables[0].domain.definite and len(values) == 1:
        how = "−log det Σ − tr Σ⁻¹S is largest at a positive definite S"
        outcome = matrix_probe(step.before, values[0], variables[0], context)
    else:
        how = "rises up to it and falls after it, also at the ends of the domain"
        how = how if len(values) == 1 else f"one unknown after the other, each whatever the ones that follow: {how}"
        outcome = _probe(step.before, values, variables, context)
    shown_for_all = admissible and is_shown(lambda: _one_after_the_other(step.before, claims, context), outcome.refuted)
    if not admissible and not outcome.refuted:
        return Verdict("undecided", "that the value is as assumed of the unknown was not shown", given)
    return decide(shown_for_all, outcome, given, how, points_tell=False)


def _unfit(value: Relational, step: Step, context: Context) -> Verdict | None:
    """What is wrong with a claimed value before anything is worked out."""
    variable = context.variable(value.lhs)
    if variable is None:
        return Verdict("ill-formed", f"{value.lhs} is not declared")
    bound = tuple(getattr(value.lhs, "indices", ()))
    if depends_on(value.rhs, value.lhs) and depends_on(normal(value.rhs, context), value.lhs):
        return Verdict("ill-formed", f"the value of {value.lhs} is stated by itself")
    if any(not i.is_Symbol or i in context.ranges for i in bound) or len(set(bound)) < len(bound):
        return Verdict("ill-formed", f"state the value for every entry, not for {value.lhs} alone")
    return (
        ill_formed(lint(context.over_axes(value.lhs), value.rhs))
        or ill_formed(lint(context, *step.bind), strict=False)
        or ill_formed(lint(interior(variable, context), step.before))
    )


def _admissible(value: Relational, context: Context) -> bool:
    """Whether what is assumed of the unknown is shown to hold for its value."""
    about = [h for h in context.hypotheses if isinstance(h, Relational) and depends_on(h, value.lhs)]
    at_value = [type(h)(_put_in(h.lhs - h.rhs, value, context), 0, evaluate=False) for h in about]
    return all(symbolic.excluded(h.negated, context) for h in at_value)


def _declared(value: Relational, context: Context) -> Variable:
    variable = context.variable(value.lhs)
    assert variable is not None, "values of undeclared names are refused before"
    return variable


def _one_after_the_other(objective: sp.Expr, claims: list[tuple[Relational, Variable]], context: Context) -> bool:
    """The maximum over one unknown whose value does not depend on the others, put in; then the rest."""
    while claims:
        for claim in claims:
            value, variable = claim
            others = [any_entry(v) for _, v in claims if v != variable]
            if any(depends_on(symbolic.plain(value.rhs, context), other) for other in others):
                continue
            if _one_maximum(objective, value, variable, context):
                break
        else:
            return False
        claims = [c for c in claims if c is not claim]
        objective = _put_in(objective, value, context)
    return True


def _put_in(objective: sp.Expr, value: Relational, context: Context) -> sp.Expr:
    """The objective with a value put in, itself with its definitions unfolded."""
    at = symbolic.plain(value.rhs, context)
    if isinstance(value.lhs, sp.Indexed):
        return substitute_array(symbolic.plain(objective, context), key(value.lhs), value.lhs.indices, at)
    return substitute(symbolic.plain(objective, context), {value.lhs: at})


def _one_maximum(objective: sp.Expr, value: Relational, variable: Variable, context: Context) -> bool:
    plain = symbolic.plain(objective, context)
    if variable.domain.definite or (variable.rank == 1 and plain.has(Det, InverseEntry)):
        return matrix_maximum(objective, value, variable, context)
    if variable.domain.integer:
        return False
    check = _array_maximum if variable.axes else _scalar_maximum
    return check(plain, value, variable, context)


def _stated(constraint: Relational, context: Context) -> bool:
    return any(symbolic.same_equation(fact.equation(), constraint) for fact in context.facts)


def _constraints(variable: Variable, context: Context) -> int:
    return sum(fact.variable.key == variable.key for fact in context.facts)


def _array_maximum(objective: sp.Expr, value: Relational, variable: Variable, context: Context) -> bool:
    """Separable concave objective on {y ≥ 0, Σ y = c}: one multiplier for all entries, none larger where y_j = 0."""
    if len(variable.axes) != 1 or variable.domain.lower != 0 or variable.domain.upper.is_finite:
        return False
    j, m = index("_first"), index("_second")
    size = variable.axes[0]
    inner = context.extended(indices=[IndexRange(j, sp.S.One, size), IndexRange(m, sp.S.One, size)])
    within = interior(variable, inner)
    slope = normal(symbolic.plain(sp.Derivative(objective, variable.base[j]), context), within)
    bend = normal(symbolic.plain(sp.Derivative(slope, variable.base[m]), context), within)
    delta = sp.KroneckerDelta(j, m)
    if any(delta not in sp.Mul.make_args(t) for t in sp.Add.make_args(bend)) and bend != 0:
        return False
    if sign(substitute(bend, {m: j}), within) & POSITIVE:
        return False

    at = normal(substitute(symbolic.plain(value.rhs, context), {value.lhs.indices[0]: j}), inner)
    limits = [fact for fact in context.facts if fact.variable.key == variable.key]
    if not symbolic.in_domain(at, variable.domain, inner):
        return False
    for fact in limits:
        if not is_zero(sp.Sum(at, (j, 1, size)) - fact.total, context):
            return False
    multiplier = normal(substitute_array(slope, variable.key, (j,), at), inner)
    if multiplier.has(j) or (not limits and multiplier != 0):
        return False
    return _on_boundary(slope, at, multiplier, within)


def _on_boundary(slope: sp.Expr, at: sp.Expr, multiplier: sp.Expr, context: Context) -> bool:
    """Where a factor of the value is 0, the slope there may not exceed the multiplier."""
    top, _ = rational.fraction(at)
    vanishing = [f for f in sp.Mul.make_args(rational.factored(top)) if not is_nonzero(f, context)]
    for factor in vanishing:
        left = normal(_where_zero(slope, factor), context)
        if not is_nonnegative(sp.expand(multiplier - left), context):
            return False
    return True


def _where_zero(expr: sp.Expr, factor: sp.Expr) -> sp.Expr:
    """An expression where a factor is 0: an entry of the data that the factor is linear in takes the value for that."""
    for datum in sorted(factor.atoms(sp.Indexed), key=str) if factor.is_Add else ():
        slope = factor.coeff(datum, 1)
        rest = sp.expand(factor - slope * datum)
        if slope.is_number and slope != 0 and not rest.has(datum):
            return expr.xreplace({datum: -rest / slope})
    return expr.xreplace({factor: sp.S.Zero})


def _scalar_maximum(objective: sp.Expr, value: Relational, variable: Variable, context: Context) -> bool:
    """The score falls (up to a positive factor) and is 0 at the value; or it has one sign up to an end; or a median."""
    domain, unknown = variable.domain, variable.base
    ends = [e for e in (domain.lower, domain.upper) if e.is_finite is not False]
    within = interior(variable, context)
    slope = symbolic.plain(sp.Derivative(objective, unknown), context)
    if _at_an_end(slope, value.rhs, domain, within) or is_median(slope, variable, value, within):
        return True
    if is_direction(objective, variable, value, within):
        return True
    if not falls(slope, unknown, within) and changes_sign_once(slope, unknown, within) != POSITIVE:
        return False
    stated = symbolic.plain(value.rhs, context)
    at = normal(stated, context)
    if not any(symbolic.in_domain(form, domain, context) for form in (at, stated)):
        return False
    if not is_root(slope, unknown, at, within):
        return False
    return all(
        is_nonzero(at - end, context)
        or is_nonzero(stated - end, context)
        or _falls_away(slope, at, end, domain.lower == end, within)
        for end in ends
    )


def _at_an_end(slope: sp.Expr, at: sp.Expr, domain: Domain, context: Context) -> bool:
    """Whether the value is a closed end of the domain towards which the objective rises throughout."""
    mask = sign(slope, context) & symbolic.sign_in_normal_form(slope, context)
    top = not mask & NEGATIVE and not domain.upper_open and domain.upper.is_finite is not False
    bottom = not mask & POSITIVE and not domain.lower_open and domain.lower.is_finite is not False
    at = symbolic.plain(at, context)
    ends = [end for end, rises in ((domain.upper, top), (domain.lower, bottom)) if rises]
    return any(is_zero(at - end, context) for end in ends)


def _local_maximum(
    objective: sp.Expr, value: Relational, variable: Variable, context: Context, given: tuple[str, ...]
) -> Verdict:
    """A local maximum inside the domain: the first derivative is 0 there and the second negative."""
    if variable.axes or variable.domain.integer:
        return Verdict("undecided", "a local maximum can be shown of one real number so far", given)
    unknown, domain = variable.base, variable.domain
    first, second = sp.Derivative(objective, unknown), sp.Derivative(objective, unknown, unknown)
    at = normal(symbolic.plain(value.rhs, context), context)
    flat, bend = (substitute(symbolic.plain(d, context), {unknown: at}) for d in (first, second))
    ends = [e for e in (domain.lower, domain.upper) if e.is_finite]
    shown_for_all = (
        symbolic.in_domain(at, domain, context)
        and all(is_nonzero(at - end, context) for end in ends)
        and is_zero(flat, context)
        and symbolic.sign_in_normal_form(bend, context) == NEGATIVE
    )
    agreed, trouble = 0, "no admissible point was found"
    for point in points(context):
        try:
            places = _places(value, variable, point)
            slope, curve = evaluate_at(first, point, places), evaluate_at(second, point, places)
        except UndefinedError as error:
            trouble = str(error)
            continue
        if (slope != 0 if is_exact(slope) else not slope.contains(0)) or curve > 0:
            sides = f"the derivatives there are {text(slope)} and {text(curve)}"
            return decide(shown_for_all, Outcome(agreed, counterexample=shown(point), sides=sides), given, "")
        agreed += bool(curve < 0)
    how = "flat, with a negative second derivative"
    return decide(shown_for_all, Outcome(agreed, trouble=trouble), given, how)


def _falls_away(slope: sp.Expr, at: sp.Expr, end: sp.Expr, is_lower: bool, context: Context) -> bool:
    """With data that put the value at an end, the objective must fall from that end inwards."""
    slope, at = normal(slope, context), normal(at, context)
    for form, limit in ((at, end), (normal(1 / at, context), 1 / end if end != 0 else sp.oo)):
        for statistic in sorted(form.atoms(sp.Sum), key=str):
            factor = form.coeff(statistic, 1)
            rest = sp.expand(form - factor * statistic)
            if rest.has(statistic) or factor == 0 or not limit.is_finite:
                continue
            there = normal(slope.xreplace({statistic: (limit - rest) / factor}), context)
            mask = sign(there, context)
            return not mask & (POSITIVE if is_lower else NEGATIVE)
    return False


def _probe(objective: sp.Expr, values: tuple[Relational, ...], variables: list[Variable], context: Context) -> Outcome:
    """The objective at admissible points, at points between them and the claimed one, and at the claimed one."""
    agreed, untold, trouble = 0, 0, "no admissible point was found"
    for point in points(context):
        try:
            claimed: dict[tuple[str, tuple[int, ...]], Value] = {}
            domains: dict[tuple[str, tuple[int, ...]], Variable] = {}
            for value, variable in zip(values, variables, strict=True):
                places = _places(value, variable, point)
                outside = _outside(places, variable, point)
                if outside:
                    point.read.update(places)
                    return Outcome(agreed, counterexample=shown(point), sides=outside)
                claimed |= places
                domains |= dict.fromkeys(places, variable)
            drawn = {place: point.entry(_entry(domains[place], place[1]), place[1]) for place in claimed}
            top = evaluate_at(objective, point, claimed)
            for share in SHARES:
                between = {p: claimed[p] + (drawn[p] - claimed[p]) * share for p in claimed}
                if not all(inside(v, domains[p].domain, point) for p, v in between.items()):
                    continue
                try:
                    difference = top - evaluate_at(objective, point, between)
                except LogOfZeroError:
                    continue  # the likelihood is 0 there
                if difference < 0:
                    point.read.update(between)
                    sides = f"the value there is larger by {text(-difference)}"
                    return Outcome(agreed, counterexample=shown(point), sides=sides)
                agreed += is_exact(difference) or bool(difference >= 0) or between == claimed
        except UndefinedError as error:
            trouble = str(error)
            untold += isinstance(error, LogOfZeroError)  # the objective is not finite at the claimed point
    return Outcome(agreed, untold, trouble=trouble)


def _outside(claimed: dict[tuple[str, tuple[int, ...]], Value], variable: Variable, point: Point) -> str:
    """What the claimed values violate: domain, assumptions, or a sum that the context fixes; "" where nothing."""
    if any(surely_outside(value, variable.domain, point) for value in claimed.values()):
        return f"the claimed {variable.name} lies outside its domain"
    if not variable.axes:
        for assumed in point.context.hypotheses:
            if depends_on(assumed, variable.base) and isinstance(assumed, Relational):
                distance = evaluate_at(assumed.lhs - assumed.rhs, point, claimed)
                if is_exact(distance) and not type(assumed)(sp.Rational(distance.p, distance.q), 0):
                    return f"the claimed {variable.name} is not as assumed: {sp.sstr(assumed)}"
    for fact in point.context.facts:
        if fact.variable.key == variable.key and len(variable.axes) == 1:
            difference = sum(claimed.values(), fmpq(0)) - evaluate(fact.total, point)
            if difference != 0 if is_exact(difference) else not difference.contains(0):
                return f"the claimed {variable.name} does not add up to {fact.total}"
    return ""


def _entry(variable: Variable, indices: tuple[int, ...]) -> sp.Expr:
    return variable.base[tuple(map(sp.Integer, indices))] if indices else variable.base


def _places(value: Relational, variable: Variable, point: Point) -> dict[tuple[str, tuple[int, ...]], Value]:
    """The claimed values, entry by entry."""
    if not variable.axes:
        return {(variable.name, ()): evaluate(value.rhs, point)}
    lengths = [range(1, int(evaluate(axis, point).p) + 1) for axis in variable.axes]
    return {
        (variable.name, place): evaluate(value.rhs, point, dict(zip(value.lhs.indices, map(fmpq, place), strict=True)))
        for place in product(*lengths)
    }
