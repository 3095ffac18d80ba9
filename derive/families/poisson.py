"""The Poisson distribution: how many events come in a fixed time.

Source: McCullagh and Nelder, Generalized Linear Models (2nd ed. 1989), section 6.2; Johnson, Kemp and Kotz,
Univariate Discrete Distributions (3rd ed. 2005), chapter 4.
"""

import sympy as sp

from derive.algebra.context import COUNT, POSITIVE, REAL, scalar
from derive.model import Link, Model

x = scalar("x", COUNT)
rate = scalar("lambda", POSITIVE)
z = scalar("z", REAL)

MODEL = Model(
    name="poisson",
    density=rate.base**x.base * sp.exp(-rate.base) / sp.factorial(x.base),
    data=x,
    parameters=(rate,),
    link=Link("exp", rate, z, (), sp.exp(z.base)),
    title={"en": "Poisson distribution", "ja": "ポアソン分布"},
    words={
        "x": {"en": "number of events", "ja": "起きた回数"},
        "lambda": {"en": "rate: the mean number of events", "ja": "強度(平均の回数)"},
        "z": {"en": "log of the rate", "ja": "強度の対数"},
    },
)
