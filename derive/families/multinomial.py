"""The multinomial distribution: how often each of K classes came in n trials.

Source: Johnson, Kotz and Balakrishnan, Discrete Multivariate Distributions (1997), chapter 35; Bishop, Pattern
Recognition and Machine Learning (2006), section 2.2.
"""

import sympy as sp

from derive.algebra.context import COUNT, NONNEGATIVE, POSITIVE_INTEGER, REAL, SumFact, array, index, scalar, size
from derive.model import Link, Model

K = size("K")
k, l = index("k"), index("l")  # noqa: E741 - l follows k
n = scalar("n", POSITIVE_INTEGER)
t = array("t", [K], COUNT)
y = array("y", [K], NONNEGATIVE)
z = array("z", [K], REAL)

MODEL = Model(
    name="multinomial",
    density=sp.factorial(n.base) * sp.Product(y.base[k] ** t.base[k] / sp.factorial(t.base[k]), (k, 1, K)),
    data=t,
    parameters=(y,),
    sizes=(K,),
    constraints=(SumFact(y, 0, sp.S.One),),
    data_facts=(SumFact(t, 0, n.base),),
    known=(n,),
    link=Link("softmax", y, z, (k,), sp.exp(z.base[k]) / sp.Sum(sp.exp(z.base[l]), (l, 1, K))),
    title={"en": "Multinomial distribution", "ja": "多項分布"},
    words={
        "t": {"en": "how often class k came", "ja": "クラス k が出た回数"},
        "n": {"en": "number of trials", "ja": "試行の回数"},
        "y": {"en": "probability of class k", "ja": "クラス k の確率"},
        "z": {"en": "logit of class k", "ja": "クラス k のロジット"},
        "K": {"en": "number of classes", "ja": "クラスの数"},
    },
)
