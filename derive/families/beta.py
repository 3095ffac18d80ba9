"""The beta distribution: proportions between 0 and 1.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 2 (2nd ed. 1995), chapter 25.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, Domain, scalar
from derive.model import Link, Model

# open, since the density may be 0 or infinite at the ends
x = scalar("x", Domain("in (0, 1)", sp.S.Zero, sp.S.One))
alpha = scalar("alpha", POSITIVE)
beta = scalar("beta", POSITIVE)
log_concentration0 = scalar("log_concentration0", REAL)

factor = sp.gamma(alpha.base + beta.base) / (sp.gamma(alpha.base) * sp.gamma(beta.base))

MODEL = Model(
    name="beta",
    density=factor * x.base ** (alpha.base - 1) * (1 - x.base) ** (beta.base - 1),
    data=x,
    parameters=(alpha, beta),
    further=(Link("exp", beta, log_concentration0, (), sp.exp(log_concentration0.base)),),
    title={"en": "Beta distribution", "ja": "ベータ分布"},
    words={
        "x": {"en": "proportion", "ja": "割合"},
        "alpha": {"en": "first shape, which pulls towards 1", "ja": "第 1 の形状パラメータ(大きいほど 1 に寄る)"},
        "beta": {"en": "second shape, which pulls towards 0", "ja": "第 2 の形状パラメータ(大きいほど 0 に寄る)"},
    },
)
