"""The Maxwell distribution: the speed of a molecule in a gas.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 1 (2nd ed. 1994), chapter 18.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, scalar
from derive.model import Link, Model

x = scalar("x", POSITIVE)
sigma = scalar("sigma", POSITIVE)
z = scalar("z", REAL)

MODEL = Model(
    name="maxwell",
    density=sp.sqrt(2 / sp.pi) * x.base**2 / sigma.base**3 * sp.exp(-(x.base**2) / (2 * sigma.base**2)),
    data=x,
    parameters=(sigma,),
    # the scale is positive; its log is free
    link=Link("exp", sigma, z, (), sp.exp(z.base)),
    title={"en": "Maxwell distribution", "ja": "マクスウェル分布"},
    words={
        "x": {"en": "speed", "ja": "速さ"},
        "sigma": {
            "en": "scale: standard deviation of each component of the velocity",
            "ja": "尺度パラメータ(速度の各成分の標準偏差)",
        },
        "z": {"en": "log of the scale", "ja": "尺度の対数"},
    },
)
