"""The Gumbel distribution: the largest of many observations.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 2 (2nd ed. 1995), chapter 22.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, scalar
from derive.model import Link, Model

x = scalar("x", REAL)
mu = scalar("mu", REAL)
beta = scalar("beta", POSITIVE)
z = scalar("z", REAL)
log_scale = scalar("log_scale", REAL)

standard = (x.base - mu.base) / beta.base

MODEL = Model(
    name="gumbel",
    density=sp.exp(-standard - sp.exp(-standard)) / beta.base,
    data=x,
    parameters=(mu, beta),
    link=Link("identity", mu, z, (), z.base),
    further=(Link("exp", beta, log_scale, (), sp.exp(log_scale.base)),),
    title={"en": "Gumbel distribution", "ja": "ガンベル分布"},
    words={
        "x": {"en": "observed maximum", "ja": "観測した最大値"},
        "mu": {"en": "location", "ja": "位置パラメータ"},
        "beta": {"en": "scale", "ja": "尺度パラメータ"},
        "z": {"en": "predicted location", "ja": "予測した位置"},
    },
)
