"""Logistic regression: success or failure, with a logit that is a weighted sum of the inputs.

Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.2; McCullagh and Nelder, Generalized
Linear Models (2nd ed. 1989), chapter 4.
"""

import sympy as sp

from derive.algebra.context import BINARY, REAL, array, index, scalar, size
from derive.model import Model

D = size("D")
d = index("d")
x = array("x", [D], REAL)
y = scalar("y", BINARY)
w = array("w", [D], REAL)

logit = sp.Sum(w.base[d] * x.base[d], (d, 1, D))

MODEL = Model(
    name="logistic_regression",
    # the Bernoulli probability of y in terms of its logit: e^z/(1 + e^z) for y = 1, 1/(1 + e^z) for y = 0
    density=sp.exp(y.base * logit) / (1 + sp.exp(logit)),
    data=y,
    parameters=(w,),
    sizes=(D,),
    given=(x,),
    title={"en": "Logistic regression", "ja": "ロジスティック回帰"},
    words={
        "y": {"en": "1 for a success, 0 for a failure", "ja": "成功なら 1、失敗なら 0"},
        "x": {
            "en": "input d (a constant 1 gives the intercept)",
            "ja": "d 番目の説明変数(定数 1 を入れると切片になる)",
        },
        "w": {"en": "weight of input d", "ja": "d 番目の説明変数の重み"},
        "D": {"en": "number of inputs", "ja": "説明変数の数"},
    },
)
