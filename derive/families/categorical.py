"""The categorical distribution: one of K classes; a loaded die.

Source: Bishop, Pattern Recognition and Machine Learning (2006), sections 2.2 and 4.3.4.
"""

import sympy as sp

from derive.algebra.context import BINARY, NONNEGATIVE, REAL, SumFact, array, index, size
from derive.model import Link, Model

K = size("K")
k, l = index("k"), index("l")  # noqa: E741 - l follows k
t = array("t", [K], BINARY)
y = array("y", [K], NONNEGATIVE)
z = array("z", [K], REAL)

MODEL = Model(
    name="categorical",
    density=sp.Product(y.base[k] ** t.base[k], (k, 1, K)),
    data=t,
    parameters=(y,),
    sizes=(K,),
    constraints=(SumFact(y, 0, sp.S.One),),
    data_facts=(SumFact(t, 0, sp.S.One),),
    link=Link("softmax", y, z, (k,), sp.exp(z.base[k]) / sp.Sum(sp.exp(z.base[l]), (l, 1, K))),
    title={"en": "Categorical distribution", "ja": "カテゴリ分布"},
    words={
        "t": {
            "en": "1 where the observation is of class k, else 0 (one-hot)",
            "ja": "観測がクラス k なら 1、それ以外は 0(one-hot 表現)",
        },
        "y": {"en": "probability of class k", "ja": "クラス k の確率"},
        "z": {"en": "logit of class k", "ja": "クラス k のロジット"},
        "K": {"en": "number of classes", "ja": "クラスの数"},
    },
)
