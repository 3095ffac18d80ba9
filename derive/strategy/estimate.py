"""The estimate, unknown by unknown: what does not depend on the others first, then what it gives is put in.

Kinds of answer: the end of a support, a median, a closed form (on a simplex by a multiplier), a closed form given the
rest, and, where there is none, the equation itself with the step that solves it by numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.core.relational import Relational

from derive.algebra.binding import depends_on, substitute
from derive.algebra.context import Context, Definition, SumFact, Variable
from derive.algebra.naming import readable
from derive.algebra.normal_form import normal
from derive.algebra.order import Median, OrderStatistic
from derive.algebra.rational import fraction
from derive.algebra.signs import NEGATIVE, POSITIVE, is_nonzero, is_positive, sign
from derive.algebra.solving import NoClosedFormError, solve
from derive.derivation import Section, Step
from derive.model import Model
from derive.rules.places import positivity
from derive.strategy.chain import claim
from derive.strategy.definedness import needs
from derive.strategy.lagrange import constrained, needed
from derive.strategy.matrices import concerns, matrix_estimate
from derive.strategy.newton import is_linear, newton_steps
from derive.strategy.unknowns import entry, hat, hatted, put_in


@dataclass(frozen=True)
class Found:
    """What is known of one unknown.

    `value` is written for `entry(parameter)`; `kind` is "closed", "given the rest", "end" (of the support), "median",
    "direction" (an angle) or "implicit", where `value` is what must be 0. `given` is what the value needs to lie in
    the domain.
    """

    parameter: Variable
    kind: str
    value: sp.Expr
    given: tuple[Relational, ...] = ()


@dataclass(frozen=True)
class Estimate:
    """All unknowns in the order in which they were found, the section, and the context with the new names.

    In `context` the estimates are names without a definition; `definitions` has those of the closed forms. `alone` are
    the implicit unknowns whose equations the others do not enter.
    """

    found: tuple[Found, ...]
    section: Section
    context: Context
    definitions: tuple[Definition, ...]
    alone: frozenset[Variable]


class Search:
    """The search for the estimates: steps and names pile up here while it goes on."""

    def __init__(self, objective: sp.Expr, scores: dict[Variable, sp.Expr], model: Model, context: Context) -> None:
        self.objective = objective
        self.scores = scores
        self.constraints = {f.variable: f for f in model.constraints}
        self.context = context
        self.remaining = list(scores)
        self.found: list[Found] = []
        self.steps: list[Step] = []
        self.definitions: list[Definition] = []
        self.alone: set[Variable] = set()
        self.called = "estimate" if model.prior is None else "map_estimate"

    def run(self) -> Estimate:
        """Find what can be found; the rest stays implicit."""
        while self.remaining:
            found = next(filter(None, (self._alone(p) for p in self.remaining)), None)
            if found is None:
                found = next(filter(None, (self._implicit_alone(p) for p in self.remaining)), None)
            if found is None:
                found = next(filter(None, (self._given_the_rest(p) for p in self.remaining)), None)
            if found is None:
                break
            self.remaining.remove(found.parameter)
            self.found.append(found)
        rest = [p for p in self.remaining if depends_on(self.scores[p], entry(p))]
        for parameter in rest:
            self._implicit(parameter)
        if rest:
            steps, self.context = newton_steps({p: self.scores[p] for p in rest}, self.context)
            self.steps += steps
        section = Section("estimate", tuple(self.steps))
        return Estimate(tuple(self.found), section, self.context, tuple(self.definitions), frozenset(self.alone))

    def _alone(self, parameter: Variable) -> Found | None:
        """A value that does not depend on the other unknowns."""
        constraint = self.constraints.get(parameter)
        if constraint is not None:
            return self._on_simplex(parameter, constraint)
        if concerns(self.objective, parameter):
            return self._by_matrix(parameter)
        return (
            self._at_end(parameter)
            or self._median(parameter)
            or self._closed(parameter, alone=True)
            or self._direction(parameter)
        )

    def _by_matrix(self, parameter: Variable) -> Found | None:
        """A vector or a positive definite matrix, from equations multiplied by an invertible matrix."""
        try:
            found = matrix_estimate(self.objective, self.scores[parameter], parameter, self.context)
        except NoClosedFormError:
            return None
        if any(depends_on(found.value, other) for other in self._others(parameter)):
            return None
        self.steps += found.steps
        return self._name(Found(parameter, "closed", found.value, found.given))

    def _implicit_alone(self, parameter: Variable) -> Found | None:
        """No closed form, but an equation that the other unknowns do not enter once common factors are dropped."""
        if len(self.remaining) < 2 or not depends_on(self.scores[parameter], entry(parameter)):
            return None
        unknown, score = entry(parameter), sp.factor_terms(self.scores[parameter])
        own = sp.Mul(*(f for f in sp.Mul.make_args(score) if depends_on(f, unknown)))
        dropped = score / own
        if any(depends_on(own, other) for other in self._others(parameter)) or not is_nonzero(dropped, self.context):
            return None
        before, after = (sp.Eq(e, 0, evaluate=False) for e in (self.scores[parameter], own))
        if self.scores[parameter] != own:
            self.steps.append(claim("equivalent", before, after, "⇔", "clear_denominators", self.context))
        self.scores = {**self.scores, parameter: own}
        self._implicit(parameter)
        steps, self.context = newton_steps({parameter: own}, self.context)
        self.steps += steps
        found = self.found.pop()
        self.alone.add(parameter)
        return self._insert(found, entry(hatted(parameter)))

    def _others(self, parameter: Variable) -> list[sp.Expr]:
        return [p.base[(sp.S.One,) * p.rank] if p.axes else p.base for p in self.remaining if p != parameter]

    def _on_simplex(self, parameter: Variable, constraint: SumFact) -> Found | None:
        try:
            value, steps, self.context = constrained(self.objective, parameter, constraint, self.context)
        except NoClosedFormError:
            return None
        self.steps += steps
        return self._name(Found(parameter, "closed", value))

    def _at_end(self, parameter: Variable) -> Found | None:
        """The score has one sign up to an end of the domain that belongs to it."""
        domain, score = parameter.domain, self.scores[parameter]
        mask = sign(score, self.context)
        end, is_open, relation = (
            (domain.upper, domain.upper_open, ">") if mask == POSITIVE else (domain.lower, domain.lower_open, "<")
        )
        if mask not in (POSITIVE, NEGATIVE) or is_open or not end.has(OrderStatistic):
            return None
        self.steps.append(claim("inequality", score, sp.S.Zero, relation, "monotone", self.context))
        return self._name(Found(parameter, "end", end, self._assumed(end, parameter)))

    def _median(self, parameter: Variable) -> Found | None:
        """Σ sign(θ − x_i) changes its sign at the median."""
        form = normal(self.scores[parameter], self.context)
        signs = [s for s in form.atoms(sp.Sum) if isinstance(s.function, sp.sign)]
        if parameter.axes or len(signs) != 1 or sp.Mul.make_args(form).count(signs[0]) != 1:
            return None
        (series,) = signs
        inside = series.function.args[0]
        slope = inside.coeff(parameter.base, 1)
        if slope not in (1, -1) or depends_on(inside - slope * parameter.base, parameter.base):
            return None
        centre = readable(Median(-slope * (inside - slope * parameter.base), *series.limits))
        return self._name(Found(parameter, "median", centre))

    def _direction(self, parameter: Variable) -> Found | None:
        """An angle: the score S cos μ − C sin μ, up to a positive factor, is 0 at atan2(S, C) and opposite to it."""
        domain, unknown, score = parameter.domain, parameter.base, self.scores[parameter]
        if parameter.axes or (domain.lower, domain.upper, domain.upper_open) != (-sp.pi, sp.pi, False):
            return None
        form = sp.expand(normal(score, self.context))
        sine, cosine = form.coeff(sp.cos(unknown), 1), -form.coeff(sp.sin(unknown), 1)
        rest = sp.expand(form - sine * sp.cos(unknown) + cosine * sp.sin(unknown))
        if rest != 0 or sine == cosine == 0 or any(depends_on(e, unknown) for e in (sine, cosine)):
            return None
        shared = [f for f in sp.Mul.make_args(sine) if f in sp.Mul.make_args(cosine)]
        factor = sp.Mul(*(f for f in shared if is_positive(f, self.context)))
        sine, cosine = readable(sine / factor), readable(cosine / factor)
        if any(depends_on(e, other) for e in (sine, cosine) for other in self._others(parameter)):
            return None
        apart = readable(factor * (sine * sp.cos(unknown) - cosine * sp.sin(unknown)), taken=self.context.declared)
        self.steps.append(claim("equal", score, apart, "=", "sine_of_difference", self.context))
        somewhere = sp.StrictGreaterThan(sine**2 + cosine**2, 0, evaluate=False)
        return self._name(Found(parameter, "direction", sp.atan2(sine, cosine), (somewhere,)))

    def _closed(self, parameter: Variable, alone: bool) -> Found | None:
        score = self.scores[parameter]
        if parameter.axes:
            return None
        try:
            solution = solve(score, parameter.base, self.context)
        except NoClosedFormError:
            return None
        value = readable(solution.value)
        if alone and any(depends_on(value, other) for other in self._others(parameter)):
            return None
        known = needed(solution, self.context)
        given = self._in_domain(value, parameter, tuple(k for k in known if not depends_on(k, parameter.base)))
        equation = sp.Eq(score, 0, evaluate=False)
        solved = sp.Eq(parameter.base, value, evaluate=False)
        cleared = sp.Eq(readable(solution.cleared), 0, evaluate=False)
        conditions = (*needed(solution, self.context.extended(hypotheses=given)), *given)
        if _is_plain(cleared):
            self.steps.append(
                claim("equivalent", equation, cleared, "⇔", "clear_denominators", self.context, conditions)
            )
            self.steps.append(claim("equivalent", cleared, solved, "⇔", "solve", self.context, conditions))
        else:
            self.steps.append(claim("equivalent", equation, solved, "⇔", "solve", self.context, conditions))
        at_solution = needs(self.context, substitute(equation, {parameter.base: value}))
        self.steps.append(
            Step(
                "solves",
                sp.Tuple(equation),
                sp.Tuple(solved),
                "⇔",
                "stationary_point",
                tuple(dict.fromkeys((*at_solution, *given))),
            )
        )
        if alone:
            return self._name(Found(parameter, "closed", value, given))
        return self._insert(Found(parameter, "given the rest", value, given), value)

    def _given_the_rest(self, parameter: Variable) -> Found | None:
        """A value that depends on the other unknowns: put in, there is one unknown less."""
        return None if len(self.remaining) < 2 else self._closed(parameter, alone=False)

    def _in_domain(self, value: sp.Expr, parameter: Variable, known: tuple[Relational, ...]) -> tuple[Relational, ...]:
        """What must be assumed of the data for the value to lie in an open domain; what is `known`, if that will do."""
        domain = parameter.domain
        conditions: list[Relational] = []
        for end, is_open, distance in (
            (domain.lower, domain.lower_open, value - domain.lower),
            (domain.upper, domain.upper_open, domain.upper - value),
        ):
            if end.is_finite is False or not is_open or is_positive(distance, self.context):
                continue
            if is_positive(distance, self.context.extended(hypotheses=known)):
                conditions += known
                continue
            top, bottom = fraction(distance)
            if is_positive(bottom, self.context):  # N − Σ x_i > 0 says more plainly that 1 − Σ x_i/N > 0
                distance = top
            stated = positivity(distance, self.context)
            conditions += stated if stated is not None else _positive_parts(distance, self.context)
        return tuple(dict.fromkeys((*conditions, *needs(self.context.extended(hypotheses=conditions), value))))

    def _assumed(self, value: sp.Expr, parameter: Variable) -> tuple[Relational, ...]:
        """What is assumed of the parameter, said of its value, where the data need not make it so: max x_i > 0."""
        said = (h for h in self.context.hypotheses if depends_on(h, parameter.base))
        at_value = (substitute(h, {parameter.base: value}) for h in said)
        return tuple(h for h in at_value if not is_positive(h.gts - h.lts, self.context))

    def _name(self, found: Found) -> Found:
        """The value under a name with a hat, put into what is left."""
        definition = hat(found.parameter, found.value)
        self.steps.append(Step("definition", definition.head, definition.value, ":=", self.called, found.given))
        self.definitions.append(definition)
        self.context = self.context.extended(variables=[definition.variable])
        name = entry(definition.variable)
        return self._insert(found, name)

    def _insert(self, found: Found, value: sp.Expr) -> Found:
        self.context = self.context.extended(hypotheses=found.given)
        for other in self.remaining:
            if other == found.parameter or not depends_on(self.scores[other], entry(found.parameter)):
                continue
            before = self.scores[other]
            after = readable(put_in(before, found.parameter, value), taken=self.context.declared)
            bind = (sp.Eq(entry(found.parameter), value, evaluate=False),)
            if not found.parameter.axes:
                self.steps.append(claim("substitution", before, after, "=", "insert", self.context, bind=bind))
            self.scores = {**self.scores, other: after}
        self.objective = put_in(self.objective, found.parameter, value)
        return found

    def _implicit(self, parameter: Variable) -> None:
        """No closed form: the equation, and the step of Newton's method for it."""
        variable = hatted(parameter)
        score = self.scores[parameter]
        self.found.append(Found(parameter, "implicit", score))
        equation = sp.Eq(score, 0, evaluate=False)
        rule = "linear_score_equation" if is_linear(score, parameter) else "score_equation"
        self.steps.append(Step("hypothesis", equation, sp.true, "", rule, needs(self.context, score)))
        self.context = self.context.extended(variables=[variable])


def _is_plain(equation: Relational) -> bool:
    """Whether a cleared equation is worth showing: no powers written as exponentials of logarithms."""
    return not any(e.args[0].has(sp.log) for e in equation.atoms(sp.exp))


def _positive_parts(expr: sp.Expr, context: Context) -> list[Relational]:
    """expr > 0 as conditions on the parts whose sign is not known."""
    parts = []
    for factor in sp.Mul.make_args(sp.factor_terms(expr)):
        base = factor.as_base_exp()[0] if isinstance(factor, sp.Pow) else factor
        if not is_positive(base, context):
            parts.append(sp.StrictGreaterThan(base, 0, evaluate=False))
    return parts
