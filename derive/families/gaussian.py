"""The Gaussian (normal) distribution: a mean with symmetric errors.

Source: Bishop, Pattern Recognition and Machine Learning (2006), section 1.2.4; Johnson, Kotz and Balakrishnan,
Continuous Univariate Distributions, volume 1 (2nd ed. 1994), chapter 13.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, scalar
from derive.model import Link, Model

x = scalar("x", REAL)
mu = scalar("mu", REAL)
sigma = scalar("sigma", POSITIVE)
z = scalar("z", REAL)
var = scalar("var", POSITIVE)
log_var = scalar("log_var", REAL)

MODEL = Model(
    name="gaussian",
    density=sp.exp(-((x.base - mu.base) ** 2) / (2 * sigma.base**2)) / sp.sqrt(2 * sp.pi * sigma.base**2),
    data=x,
    parameters=(mu, sigma),
    link=Link("identity", mu, z, (), z.base),
    # the variance, its logarithm, or neither: then it is 1
    further=(
        Link("square root", sigma, var, (), sp.sqrt(var.base)),
        Link("exp", sigma, log_var, (), sp.exp(log_var.base / 2)),
        Link("unit", sigma, sigma, (), sp.S.One),
    ),
    title={"en": "Gaussian distribution", "ja": "正規分布(ガウス分布)"},
    words={
        "x": {"en": "observation", "ja": "観測値"},
        "mu": {"en": "mean", "ja": "平均"},
        "sigma": {"en": "standard deviation", "ja": "標準偏差"},
        "z": {"en": "predicted mean", "ja": "予測した平均"},
    },
)
