"""The Pareto distribution: incomes above a least one, with a tail that is a power.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 1 (2nd ed. 1994), chapter 20.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, Domain, scalar
from derive.model import Link, Model

alpha = scalar("alpha", POSITIVE)
m = scalar("m", POSITIVE)
x = scalar("x", Domain("at least m", lower=m.base, lower_open=False))
log_scale = scalar("log_scale", REAL)

MODEL = Model(
    name="pareto",
    density=alpha.base * m.base**alpha.base / x.base ** (alpha.base + 1),
    data=x,
    parameters=(alpha, m),
    further=(Link("exp", m, log_scale, (), sp.exp(log_scale.base)),),
    title={"en": "Pareto distribution", "ja": "パレート分布"},
    words={
        "x": {"en": "observation", "ja": "観測値"},
        "alpha": {"en": "tail index: how fast the tail falls", "ja": "裾の指数(裾が減る速さ)"},
        "m": {"en": "least possible value", "ja": "とりうる値の下限"},
    },
)
