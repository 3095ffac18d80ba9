"""The inverse Gaussian (Wald) distribution: when a Brownian motion with drift first reaches a level.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 1 (2nd ed. 1994), chapter 15.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, scalar
from derive.model import Link, Model

x = scalar("x", POSITIVE)
mu = scalar("mu", POSITIVE)
shape = scalar("lambda", POSITIVE)
z = scalar("z", REAL)
log_concentration = scalar("log_concentration", REAL)

exponent = -shape.base * (x.base - mu.base) ** 2 / (2 * mu.base**2 * x.base)

MODEL = Model(
    name="inverse_gaussian",
    density=sp.sqrt(shape.base / (2 * sp.pi * x.base**3)) * sp.exp(exponent),
    data=x,
    parameters=(mu, shape),
    # the canonical input is −λ/(2μ²), which must stay negative; the log of the mean is free
    link=Link("exp", mu, z, (), sp.exp(z.base)),
    further=(Link("exp", shape, log_concentration, (), sp.exp(log_concentration.base)),),
    title={"en": "Inverse Gaussian distribution", "ja": "逆ガウス分布"},
    words={
        "x": {"en": "first passage time", "ja": "初到達時刻"},
        "mu": {"en": "mean", "ja": "平均"},
        "lambda": {"en": "shape", "ja": "形状パラメータ"},
        "z": {"en": "log of the mean", "ja": "平均の対数"},
    },
)
