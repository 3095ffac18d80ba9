"""Linear regression: a response with Gaussian errors around a weighted sum of its inputs.

Source: Bishop, Pattern Recognition and Machine Learning (2006), section 3.1.1; Murphy, Machine Learning: A
Probabilistic Perspective (2012), section 7.3.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, array, index, scalar, size
from derive.model import Link, Model

D = size("D")
d = index("d")
x = array("x", [D], REAL)
y = scalar("y", REAL)
w = array("w", [D], REAL)
sigma = scalar("sigma", POSITIVE)
var = scalar("var", POSITIVE)
log_var = scalar("log_var", REAL)

mean = sp.Sum(w.base[d] * x.base[d], (d, 1, D))

MODEL = Model(
    name="linear_regression",
    density=sp.exp(-((y.base - mean) ** 2) / (2 * sigma.base**2)) / sp.sqrt(2 * sp.pi * sigma.base**2),
    data=y,
    parameters=(w, sigma),
    sizes=(D,),
    given=(x,),
    # the variance, its logarithm, or neither: then it is 1
    further=(
        Link("square root", sigma, var, (), sp.sqrt(var.base)),
        Link("exp", sigma, log_var, (), sp.exp(log_var.base / 2)),
        Link("unit", sigma, sigma, (), sp.S.One),
    ),
    title={"en": "Linear regression", "ja": "線形回帰"},
    words={
        "y": {"en": "response", "ja": "目的変数"},
        "x": {
            "en": "input d (a constant 1 gives the intercept)",
            "ja": "d 番目の説明変数(定数 1 を入れると切片になる)",
        },
        "w": {"en": "weight of input d", "ja": "d 番目の説明変数の重み"},
        "sigma": {"en": "standard deviation of the errors", "ja": "誤差の標準偏差"},
        "D": {"en": "number of inputs", "ja": "説明変数の数"},
    },
)
