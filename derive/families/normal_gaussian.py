"""The Gaussian distribution of known spread, with a normal prior on its mean.

Source: Bishop, Pattern Recognition and Machine Learning (2006), section 2.3.6; Murphy, Machine Learning: A
Probabilistic Perspective (2012), section 4.4.2.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, Variable, scalar
from derive.model import Model

x = scalar("x", REAL)
mu = scalar("mu", REAL)
sigma = scalar("sigma", POSITIVE)
m = scalar("m", REAL)
tau = scalar("tau", POSITIVE)


def bell(at: Variable, mean: Variable, spread: Variable) -> sp.Expr:
    """The Gaussian density."""
    return sp.exp(-((at.base - mean.base) ** 2) / (2 * spread.base**2)) / sp.sqrt(2 * sp.pi * spread.base**2)


MODEL = Model(
    name="normal_gaussian",
    density=bell(x, mu, sigma),
    data=x,
    parameters=(mu,),
    known=(sigma, m, tau),
    prior=bell(mu, m, tau),
    title={"en": "Gaussian distribution with a normal prior on the mean", "ja": "平均に正規事前分布をもつ正規分布"},
    words={
        "x": {"en": "observation", "ja": "観測値"},
        "mu": {"en": "mean", "ja": "平均"},
        "sigma": {"en": "standard deviation of an observation", "ja": "観測の標準偏差"},
        "m": {"en": "mean of the prior", "ja": "事前分布の平均"},
        "tau": {"en": "standard deviation of the prior", "ja": "事前分布の標準偏差"},
    },
)
