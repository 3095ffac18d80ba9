"""The Pareto distribution: incomes above a least one, with a tail that is a power.

Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 1 (2nd ed. 1994), chapter 20.
"""

from derive.algebra.context import POSITIVE, Domain, scalar
from derive.model import Model

alpha = scalar("alpha", POSITIVE)
m = scalar("m", POSITIVE)
x = scalar("x", Domain("at least m", lower=m.base, lower_open=False))

MODEL = Model(
    name="pareto",
    density=alpha.base * m.base**alpha.base / x.base ** (alpha.base + 1),
    data=x,
    parameters=(alpha, m),
    title={"en": "Pareto distribution", "ja": "パレート分布"},
    words={
        "x": {"en": "observation", "ja": "観測値"},
        "alpha": {"en": "tail index: how fast the tail falls", "ja": "裾の指数(裾が減る速さ)"},
        "m": {"en": "least possible value", "ja": "とりうる値の下限"},
    },
)
