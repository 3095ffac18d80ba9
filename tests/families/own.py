"""Twelve densities that are in no file, each as a user would write it."""

from __future__ import annotations

import sympy as sp

import derive
from derive.algebra.context import BINARY, REAL, UNIT, Domain, SumFact, array, index, scalar, size

x, m = sp.symbols("x m", positive=True)
a, b, s, c, lam = sp.symbols("a b s c lambda", positive=True)
n = sp.Symbol("n", integer=True, positive=True)
count = sp.Symbol("n", integer=True, nonnegative=True)
real = sp.Symbol("x", real=True)
i, k = index("i"), index("k")

HALF_NORMAL = derive.Model(
    "half_normal", density=sp.sqrt(2 / sp.pi) / s * sp.exp(-(x**2) / (2 * s**2)), data=x, parameters=[s]
)

mu = scalar("mu", Domain("in (0, 1)", sp.S.Zero, sp.S.One))
BOREL = derive.Model(
    "borel", density=sp.exp(-mu.base * n) * (mu.base * n) ** (n - 1) / sp.factorial(n), data=n, parameters=[mu]
)

theta = scalar("theta", Domain("in (0, 1)", sp.S.Zero, sp.S.One))
LOG_SERIES = derive.Model(
    "log_series", density=-(theta.base**n) / (n * sp.log(1 - theta.base)), data=n, parameters=[theta]
)

inside = scalar("x", Domain("in (0, 1)", sp.S.Zero, sp.S.One))
KUMARASWAMY = derive.Model(
    "kumaraswamy",
    density=a * b * inside.base ** (a - 1) * (1 - inside.base**a) ** (b - 1),
    data=inside,
    parameters=[a, b],
)

LOMAX = derive.Model("lomax", density=a / s * (1 + x / s) ** (-(a + 1)), data=x, parameters=[a, s])

above_one = scalar("s", Domain("above 1", lower=sp.S.One))
ZETA = derive.Model("zeta", density=n ** (-above_one.base) / sp.zeta(above_one.base), data=n, parameters=[above_one])

cut = scalar("x", Domain("in [0, c]", sp.S.Zero, c, lower_open=False, upper_open=False))
TRUNCATED = derive.Model(
    "truncated_exponential",
    density=lam * sp.exp(-lam * cut.base) / (1 - sp.exp(-lam * c)),
    data=cut,
    parameters=[lam],
    known=[c],
)

TWO_SIDED = derive.Model("two_sided_power", density=a / 2 * (1 + sp.Abs(real)) ** (-(a + 1)), data=real, parameters=[a])

exposure = sp.Symbol("h", positive=True)
EXPOSED = derive.Model(
    "exposed_poisson",
    density=(lam * exposure) ** count * sp.exp(-lam * exposure) / sp.factorial(count),
    data=count,
    parameters=[lam],
    given=[exposure],
)

VARIATION = derive.Model(
    "known_variation",
    density=sp.exp(-((real - m) ** 2) / (2 * c**2 * m**2)) / (sp.sqrt(2 * sp.pi) * c * m),
    data=real,
    parameters=[m],
    known=[c],
)

# AA, Aa and aa by a one-hot row of three
t = array("t", [sp.Integer(3)], BINARY)
q = scalar("q", UNIT)
HARDY_WEINBERG = derive.Model(
    "hardy_weinberg",
    density=(q.base**2) ** t.base[1] * (2 * q.base * (1 - q.base)) ** t.base[2] * ((1 - q.base) ** 2) ** t.base[3],
    data=t,
    parameters=[q],
    data_facts=[SumFact(t, 0, sp.S.One)],
)

# d_k is 1 for the first player, −1 for the second, 0 for the others
K = size("K")
d, strength = array("d", [K], REAL), array("r", [K], REAL)
won = scalar("y", BINARY)
ahead = sp.Sum(strength.base[k] * d.base[k], (k, 1, K))
BRADLEY_TERRY = derive.Model(
    "bradley_terry",
    density=sp.exp(won.base * ahead) / (1 + sp.exp(ahead)),
    data=won,
    parameters=[strength],
    sizes=(K,),
    given=[d],
)

OWN = {
    model.name: model
    for model in (
        *(HALF_NORMAL, BOREL, LOG_SERIES, KUMARASWAMY, LOMAX, ZETA, TRUNCATED, TWO_SIDED, EXPOSED, VARIATION),
        *(HARDY_WEINBERG, BRADLEY_TERRY),
    )
}
