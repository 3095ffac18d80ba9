"""The families: one distribution, one small file that only states. This list is the table of contents."""

from __future__ import annotations

import importlib
from difflib import get_close_matches

from derive.model import Model

#: The names by kind, in the order in which they are listed.
KINDS = {
    "discrete": ("bernoulli", "binomial", "categorical", "multinomial", "geometric", "negative_binomial", "poisson"),
    "on the line": ("gaussian", "laplace", "student_t", "logistic", "gumbel"),
    "positive": ("exponential", "gamma", "weibull", "rayleigh", "maxwell", "lognormal", "inverse_gaussian", "pareto"),
    "bounded or circular": ("uniform", "beta", "von_mises"),
    "multivariate": ("dirichlet", "multivariate_gaussian"),
    "conditional": ("linear_regression", "logistic_regression", "softmax_regression", "poisson_regression"),
    "with a prior": ("beta_bernoulli", "dirichlet_categorical", "normal_gaussian"),
}

FAMILIES = tuple(name for names in KINDS.values() for name in names)


def load(name: str) -> Model:
    """The model of that name; KeyError naming the nearest ones where there is none."""
    if name not in FAMILIES:
        near = get_close_matches(name, FAMILIES, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(FAMILIES)}"
        raise KeyError(f"no model {name!r}; {hint}")
    model: Model = importlib.import_module(f"derive.families.{name}").MODEL
    return model


def is_shipped(model: Model) -> bool:
    """Whether a model is one of these, and not merely of the same name."""
    return model.name in FAMILIES and load(model.name) is model
