"""torch's own function for a family, for comparison only: what somebody would use who does not use ours.

Functions of torch.nn.functional where there is one, else the log-density of torch.distributions with the parameters
computed as the links say. A family that torch lacks has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch.distributions as d
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Builtin:
    """What it is called, and the function of input, target, further inputs and constants in their order.

    `kept`: it keeps the terms without any input.
    """

    name: str
    function: Callable[..., Tensor]
    kept: bool = True


def _density(name: str, make: Callable[..., d.Distribution], shift: int = 0) -> Builtin:
    """−log of a distribution's density, of the target minus a shift."""

    def loss(input: Tensor, target: Tensor, *further: Tensor) -> Tensor:
        value: Tensor = -make(input, *further).log_prob(target - shift)
        return value

    return Builtin(f"{name}.log_prob", loss)


# What rounds to the end of a range would be refused by torch's checks, and is to be measured.
_LAX: Any = {"validate_args": False}

_CROSS_ENTROPY = Builtin("F.cross_entropy", lambda z, t: F.cross_entropy(z, t, reduction="none"))
_BCE = Builtin(
    "F.binary_cross_entropy_with_logits", lambda z, t: F.binary_cross_entropy_with_logits(z, t, reduction="none")
)
_SQUARES = Builtin("F.mse_loss / 2", lambda z, t: F.mse_loss(z, t, reduction="none") / 2, kept=False)
_GAUSSIAN = Builtin("F.gaussian_nll_loss", lambda z, t, v: F.gaussian_nll_loss(z, t, v, reduction="none"), kept=False)
_LOG_GAUSSIAN = Builtin(
    "F.gaussian_nll_loss", lambda z, t, v: F.gaussian_nll_loss(z, t, v.exp(), reduction="none"), kept=False
)
_POISSON = Builtin("F.poisson_nll_loss", lambda z, t: F.poisson_nll_loss(z, t, reduction="none"), kept=False)

#: By family, then the names of the inputs beside the first.
BUILTIN: dict[tuple[str, ...], Builtin] = {
    ("categorical",): _CROSS_ENTROPY,
    ("softmax_regression",): _CROSS_ENTROPY,
    ("bernoulli",): _BCE,
    ("logistic_regression",): _BCE,
    ("gaussian",): _SQUARES,
    ("gaussian", "var"): _GAUSSIAN,
    ("gaussian", "log_var"): _LOG_GAUSSIAN,
    ("linear_regression",): _SQUARES,
    ("linear_regression", "var"): _GAUSSIAN,
    ("linear_regression", "log_var"): _LOG_GAUSSIAN,
    ("poisson",): _POISSON,
    ("poisson_regression",): _POISSON,
    ("binomial",): _density("Binomial", lambda z, n: d.Binomial(n, logits=z, **_LAX)),
    ("geometric",): _density("Geometric", lambda z: d.Geometric(logits=z, **_LAX), shift=1),
    ("negative_binomial", "log_total_count"): _density(
        "NegativeBinomial", lambda z, r: d.NegativeBinomial(r.exp(), logits=-z, **_LAX)
    ),
    ("laplace", "log_scale"): _density("Laplace", lambda z, s: d.Laplace(z, s.exp(), **_LAX)),
    ("student_t", "log_scale"): _density("StudentT", lambda z, s, df: d.StudentT(df, z, s.exp(), **_LAX)),
    ("gumbel", "log_scale"): _density("Gumbel", lambda z, s: d.Gumbel(z, s.exp(), **_LAX)),
    ("exponential",): _density("Exponential", lambda z: d.Exponential(z.exp(), **_LAX)),
    ("gamma", "log_concentration"): _density("Gamma", lambda z, a: d.Gamma(a.exp(), z.exp(), **_LAX)),
    ("weibull", "log_concentration"): _density("Weibull", lambda z, c: d.Weibull(z.exp(), c.exp(), **_LAX)),
    ("lognormal", "log_scale"): _density("LogNormal", lambda z, s: d.LogNormal(z, s.exp(), **_LAX)),
    ("pareto", "log_scale"): _density("Pareto", lambda z, s: d.Pareto(s.exp(), z.exp(), **_LAX)),
    ("uniform",): _density("Uniform", lambda z: d.Uniform(z * 0, z.exp(), **_LAX)),
    ("beta", "log_concentration0"): _density("Beta", lambda z, b: d.Beta(z.exp(), b.exp(), **_LAX)),
    ("von_mises", "log_concentration"): _density("VonMises", lambda z, k: d.VonMises(z, k.exp(), **_LAX)),
    ("dirichlet",): _density("Dirichlet", lambda z: d.Dirichlet(z.exp(), **_LAX)),
}
