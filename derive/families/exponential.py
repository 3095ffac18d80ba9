"""The exponential distribution: waiting times without memory.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 1 (2nd ed. 1994), chapter 19.
"""

import sympy as sp

from derive.algebra.context import NONNEGATIVE, POSITIVE, REAL, scalar
from derive.model import Link, Model

x = scalar("x", NONNEGATIVE)
rate = scalar("lambda", POSITIVE)
z = scalar("z", REAL)

MODEL = Model(
    name="exponential",
    density=rate.base * sp.exp(-rate.base * x.base),
    data=x,
    parameters=(rate,),
    # the canonical input is −λ, which must stay negative; the log of the rate is free
    link=Link("exp", rate, z, (), sp.exp(z.base)),
    title={"en": "Exponential distribution", "ja": "指数分布"},
    words={
        "x": {"en": "waiting time", "ja": "待ち時間"},
        "lambda": {"en": "rate: events in a unit of time", "ja": "率(単位時間あたりに起きる回数)"},
        "z": {"en": "log of the rate", "ja": "率の対数"},
    },
)
