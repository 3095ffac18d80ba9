"""Student's t distribution with location and scale: errors with heavy tails.

Source: Bishop, Pattern Recognition and Machine Learning (2006), section 2.3.7; Johnson, Kotz and Balakrishnan,
Continuous Univariate Distributions, volume 2 (2nd ed. 1995), chapter 28.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, scalar
from derive.model import Link, Model

x = scalar("x", REAL)
mu = scalar("mu", REAL)
sigma = scalar("sigma", POSITIVE)
nu = scalar("nu", POSITIVE)
z = scalar("z", REAL)
log_scale = scalar("log_scale", REAL)
df = scalar("df", POSITIVE)

half = (nu.base + 1) / 2
factor = sp.gamma(half) / (sp.gamma(nu.base / 2) * sp.sqrt(sp.pi * nu.base) * sigma.base)

MODEL = Model(
    name="student_t",
    density=factor * (1 + (x.base - mu.base) ** 2 / (nu.base * sigma.base**2)) ** (-half),
    data=x,
    parameters=(mu, sigma),
    known=(nu,),
    link=Link("identity", mu, z, (), z.base),
    further=(Link("exp", sigma, log_scale, (), sp.exp(log_scale.base)), Link("identity", nu, df, (), df.base)),
    title={"en": "Student's t distribution", "ja": "スチューデントの t 分布"},
    words={
        "x": {"en": "observation", "ja": "観測値"},
        "mu": {"en": "location", "ja": "位置パラメータ"},
        "sigma": {"en": "scale", "ja": "尺度パラメータ"},
        "nu": {"en": "degrees of freedom", "ja": "自由度"},
        "z": {"en": "predicted location", "ja": "予測した位置"},
    },
)
