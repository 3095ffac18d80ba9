"""The von Mises distribution: directions around a mean direction; the normal distribution of the circle.

Source: Mardia and Jupp, Directional Statistics (2000), section 3.5.4; Bishop, Pattern Recognition and Machine
Learning (2006), section 2.3.8.
"""

import sympy as sp

from derive.algebra.context import POSITIVE, REAL, Domain, scalar
from derive.model import Link, Model

x = scalar("x", Domain("in [-pi, pi]", -sp.pi, sp.pi, lower_open=False, upper_open=False))
# half-open: −π and π are the same direction
mu = scalar("mu", Domain("in (-pi, pi]", -sp.pi, sp.pi, upper_open=False))
# at 0 the circle would be covered evenly, and no direction would be the mean
kappa = scalar("kappa", POSITIVE)
loc = scalar("loc", REAL)
log_concentration = scalar("log_concentration", REAL)

MODEL = Model(
    name="von_mises",
    density=sp.exp(kappa.base * sp.cos(x.base - mu.base)) / (2 * sp.pi * sp.besseli(0, kappa.base)),
    data=x,
    parameters=(mu, kappa),
    # any real number is a direction: its turns do not count
    further=(
        Link("identity", mu, loc, (), loc.base),
        Link("exp", kappa, log_concentration, (), sp.exp(log_concentration.base)),
    ),
    title={"en": "Von Mises distribution", "ja": "フォン・ミーゼス分布"},
    words={
        "x": {"en": "direction, in radians", "ja": "方向(ラジアン)"},
        "mu": {"en": "mean direction", "ja": "平均方向"},
        "kappa": {"en": "concentration", "ja": "集中度"},
    },
)
