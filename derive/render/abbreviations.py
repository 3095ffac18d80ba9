"""What a page writes by its name instead of in full: the linear predictor η of a regression, and log L or E below ∂.

A derivation keeps every formula whole. A page that has just shown `log L = …` writes ∂ log L/∂μ and not the derivative
of the whole right side again; a page about Σ_d w_d x_{id} names it once. Nothing else of a formula is changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp

from derive.derivation import Derivation
from derive.model import Model
from derive.render.order import PREDICTOR, size
from derive.render.reasons import Pieces
from derive.render.rows import Block, Row
from derive.render.words import vocabulary

#: What is named by the engine, and differentiated: likelihood, posterior, loss, Lagrangian.
_NAMED = frozenset({"L", "P", "E", "Lambda"})
_CHAINS = ("definition", "equal")
#: What has no more parts than this stands for itself.
SHORT = 7


@dataclass(frozen=True)
class Abbreviations:
    """The names of one page: what equals a named quantity, and the sum that is its linear predictor."""

    named: dict[sp.Basic, sp.Expr]
    weights: tuple[str, str] | None
    predictor: sp.Basic | None

    def block(self, block: Block, section: str = "") -> Block:
        """The block with names in place of what they stand for; in the example also of what is short."""
        shortest = 0 if section == "example" else SHORT
        rows = tuple(
            replace(row, left=self.left(row, shortest), right=self.shorter(row.right), reason=self.pieces(row.reason))
            for row in block.rows
        )
        return Block(rows)

    def pieces(self, pieces: Pieces) -> Pieces:
        """Words with formulas among them."""
        return tuple(piece if isinstance(piece, str) else self.shorter(piece) for piece in pieces)

    def left(self, row: Row, shortest: int) -> sp.Basic | None:
        """A left side by its name; what is differentiated there goes by its name too."""
        if row.left is None:
            return None
        number, below = row.left.as_coeff_Mul() if isinstance(row.left, sp.Mul) else (sp.S.One, row.left)
        found = _derivative(self.named, below) or (self.named.get(row.left) if size(row.left) > shortest else None)
        if found is None:
            return self.shorter(row.left)
        return found if number == 1 or found == self.named.get(row.left) else sp.Mul(number, found, evaluate=False)

    def shorter(self, expr: sp.Basic) -> sp.Basic:
        """The formula with the linear predictor by its name."""
        if self.weights is None or not expr.has(sp.Sum):
            return expr
        found = {s: name for s in expr.atoms(sp.Sum) if (name := _predictor(s, self.weights)) is not None}
        return expr.xreplace(found) if found else expr

    def introduction(self, lang: str) -> tuple[Block, ...]:
        """The line that says what η is, on pages that use it."""
        if self.weights is None or self.predictor is None:
            return ()
        name = _predictor(self.predictor, self.weights)
        return (Block((Row(name, "=", self.predictor, (vocabulary(lang).predictor,)),)),)


def abbreviations_of(derivation: Derivation, model: Model | None) -> Abbreviations:
    """Which names the pages of a derivation use."""
    named: dict[sp.Basic, sp.Expr] = {}
    for section, step in derivation.steps():
        if step.kind not in _CHAINS or section.id == "example":
            continue
        name = step.before if _is_name(step.before) else named.get(step.before) or _derivative(named, step.before)
        if name is not None and not step.after.is_number:
            named.setdefault(step.after, name)
    weights = None if model is None else _weights(model)
    everything = (side for _, step in derivation.steps() for side in (step.before, step.after))
    first = None
    if weights is not None and not any(side.has(sp.Symbol(PREDICTOR)) for side in derivation.results.values()):
        sums = (s for side in everything for s in sorted(side.atoms(sp.Sum), key=str))
        first = next((s for s in sums if _predictor(s, weights) is not None), None)
    return Abbreviations(named, weights if first is not None else None, first)


def _is_name(expr: sp.Basic) -> bool:
    inner = expr.args[0] if isinstance(expr, sp.log) else expr
    return isinstance(inner, sp.Symbol) and inner.name in _NAMED


def _derivative(named: dict[sp.Basic, sp.Expr], expr: sp.Basic) -> sp.Expr | None:
    """∂ log L/∂μ for the derivative of what goes by the name of log L."""
    if not isinstance(expr, sp.Derivative) or expr.expr not in named:
        return None
    name, by = named[expr.expr], expr.variable_count
    if isinstance(name, sp.Derivative):
        name, by = name.expr, (*name.variable_count, *by)
    counted = dict.fromkeys((variable for variable, _ in by), 0)
    for variable, times in by:
        counted[variable] += int(times)
    # the name holds no variable: SymPy would work out the derivative as 0
    found: sp.Expr = sp.Basic.__new__(sp.Derivative, name, *(sp.Tuple(*each) for each in counted.items()))
    return found


def _weights(model: Model) -> tuple[str, str] | None:
    """The names of weights and inputs of a model with inputs, of which it adds up the products."""
    given, parameters = {v.name for v in model.given}, {v.name for v in model.parameters}
    for s in sorted(model.density.atoms(sp.Sum), key=str):
        names = [str(f.base.label) for f in sp.Mul.make_args(s.function) if isinstance(f, sp.Indexed)]
        weights, inputs = [n for n in names if n in parameters], [n for n in names if n in given]
        if len(names) == 2 and weights and inputs:
            return weights[0], inputs[0]
    return None


def _predictor(expr: sp.Basic, weights: tuple[str, str]) -> sp.Expr | None:
    """η_i for Σ_d w_d x_{id}, η_{ik} for Σ_d w_{kd} x_{id}; None for any other formula."""
    if not isinstance(expr, sp.Sum) or len(expr.limits) != 1 or not isinstance(expr.function, sp.Mul):
        return None
    bound, factors = expr.limits[0][0], expr.function.args
    if len(factors) != 2 or not all(isinstance(f, sp.Indexed) for f in factors):
        return None
    found = {str(f.base.label): f for f in factors}
    if set(found) != set(weights):
        return None
    of_weight, of_input = (found[name].indices for name in weights)
    places = (*of_input[:-1], *of_weight[:-1])
    if of_weight[-1] != bound or of_input[-1] != bound or any(place.has(bound) for place in places):
        return None
    base = sp.IndexedBase(PREDICTOR, real=True)
    return base[places] if places else sp.Symbol(PREDICTOR, real=True)
