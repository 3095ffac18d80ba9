"""How every parameter of a model is computed from what a caller gives: stated links, and those that go without saying.

A parameter that states no link enters by one that reaches its whole domain: a positive one by its logarithm, one
between 0 and 1 by its log odds, a real one as it is, the entries of a probability vector by a softmax. In a model that
is conditioned on an observation's features, what is predicted is the weighted sum of these as a whole (the linear
predictor): McCullagh and Nelder, Generalized Linear Models (2nd ed. 1989), section 2.2.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import sympy as sp

from derive.algebra.binding import entries
from derive.algebra.context import REAL, Variable, array, index, index_names, key, scalar
from derive.model import Link, Model

#: What a linear predictor is called where the model does not use the letter itself.
LETTERS = ("eta", "z", "u", "v", "predictor")


def ways(model: Model) -> tuple[tuple[Link, ...], ...]:
    """Every choice of one link a parameter: first of the parameter that is predicted, then of the others in order.

    A model may state several links of one parameter (a variance, or its logarithm). ValueError where none is stated
    and none goes without saying.
    """
    stated = (*((model.link,) if model.link else ()), *model.further)
    leading = [p for p in model.parameters if model.link and p.key == model.link.parameter.key]
    ordered = (*leading, *(p for p in model.parameters if p not in leading))
    choices = []
    for number, parameter in enumerate(ordered):
        own = tuple(link for link in stated if link.parameter.key == parameter.key)
        choices.append(own or (usual_link(parameter, model, number == 0),))
    return tuple(product(*choices))


def usual_link(parameter: Variable, model: Model, leading: bool) -> Link:
    """The link that goes without saying: onto the whole domain, from the real line."""
    indices = index_names(parameter.axes)
    domain = parameter.domain
    if any(fact.variable.key == parameter.key and fact.total == 1 for fact in model.constraints):
        inputs = _input(parameter, "logit", model, leading)
        (k,), (size,) = indices, parameter.axes
        other = next(index(letter) for letter in "lmpq" if letter not in {str(size), str(k)})
        entry, norm = sp.exp(inputs.base[k]), sp.Sum(sp.exp(inputs.base[other]), (other, 1, size))
        return Link("softmax", parameter, inputs, indices, entry / norm)
    if domain.definite or domain.integer:
        pass
    elif (domain.lower, domain.upper) == (0, sp.oo):
        inputs = _input(parameter, "log", model, leading)
        return Link("exp", parameter, inputs, indices, sp.exp(_at(inputs, indices)))
    elif (domain.lower, domain.upper) == (0, 1):
        inputs = _input(parameter, "logit", model, leading)
        return Link("sigmoid", parameter, inputs, indices, 1 / (1 + sp.exp(-_at(inputs, indices))))
    elif (domain.lower, domain.upper) == (-sp.oo, sp.oo):
        inputs = _input(parameter, "", model, leading)
        return Link("identity", parameter, inputs, indices, _at(inputs, indices))
    raise ValueError(
        f"model {model.name!r} states no link for {parameter.name} ({domain.name}); state one in `link` or `further`"
    )


def _at(variable: Variable, indices: tuple[sp.Symbol, ...]) -> sp.Expr:
    """The variable itself, or its entry at the indices."""
    return variable.base[indices] if indices else variable.base


def _input(parameter: Variable, prefix: str, model: Model, leading: bool) -> Variable:
    """The variable that a caller gives for a parameter: log_scale for a scale; z for the one that is predicted."""
    name = f"{prefix}_{parameter.name}" if prefix else parameter.name
    taken = {v.name for v in (model.data, *model.parameters, *model.known, *model.given)} - {parameter.name}
    taken |= {link.input.name for link in model.further} | {s.name for s in model.sizes}
    if leading and "z" not in taken:
        name = "z"
    if name in taken:
        raise ValueError(f"model {model.name!r} uses the name {name}, which the input for {parameter.name} would have")
    return array(name, parameter.axes, REAL) if parameter.axes else scalar(name, REAL)


def with_predictor(model: Model) -> Model:
    """The model in which every weighted sum Σ_d w_d x_d of an observation's features is one parameter.

    For a model that is conditioned on nothing, the model itself. ValueError where the weights or the features occur
    outside such sums: then no single number is predicted.
    """
    if not model.given:
        return model
    sums = {s for s in model.density.atoms(sp.Sum) if _weights(s, model) is not None}
    weights = {w for s in sums if (w := _weights(s, model)) is not None}
    if len(weights) != 1:
        features = ", ".join(v.name for v in model.given)
        raise ValueError(f"model {model.name!r} has no single weighted sum of {features} to predict")
    (parameter,) = weights
    taken = {v.name for v in (model.data, *model.parameters, *model.known, *model.given)}
    name = next(letter for letter in LETTERS if letter not in taken)
    axes = parameter.axes[:-1]
    predictor = array(name, axes, REAL) if axes else scalar(name, REAL)
    density = _replaced(model.density, {s: predictor for s in sums}, parameter)
    left = [v.name for v in (parameter, *model.given) if mentions(density, v)]
    if left:
        raise ValueError(f"model {model.name!r} uses {', '.join(left)} outside the weighted sum of its features")
    rest = tuple(p for p in model.parameters if p.key != parameter.key)
    sizes = tuple(s for s in model.sizes if s != parameter.axes[-1])
    return replace(model, density=density, parameters=(predictor, *rest), given=(), sizes=sizes)


def _weights(found: sp.Sum, model: Model) -> Variable | None:
    """The parameter w where the sum is Σ_d w[…, d] x[d] over a whole axis of features x; None for any other sum."""
    if len(found.limits) != 1 or not isinstance(found.function, sp.Mul) or len(found.function.args) != 2:
        return None
    (bound, lower, upper) = found.limits[0]
    for first, second in (found.function.args, found.function.args[::-1]):
        for weight in model.parameters:
            for feature in model.given:
                if (
                    isinstance(first, sp.Indexed)
                    and first.base == weight.base
                    and second == feature.base[bound]
                    and first.indices[-1] == bound
                    and bound not in first.indices[:-1]
                    and (lower, upper) == (1, feature.axes[-1])
                ):
                    return weight
    return None


def _replaced(expr: sp.Expr, sums: dict[sp.Sum, Variable], weights: Variable) -> sp.Expr:
    """The expression with each weighted sum as one entry of the predictor, at the indices that the sum leaves free."""

    def entry(found: sp.Sum) -> sp.Expr:
        weight = next(a for a in found.function.args if isinstance(a, sp.Indexed) and a.base == weights.base)
        return _at(sums[found], weight.indices[:-1])

    return expr.xreplace({found: entry(found) for found in sums})


def known_by_their_names(model: Model) -> tuple[tuple[Variable, ...], dict[sp.Symbol, sp.Expr]]:
    """The constants that a caller gives, and what each constant of the model is in terms of them.

    A constant may have another name outside (Student's ν is torch's `df`): a link says so. One that is the total of an
    observation's entries (a multinomial's n) is computed from the observation.
    """
    given, values = [], {}
    for constant in model.known:
        total = next((f for f in model.data_facts if f.total == constant.base), None)
        renamed = next((link for link in model.further if link.parameter.key == constant.key), None)
        if total is not None:
            bound = index_names(model.data.axes)
            whole = (bound[total.axis], 1, model.data.axes[total.axis])
            values[constant.base] = sp.Sum(model.data.base[bound], whole)
        elif renamed is not None:
            values[constant.base] = renamed.inverse
            given.append(renamed.input)
        else:
            given.append(constant)
    return tuple(given), values


def mentions(expr: sp.Expr, variable: Variable) -> bool:
    """Whether the variable, or any entry of the array, occurs."""
    return any(key(e) == variable.key for e in entries(expr))
