"""The geometric distribution: the number of trials up to and including the first success.

Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions (3rd ed. 2005), section 5.2.
"""

import sympy as sp

from derive.algebra.context import POSITIVE_INTEGER, REAL, Domain, scalar
from derive.model import Link, Model

x = scalar("x", POSITIVE_INTEGER)
# at 0 no success would ever come, and the probabilities would not add up to 1
theta = scalar("theta", Domain("in (0, 1]", sp.S.Zero, sp.S.One, upper_open=False))
z = scalar("z", REAL)

MODEL = Model(
    name="geometric",
    density=theta.base * (1 - theta.base) ** (x.base - 1),
    data=x,
    parameters=(theta,),
    link=Link("sigmoid", theta, z, (), 1 / (1 + sp.exp(-z.base))),
    title={"en": "Geometric distribution", "ja": "幾何分布"},
    words={
        "x": {
            "en": "number of trials up to and including the first success",
            "ja": "最初に成功するまでの試行の回数(成功した回も数える)",
        },
        "theta": {"en": "probability of a success", "ja": "成功の確率"},
        "z": {"en": "logit of a success", "ja": "成功のロジット"},
    },
)
