"""The gamma distribution, with shape and rate: the waiting time until the α-th event.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 1 (2nd ed. 1994), chapter 17.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, scalar
from derive.model import Link, Model

x = scalar("x", POSITIVE)
alpha = scalar("alpha", POSITIVE)
beta = scalar("beta", POSITIVE)
z = scalar("z", REAL)
log_concentration = scalar("log_concentration", REAL)

power = beta.base**alpha.base * x.base ** (alpha.base - 1)

MODEL = Model(
    name="gamma",
    density=power * sp.exp(-beta.base * x.base) / sp.gamma(alpha.base),
    data=x,
    parameters=(alpha, beta),
    # the canonical input is −β, which must stay negative; the log of the rate is free
    link=Link("exp", beta, z, (), sp.exp(z.base)),
    further=(Link("exp", alpha, log_concentration, (), sp.exp(log_concentration.base)),),
    title={"en": "Gamma distribution", "ja": "ガンマ分布"},
    words={
        "x": {"en": "observation", "ja": "観測値"},
        "alpha": {"en": "shape", "ja": "形状パラメータ"},
        "beta": {"en": "rate", "ja": "レート(尺度の逆数)"},
        "z": {"en": "log of the rate", "ja": "レートの対数"},
    },
)
