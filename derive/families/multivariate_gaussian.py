"""The multivariate Gaussian (normal) distribution: D measurements that vary together.

Source: Bishop, Pattern Recognition and Machine Learning (2006), section 2.3; Anderson, An Introduction to Multivariate
Statistical Analysis (3rd ed. 2003), section 2.3.
"""

import sympy as sp

from derive.algebra.context import POSITIVE_DEFINITE, REAL, Domain, array, index, size
from derive.algebra.matrices import Det, InverseEntry, matrix
from derive.model import Link, Model

D = size("D")
c, d, e = index("c"), index("d"), index("e")
x = array("x", [D], REAL)
mu = array("mu", [D], REAL)
Sigma = array("Sigma", [D, D], POSITIVE_DEFINITE)
loc = array("loc", [D], REAL)
scale_tril = array("scale_tril", [D, D], Domain("lower triangular, positive on the diagonal"))

covariance = matrix(Sigma)
distance = sp.Sum(
    (x.base[d] - mu.base[d]) * InverseEntry(covariance, d, e) * (x.base[e] - mu.base[e]), (e, 1, D), (d, 1, D)
)

MODEL = Model(
    name="multivariate_gaussian",
    density=sp.exp(-distance / 2) / sp.sqrt((2 * sp.pi) ** D * Det(covariance)),
    data=x,
    parameters=(mu, Sigma),
    sizes=(D,),
    further=(
        Link("identity", mu, loc, (d,), loc.base[d]),
        Link("Cholesky", Sigma, scale_tril, (d, e), sp.Sum(scale_tril.base[d, c] * scale_tril.base[e, c], (c, 1, D))),
    ),
    title={"en": "Multivariate Gaussian distribution", "ja": "多変量正規分布"},
    words={
        "x": {"en": "measurement d of an observation", "ja": "観測の d 番目の測定値"},
        "mu": {"en": "mean of measurement d", "ja": "d 番目の測定値の平均"},
        "Sigma": {
            "en": "covariance of measurements d and k (a symmetric, positive definite matrix)",
            "ja": "測定値 d と k の共分散(正定値対称行列)",
        },
        "D": {"en": "number of measurements", "ja": "測定値の数"},
    },
)
