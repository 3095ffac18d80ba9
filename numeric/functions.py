"""Functions of one number that the graph knows by name: what they are, and how torch writes them.

    expm1      e^f − 1                     tanh, sin, cos, abs, sign
    gamma      Γ(f)                        lgamma     log |Γ(f)|
    polygamma  the derivative of order q + 1 of log Γ (q = 0: digamma)
    bessel     e^−f I_q(f), the modified Bessel function of order q = 0 or 1 without its growth, f ≥ 0
    log_bessel log(e^−f I_0(f)), f ≥ 0
    log1p_square  log(1 + g f²), of f and g
    lgamma_gain, polygamma_gain  log Γ(f + g) − log Γ(f), ψ(f + g) − ψ(f), of f and g

`polygamma` and `bessel` have their order as `value`. Γ itself has no text: it overflows at 171, and stands under a
logarithm in every density.
"""

from __future__ import annotations

from fractions import Fraction

#: How torch writes each of them; by the order where there is one.
FUNCTIONS: dict[str, str | dict[Fraction, str]] = {
    "expm1": "torch.expm1({})",
    "tanh": "torch.tanh({})",
    "sin": "torch.sin({})",
    "cos": "torch.cos({})",
    "abs": "torch.abs({})",
    "sign": "torch.sign({})",
    "gamma": {},
    "lgamma": "torch.lgamma({})",
    "polygamma": {Fraction(0): "torch.digamma({})", Fraction(1): "torch.polygamma(1, {})"},
    "bessel": {Fraction(0): "torch.special.i0e({})", Fraction(1): "torch.special.i1e({})"},
    "log_bessel": "_log_i0e({})",
    "log1p_square": "_log1p_square({})",
    "lgamma_gain": "_lgamma_gain({})",
    "polygamma_gain": "_digamma_gain({})",
}

#: How torch writes operations with a triangular matrix; vectors lie along the last dimension.
MATRICES = {
    "solve": "_solve({}, {})",
    "back": "_back({}, {})",
    "product": "({} @ {}.unsqueeze(-1)).squeeze(-1)",
    "transposed": "({}.mT @ {}.unsqueeze(-1)).squeeze(-1)",
    "diagonal": "{}.diagonal(dim1=-2, dim2=-1)",
    "on_diagonal": "torch.diag_embed({})",
    "outer": "{}.unsqueeze(-1) * {}.unsqueeze(-2)",
    "lower": "torch.tril({})",
}


def text(op: str, order: Fraction, argument: str) -> str:
    """The call in torch; ValueError where torch has none."""
    form = FUNCTIONS[op]
    found = form if isinstance(form, str) else form.get(order)
    if found is None:
        raise ValueError(f"torch has no {op} of order {order}" if order else f"torch has no {op}")
    return found.format(argument)
