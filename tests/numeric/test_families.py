"""Every family as a loss: values against torch.distributions, derivatives of every input against differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import mpmath as mp
import pytest
import scipy.special
import sympy as sp
import torch
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck

import numeric
from derive.algebra.context import POSITIVE, REAL, UNIT, Domain, scalar
from derive.families import FAMILIES, KINDS, load
from derive.model import Link, Model

d: Any = torch.distributions
generator = torch.Generator().manual_seed(11)
ROWS = 6


def normal(*shape: int) -> Tensor:
    return torch.randn(shape or (ROWS,), dtype=torch.float64, generator=generator)


def within(low: float, high: float, *shape: int) -> Tensor:
    return low + (high - low) * torch.rand(shape or (ROWS,), dtype=torch.float64, generator=generator)


def counts(*shape: int) -> Tensor:
    return torch.randint(0, 7, shape or (ROWS,), generator=generator).double()


@dataclass(frozen=True)
class Case:
    """One way to call a family's loss, and −log p by somebody else in terms of the same arguments."""

    family: str
    target: Tensor
    density: Callable[..., Tensor]
    further: dict[str, Tensor] = field(default_factory=dict)
    known: dict[str, Tensor] = field(default_factory=dict)

    def __str__(self) -> str:
        return "-".join([self.family, *self.further])

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The first input, fixed by the family's name and shape, and the further ones; all leaves."""
        first = torch.linspace(-1.3, 1.9, self.target.numel(), dtype=torch.float64).reshape(self.target.shape)
        return tuple(t.clone().requires_grad_() for t in (first, *self.further.values()))

    def loss(self, form: str, **options: Any) -> Callable[..., Tensor]:
        """The loss of the inputs alone, one an observation."""
        function = getattr(made(self.family), form)

        def of(*inputs: Tensor) -> Tensor:
            further = dict(zip(self.further, inputs[1:], strict=True))
            given = {**self.known, **further, "reduction": "none", **options}
            return function(inputs[0], self.target, **given)  # type: ignore[no-any-return]

        return of


@cache
def made(name: str) -> numeric.Loss:
    return numeric.loss(name)


def maxwell(z: Tensor, x: Tensor) -> Tensor:
    return math.log(2 / math.pi) / 2 + 2 * x.log() - 3 * z - x**2 * torch.exp(-2 * z) / 2


def inverse_gaussian(z: Tensor, x: Tensor, log_concentration: Tensor) -> Tensor:
    shape, mean = torch.exp(log_concentration), torch.exp(z)
    return 0.5 * torch.log(shape / (2 * math.pi * x**3)) - shape * (x - mean) ** 2 / (2 * mean**2 * x)


def logistic(z: Tensor, x: Tensor, log_scale: Tensor) -> Tensor:
    steps = [d.SigmoidTransform().inv, d.AffineTransform(z, log_scale.exp())]
    found: Tensor = d.TransformedDistribution(d.Uniform(torch.zeros_like(z), 1.0), steps).log_prob(x)
    return found


def von_mises(z: Tensor, x: Tensor, log_concentration: Tensor) -> Tensor:
    concentration = log_concentration.exp()  # torch's own is a polynomial good to seven digits
    norm = torch.from_numpy(scipy.special.i0(concentration.detach().numpy()))
    return concentration * torch.cos(x - z) - torch.log(2 * math.pi * norm)


def multinomial(z: Tensor, x: Tensor) -> Tensor:
    rows = zip(z, x, strict=True)
    return torch.stack([d.Multinomial(int(b.sum()), logits=a).log_prob(b) for a, b in rows])


exp, sqrt = torch.exp, torch.sqrt
CASES = [
    Case("bernoulli", (counts() > 3).double(), lambda z, x: d.Bernoulli(logits=z).log_prob(x)),
    Case(
        "binomial",
        counts(),
        lambda z, x, total_count: d.Binomial(total_count, logits=z).log_prob(x),
        known={"total_count": torch.full((ROWS,), 9.0)},
    ),
    Case("multinomial", counts(ROWS, 4), multinomial),
    Case("geometric", counts() + 1, lambda z, x: d.Geometric(logits=z).log_prob(x - 1)),
    Case(
        "negative_binomial",
        counts(),
        lambda z, x, log_total_count: d.NegativeBinomial(exp(log_total_count), logits=-z).log_prob(x),
        {"log_total_count": normal()},
    ),
    Case("poisson", counts(), lambda z, x: d.Poisson(exp(z)).log_prob(x)),
    Case("gaussian", normal(), lambda z, x, var: d.Normal(z, sqrt(var)).log_prob(x), {"var": within(0.1, 3)}),
    Case("gaussian", normal(), lambda z, x, log_var: d.Normal(z, exp(log_var / 2)).log_prob(x), {"log_var": normal()}),
    Case("gaussian", normal(), lambda z, x: d.Normal(z, 1).log_prob(x)),
    Case(
        "laplace", normal(), lambda z, x, log_scale: d.Laplace(z, exp(log_scale)).log_prob(x), {"log_scale": normal()}
    ),
    Case(
        "student_t",
        normal(),
        lambda z, x, df, log_scale: d.StudentT(df, z, exp(log_scale)).log_prob(x),
        {"log_scale": normal()},
        {"df": torch.tensor(3.5, dtype=torch.float64)},
    ),
    Case("logistic", normal(), logistic, {"log_scale": normal()}),
    Case("gumbel", normal(), lambda z, x, log_scale: d.Gumbel(z, exp(log_scale)).log_prob(x), {"log_scale": normal()}),
    Case("exponential", within(0, 3), lambda z, x: d.Exponential(exp(z)).log_prob(x)),
    Case(
        "gamma",
        within(0.1, 3),
        lambda z, x, log_concentration: d.Gamma(exp(log_concentration), exp(z)).log_prob(x),
        {"log_concentration": normal()},
    ),
    Case(
        "weibull",
        within(0.1, 3),
        lambda z, x, log_concentration: d.Weibull(exp(z), exp(log_concentration)).log_prob(x),
        {"log_concentration": normal()},
    ),
    Case("rayleigh", within(0.1, 3), lambda z, x: d.Weibull(2**0.5 * exp(z), torch.full_like(z, 2)).log_prob(x)),
    Case("maxwell", within(0.1, 3), maxwell),
    Case(
        "lognormal",
        within(0.1, 3),
        lambda z, x, log_scale: d.LogNormal(z, exp(log_scale)).log_prob(x),
        {"log_scale": normal()},
    ),
    Case("inverse_gaussian", within(0.1, 3), inverse_gaussian, {"log_concentration": normal()}),
    Case(
        "pareto",
        within(3, 9),
        lambda z, x, log_scale: d.Pareto(exp(log_scale), exp(z)).log_prob(x),
        {"log_scale": within(0, 1)},
    ),
    Case("uniform", within(0, 0.1), lambda z, x: d.Uniform(torch.zeros_like(z), exp(z)).log_prob(x)),
    Case(
        "beta",
        within(0.1, 0.9),
        lambda z, x, log_concentration0: d.Beta(exp(z), exp(log_concentration0)).log_prob(x),
        {"log_concentration0": normal()},
    ),
    Case("von_mises", within(-3, 3), von_mises, {"log_concentration": 2 * normal()}),
    Case("dirichlet", torch.softmax(normal(ROWS, 4), 1), lambda z, x: d.Dirichlet(exp(z)).log_prob(x)),
    Case(
        "multivariate_gaussian",
        normal(ROWS, 3),
        lambda z, x, scale_tril: d.MultivariateNormal(z, scale_tril=scale_tril).log_prob(x),
        {"scale_tril": torch.tril(normal(ROWS, 3, 3), -1) + torch.diag_embed(within(0.3, 2, ROWS, 3))},
    ),
    Case("linear_regression", normal(), lambda z, x, var: d.Normal(z, sqrt(var)).log_prob(x), {"var": within(0.1, 3)}),
    Case("logistic_regression", (counts() > 3).double(), lambda z, x: d.Bernoulli(logits=z).log_prob(x)),
    Case("poisson_regression", counts(), lambda z, x: d.Poisson(exp(z)).log_prob(x)),
]
OF_CLASSES = {"categorical", "softmax_regression"}  # the layout of classes has tests of its own
PRIORS = set(KINDS["with a prior"])


def test_every_family_is_here() -> None:
    assert {c.family for c in CASES} | OF_CLASSES | PRIORS == set(FAMILIES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_value_is_that_of_torch(case: Case) -> None:
    inputs = case.inputs
    expected = -case.density(inputs[0], case.target, **case.known, **dict(zip(case.further, inputs[1:], strict=True)))
    slopes = torch.autograd.grad(expected.sum(), inputs, allow_unused=True)
    for form in ("fused", "plain"):
        found = case.loss(form, full=True)(*inputs)
        torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
        for ours, theirs in zip(torch.autograd.grad(found.sum(), inputs), slopes, strict=True):
            if theirs is not None and case.family != "von_mises":  # its reference is no function of torch
                torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("form", ["fused", "plain"])
def test_derivatives_agree_with_differences(case: Case, form: str) -> None:
    """First and second derivatives, forward and reverse mode, each alone and batched."""
    loss = case.loss(form)
    assert gradcheck(loss, case.inputs, check_forward_ad=True, check_batched_grad=True)
    assert gradgradcheck(loss, case.inputs, check_fwd_over_rev=True)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_function_transforms(case: Case) -> None:
    """vmap and grad over rows give what the whole batch gives; the fused Hessian is the plain one."""
    fused, plain = made(case.family).fused, made(case.family).plain
    known = {n: t.expand(ROWS) for n, t in case.known.items()}
    names = [*known, *case.further]

    def row(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def of(first: Tensor, target: Tensor, *others: Tensor) -> Tensor:
            return function(first, target, **dict(zip(names, others, strict=True)), reduction="sum")

        return of

    inputs = tuple(t.detach() for t in case.inputs)
    arguments = (inputs[0], case.target, *known.values(), *inputs[1:])
    each = torch.func.vmap(torch.func.grad(row(fused)))(*arguments)
    leaves = case.inputs
    (expected,) = torch.autograd.grad(case.loss("fused")(*leaves).sum(), leaves[:1])
    torch.testing.assert_close(each, expected, rtol=1e-13, atol=1e-14)
    ours, theirs = (torch.func.vmap(torch.func.hessian(row(f)))(*arguments) for f in (fused, plain))
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-10)


def test_arguments_broadcast_and_their_gradients_are_summed() -> None:
    input, target = normal(3, 4), normal(3, 4)
    loss = made("laplace")
    for shape in ((), (4,), (1, 4), (3, 1)):
        scale = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad(loss.fused(input, target, scale, reduction="sum"), scale)
        assert slope.shape == shape
        every = (1 - (input - target).abs()).sum_to_size(shape)
        torch.testing.assert_close(slope, every)
    torch.testing.assert_close(loss.fused(input, target, 0.0), loss.fused(input, target, torch.zeros(())))
    with pytest.raises(ValueError, match=r"log_scale must broadcast to the shape \(3, 4\) of input; found \(3,\)"):
        loss.fused(input, target, torch.zeros(3))


def test_one_parameter_in_several_ways() -> None:
    loss, input, target, var = made("gaussian"), normal(), normal(), within(0.1, 3)
    torch.testing.assert_close(loss.fused(input, target, var), loss.fused(input, target, log_var=var.log()))
    torch.testing.assert_close(loss.fused(input, target, 1.0), loss.fused(input, target))
    torch.testing.assert_close(2 * loss.fused(input, target), torch.nn.functional.mse_loss(input, target))
    torch.testing.assert_close(loss.module(full=True)(input, target, var), loss.fused(input, target, var, full=True))
    with pytest.raises(ValueError, match="give var or log_var or none of them"):
        loss.fused(input, target, var, log_var=var)


@pytest.mark.parametrize("name", ["bernoulli", "logistic_regression"])
def test_an_outcome_can_count_more(name: str) -> None:
    """pos_weight as in torch, with derivatives."""
    input, target, factor = normal(3, 4).requires_grad_(), within(0, 1, 3, 4), within(0.5, 4, 4)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(input, target, pos_weight=factor)
    (slope,) = torch.autograd.grad(expected, input)
    for form in (made(name).fused, made(name).plain):
        found = form(input, target, pos_weight=factor)
        torch.testing.assert_close(found, expected)
        torch.testing.assert_close(torch.autograd.grad(found, input)[0], slope)
        assert gradgradcheck(lambda z, f=form: f(z, target, pos_weight=factor, reduction="none"), (input,))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_computed_in_single(dtype: torch.dtype) -> None:
    input, scale, target = (t.to(dtype) for t in (normal(), normal(), normal()))
    found = made("student_t").fused(input, target, 3.0, scale, reduction="none")
    exact = made("student_t").fused(input.float(), target.float(), 3.0, scale.float(), reduction="none")
    assert found.dtype == dtype and torch.equal(found, exact.to(dtype))


@pytest.mark.parametrize("log_count", [-30.0, 0.0, 2.5, 3.0, 10.0, 30.0])
@pytest.mark.parametrize("form", ["fused", "plain"])
def test_counts_keep_their_digits_in_the_limit(log_count: float, form: str) -> None:
    """log Γ(r + x) − log Γ(r) is x log r where both are r log r: beside torch, fifty digits."""
    for count in (0, 1, 3, 40):
        logit, log_r = log_count - 1.25, torch.tensor([log_count], dtype=torch.float64, requires_grad=True)
        input = torch.tensor([logit], dtype=torch.float64, requires_grad=True)
        target = torch.tensor([float(count)], dtype=torch.float64)
        found = getattr(made("negative_binomial"), form)(input, target, log_r, reduction="sum")
        slopes = torch.autograd.grad(found, (input, log_r))
        with mp.workdps(50):
            theta, x = 1 / (1 + mp.exp(-mp.mpf(logit))), mp.mpf(count)

            def loss(s: Any, x: Any = x, theta: Any = theta) -> Any:
                return mp.loggamma(mp.exp(s)) - mp.loggamma(mp.exp(s) + x) - mp.exp(s) * mp.log(theta)

            r = mp.exp(mp.mpf(log_count))
            rest = -x * mp.log(1 - theta)
            exact = loss(mp.mpf(log_count)) + rest
            slope = r * (mp.digamma(r) - mp.digamma(r + x) - mp.log(theta))
            largest = max(abs(rest), x * abs(mp.log(r)), abs(r * mp.log(theta)), mp.mpf(10) ** -300)
            assert abs(found.item() - exact) <= 1e-14 * largest
            assert abs(slopes[1].item() - slope) <= 1e-14 * max(r * x / (r + 1), x / (1 + x), abs(r * mp.log(theta)))


def test_beyond_a_support_that_is_a_parameter_nothing_is_likely() -> None:
    zero, target = torch.zeros(3), torch.tensor([0.5, 1.0, 1.5])
    assert made("uniform").fused(zero, target, reduction="none").tolist() == [0, 0, math.inf]
    assert made("pareto").fused(zero, target, zero, reduction="none")[0] == math.inf


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("gaussian", (0.0, 1.0, -1.0), r"var must lie in \(0, inf\); found -1.0"),
        ("student_t", (0.0, 1.0, 0.0, 1.0), r"df must lie in \(0, inf\); found 0.0"),
        ("binomial", (0.0, 5.0, 4.0), r"target must lie in \[0, total_count\]; found 5.0"),
        ("poisson", (0.0, -1.0), r"target must lie in \[0, inf\); found -1.0"),
        ("uniform", (0.0, 2.0), r"target must lie in \[0, torch.exp\(input\)\]; found 2.0"),
        ("gamma", (math.nan, 2.0, 0.0), "input holds nan"),
    ],
)
def test_values_out_of_their_domain_are_told(name: str, arguments: tuple[float, ...], words: str) -> None:
    tensors = [torch.tensor([a]) for a in arguments]
    made(name).fused(*tensors)  # computed as written where nobody asks
    with pytest.raises(ValueError, match=words) as caught:
        made(name).fused(*tensors, validate_args=True)
    assert "\n" not in str(caught.value)


def test_a_simplex_is_asked_for_where_the_model_states_one() -> None:
    with pytest.raises(ValueError, match="with total 1"):
        made("dirichlet").fused(torch.zeros(1, 2), torch.tensor([[0.5, 0.6]]), validate_args=True)


@pytest.mark.parametrize("name", sorted(PRIORS))
def test_a_prior_is_no_part_of_a_loss(name: str) -> None:
    with pytest.raises(ValueError, match="use the family of its likelihood"):
        numeric.loss(name)


# --- a density of one's own ------------------------------------------------------------------------------------------

x, a, b = scalar("x", POSITIVE), scalar("a", POSITIVE), scalar("b", UNIT)
wicked = scalar("x); import os", REAL)
OWN = Model("own", a.base * sp.exp(-a.base * x.base), x, (a,))


def test_parameters_without_a_link_have_the_usual_one() -> None:
    kumaraswamy = Model(
        "kumaraswamy",
        a.base * sp.exp(-a.base * x.base) * b.base,  # no density: it need not be one here
        x,
        (a, b),
    )
    loss = numeric.loss(kumaraswamy)
    input, target, logit = normal(), within(0.1, 3), normal()
    found = loss.fused(input, target, logit, reduction="none")
    expected = -d.Exponential(exp(input)).log_prob(target) - torch.nn.functional.logsigmoid(logit)
    torch.testing.assert_close(found, expected)


def test_a_mixture_far_from_all_of_its_components() -> None:
    """Every term of the density underflows; the loss and its gradients do not."""
    one, two, share, y = scalar("m", REAL), scalar("h", REAL), scalar("p", UNIT), scalar("y", REAL)

    def bell(mean: Any) -> sp.Expr:
        return sp.exp(-((y.base - mean.base) ** 2) / 2) / sp.sqrt(2 * sp.pi)

    loss = numeric.loss(Model("mixture", share.base * bell(one) + (1 - share.base) * bell(two), y, (one, two, share)))
    inputs = [normal().requires_grad_() for _ in range(3)]
    target = normal()
    assert gradcheck(lambda m, h, p: loss.fused(m, target, h, p, reduction="none"), inputs, check_forward_ad=True)
    assert gradgradcheck(lambda m, h, p: loss.fused(m, target, h, p), inputs)
    for far in (1.0, 100.0, 1e4):
        found = loss.fused(inputs[0], far * target, *inputs[1:])
        components = torch.stack([torch.logit(torch.sigmoid(inputs[2])), torch.zeros_like(target)])
        weights = torch.log_softmax(components, 0)
        bells = torch.stack([-((far * target - mean) ** 2) / 2 for mean in inputs[:2]])
        expected = -torch.logsumexp(weights + bells, 0).mean() + math.log(2 * math.pi) / 2
        torch.testing.assert_close(found, expected, rtol=1e-12, atol=0)
        slopes = (torch.autograd.grad(value, inputs, retain_graph=True) for value in (found, expected))
        torch.testing.assert_close(*slopes, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (replace(OWN, further=(Link("exp", a, wicked, (), sp.exp(wicked.base)),)), "cannot be a name"),
        (replace(OWN, further=(Link("unit", a, a, (), sp.S.One),)), "no parameter of model 'own' is given"),
        (replace(OWN, density=sp.erfc(x.base * a.base)), "no graph for erfc"),
        (replace(OWN, parameters=(scalar("a", Domain("above 2", sp.Integer(2))),)), "states no link for a"),
    ],
)
def test_models_that_cannot_be_losses_are_refused_in_a_line(model: Model, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        numeric.loss(model)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["x); import os", "weight", "loss", "torch", "lambda", "_like", "target"])
def test_wicked_names_never_reach_the_source(name: str) -> None:
    second = scalar(name, REAL)
    density = sp.exp(-((x.base - second.base) ** 2)) * a.base
    two = Model("two", density, x, (a, second), further=(Link("identity", second, second, (), second.base),))
    with pytest.raises(ValueError, match="cannot be"):
        numeric.loss(two)


def test_every_model_loads() -> None:
    for name in set(FAMILIES) - PRIORS:
        assert made(name).model.name == load(name).name
