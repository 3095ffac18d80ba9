"""That a density adds up to 1 over its support: the step that says so, and the check that refuses one that does not."""

from __future__ import annotations

import sympy as sp

from derive.algebra.binding import substitute, substitute_array
from derive.algebra.budgets import OutOfTimeError, budget
from derive.algebra.context import BINARY, Context, Domain, Variable, index
from derive.algebra.naming import readable
from derive.algebra.normal_form import TooLargeError, are_equal
from derive.derivation import Step
from derive.model import Model
from derive.strategy.chain import claim
from derive.strategy.sampling import Sample

#: The class in which a one-hot row is 1, and the entries of that row.
COLUMN, VALUE = index("j"), index("k")
#: So many points are enough to believe a total that is not proved; so many seconds are spent on them.
ENOUGH, SECONDS = 6, 3.0


def normalisation_steps(sample: Sample) -> list[Step]:
    """The density of one observation adds up to 1: one step where that is one sum or integral, otherwise none.

    There is none for observations that are arrays (but for one-hot rows), nor where each observation comes with inputs
    of its own: those totals are looked at by `check_total` alone.
    """
    whole = None if sample.model.given else total(sample.model)
    return [] if whole is None else [claim("equal", whole, sp.S.One, "=", _rule(whole), sample.context)]


def _rule(whole: sp.Expr) -> str:
    return "density_normalised" if isinstance(whole, sp.Integral) else "normalised"


def total(model: Model) -> sp.Expr | None:
    """The density added up over the support, as one sum or integral; None where it takes more than one."""
    data = model.data
    if data.domain == BINARY and len(data.axes) == 1 and model.data_facts:
        one_hot = sp.KroneckerDelta(COLUMN, VALUE)
        row = substitute_array(model.density, data.key, (VALUE,), one_hot)
        return readable(sp.Sum(row, (COLUMN, 1, data.axes[0])))
    return None if data.axes else over(model.density, data)


def over(body: sp.Expr, data: Variable) -> sp.Expr:
    """Σ or ∫ of an expression over the support of one scalar observation: also for the mean of a statistic."""
    domain = data.domain
    if not domain.integer:
        variable = sp.Symbol(data.name, **Domain("", domain.lower, domain.upper).assumptions())
        return sp.Integral(substitute(body, {data.base: variable}), (variable, domain.lower, domain.upper))
    variable = index(data.name)
    lower, upper = (end + shift * int(is_open) for end, shift, is_open in _ends(domain))
    return sp.Sum(substitute(body, {data.base: variable}), (variable, lower, upper))


def _ends(domain: Domain) -> tuple[tuple[sp.Expr, int, bool], ...]:
    return (domain.lower, 1, domain.lower_open), (domain.upper, -1, domain.upper_open)


def check_total(model: Model) -> str:
    """What is wrong with the total of a density, in words; "" where it is 1, or where that cannot be worked out."""
    whole = total(model)
    context = Context(
        sizes=(*model.sizes, *(v.base for v in model.known if v.domain.name == "positive integer")),
        variables=tuple(v for v in (*model.parameters, *model.known, *model.given)),
        facts=tuple(model.constraints),
    )
    if whole is None:
        from derive.strategy.small_sizes import fault_at_small_sizes

        return fault_at_small_sizes(model, context)
    try:
        with budget(SECONDS):
            if are_equal(whole, sp.S.One, context):
                return ""
    except (TooLargeError, NotImplementedError, OutOfTimeError):
        pass
    return _by_numbers(whole, context)


def _by_numbers(whole: sp.Expr, context: Context) -> str:
    """Hold the total against 1 at several values of the parameters, with balls that contain it."""
    from derive.checker.evaluator import UndefinedError, evaluate
    from derive.checker.sampler import points
    from derive.strategy.small_sizes import fault_of_total

    agreed, trouble = 0, "there is no admissible point"
    try:
        with budget(SECONDS):
            for point in points(context):
                point.tolerant = True
                try:
                    value = evaluate(whole, point)
                except UndefinedError as error:
                    trouble = str(error)
                    continue
                fault = fault_of_total(value, point)
                if fault:
                    return fault
                agreed += 1
                if agreed >= ENOUGH:
                    break
    except OutOfTimeError as error:
        trouble = str(error)
    return "" if agreed else f"that the density adds up to 1 could not be shown: {trouble}"
