"""The Laplace (double exponential) distribution: errors that fall off exponentially on both sides.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 2 (2nd ed. 1995), chapter 24.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, scalar
from derive.model import Link, Model

x = scalar("x", REAL)
mu = scalar("mu", REAL)
b = scalar("b", POSITIVE)
z = scalar("z", REAL)
log_scale = scalar("log_scale", REAL)

MODEL = Model(
    name="laplace",
    density=sp.exp(-sp.Abs(x.base - mu.base) / b.base) / (2 * b.base),
    data=x,
    parameters=(mu, b),
    link=Link("identity", mu, z, (), z.base),
    further=(Link("exp", b, log_scale, (), sp.exp(log_scale.base)),),
    title={"en": "Laplace distribution", "ja": "ラプラス分布"},
    words={
        "x": {"en": "observation", "ja": "観測値"},
        "mu": {"en": "location", "ja": "位置パラメータ"},
        "b": {"en": "scale", "ja": "尺度パラメータ"},
        "z": {"en": "predicted location", "ja": "予測した位置"},
    },
)
