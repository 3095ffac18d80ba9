"""The lognormal distribution: positive values whose logarithm is Gaussian.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 1 (2nd ed. 1994), chapter 14.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, scalar
from derive.model import Link, Model

x = scalar("x", POSITIVE)
mu = scalar("mu", REAL)
sigma = scalar("sigma", POSITIVE)
z = scalar("z", REAL)
log_scale = scalar("log_scale", REAL)

bell = sp.exp(-((sp.log(x.base) - mu.base) ** 2) / (2 * sigma.base**2))

MODEL = Model(
    name="lognormal",
    density=bell / (x.base * sp.sqrt(2 * sp.pi * sigma.base**2)),
    data=x,
    parameters=(mu, sigma),
    link=Link("identity", mu, z, (), z.base),
    further=(Link("exp", sigma, log_scale, (), sp.exp(log_scale.base)),),
    title={"en": "Lognormal distribution", "ja": "対数正規分布"},
    words={
        "x": {"en": "observation", "ja": "観測値"},
        "mu": {"en": "mean of log x", "ja": "log x の平均"},
        "sigma": {"en": "standard deviation of log x", "ja": "log x の標準偏差"},
        "z": {"en": "predicted mean of log x", "ja": "予測した log x の平均"},
    },
)
