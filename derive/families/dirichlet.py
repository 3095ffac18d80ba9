"""The Dirichlet distribution: K proportions that add up to 1.

Source: Kotz, Balakrishnan and Johnson, Continuous Multivariate Distributions, volume 1 (2nd ed. 2000), chapter 49.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, Domain, SumFact, array, index, size
from derive.model import Link, Model

K = size("K")
k, l, m = index("k"), index("l"), index("m")  # noqa: E741 - l follows k
# open, since the density may be 0 or infinite where a proportion is 0
x = array("x", [K], Domain("in (0, 1)", sp.S.Zero, sp.S.One))
alpha = array("alpha", [K], POSITIVE)
z = array("z", [K], REAL)

factor = sp.gamma(sp.Sum(alpha.base[l], (l, 1, K))) / sp.Product(sp.gamma(alpha.base[m]), (m, 1, K))

MODEL = Model(
    name="dirichlet",
    density=factor * sp.Product(x.base[k] ** (alpha.base[k] - 1), (k, 1, K)),
    data=x,
    parameters=(alpha,),
    sizes=(K,),
    data_facts=(SumFact(x, 0, sp.S.One),),
    # the natural parameter is α itself, which must stay positive; its log is free
    link=Link("exp", alpha, z, (k,), sp.exp(z.base[k])),
    title={"en": "Dirichlet distribution", "ja": "ディリクレ分布"},
    words={
        "x": {"en": "proportion of class k", "ja": "クラス k の割合"},
        "alpha": {"en": "concentration of class k", "ja": "クラス k の集中度"},
        "z": {"en": "log of the concentration of class k", "ja": "クラス k の集中度の対数"},
        "K": {"en": "number of classes", "ja": "クラスの数"},
    },
)
