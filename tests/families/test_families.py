"""Every family states what it says: a density that adds up to 1, equal to scipy's, in few lines and two languages."""

from __future__ import annotations

import ast
import dataclasses
import math
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy as sp
from scipy import stats

import derive
from derive.algebra.context import COUNT, Domain
from derive.families import FAMILIES, KINDS, load
from derive.model import Link, Model
from tests.families.numbers import (
    SIZE,
    Values,
    compositions,
    draw,
    entries,
    function,
    one_hot,
    simplex_total,
    total,
    world,
)

FOLDER = Path(derive.__file__).parent / "families"

#: Its data are vectors of the space and its parameter a matrix: its density is tested with the matrices.
MATRIX = {"multivariate_gaussian"}
PLAIN = [name for name in FAMILIES if name not in MATRIX]


def linear(p: dict[str, Any], row: int | None = None) -> float:
    """Σ_d w_d x_d."""
    weights = p["w"] if row is None else p["w"][row * SIZE : (row + 1) * SIZE]
    return float(sum(w * x for w, x in zip(weights, p["x"], strict=True)))


def softmax(p: dict[str, Any]) -> list[float]:
    """The probabilities of a softmax regression."""
    raw = [math.exp(linear(p, row)) for row in range(SIZE)]
    return [r / sum(raw) for r in raw]


def sigmoid(z: float) -> float:
    """1/(1 + e^−z)."""
    return 1 / (1 + math.exp(-z))


#: Where an integral is cut: far to the left a Gumbel density is exp(−exp(…)), and mpmath takes for ever.
SHORT = {"gumbel": Domain("from -100", lower=sp.Integer(-100))}

#: The distribution that scipy has for each family, from the values of its parameters, known constants and inputs.
SCIPY: dict[str, Callable[[dict[str, Any]], Any]] = {
    "bernoulli": lambda p: stats.bernoulli(p["theta"]),
    "binomial": lambda p: stats.binom(p["n"], p["theta"]),
    "categorical": lambda p: stats.multinomial(1, p["y"]),
    "multinomial": lambda p: stats.multinomial(p["n"], p["y"]),
    "geometric": lambda p: stats.geom(p["theta"]),
    "negative_binomial": lambda p: stats.nbinom(p["r"], p["theta"]),
    "poisson": lambda p: stats.poisson(p["lambda"]),
    "exponential": lambda p: stats.expon(scale=1 / p["lambda"]),
    "gamma": lambda p: stats.gamma(p["alpha"], scale=1 / p["beta"]),
    "inverse_gaussian": lambda p: stats.invgauss(p["mu"] / p["lambda"], scale=p["lambda"]),
    "beta": lambda p: stats.beta(p["alpha"], p["beta"]),
    "dirichlet": lambda p: stats.dirichlet(p["alpha"]),
    "gaussian": lambda p: stats.norm(p["mu"], p["sigma"]),
    "lognormal": lambda p: stats.lognorm(p["sigma"], scale=math.exp(p["mu"])),
    "laplace": lambda p: stats.laplace(p["mu"], p["b"]),
    "student_t": lambda p: stats.t(p["nu"], p["mu"], p["sigma"]),
    "logistic": lambda p: stats.logistic(p["mu"], p["s"]),
    "gumbel": lambda p: stats.gumbel_r(p["mu"], p["beta"]),
    "weibull": lambda p: stats.weibull_min(p["c"], scale=p["lambda"]),
    "rayleigh": lambda p: stats.rayleigh(scale=p["sigma"]),
    "maxwell": lambda p: stats.maxwell(scale=p["sigma"]),
    "pareto": lambda p: stats.pareto(p["alpha"], scale=p["m"]),
    "uniform": lambda p: stats.uniform(0, p["theta"]),
    "von_mises": lambda p: stats.vonmises(p["kappa"], p["mu"]),
    "linear_regression": lambda p: stats.norm(linear(p), p["sigma"]),
    "logistic_regression": lambda p: stats.bernoulli(sigmoid(linear(p))),
    "softmax_regression": lambda p: stats.multinomial(1, softmax(p)),
    "poisson_regression": lambda p: stats.poisson(math.exp(linear(p))),
    "beta_bernoulli": lambda p: stats.bernoulli(p["theta"]),
    "dirichlet_categorical": lambda p: stats.multinomial(1, p["y"]),
    "normal_gaussian": lambda p: stats.norm(p["mu"], p["sigma"]),
}

#: The prior in scipy's terms.
PRIORS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "beta_bernoulli": lambda p: stats.beta(p["a"], p["b"]),
    "dirichlet_categorical": lambda p: stats.dirichlet(p["alpha"]),
    "normal_gaussian": lambda p: stats.norm(p["m"], p["tau"]),
}


def plain(model: Model, values: Values) -> dict[str, Any]:
    """The values by name, as Python numbers; an array is a flat list."""
    numbers: dict[str, Any] = {}
    for variable in (*model.known, *model.given, *model.parameters):
        row = [int(values[e]) if values[e].is_Integer else float(values[e]) for e in entries(variable)]
        numbers[variable.name] = row if variable.axes else row[0]
    return numbers


def rows(model: Model, values: Values, rng: random.Random) -> list[tuple[Any, ...]]:
    """All values of discrete data that are arrays; some random ones of other data."""
    if model.data.axes and model.data.domain == COUNT:
        (n,) = model.known
        return list(compositions(int(values[n.base]), SIZE))
    if model.data.axes and model.data.domain.integer:
        return list(one_hot(SIZE))
    drawn = [tuple(draw(model.data.domain, rng, values) for _ in entries(model.data)) for _ in range(6)]
    return [tuple(d / sum(row) for d in row) for row in drawn] if model.data.axes else drawn


def mass(distribution: Any, row: tuple[Any, ...]) -> float:
    """scipy's probability (density) at a point."""
    point = [float(r) for r in row] if len(row) > 1 else float(row[0])
    return float((distribution.pmf if hasattr(distribution, "pmf") else distribution.pdf)(point))


@pytest.mark.parametrize("name", PLAIN)
def test_a_density_is_that_of_scipy_and_adds_up_to_one(name: str) -> None:
    model, rng = load(name), random.Random(name)
    for _ in range(2):
        values = world(model, rng)
        density = function(model.density, entries(model.data), values)
        points, reference = rows(model, values, rng), SCIPY[name](plain(model, values))
        for row in points:
            numbers = [mpmath.mpf(str(r)) for r in row]
            assert float(density(*numbers)) == pytest.approx(mass(reference, row), rel=1e-9, abs=1e-300)
        if not model.data.axes:
            whole = total(density, SHORT.get(name, model.data.domain), values)
        elif model.data.domain.integer:
            whole = mpmath.fsum(density(*row) for row in points)
        else:
            whole = simplex_total(density)
        assert float(whole) == pytest.approx(1, rel=1e-8)


@pytest.mark.parametrize("name", PRIORS)
def test_a_prior_is_that_of_scipy(name: str) -> None:
    model, rng = load(name), random.Random(name)
    values = world(model, rng)
    (parameter,) = model.parameters
    assert model.prior is not None
    prior = function(model.prior, entries(parameter), {k: v for k, v in values.items() if k not in entries(parameter)})
    row = tuple(values[e] for e in entries(parameter))
    expected = mass(PRIORS[name](plain(model, values)), row)
    assert float(prior(*(mpmath.mpf(str(r)) for r in row))) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_declares_and_names_everything_it_uses(name: str) -> None:
    model = load(name)
    assert model.name == name
    variables = [model.data, *model.parameters, *model.known, *model.given]
    inputs = [model.link.input] if model.link else []
    names = {v.name for v in (*variables, *inputs)} | {s.name for s in model.sizes}
    assert set(model.words) == names
    for words in (model.title, *model.words.values()):
        assert set(words) == {"en", "ja"}
        assert all(words.values())
        assert re.search(r"[぀-ヿ一-鿿]", words["ja"]), words  # kana or kanji
    known = {v.base.label if v.axes else v.base for v in variables} | set(model.sizes)
    for expr in (model.density, model.prior or sp.S.One):
        assert {s for s in expr.free_symbols if not isinstance(s, (sp.Indexed, sp.IndexedBase))} <= known


@pytest.mark.parametrize("name", PLAIN)
def test_a_link_reaches_the_domain_of_its_parameter(name: str) -> None:
    link = load(name).link
    if link is None:
        return
    rng = random.Random(name)
    inputs: Values = {sp.Symbol("K", integer=True, positive=True): sp.Integer(SIZE)}
    inputs |= {e: sp.Float(rng.uniform(-5, 5)) for e in entries(link.input)}
    first = dict.fromkeys(link.indices, sp.S.One)
    value = sp.N(link.inverse.subs(first | {k: v for k, v in inputs.items() if k.is_Symbol}).doit().xreplace(inputs))
    assert link.parameter.domain.lower <= value <= link.parameter.domain.upper


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_file_is_small_and_only_states(name: str) -> None:
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    assert not re.search(
        r"estimat|score|loss|gradient|likelihood|hessian|fisher|maximi[sz]|_hat|推定|損失|勾配|尤度", text, re.I
    )
    tree = ast.parse(text)
    assert (ast.get_docstring(tree) or "").count("Source: ") == 1
    called = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & {"diff", "solve", "subs", "simplify", "Derivative", "sympify", "doit"}


def test_the_table_of_contents_lists_each_file_once() -> None:
    files = {p.stem for p in FOLDER.glob("*.py")} - {"__init__"}
    assert files == set(FAMILIES)
    assert len(FAMILIES) == len(set(FAMILIES)) == sum(map(len, KINDS.values()))


def test_a_family_states_by_these_fields_only() -> None:
    stated = {"name", "density", "data", "parameters", "sizes", "constraints", "data_facts"}
    stated |= {"known", "given", "prior", "link", "further", "title", "words"}
    assert {f.name for f in dataclasses.fields(Model)} == stated
    assert {f.name for f in dataclasses.fields(Link)} == {"name", "parameter", "input", "indices", "inverse"}
