"""The uniform distribution from 0 to an unknown end, which belongs to it.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 2 (2nd ed. 1995), chapter 26.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, Domain, scalar
from derive.model import Model

theta = scalar("theta", POSITIVE)
x = scalar("x", Domain("in [0, theta]", sp.S.Zero, theta.base, lower_open=False, upper_open=False))

MODEL = Model(
    name="uniform",
    density=1 / theta.base,
    data=x,
    parameters=(theta,),
    title={"en": "Uniform distribution", "ja": "一様分布"},
    words={
        "x": {"en": "observation", "ja": "観測値"},
        "theta": {"en": "greatest possible value", "ja": "とりうる値の上限"},
    },
)
