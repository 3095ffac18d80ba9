"""Softmax (multinomial logistic) regression: one of K classes, with logits that are weighted sums of the inputs.

Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4; Murphy, Machine Learning: A
Probabilistic Perspective (2012), section 8.3.7.
"""

import sympy as sp

from derive.algebra.context import BINARY, REAL, SumFact, array, index, size
from derive.model import Model

K, D = size("K"), size("D")
k, l, d = index("k"), index("l"), index("d")  # noqa: E741 - l follows k
x = array("x", [D], REAL)
t = array("t", [K], BINARY)
w = array("w", [K, D], REAL)


def logit(of: sp.Symbol) -> sp.Expr:
    """The logit of a class."""
    return sp.Sum(w.base[of, d] * x.base[d], (d, 1, D))


softmax = sp.exp(logit(k)) / sp.Sum(sp.exp(logit(l)), (l, 1, K))

MODEL = Model(
    name="softmax_regression",
    density=sp.Product(softmax ** t.base[k], (k, 1, K)),
    data=t,
    parameters=(w,),
    sizes=(K, D),
    data_facts=(SumFact(t, 0, sp.S.One),),
    given=(x,),
    title={"en": "Softmax regression", "ja": "多項ロジスティック回帰(ソフトマックス回帰)"},
    words={
        "t": {
            "en": "1 where the observation is of class k, else 0 (one-hot)",
            "ja": "観測がクラス k なら 1、それ以外は 0(one-hot 表現)",
        },
        "x": {
            "en": "input d (a constant 1 gives the intercept)",
            "ja": "d 番目の説明変数(定数 1 を入れると切片になる)",
        },
        "w": {
            "en": "weight of input d in the logit of class k",
            "ja": "クラス k のロジットでの d 番目の説明変数の重み",
        },
        "K": {"en": "number of classes", "ja": "クラスの数"},
        "D": {"en": "number of inputs", "ja": "説明変数の数"},
    },
)
