"""The naive export: −log p as it is stated, printed as torch operations and differentiated by autograd.

What one gets from SymPy's `lambdify` without further thought; measured beside the exported loss, to show what the
rewrites are for. Only models of ours are printed, and nothing that a stranger wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import sympy as sp
import torch
from torch import Tensor

from derive.algebra.context import Variable
from numeric.validation.certified import Question

_SPECIAL: dict[str, object] = {
    "gamma": lambda x: torch.exp(torch.lgamma(_tensor(x))),
    "loggamma": lambda x: torch.lgamma(_tensor(x)),
    "factorial": lambda x: torch.exp(torch.lgamma(_tensor(x) + 1)),
    "binomial": lambda n, k: torch.exp(torch.lgamma(n + 1) - torch.lgamma(k + 1) - torch.lgamma(n - k + 1)),
    "besseli": lambda order, x: {0: torch.special.i0, 1: torch.special.i1}[int(order)](x),
    "exp": lambda x: torch.exp(_tensor(x)),
    "log": lambda x: torch.log(_tensor(x)),
    "sqrt": lambda x: torch.sqrt(_tensor(x)),
    "cos": torch.cos,
    "Abs": torch.abs,
    "pi": torch.pi,
}


def _tensor(value: object) -> Tensor:
    return value if isinstance(value, Tensor) else torch.tensor(value, dtype=torch.float64)


def lambdified(asked: Question, sizes: Mapping[str, int]) -> Callable[..., Tensor]:
    """−log p of each observation for given sizes: input, target, further inputs and constants in their order.

    KeyError for a function that torch has no name for.
    """
    call = printed(asked, -sp.log(asked.model.density), (*asked.inputs, asked.model.data, *asked.known), sizes)

    def loss(input: Tensor, target: Tensor, *further: Tensor) -> Tensor:
        count = len(asked.inputs) - 1
        return call(input, *further[:count], target, *further[count:])

    return loss


def printed(
    asked: Question, expr: sp.Expr, given: Sequence[Variable], sizes: Mapping[str, int]
) -> Callable[..., Tensor]:
    """An expression of the model as a function of tensors, one a given variable, with a row for each observation."""
    written = _at_sizes(expr, sizes)
    for link in asked.links:
        written = _put_in(written, link.parameter, link.indices, _at_sizes(link.inverse, sizes), sizes)
    data = asked.model.data
    for fact in asked.model.data_facts:  # a constant that is the total of the data is worked out from them
        if isinstance(fact.total, sp.Symbol):
            written = written.xreplace({fact.total: sp.Add(*(data.base[i] for i in _positions(data, sizes)))})
    names: list[sp.Basic] = []
    for variable in given:
        names += [variable.base[i] for i in _positions(variable, sizes)] if variable.axes else [variable.base]
    dummies = [sp.Dummy(f"v{i}") for i in range(len(names))]
    written = written.xreplace(dict(zip(names, dummies, strict=True)))
    for feature in asked.model.given:
        written = written.xreplace({feature.base[i]: sp.S.One for i in _positions(feature, sizes)})
    call = sp.lambdify(dummies, written, modules=[_SPECIAL], cse=False)

    def function(*tensors: Tensor) -> Tensor:
        result: Tensor = call(*(c for t in tensors for c in t.reshape(len(t), -1).unbind(1)))
        return result

    return function


def _positions(variable: Variable, sizes: Mapping[str, int]) -> list[tuple[int, ...]]:
    return list(product(*(range(1, sizes[str(a)] + 1) for a in variable.axes)))


def _at_sizes(expr: sp.Expr, sizes: Mapping[str, int]) -> sp.Expr:
    found = {s: sp.Integer(sizes[s.name]) for s in expr.free_symbols if s.name in sizes}
    return expr.xreplace(found).doit(deep=True) if found else expr


def _put_in(
    expr: sp.Expr, parameter: Variable, indices: tuple[sp.Symbol, ...], inverse: sp.Expr, sizes: Mapping[str, int]
) -> sp.Expr:
    if not parameter.axes:
        return expr.xreplace({parameter.base: inverse})
    entries = {}
    for place in _positions(parameter, sizes):
        entries[parameter.base[place]] = inverse.xreplace(dict(zip(indices, map(sp.Integer, place), strict=True)))
    return expr.xreplace(entries)
