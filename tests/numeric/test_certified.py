"""Certified truth against another arithmetic: densities in many digits of mpmath, slopes by differences."""

from __future__ import annotations

from itertools import product

import mpmath as mp
import pytest
import sympy as sp
import torch
from flint import arb, ctx

from derive.algebra.context import REAL, array, index, scalar, size
from derive.algebra.matrices import Det, InverseEntry, matrix
from derive.families import FAMILIES, load
from derive.model import Link, Model
from derive.strategy.loss import linked_losses
from numeric.validation.certified import Question, Truth, inside, truth
from numeric.validation.evaluating import Arrays, Evaluator
from numeric.validation.magnitude import largest_term
from numeric.validation.questions import observation, question
from numeric.validation.ulp import FORMATS

DOUBLE = FORMATS["float64"]
INPUTS = (0.3, -0.7, 1.1)
#: Observations that are not just 0.3, by family.
DATA = {"multinomial": (2.0, 0.0, 3.0), "dirichlet": (0.25, 0.5, 0.25), "pareto": 5.0}


def asked_of(name: str) -> list[Question]:
    model = load(name)
    if model.prior is not None:
        return []
    try:
        return [question(model, derived) for derived in linked_losses(model)]
    except ValueError:
        return []


def placed(asked: Question) -> tuple[dict[tuple[str, int], dict[tuple[int, ...], float]], dict[str, int]]:
    """One observation: three entries along each axis."""
    data = asked.model.data
    inputs = []
    for i, shown in enumerate(asked.shown):
        numbers = [abs(v) if shown.domain.lower == 0 else v for v in INPUTS]
        whole = torch.tensor([numbers] if shown.rank < 2 else [torch.eye(3).tolist()], dtype=torch.float64)
        inputs.append(whole if shown.axes else whole[:, i])
    known = [torch.tensor([5.0], dtype=torch.float64) for _ in asked.known]
    ordinary: object = 0.3
    if data.axes:
        ordinary = (0.0, 1.0, 0.0)
    elif data.domain.integer:
        ordinary = 1.0 if data.domain.upper == 1 else 3.0
    target = torch.tensor([DATA.get(asked.model.name, ordinary)], dtype=torch.float64)
    return observation(asked, inputs, known, target, 0)


def in_digits(asked: Question, arrays: Arrays, sizes: dict[str, int]) -> mp.mpf:
    """−log p by SymPy's own expansion of the density, in mpmath."""
    whole = {s: sp.Integer(sizes[s.name]) for s in asked.model.sizes}
    density = asked.model.density.xreplace(whole).doit()
    for link in asked.links:
        inverse = link.inverse.xreplace(whole).doit()
        heads = [link.parameter.base]
        if link.indices:
            heads = [link.parameter.base[i] for i in product((1, 2, 3), repeat=link.parameter.rank)]
        for head in heads:
            places = dict(zip(link.indices, getattr(head, "indices", ()), strict=True))
            density = density.xreplace({head: inverse.xreplace(places)})
    values = {}
    for symbol in density.free_symbols | density.atoms(sp.Indexed):
        indices = tuple(map(int, getattr(symbol, "indices", ())))
        name = str(getattr(symbol, "base", symbol))
        if (name, len(indices)) in arrays and not isinstance(symbol, sp.IndexedBase):
            values[symbol] = arrays[name, len(indices)][indices]
    dummies = [sp.Dummy(f"v{i}") for i in range(len(values))]
    call = sp.lambdify(dummies, density.xreplace(dict(zip(values, dummies, strict=True))), "mpmath")
    return -mp.log(call(*map(mp.mpf, values.values())))


def digits(ball: arb) -> mp.mpf:
    return mp.mpf(ball.mid().str(60, radius=False))


CASES = [(name, i) for name in FAMILIES for i in range(len(asked_of(name))) if not load(name).given]


@pytest.mark.parametrize(("name", "way"), [c for c in CASES if c[0] != "multivariate_gaussian"])
def test_truth_of_every_family(name: str, way: int) -> None:
    asked = asked_of(name)[way]
    arrays, sizes = placed(asked)
    assert inside(asked, arrays, sizes)
    found = truth(asked, arrays, sizes, DOUBLE)
    with mp.workdps(60):
        assert abs(digits(found.whole.ball) - in_digits(asked, arrays, sizes)) < mp.mpf(10) ** -30
        step = mp.mpf(10) ** -20
        for variable, slopes in zip(asked.inputs, found.gradients, strict=True):
            for (place, number), slope in zip(arrays[variable.key].items(), slopes, strict=True):
                ends = []
                for moved in (mp.mpf(number) + step, mp.mpf(number) - step):
                    ends.append(
                        in_digits(asked, {**arrays, variable.key: {**arrays[variable.key], place: moved}}, sizes)
                    )
                assert abs((ends[0] - ends[1]) / (2 * step) - digits(slope.ball)) < mp.mpf(10) ** -30


@pytest.mark.parametrize("name", [n for n in FAMILIES if load(n).given])
def test_a_regression_is_its_family_at_the_weighted_sum(name: str) -> None:
    """With one feature that is 1 the weighted sum is the input: the same truth as for the family without features."""
    alike = {"linear_regression": "gaussian", "logistic_regression": "bernoulli"}
    family = alike.get(name, name.removesuffix("_regression").replace("softmax", "categorical"))
    for asked, other in zip(asked_of(name), asked_of(family), strict=True):
        found = truth(asked, *placed(asked), DOUBLE)
        expected = truth(other, *placed(other), DOUBLE)
        pairs = zip(
            (found.whole, *sum(found.gradients, ())), (expected.whole, *sum(expected.gradients, ())), strict=True
        )
        for ours, theirs in pairs:
            assert ours.ball.overlaps(theirs.ball) and float(abs(ours.ball - theirs.ball).abs_upper()) < 1e-17


def test_matrices_by_their_cholesky_factor() -> None:
    """log det Σ and the distance, with slopes by the factor, against the same worked out by hand for two dimensions."""
    D = size("D")
    a, b, c, d, e = map(index, "abcde")
    sigma, factor, x = array("S", [D, D], REAL), array("L", [D, D], REAL), array("x", [D], REAL)
    form = sp.Sum(x.base[d] * InverseEntry(matrix(sigma), d, e) * x.base[e], (e, 1, D), (d, 1, D))
    product_ = sp.Sum(factor.base[a, c] * factor.base[b, c], (c, 1, D))
    arrays: Arrays = {("L", 2): {(1, 1): 2.0, (1, 2): 0.0, (2, 1): 0.5, (2, 2): 3.0}, ("x", 1): {(1,): 1.0, (2,): -2.0}}
    with ctx.workprec(128):
        evaluate = Evaluator([Link("factor", sigma, factor, (a, b), product_)], [factor], arrays, {"D": 2})
        found = evaluate(form, {})
        log_det = evaluate.log(Det(matrix(sigma)), {})
    # L⁻¹x = (1/2, (−2 − 1/4)/3) = (1/2, −3/4), so the form is 1/4 + 9/16; ∂/∂L = −2 Σ⁻¹ x (L⁻¹x)ᵀ
    assert found.value.overlaps(arb(13) / 16) and float(found.value.rad()) < 1e-30
    # Σ⁻¹x = L⁻ᵀ(1/2, −3/4) = ((1/2 + 1/8)/2, −1/4) = (5/16, −1/4)
    for place, exact in {(1, 1): -5 / 16, (2, 1): 1 / 4, (2, 2): -3 / 8}.items():
        assert float(found.slopes[0, place].mid()) == exact
    assert log_det.value.overlaps(arb(36).log())
    assert float(log_det.slopes[0, (1, 1)].mid()) == 1.0 and abs(float(log_det.slopes[0, (2, 1)].mid())) < 1e-30


def scalar_truth(density: sp.Expr, x: float, z: float) -> Truth:
    """The truth for a density in x and z of one's own."""
    data, z_ = scalar("x", REAL), scalar("z", REAL)
    model = Model(name="own", density=density, data=data, parameters=(z_,))
    asked = Question(model, (), (z_,), (z_,), ("input",), (), ((),), -sp.log(density), sp.S.Zero, (sp.S.Zero,))
    return truth(asked, {("x", 0): {(): x}, ("z", 0): {(): z}}, {}, DOUBLE)


X, Z = scalar("x", REAL).base, scalar("z", REAL).base


def test_kinks_and_pieces() -> None:
    """|x − z| has slope 0 where it is 0, and pieces are chosen by what is certain."""
    kinked = scalar_truth(sp.exp(-sp.Abs(X - Z)), 0.1, 0.1)
    assert kinked.value.ball == 0 and kinked.gradients[0][0].ball == 0
    close = scalar_truth(sp.exp(-sp.Abs(X - Z)), 0.1, 0.1 + 2**-55)
    assert float(close.gradients[0][0].ball.mid()) in (1.0, -1.0) or close.value.ball == 0
    huber = sp.exp(-sp.Piecewise(((X - Z) ** 2 / 2, sp.Abs(X - Z) < 1), (sp.Abs(X - Z) - sp.Rational(1, 2), True)))
    assert float(scalar_truth(huber, 0.25, 0.75).gradients[0][0].ball.mid()) == 0.5
    assert float(scalar_truth(huber, 0.25, 3.25).gradients[0][0].ball.mid()) == 1.0
    greatest = scalar_truth(sp.exp(-sp.Max(Z**2, 2 * Z)), 0.0, 3.0)
    assert float(greatest.value.ball.mid()) == 9.0 and float(greatest.gradients[0][0].ball.mid()) == 6.0


def test_what_no_precision_decides_is_told() -> None:
    with pytest.raises(ArithmeticError, match="no certified value of own"):
        scalar_truth(X - X + 0 * Z + sp.S.Zero, 1.0, 2.0)


@pytest.mark.parametrize(
    ("expr", "largest"),
    [
        (X - Z, 2.0),  # a difference of inputs is rounded once
        (X - sp.exp(Z), None),  # of what was computed it is not
        (3 * (X**2 - Z**3), 3 * 125.0),
        ((X**2 - Z**3) ** 2, 2 * 100 * 125.0),
        ((X**2 - Z**3) ** -1, 0.01),
        (sp.exp(X - Z), None),
    ],
)
def test_the_largest_term(expr: sp.Expr, largest: float | None) -> None:
    arrays: Arrays = {("x", 0): {(): 5.0}, ("z", 0): {(): 5.0 if expr.has(Z**3) else 3.0}}
    with ctx.workprec(128):
        found = largest_term(Evaluator([], [], arrays, {}), expr, {})
    if largest is None:
        largest = float(sp.exp(3).evalf()) if expr.is_Add else float(sp.exp(2).evalf())
    assert float(found.mid()) == pytest.approx(largest, rel=1e-15)


def test_ends_of_the_support_that_are_parameters() -> None:
    (asked,) = asked_of("uniform")
    for x, expected in ((2.0, True), (0.0, True), (3.0, False), (-1e-300, False)):
        arrays: Arrays = {("x", 0): {(): x}, asked.inputs[0].key: {(): 1.0}}
        assert inside(asked, arrays, {}) == expected
