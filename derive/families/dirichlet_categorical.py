"""The categorical distribution with a Dirichlet prior on the probabilities of the classes.

Source: Bishop, Pattern Recognition and Machine Learning (2006), section 2.2.1; Murphy, Machine Learning: A
Probabilistic Perspective (2012), section 3.4.
"""

import sympy as sp

from derive.algebra.context import BINARY, NONNEGATIVE, Domain, SumFact, array, index, size
from derive.model import Model

K = size("K")
k, l, m = index("k"), index("l"), index("m")  # noqa: E741 - l follows k
t = array("t", [K], BINARY)
y = array("y", [K], NONNEGATIVE)
# below 1 the prior would be infinite where y_k = 0, and no mode need exist
alpha = array("alpha", [K], Domain("at least 1", lower=sp.S.One, lower_open=False))

factor = sp.gamma(sp.Sum(alpha.base[l], (l, 1, K))) / sp.Product(sp.gamma(alpha.base[m]), (m, 1, K))

MODEL = Model(
    name="dirichlet_categorical",
    density=sp.Product(y.base[k] ** t.base[k], (k, 1, K)),
    data=t,
    parameters=(y,),
    sizes=(K,),
    constraints=(SumFact(y, 0, sp.S.One),),
    data_facts=(SumFact(t, 0, sp.S.One),),
    known=(alpha,),
    prior=factor * sp.Product(y.base[k] ** (alpha.base[k] - 1), (k, 1, K)),
    title={"en": "Categorical distribution with a Dirichlet prior", "ja": "ディリクレ事前分布をもつカテゴリ分布"},
    words={
        "t": {
            "en": "1 where the observation is of class k, else 0 (one-hot)",
            "ja": "観測がクラス k なら 1、それ以外は 0(one-hot 表現)",
        },
        "y": {"en": "probability of class k", "ja": "クラス k の確率"},
        "alpha": {
            "en": "concentration of class k in the prior: how often it was seen before, plus 1",
            "ja": "事前分布でのクラス k の集中度(事前の出現回数 + 1)",
        },
        "K": {"en": "number of classes", "ja": "クラスの数"},
    },
)
