"""The logistic distribution: its distribution function is the sigmoid.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 2 (2nd ed. 1995), chapter 23.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, scalar
from derive.model import Link, Model

x = scalar("x", REAL)
mu = scalar("mu", REAL)
s = scalar("s", POSITIVE)
z = scalar("z", REAL)
log_scale = scalar("log_scale", REAL)

tail = sp.exp(-(x.base - mu.base) / s.base)

MODEL = Model(
    name="logistic",
    density=tail / (s.base * (1 + tail) ** 2),
    data=x,
    parameters=(mu, s),
    link=Link("identity", mu, z, (), z.base),
    further=(Link("exp", s, log_scale, (), sp.exp(log_scale.base)),),
    title={"en": "Logistic distribution", "ja": "ロジスティック分布"},
    words={
        "x": {"en": "observation", "ja": "観測値"},
        "mu": {"en": "location", "ja": "位置パラメータ"},
        "s": {"en": "scale", "ja": "尺度パラメータ"},
        "z": {"en": "predicted location", "ja": "予測した位置"},
    },
)
