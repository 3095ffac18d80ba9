"""The Bernoulli distribution: success or failure; a coin.

Source: Bishop, Pattern Recognition and Machine Learning (2006), sections 2.1 and 4.3.2.
"""

import sympy as sp

from derive.algebra.context import BINARY, REAL, UNIT, scalar
from derive.model import Link, Model

x = scalar("x", BINARY)
theta = scalar("theta", UNIT)
z = scalar("z", REAL)

MODEL = Model(
    name="bernoulli",
    density=theta.base**x.base * (1 - theta.base) ** (1 - x.base),
    data=x,
    parameters=(theta,),
    link=Link("sigmoid", theta, z, (), 1 / (1 + sp.exp(-z.base))),
    title={"en": "Bernoulli distribution", "ja": "ベルヌーイ分布"},
    words={
        "x": {"en": "1 for a success, 0 for a failure", "ja": "成功なら 1、失敗なら 0"},
        "theta": {"en": "probability of a success", "ja": "成功の確率"},
        "z": {"en": "logit of a success", "ja": "成功のロジット"},
    },
)
