"""Densities of one's own: what is derived agrees with an answer found by hand, and every claim holds; or it is refused.

The answers are written out here from the log-likelihood on paper, in mpmath, and share nothing with the engine.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import Any

import mpmath
import pytest
import sympy as sp

import derive
from derive.checker.verdict import NO_CLAIM
from derive.strategy import UnsupportedModelError
from tests.families.own import OWN

SIZE = 7
REFUSED = {"zeta": "zeta"}
#: What is not proved, and why: the total of the Borel distribution is Lagrange's inversion, and its terms fall slowly.
OPEN = {("borel", "normalised"): ("tested", "undecided"), ("kumaraswamy", "simplify"): ("tested",)}
DERIVED = [name for name in OWN if name not in REFUSED]
log, exp, sqrt, fsum = mpmath.log, mpmath.exp, mpmath.sqrt, mpmath.fsum


@cache
def derived(name: str) -> derive.Derivation:
    return OWN[name].derivation()


def test_there_are_twelve_and_none_has_a_file() -> None:
    assert len(OWN) == 12
    assert not set(OWN) & set(derive.FAMILIES)
    assert len(DERIVED) >= 9


@pytest.mark.parametrize("name", DERIVED)
def test_every_claim_is_proved(name: str) -> None:
    report = derived(name).check()
    open_steps = [
        (section.id, step.kind, step.before, step.after, verdict)
        for (section, step), verdict in zip(derived(name).steps(), report.verdicts, strict=True)
        if verdict.status not in ("proved", *NO_CLAIM, *OPEN.get((name, step.rule), ()))
    ]
    assert not open_steps
    assert report.summary["proved"] >= 12


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_derived_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(UnsupportedModelError) as caught:
        derived(name)
    assert REFUSED[name] in str(caught.value) and "\n" not in str(caught.value)


# Data: `draw` gives one observation (a row for an array, and what comes with it), `answer` the estimate by hand.

Rows = list[Any]


def half_normal(x: Rows) -> dict[str, Any]:
    """−N/s + Σx²/s³ = 0."""
    return {"s": sqrt(fsum(v**2 for v in x) / len(x))}


def borel(n: Rows) -> dict[str, Any]:
    """−Σn + Σ(n − 1)/μ = 0."""
    return {"mu": 1 - len(n) / fsum(n)}


def two_sided(x: Rows) -> dict[str, Any]:
    """N/a = Σ log(1 + |x|)."""
    return {"a": len(x) / fsum(log(1 + abs(v)) for v in x)}


def known_variation(x: Rows) -> dict[str, Any]:
    """c²μ² + x̄μ − (mean of x²) = 0, the positive root; c = 1/2."""
    first, second, c = fsum(x) / len(x), fsum(v**2 for v in x) / len(x), mpmath.mpf(1) / 2
    return {"m": 2 * second / (first + sqrt(first**2 + 4 * c**2 * second))}


CLOSED: dict[str, tuple[Callable[[random.Random], Any], Callable[[Rows], dict[str, Any]]]] = {
    "half_normal": (lambda r: abs(r.gauss(0, 2)), half_normal),
    "borel": (lambda r: r.choice([1, 1, 2, 3, 6]), borel),
    "two_sided_power": (lambda r: r.gauss(0, 3), two_sided),
    "known_variation": (lambda r: r.gauss(3, 2), known_variation),
}


def over(sum_or_not: sp.Expr, values: dict[sp.Expr, Any], size: int) -> Any:
    """An expression at concrete data, by SymPy's own doit."""
    unfolded = sum_or_not.subs(sp.Symbol("N", integer=True, positive=True), size).doit()
    return sp.N(unfolded.xreplace(values), 30)


def entries(base: sp.IndexedBase, rows: Rows) -> dict[sp.Expr, Any]:
    """x_i for scalars, t_{ik} for rows."""
    if isinstance(rows[0], tuple):
        return {base[i, k]: sp.sympify(v) for i, row in enumerate(rows, 1) for k, v in enumerate(row, 1)}
    return {base[i]: sp.sympify(v) for i, v in enumerate(rows, 1)}


def array_of(derivation: derive.Derivation, name: str) -> sp.IndexedBase:
    """The array of all observations of a name, as the derivation declares it."""
    (variable,) = (v for v in derivation.context.variables if v.name == name and v.rank and str(v.axes[0]) == "N")
    return variable.base


def hats(derivation: derive.Derivation) -> dict[str, sp.Expr]:
    """The estimates in closed form by the names of their parameters."""
    return {str(e.lhs).removesuffix("_hat"): e.rhs for e in derivation.results["estimate"].args if e.rhs != 0}


@pytest.mark.parametrize("name", CLOSED)
def test_the_closed_form_is_the_one_found_by_hand(name: str) -> None:
    draw, answer = CLOSED[name]
    rng = random.Random(name)
    rows = [draw(rng) for _ in range(SIZE)]
    derivation = derived(name)
    values = entries(array_of(derivation, OWN[name].data.name), rows) | {sp.Symbol("c", positive=True): sp.S.Half}
    found, expected = hats(derivation), answer([mpmath.mpf(v) for v in rows])
    assert found.keys() == expected.keys()
    for parameter, value in expected.items():
        assert float(over(found[parameter], values, SIZE)) == pytest.approx(float(value), rel=1e-12)


def test_the_rate_of_a_poisson_with_known_exposure() -> None:
    """Σ(n/λ − h) = 0."""
    derivation, rng = derived("exposed_poisson"), random.Random(1)
    counts, exposures = [rng.randint(0, 9) for _ in range(SIZE)], [rng.uniform(1, 5) for _ in range(SIZE)]
    values = entries(array_of(derivation, "n"), counts) | entries(array_of(derivation, "h"), exposures)
    found = over(hats(derivation)["lambda"], values, SIZE)
    assert float(found) == pytest.approx(sum(counts) / sum(exposures), rel=1e-12)


def test_allele_frequency_by_gene_counting() -> None:
    """Of 2N genes, those of AA twice and those of Aa once."""
    derivation = derived("hardy_weinberg")
    rows = [(1, 0, 0)] * 3 + [(0, 1, 0)] * 5 + [(0, 0, 1)] * 4
    found = over(hats(derivation)["q"], entries(array_of(derivation, "t"), rows), len(rows))
    assert found == sp.N(sp.Rational(2 * 3 + 5, 2 * 12), 30)


# Where there is no closed form: the equations must hold at the zero of a score written by hand.


def by_bisection(score: Callable[[Any], Any], low: float, high: float) -> Any:
    """The zero of a score between two values at which it has different signs."""
    return mpmath.findroot(score, (low, high), solver="anderson", tol=1e-28)


def log_series(n: Rows) -> dict[str, Any]:
    """Σn/θ = −N/((1 − θ) log(1 − θ))."""
    return {"theta": by_bisection(lambda t: fsum(n) / t + len(n) / ((1 - t) * log(1 - t)), 0.001, 0.999)}


def truncated(x: Rows) -> dict[str, Any]:
    """N/λ − Σx − N c/(e^{λc} − 1) = 0; c = 1."""
    return {"lambda": by_bisection(lambda v: len(x) / v - fsum(x) - len(x) / mpmath.expm1(v), 0.001, 60)}


def kumaraswamy(x: Rows) -> dict[str, Any]:
    """b = −N/Σ log(1 − x^a); then N/a + Σ log x − (b − 1) Σ x^a log x/(1 − x^a) = 0."""

    def b(a: Any) -> Any:
        return -len(x) / fsum(log(1 - v**a) for v in x)

    def score(a: Any) -> Any:
        pull = fsum(v**a * log(v) / (1 - v**a) for v in x)
        return len(x) / a + fsum(log(v) for v in x) - (b(a) - 1) * pull

    a = by_bisection(score, 0.05, 20)
    return {"a": a, "b": b(a)}


def lomax(x: Rows) -> dict[str, Any]:
    """a = N/Σ log(1 + x/s); then −N/s + (a + 1)/s · Σ x/(s + x) = 0."""

    def a(s: Any) -> Any:
        return len(x) / fsum(log(1 + v / s) for v in x)

    s = by_bisection(lambda s: -len(x) / s + (a(s) + 1) / s * fsum(v / (s + v) for v in x), 0.01, 50)
    return {"a": a(s), "s": s}


IMPLICIT: dict[str, tuple[Rows, Callable[[Rows], dict[str, Any]]]] = {
    "log_series": ([1, 1, 2, 1, 4, 9, 1], log_series),
    "truncated_exponential": ([0.1, 0.3, 0.05, 0.7, 0.2, 0.45, 0.15], truncated),
    "kumaraswamy": ([0.2, 0.35, 0.6, 0.55, 0.81, 0.4, 0.3], kumaraswamy),
    "lomax": ([0.1, 0.4, 25.0, 1.2, 0.3, 7.0, 90.0], lomax),
}


@pytest.mark.parametrize("name", IMPLICIT)
def test_the_score_equations_hold_where_those_found_by_hand_do(name: str) -> None:
    rows, answer = IMPLICIT[name]
    derivation, solved = derived(name), answer([mpmath.mpf(str(v)) for v in rows])
    exact = [sp.Rational(str(v)) for v in rows]
    values = entries(array_of(derivation, OWN[name].data.name), exact) | {sp.Symbol("c", positive=True): sp.S.One}
    equations = derivation.results["estimate"].args
    unknowns = {s for e in equations for s in e.free_symbols if str(s).endswith("_hat")}
    assert {str(s).removesuffix("_hat") for s in unknowns} == solved.keys()
    values |= {s: sp.Float(str(solved[str(s).removesuffix("_hat")]), 30) for s in unknowns}
    for equation in equations:
        left, right = (over(side, values, len(rows)) for side in equation.args)
        assert abs(left - right) < 1e-10
    nudged = values | {s: v * sp.Rational(11, 10) for s, v in values.items() if s in unknowns}
    assert any(abs(over(e.lhs - e.rhs, nudged, len(rows))) > 1e-3 for e in equations)


def test_bradley_terry_balances_games_won_and_games_expected() -> None:
    """Σ_i d_ij (y_i − 1/(1 + e^{−(r_first − r_second)})) for each player j."""
    derivation, rng = derived("bradley_terry"), random.Random(3)
    games = [(1, 2, 1), (2, 3, 0), (1, 3, 1), (3, 1, 1), (2, 1, 0)]
    strengths = [sp.Float(rng.uniform(-1, 1), 30) for _ in range(3)]
    inputs = [tuple(int(k == a) - int(k == b) for k in (1, 2, 3)) for a, b, _ in games]
    (equation,) = derivation.results["estimate"].args
    (hat,) = (base for base in equation.atoms(sp.IndexedBase) if str(base.label) == "r_hat")
    values = entries(array_of(derivation, "d"), inputs) | entries(array_of(derivation, "y"), [g[2] for g in games])
    values |= {hat[k]: s for k, s in enumerate(strengths, 1)}
    sizes = {sp.Symbol("N", integer=True, positive=True): len(games), sp.Symbol("K", integer=True, positive=True): 3}
    (free,) = (s for s in equation.lhs.free_symbols if str(s) in ("j", "k") and isinstance(s, sp.Symbol))
    for player in (1, 2, 3):
        found = sp.N(equation.lhs.subs(sizes | {free: player}).doit().xreplace(values), 30)
        by_hand = fsum(
            row[player - 1] * (won - 1 / (1 + exp(-(strengths[a - 1] - strengths[b - 1]))))
            for row, (a, b, won) in zip(inputs, games, strict=True)
        )
        assert abs(abs(float(found)) - abs(float(by_hand))) < 1e-12
