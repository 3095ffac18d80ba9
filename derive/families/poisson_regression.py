"""Poisson (log-linear) regression: counts whose log rate is a weighted sum of the inputs.

Source: McCullagh and Nelder, Generalized Linear Models (2nd ed. 1989), chapter 6.
"""

import sympy as sp

from derive.algebra.context import COUNT, REAL, array, index, scalar, size
from derive.model import Model

D = size("D")
d = index("d")
x = array("x", [D], REAL)
y = scalar("y", COUNT)
w = array("w", [D], REAL)

log_rate = sp.Sum(w.base[d] * x.base[d], (d, 1, D))

MODEL = Model(
    name="poisson_regression",
    # the Poisson probability of y in terms of its log rate
    density=sp.exp(y.base * log_rate - sp.exp(log_rate)) / sp.factorial(y.base),
    data=y,
    parameters=(w,),
    sizes=(D,),
    given=(x,),
    title={"en": "Poisson regression", "ja": "ポアソン回帰"},
    words={
        "y": {"en": "number of events", "ja": "起きた回数"},
        "x": {
            "en": "input d (a constant 1 gives the intercept)",
            "ja": "d 番目の説明変数(定数 1 を入れると切片になる)",
        },
        "w": {"en": "weight of input d", "ja": "d 番目の説明変数の重み"},
        "D": {"en": "number of inputs", "ja": "説明変数の数"},
    },
)
