"""The binomial distribution: how many of n trials succeed.

Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions (3rd ed. 2005), chapter 3; McCullagh and Nelder,
Generalized Linear Models (2nd ed. 1989), section 4.3.
"""

import sympy as sp

from derive.algebra.context import POSITIVE_INTEGER, REAL, UNIT, Domain, scalar
from derive.model import Link, Model

n = scalar("n", POSITIVE_INTEGER)
x = scalar("x", Domain("count up to n", sp.S.Zero, n.base, lower_open=False, upper_open=False, integer=True))
theta = scalar("theta", UNIT)
z = scalar("z", REAL)
total_count = scalar("total_count", POSITIVE_INTEGER)

MODEL = Model(
    name="binomial",
    density=sp.binomial(n.base, x.base) * theta.base**x.base * (1 - theta.base) ** (n.base - x.base),
    data=x,
    parameters=(theta,),
    known=(n,),
    link=Link("sigmoid", theta, z, (), 1 / (1 + sp.exp(-z.base))),
    further=(Link("identity", n, total_count, (), total_count.base),),
    title={"en": "Binomial distribution", "ja": "二項分布"},
    words={
        "x": {"en": "number of successes", "ja": "成功の回数"},
        "n": {"en": "number of trials", "ja": "試行の回数"},
        "theta": {"en": "probability of a success", "ja": "成功の確率"},
        "z": {"en": "logit of a success", "ja": "成功のロジット"},
    },
)
