"""Model: what a user states. Data, parameters and domains, constraints, density of one observation, link, prior.

Nothing here is derived. The strategies turn a model into a derivation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sympy as sp

from derive.algebra.context import (
    COUNT,
    INTEGER,
    NONNEGATIVE,
    POSITIVE,
    POSITIVE_INTEGER,
    REAL,
    Domain,
    SumFact,
    Variable,
)

if TYPE_CHECKING:
    from derive.derivation import Derivation

Words = dict[str, str]  # language → text


@dataclass(frozen=True)
class Link:
    """How a parameter is computed from an unconstrained input: y_k = exp(z_k) / Σ_l exp(z_l).

    `inverse` gives `parameter[indices]` in terms of `input`; `name` is the field's word for the inverse (softmax).
    """

    name: str
    parameter: Variable
    input: Variable
    indices: tuple[sp.Symbol, ...]
    inverse: sp.Expr


@dataclass(frozen=True)
class Model:
    """A probabilistic model of independent observations.

    `density` is the probability (density) of one observation `data`; `data` and `parameters` may be given as SymPy
    symbols, whose assumptions then state their domains. The domain of the data is the support; its ends may be
    parameters (x ≤ θ). `constraints` are sums over parameters that are fixed (Σ_k y_k = 1), `data_facts` sums over one
    observation's entries. `known` are constants that are not estimated (binomial n), `given` is what each observation
    comes with and is not modelled (the inputs of a regression). `prior` is a density of the parameters, up to a
    factor; with it the estimate is the maximum a posteriori.

    `link` is that of the parameter which is predicted; `further` are those of the others, for the loss as code: their
    inputs bear the names that a caller uses (log_scale). Several links of one parameter are several ways to give it,
    one that names no input gives its value where it is not given, and one of a constant in `known` renames it.
    """

    name: str
    density: sp.Expr
    data: Variable
    parameters: Sequence[Variable]
    sizes: tuple[sp.Symbol, ...] = ()
    constraints: Sequence[SumFact] = ()
    data_facts: Sequence[SumFact] = ()
    known: Sequence[Variable] = ()
    given: Sequence[Variable] = ()
    prior: sp.Expr | None = None
    link: Link | None = None
    further: Sequence[Link] = ()
    title: Words = field(default_factory=dict, hash=False)
    words: dict[str, Words] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(f"model name {self.name!r} is not an identifier; use letters, digits and _ only")
        object.__setattr__(self, "data", as_variable(self.data))
        for name in ("parameters", "known", "given"):
            object.__setattr__(self, name, tuple(as_variable(p) for p in as_sequence(getattr(self, name))))
        for name in ("constraints", "data_facts", "further"):
            object.__setattr__(self, name, tuple(as_sequence(getattr(self, name))))

    def derivation(self) -> Derivation:
        """Derive likelihood, log-likelihood, estimate, why it is a maximum, loss and gradient."""
        from derive.strategy import derivation

        return derivation(self)

    def _repr_html_(self) -> str:
        from derive.render import notebook

        return notebook.model_html(self)

    def _repr_markdown_(self) -> str:
        from derive.render import notebook

        return notebook.model_markdown(self)

    def __repr__(self) -> str:
        parameters = ", ".join(p.name for p in self.parameters)
        return f"<Model {self.name!r}: data {self.data.name}, parameters {parameters}>"


def as_sequence(value: object) -> Sequence[object]:
    """A lone parameter counts as a sequence of one."""
    return value if isinstance(value, (tuple, list)) else (value,)


def as_variable(value: object) -> Variable:
    """A declared variable as it is; a plain SymPy symbol with the domain that its assumptions state."""
    if isinstance(value, Variable):
        return value
    if isinstance(value, sp.Symbol):
        return Variable(value, domain_of(value))
    raise TypeError(f"{value!r} is neither a variable nor a SymPy symbol; declare arrays with derive.algebra.context")


def domain_of(symbol: sp.Symbol) -> Domain:
    """The domain that a symbol's assumptions state; real where they state none."""
    if symbol.is_integer:
        return POSITIVE_INTEGER if symbol.is_positive else COUNT if symbol.is_nonnegative else INTEGER
    if symbol.is_positive:
        return POSITIVE
    return NONNEGATIVE if symbol.is_nonnegative else REAL
