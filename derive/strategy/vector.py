"""Loss, gradient and normal equations in matrix notation, where the derived sums are products of matrices."""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp

from derive.algebra.binding import depends_on
from derive.algebra.context import Context, index
from derive.algebra.naming import readable
from derive.algebra.products import EntryOf, MatrixProduct, Table, Trace, has_matrices, written_out
from derive.derivation import Section, Step
from derive.model import Model
from derive.strategy.chain import define
from derive.strategy.definedness import needs
from derive.strategy.loss import COLUMN, LOSS, row_of
from derive.strategy.sampling import lift
from derive.strategy.wholes import NoMatrixFormError, Wholes, logistic_argument, times, whole

A, B = index("a"), index("b")


@dataclass
class _Lines:
    context: Context
    steps: list[Step] = field(default_factory=list)
    current: sp.Expr = LOSS.base  # the loss, in matrix notation where it has one

    def add(self, before: sp.Basic, after: sp.Basic, rule: str, kind: str = "equal", relation: str = "=") -> None:
        """Add a line that states what its two sides need to be defined."""
        given = needs(self.context, *(readable(written_out(e), self.context.declared) for e in (before, after)))
        self.steps.append(Step(kind, before, after, relation, rule, given))  # type: ignore[arg-type]


def in_matrices(model: Model, loss: sp.Expr, gradient: sp.Basic, context: Context) -> tuple[Section, Context]:
    """The section in matrix notation; without steps where nothing of the kind is found.

    `gradient` holds one equation for each unknown, or is the derivative by an entry of the link's input alone.
    """
    lines = _Lines(context)
    wholes = Wholes(context)
    mean = wholes.number(loss)
    if _is_worth_it(mean) and not wholes.definitions:
        lines.add(LOSS.base, mean, "matrix_loss")
        lines.current = mean
    if isinstance(gradient, sp.Tuple):
        slopes = [(sp.Derivative(lines.current, *equation.lhs.variables), equation.rhs) for equation in gradient]
    else:
        assert model.link is not None, "a gradient that is no list of equations is one by the link's input"
        inputs = lift(model.link.input)
        slopes = [(sp.Derivative(LOSS.base, inputs.base[(row_of(context), COLUMN)[: inputs.rank]]), gradient)]
    for left, right in slopes:
        lines.context = _slope(left, right, lines)
    used = any(_holds_logistic(side) for step in lines.steps for side in (step.before, step.after))
    note = "vector_notation_logistic" if used else "vector_notation"
    return Section("vector", tuple(lines.steps), note if lines.steps else ""), lines.context


def _slope(left: sp.Derivative, right: sp.Expr, lines: _Lines) -> Context:
    """∂E/∂w as a vector or a matrix, ∂E/∂σ with products in it; and where ∂E/∂w = 0, for a linear model."""
    (unknown,) = left.variables
    context, wholes = lines.context, Wholes(lines.context)
    if not isinstance(unknown, sp.Indexed):
        value = wholes.number(right)
        if _is_worth_it(value) and not wholes.definitions:
            lines.add(left, value, "matrix_slope")
        return context
    variable = context.variable(unknown)
    if variable is None or variable.rank > 2:
        return context
    places = list(zip(unknown.indices, variable.axes, strict=True))
    try:
        value = wholes.matrix(right, *places)
    except NoMatrixFormError:
        return context
    if wholes.definitions and not value.has(MatrixProduct):
        return context  # a name for the whole says nothing
    for definition in wholes.definitions:
        context = context.extended(definitions=[definition])
        lines.steps.append(define(definition.head, definition.value, "matrix_entries", context))
    lines.context = context
    lines.add(whole(left, *places), value, "matrix_gradient")
    equation = _normal_equation(value, unknown)
    if equation is not None:
        zero = Table(0, *((i, 1, n) for i, n in zip((A, B), variable.axes, strict=False)))
        lines.add(sp.Eq(value, zero, evaluate=False), equation, "normal_equations", "equivalent", "⇔")
    return context


def _normal_equation(gradient: sp.Expr, unknown: sp.Expr) -> sp.Eq | None:
    """A (y − B w) = 0 as A B w = A y; None where the gradient is not linear in the unknown."""
    found = gradient.function if isinstance(gradient, Table) else EntryOf(gradient, A)
    products = [e for e in found.atoms(EntryOf) if isinstance(e.args[0], MatrixProduct) and found.has(e)]
    outer = next((e for e in products if found.coeff(e) != 0), None)
    if outer is None or found - found.coeff(outer) * outer != 0:
        return None
    *first, last = outer.args[0].args
    if not isinstance(last, Table) or not isinstance(last.function, sp.Add):
        return None
    with_unknown = [t for t in last.function.args if depends_on(t, unknown)]
    if len(with_unknown) != 1 or any(depends_on(f, unknown) for f in first):
        return None
    number, term = with_unknown[0].as_coeff_Mul()
    inner = term.args[0] if isinstance(term, EntryOf) else None
    if not isinstance(inner, MatrixProduct) or any(depends_on(f, unknown) for f in inner.args[:-1]):
        return None
    if not isinstance(inner.args[-1], Table) or not isinstance(inner.args[-1].function, sp.Indexed):
        return None
    rest = Table(sp.expand(-(last.function - with_unknown[0]) / number), *last.limits)
    return sp.Eq(times(*first, inner), times(*first, rest), evaluate=False)


def _is_worth_it(e: sp.Expr) -> bool:
    """Whether vectors or matrices are multiplied in it, not only added up."""
    products = [t.args[0] for t in e.atoms(Trace)] if has_matrices(e) else []
    return any(all(not isinstance(f, Table) or f.function != 1 for f in _plain_factors(p)) for p in products)


def _plain_factors(product: sp.Expr) -> list[sp.Expr]:
    return [f if isinstance(f, Table) else f.args[0] for f in product.args]


def _holds_logistic(e: sp.Basic) -> bool:
    return any(logistic_argument(t) is not None for t in sp.preorder_traversal(e) if isinstance(t, (sp.Pow, sp.Mul)))
