"""Bernoulli trials with a beta prior on the probability of a success.

Source: Bishop, Pattern Recognition and Machine Learning (2006), section 2.1.1; Murphy, Machine Learning: A
Probabilistic Perspective (2012), section 3.3.
"""

import sympy as sp

from derive.algebra.context import BINARY, UNIT, Domain, scalar
from derive.model import Model

x = scalar("x", BINARY)
theta = scalar("theta", UNIT)
# below 1 the prior would be infinite at an end, and no mode need exist
at_least_one = Domain("at least 1", lower=sp.S.One, lower_open=False)
a, b = scalar("a", at_least_one), scalar("b", at_least_one)

factor = sp.gamma(a.base + b.base) / (sp.gamma(a.base) * sp.gamma(b.base))

MODEL = Model(
    name="beta_bernoulli",
    density=theta.base**x.base * (1 - theta.base) ** (1 - x.base),
    data=x,
    parameters=(theta,),
    known=(a, b),
    prior=factor * theta.base ** (a.base - 1) * (1 - theta.base) ** (b.base - 1),
    title={"en": "Bernoulli distribution with a beta prior", "ja": "ベータ事前分布をもつベルヌーイ分布"},
    words={
        "x": {"en": "1 for a success, 0 for a failure", "ja": "成功なら 1、失敗なら 0"},
        "theta": {"en": "probability of a success", "ja": "成功の確率"},
        "a": {
            "en": "first shape of the prior: successes seen before, plus 1",
            "ja": "事前分布の形状(事前の成功数 + 1)",
        },
        "b": {
            "en": "second shape of the prior: failures seen before, plus 1",
            "ja": "事前分布の形状(事前の失敗数 + 1)",
        },
    },
)
