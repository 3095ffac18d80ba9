"""How parameters are given: stated links, usual ones, predictors, constants under other names."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

import derive
from derive.algebra.context import POSITIVE, REAL, UNIT, array, index, scalar, size
from derive.model import Link, Model
from derive.strategy.links import usual_link, ways, with_predictor
from derive.strategy.loss import linked_loss, linked_losses, weighted_outcomes

x, a, p, m = scalar("x", POSITIVE), scalar("a", POSITIVE), scalar("p", UNIT), scalar("m", REAL)
OWN = Model("own", a.base * sp.exp(-a.base * x.base) * p.base * m.base**2, x, (a, p, m))


def test_each_way_to_give_a_parameter_is_a_loss() -> None:
    losses = linked_losses(derive.load("gaussian"))
    assert [[entry.name for entry in one.inputs] for one in losses] == [
        ["input", "var"],
        ["input", "log_var"],
        ["input"],
    ]
    assert {one.constant for one in losses} == {(sp.log(2) + sp.log(sp.pi)) / 2}
    datum, z = losses[2].target.base, losses[2].input.base
    assert losses[2].loss == (datum - z) ** 2 / 2 and [link.name for link in losses[2].fixed] == ["unit"]
    assert all(len(one.gradients) == len(one.inputs) for one in losses)


def test_the_usual_links_reach_the_whole_domain() -> None:
    (links,) = ways(OWN)
    assert [link.name for link in links] == ["exp", "sigmoid", "identity"]
    assert [link.input.name for link in links] == ["z", "logit_p", "m"]
    k = size("K")
    shares = array("y", [k], UNIT)
    simplex = replace(derive.load("categorical"), link=None)
    assert usual_link(simplex.parameters[0], simplex, True).name == "softmax"
    assert usual_link(shares, simplex, False).input.name == "logit_y"


def test_a_name_that_is_taken_is_told() -> None:
    taken = Model("own", OWN.density, x, (a, p, m), known=(scalar("logit_p", REAL),))
    with pytest.raises(ValueError, match="uses the name logit_p, which the input for p would have"):
        linked_losses(taken)


def test_a_weighted_sum_of_features_is_one_parameter() -> None:
    whole = with_predictor(derive.load("softmax_regression"))
    assert [v.name for v in whole.parameters] == ["eta"] and not whole.given
    by_logits, categorical = linked_loss(derive.load("softmax_regression")), linked_loss(derive.load("categorical"))
    assert by_logits.gradient == categorical.gradient
    assert str(linked_loss(derive.load("poisson_regression")).loss) == "-y*z + exp(z)"


def test_features_outside_their_sum_are_refused() -> None:
    linear = derive.load("poisson_regression")
    (features,), (weights,) = linear.given, linear.parameters
    d = index("d")
    more = linear.density * sp.exp(-(features.base[1] ** 2))
    with pytest.raises(ValueError, match="uses x outside the weighted sum"):
        linked_losses(replace(linear, density=more))
    squares = sp.exp(-sp.Sum(weights.base[d] * features.base[d] ** 2, (d, 1, size("D"))))
    with pytest.raises(ValueError, match="no single weighted sum of x"):
        linked_losses(replace(linear, density=squares))


def test_constants_under_a_callers_names() -> None:
    assert [v.name for v in linked_loss(derive.load("student_t")).known] == ["df"]
    assert [v.name for v in linked_loss(derive.load("binomial")).known] == ["total_count"]
    multinomial = linked_loss(derive.load("multinomial"))  # its n is the sum of the counts
    assert (
        not multinomial.known and sp.Symbol("n", integer=True, positive=True) not in multinomial.constant.free_symbols
    )


def test_an_outcome_that_counts_more_is_the_same_loss_where_it_counts_once() -> None:
    plain = linked_loss(derive.load("bernoulli"))
    weighted = weighted_outcomes(plain)
    assert weighted is not None
    (weight,) = weighted.known
    for outcome in (0, 1):
        at = {plain.target.base: outcome, weight.base: 1}
        assert sp.simplify(weighted.loss.xreplace(at) - plain.loss.xreplace(at)) == 0
        assert sp.simplify(weighted.gradient.xreplace(at) - plain.gradient.xreplace(at)) == 0
    assert weighted_outcomes(linked_loss(derive.load("poisson"))) is None


@pytest.mark.parametrize("name", ["beta_bernoulli", "dirichlet_categorical", "normal_gaussian"])
def test_a_prior_is_refused_with_the_way_out(name: str) -> None:
    with pytest.raises(ValueError, match="use the family of its likelihood") as caught:
        linked_losses(derive.load(name))
    assert "\n" not in str(caught.value)


def test_a_model_without_inputs_is_refused() -> None:
    fixed = Model("own", a.base * sp.exp(-a.base * x.base), x, (a,), further=(Link("unit", a, a, (), sp.S.One),))
    with pytest.raises(ValueError, match="no parameter of model 'own' is given by an input"):
        linked_losses(fixed)


def test_the_derivative_by_a_cholesky_factor() -> None:
    """Against differences of the matrices written out, for two dimensions."""
    linked = linked_loss(derive.load("multivariate_gaussian"))
    factor = sp.Matrix([[sp.Rational(3, 2), 0], [sp.Rational(-2, 5), sp.Rational(7, 10)]])
    off = sp.Matrix([sp.Rational(1, 3), sp.Rational(-5, 4)])
    entries = sp.Matrix(2, 2, lambda j, k: sp.Symbol(f"l{j}{k}"))
    there = dict(zip(entries, factor, strict=True))
    sigma = entries * entries.T
    loss = sp.log(sigma.det()) / 2 + (off.T * sigma.inv() * off)[0] / 2
    inverse = sigma.inv()
    j, k = linked.indices

    def written(expr: sp.Expr, at: dict[sp.Symbol, int]) -> sp.Expr:
        """The derived gradient with its sums over two positions written out."""
        from derive.algebra.matrices import InverseEntry

        if isinstance(expr, sp.Sum):
            total = sp.S.Zero
            (bound, _, _), *rest = expr.limits
            inner = sp.Sum(expr.function, *rest) if rest else expr.function
            for place in (1, 2):
                total += written(inner, {**at, bound: place})
            return total
        if isinstance(expr, InverseEntry):
            return inverse[at[expr.row] - 1, at[expr.column] - 1]
        if isinstance(expr, sp.Indexed):
            places = tuple(at[i] - 1 for i in expr.indices)
            name = str(expr.base.label)
            return entries[places] if name == "scale_tril" else off[places[0]] if name == "x" else sp.S.Zero
        return expr.func(*(written(part, at) for part in expr.args)) if expr.args else expr

    for row, column in ((1, 1), (2, 1), (2, 2)):
        derived = written(linked.gradients[1], {j: row, k: column}).xreplace(there)
        expected = loss.diff(entries[row - 1, column - 1]).xreplace(there)
        assert sp.nsimplify(derived) == sp.nsimplify(expected)
