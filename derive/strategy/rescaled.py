"""A location μ and a scale s together: concave in a = 1/s and b = μ/s, which stand for them one to one.

In μ and s themselves the log-likelihood of a location-scale family is hardly ever concave. In a and b it is whenever
the standard density is log-concave: log f((x − μ)/s) − log s is then a concave function of a x − b, plus log a.
Source: Burridge, A note on maximum likelihood estimation for regression models using grouped data,
J. R. Statist. Soc. B 43 (1981).
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, Context, Definition, Variable, scalar
from derive.derivation import Step
from derive.strategy.chain import Chain, claim, define
from derive.strategy.second_order import may_be_positive, term_by_term
from derive.strategy.unknowns import names_taken, put_in

#: Names for 1/s and μ/s, for the direction in them, and for how far along it: the first that are free.
NAMES = (("a", "b", "u", "v", "tau"), ("c", "d", "u", "v", "h"))


def location_and_scale(parameters: list[Variable]) -> tuple[Variable, Variable] | None:
    """Which of two unknowns is any real number and which is positive; None where they are not of this kind."""
    if len(parameters) != 2 or any(p.axes for p in parameters):
        return None
    by_domain = {p.domain: p for p in parameters}
    return (by_domain[REAL], by_domain[POSITIVE]) if by_domain.keys() == {REAL, POSITIVE} else None


def concave_rescaled(
    objective: sp.Expr, location: Variable, scale: Variable, context: Context
) -> tuple[list[Step], list[Variable], list[Definition]]:
    """Steps that show it, with the names and definitions they introduce; nothing where it cannot be shown."""
    taken = names_taken(context)
    names = next((names for names in NAMES if not taken & set(names)), None)
    if names is None:
        return [], [], []
    a, b = scalar(names[0], POSITIVE), scalar(names[1], REAL)
    u, v, length = (scalar(name, REAL) for name in names[2:])
    definitions = [Definition(a, (), 1 / scale.base), Definition(b, (), location.base / scale.base)]
    rescaled = _products_multiplied_out(put_in(put_in(objective, location, b.base / a.base), scale, 1 / a.base))
    context = context.extended(variables=[u, v, length], definitions=definitions)
    first = Chain(objective, context).step(rescaled, "by_definition").apply_all("log_of_power", "constant_factor")
    along = put_in(first.current, a, a.base + length.base * u.base)
    along = put_in(along, b, b.base + length.base * v.base)
    admissible = sp.StrictGreaterThan(a.base + length.base * u.base, 0, evaluate=False)
    second = Chain(sp.Derivative(along, length.base, length.base), context.extended(hypotheses=[admissible]))
    second.apply_all("differentiate", "constant_factor", "simplify")
    if may_be_positive(second.current, second.context):
        return [], [], []
    bent = claim("inequality", second.current, sp.S.Zero, "≤", "concave", second.context)
    steps = [
        *(define(d.head, d.value, "rescaled", context) for d in definitions),
        *first.steps,
        *(replace(step, given=(admissible, *step.given)) for step in (*second.steps, bent)),
    ]
    return steps, [u, v, length], definitions


def _products_multiplied_out(expr: sp.Expr) -> sp.Expr:
    """a · (x − b/a) as a x − b, wherever it stands."""
    if isinstance(expr, sp.Indexed) or not expr.args:
        return expr
    within = expr.func(*map(_products_multiplied_out, expr.args))
    return term_by_term(within) if isinstance(within, sp.Mul) else within
