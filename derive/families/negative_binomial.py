"""The negative binomial distribution: failures before the r-th success, for any positive r; counts that overdisperse.

Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions (3rd ed. 2005), chapter 5.
"""

import sympy as sp

from derive.algebra.context import COUNT, POSITIVE, REAL, Domain, scalar
from derive.model import Link, Model

x = scalar("x", COUNT)
r = scalar("r", POSITIVE)
# at 0 no success would ever come, and the probabilities would not add up to 1
theta = scalar("theta", Domain("in (0, 1]", sp.S.Zero, sp.S.One, upper_open=False))
z = scalar("z", REAL)
log_total_count = scalar("log_total_count", REAL)

ways = sp.gamma(x.base + r.base) / (sp.factorial(x.base) * sp.gamma(r.base))

MODEL = Model(
    name="negative_binomial",
    density=ways * theta.base**r.base * (1 - theta.base) ** x.base,
    data=x,
    parameters=(r, theta),
    link=Link("sigmoid", theta, z, (), 1 / (1 + sp.exp(-z.base))),
    further=(Link("exp", r, log_total_count, (), sp.exp(log_total_count.base)),),
    title={"en": "Negative binomial distribution", "ja": "負の二項分布"},
    words={
        "x": {"en": "number of failures before the r-th success", "ja": "r 回成功するまでの失敗の回数"},
        "r": {
            "en": "number of successes waited for, any positive real (size)",
            "ja": "待つ成功の回数(正の実数に拡張したもの)",
        },
        "theta": {"en": "probability of a success", "ja": "成功の確率"},
        "z": {"en": "logit of a success", "ja": "成功のロジット"},
    },
)
