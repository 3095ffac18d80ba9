"""The Weibull distribution: lifetimes whose risk rises or falls as a power of age.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 1 (2nd ed. 1994), chapter 21.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, scalar
from derive.model import Link, Model

x = scalar("x", POSITIVE)
c = scalar("c", POSITIVE)
scale = scalar("lambda", POSITIVE)
z = scalar("z", REAL)
log_concentration = scalar("log_concentration", REAL)

ratio = x.base / scale.base

MODEL = Model(
    name="weibull",
    density=c.base / scale.base * ratio ** (c.base - 1) * sp.exp(-(ratio**c.base)),
    data=x,
    parameters=(c, scale),
    # the scale is positive; its log is free
    link=Link("exp", scale, z, (), sp.exp(z.base)),
    further=(Link("exp", c, log_concentration, (), sp.exp(log_concentration.base)),),
    title={"en": "Weibull distribution", "ja": "ワイブル分布"},
    words={
        "x": {"en": "lifetime", "ja": "寿命"},
        "c": {"en": "shape", "ja": "形状パラメータ"},
        "lambda": {"en": "scale", "ja": "尺度パラメータ"},
        "z": {"en": "log of the scale", "ja": "尺度の対数"},
    },
)
