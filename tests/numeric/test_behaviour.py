"""What torch expects of a loss, for every family that exports: transforms, formats, shapes, reductions, edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd import gradcheck

import numeric
from derive.families import FAMILIES, load
from numeric.validation.answers import Answered, answered
from numeric.validation.batching import Batch
from numeric.validation.certified import Question
from numeric.validation.run import further, questions_of
from numeric.validation.torchs_own import BUILTIN
from numeric.validation.ulp import FORMATS

DOUBLE = FORMATS["float64"]
ROWS = 12


@dataclass(frozen=True)
class Case:
    """A way to call a family's loss, with an ordinary batch of it in double precision."""

    name: str
    way: int

    @property
    def asked(self) -> Question:
        return questions_of(load(self.name))[self.way]

    @property
    def answered(self) -> Answered:
        """The first batch: every input between ±1."""
        found = answered(self.asked, 0, DOUBLE, ROWS, 0)
        assert found is not None
        return found

    @property
    def batch(self) -> Batch:
        return self.answered.batch

    def call(self, form: str = "fused", dtype: torch.dtype | None = None, **options: Any) -> Callable[..., Tensor]:
        """The loss as a function of its inputs, in their order; the rest of the batch is put in."""
        batch = self.batch
        fixed = [t.to(dtype) if dtype and t.is_floating_point() else t for t in (batch.target, *batch.known)]
        names, call = further(self.asked), getattr(made(self.name), form)

        def loss(*inputs: Tensor) -> Tensor:
            named = dict(zip(names, (*inputs[1:], *fixed[1:]), strict=True))
            found: Tensor = call(inputs[0], fixed[0], **named, **options)
            return found

        return loss


@cache
def made(name: str) -> numeric.Loss:
    return numeric.loss(name)


def exported() -> list[Any]:
    """Every way to call every family's loss; one that does not export yet is skipped with the reason."""
    found = []
    for name in FAMILIES:
        if load(name).prior is not None:
            continue
        try:
            made(name)
            ways = range(len(questions_of(load(name))))
        except ValueError as error:
            found.append(pytest.param(Case(name, 0), id=name, marks=pytest.mark.skip(reason=str(error))))
            continue
        found += [pytest.param(Case(name, i), id=f"{name}-{i}" if len(ways) > 1 else name) for i in ways]
    return found


CASES = exported()
every = pytest.mark.parametrize("case", CASES)


def leaves(batch: Batch, dtype: torch.dtype = torch.float64) -> list[Tensor]:
    return [t.detach().to(dtype).clone().requires_grad_() for t in batch.inputs]


def slopes(value: Tensor, inputs: list[Tensor]) -> list[Tensor]:
    found = torch.autograd.grad(value.sum(), inputs, allow_unused=True)
    return [torch.zeros_like(at) if g is None else g for g, at in zip(found, inputs, strict=True)]


@every
def test_fused_and_plain_agree(case: Case) -> None:
    """The value, the closed-form gradient against autograd's of the plain form, every reduction, the module."""
    for reduction in ("none", "sum", "mean"):
        results = []
        for form in ("fused", "plain"):
            inputs = leaves(case.batch)
            value = case.call(form, reduction=reduction)(*inputs)
            results.append((value.detach(), *slopes(value, inputs)))
        for ours, other in zip(*results, strict=True):
            torch.testing.assert_close(ours, other, rtol=1e-12, atol=1e-13)
        each = case.call(reduction="none")(*case.batch.inputs)
        whole = {"none": each, "sum": each.sum(), "mean": each.mean()}[reduction]
        torch.testing.assert_close(results[0][0], whole, rtol=1e-14, atol=0)


@every
@pytest.mark.parametrize("form", ["fused", "plain"])
def test_derivatives_agree_with_differences(case: Case, form: str) -> None:
    few = case.batch.rows(slice(0, 3))
    inputs = leaves(few)
    names = further(case.asked)

    def loss(*given: Tensor) -> Tensor:
        found: Tensor = getattr(made(case.name), form)(
            given[0], few.target, **dict(zip(names, (*given[1:], *few.known), strict=True)), reduction="none"
        )
        return found

    assert gradcheck(loss, inputs, check_forward_ad=form == "fused")


@every
def test_the_constant_terms(case: Case) -> None:
    """full=True gives −log p, as torch's distributions have it; the gradient stays."""
    asked = case.asked
    if asked.constant == 0:
        pytest.skip("the loss has no terms without any input")
    inputs = leaves(case.batch)
    whole, default = case.call(full=True, reduction="none")(*inputs), case.call(reduction="none")(*inputs)
    exact = torch.tensor([float(t.whole.ball.mid()) for t in case.answered.exact], dtype=torch.float64)
    torch.testing.assert_close(whole.detach(), exact, rtol=1e-13, atol=1e-14)
    for ours, other in zip(slopes(whole, inputs), slopes(default, inputs), strict=True):
        assert torch.equal(ours, other)


@every
def test_the_value_is_torchs_where_torch_has_it(case: Case) -> None:
    builtin = BUILTIN.get((case.name, *case.asked.names[1:]))
    if builtin is None:
        pytest.skip("torch has no such function")
    batch = case.batch
    options: dict[str, Any] = {"full": True} if builtin.kept and case.asked.constant != 0 else {}
    expected = builtin.function(batch.inputs[0], batch.target, *batch.inputs[1:], *batch.known)
    rough = 1e-6 if case.name == "von_mises" else 1e-11  # torch's Bessel functions are polynomials of seven digits
    torch.testing.assert_close(case.call(reduction="none", **options)(*batch.inputs), expected, rtol=rough, atol=rough)


@every
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_formats(case: Case, dtype: torch.dtype) -> None:
    """Half precision is computed in single and rounded once; the result has the input's format."""
    inputs = leaves(case.batch, dtype)
    value = case.call(dtype=dtype, reduction="none")(*inputs)
    assert value.dtype == dtype and all(g.dtype == dtype for g in slopes(value, inputs))
    wide = [t.detach().float() for t in inputs]
    rounded = case.call(dtype=dtype, reduction="none")(*wide).to(dtype)
    assert torch.equal(value.detach(), rounded)


@every
def test_shapes_and_strides(case: Case) -> None:
    """Non-contiguous inputs give the same; an empty batch gives what torch gives."""
    expected = case.call(reduction="none")(*case.batch.inputs)
    strided = [torch.stack([t, t * 0], -1)[..., 0].detach().requires_grad_() for t in case.batch.inputs]
    assert not strided[0].is_contiguous()
    value = case.call(reduction="none")(*strided)
    torch.testing.assert_close(value.detach(), expected, rtol=1e-14, atol=0)
    assert all(g.isfinite().all() for g in slopes(value, strided))
    names = further(case.asked)
    none = case.batch.rows(slice(0, 0))
    for reduction in ("none", "sum", "mean"):
        for form in ("fused", "plain"):
            inputs = leaves(none)
            call = getattr(made(case.name), form)
            found = call(
                inputs[0], none.target, **dict(zip(names, (*inputs[1:], *none.known), strict=True)), reduction=reduction
            )
            if reduction == "none":
                assert found.shape == (0,)
            elif reduction == "sum":
                assert found.item() == 0
            else:
                assert found.isnan()
            assert all(g.shape == at.shape for g, at in zip(slopes(found, inputs), inputs, strict=True))


@every
def test_nan_in_gives_nan_out(case: Case) -> None:
    for form in ("fused", "plain"):
        for i in range(len(case.batch.inputs)):
            inputs = leaves(case.batch)
            with torch.no_grad():
                inputs[i].reshape(ROWS if inputs[i].ndim == 1 else len(inputs[i]), -1)[0] = torch.nan
            value = case.call(form, reduction="none")(*inputs)
            assert value[0].isnan() and value[1:].isfinite().all()
            found = slopes(value[:1], inputs)
            assert any(g[0].isnan().any() for g in found) or case.name == "uniform"


@every
def test_function_transforms(case: Case) -> None:
    """grad, vmap of grad, and the Hessian of the fused form are those of the plain one."""
    batch = case.batch
    names = further(case.asked)
    positions = tuple(range(len(batch.inputs)))
    rest = (batch.target, *batch.known)

    def of(form: str) -> Callable[..., Tensor]:
        def loss(*arguments: Tensor) -> Tensor:
            inputs, (target, *known) = arguments[: len(positions)], arguments[len(positions) :]
            found: Tensor = getattr(made(case.name), form)(
                inputs[0], target, **dict(zip(names, (*inputs[1:], *known), strict=True)), reduction="sum"
            )
            return found

        return loss

    def compare(transform: Callable[..., Callable[..., Any]]) -> None:
        found, expected = (transform(of(form))(*batch.inputs, *rest) for form in ("fused", "plain"))
        for ours, other in zip(flat(found), flat(expected), strict=True):
            torch.testing.assert_close(ours, other, rtol=1e-10, atol=1e-12)

    compare(lambda f: torch.func.grad(f, argnums=positions))
    compare(lambda f: torch.func.vmap(torch.func.grad(f, argnums=positions)))
    compare(lambda f: torch.func.vmap(torch.func.hessian(f, argnums=positions)))


def flat(found: Any) -> list[Tensor]:
    return [found] if isinstance(found, Tensor) else [t for part in found for t in flat(part)]


@every
def test_autocast_changes_nothing(case: Case) -> None:
    """Inside autocast the loss of single-precision inputs is computed in single precision."""
    inputs = [t.float() for t in case.batch.inputs]
    expected = case.call(dtype=torch.float32)(*inputs)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(case.call(dtype=torch.float32)(*inputs), expected)


COMPILED = {"categorical", "bernoulli", "gaussian-0", "poisson", "dirichlet"}


@pytest.mark.parametrize("case", [c for c in CASES if c.id in COMPILED])
@pytest.mark.parametrize("dynamic", [False, True])
def test_it_compiles_in_one_graph(case: Case, dynamic: bool) -> None:
    torch._dynamo.reset()
    compiled = torch.compile(case.call(), fullgraph=True, dynamic=dynamic, backend="aot_eager")
    inputs, again = leaves(case.batch), leaves(case.batch)
    value, expected = compiled(*inputs), case.call()(*again)
    torch.testing.assert_close(value, expected, rtol=1e-14, atol=0)
    for ours, other in zip(slopes(value, inputs), slopes(expected, again), strict=True):
        torch.testing.assert_close(ours, other, rtol=1e-13, atol=1e-15)


class Wrapped(torch.nn.Module):
    """A loss as a module of tensors, for torch.export."""

    def __init__(self, loss: Callable[..., Tensor], names: tuple[str, ...]) -> None:
        super().__init__()
        self.loss, self.names = loss, names

    def forward(self, input: Tensor, target: Tensor, *rest: Tensor) -> Tensor:
        return self.loss(input, target, **dict(zip(self.names, rest, strict=True)))


@every
def test_it_is_exported(case: Case) -> None:
    """torch.export takes both forms."""
    batch = case.batch
    arguments = (batch.inputs[0], batch.target, *batch.inputs[1:], *batch.known)
    for form in ("plain", "fused"):
        module = Wrapped(getattr(made(case.name), form), further(case.asked))
        program = torch.export.export(module, arguments)
        torch.testing.assert_close(program.module()(*arguments), module(*arguments), rtol=1e-14, atol=0)


def test_every_family_but_those_with_a_prior_exports() -> None:
    assert not [c.id for c in CASES if c.marks]


# --- what single losses offer beside ---------------------------------------------------------------------------------

F = torch.nn.functional
LOGITS = torch.linspace(-3, 4, 20, dtype=torch.float64).reshape(4, 5)
LABELS = torch.tensor([0, 3, 4, 4])


@pytest.mark.parametrize("form", ["fused", "plain"])
@pytest.mark.parametrize("target", [LABELS, torch.full((4, 5), 0.3, dtype=torch.float64)], ids=["hard", "soft"])
def test_temperature(form: str, target: Tensor) -> None:
    """The logits are divided by it, as F.cross_entropy(input / T, target) does."""
    results = []
    for call in (
        lambda z: getattr(made("categorical"), form)(z, target, temperature=2.5, reduction="none"),
        lambda z: F.cross_entropy(z / 2.5, target, reduction="none"),
        lambda z: made("categorical").module(temperature=2.5, reduction="none")(z, target),
    ):
        leaf = LOGITS.clone().requires_grad_()
        value = call(leaf)
        results.append((value.detach(), *slopes(value, [leaf])))
    for ours, other, module in zip(*results, strict=True):
        torch.testing.assert_close(ours, other, rtol=1e-12, atol=1e-14)
        torch.testing.assert_close(module, ours, rtol=1e-12, atol=1e-14)
    with pytest.raises(ValueError, match="temperature must be positive, not 0"):
        made("categorical").fused(LOGITS, target, temperature=0)


@pytest.mark.parametrize("name", ["bernoulli", "logistic_regression"])
@pytest.mark.parametrize("form", ["fused", "plain"])
@pytest.mark.parametrize("soft", [False, True], ids=["hard", "soft"])
def test_pos_weight(name: str, form: str, soft: bool) -> None:
    """As in torch: the factor of the cost of what is 1, broadcast, beside `weight` and every reduction."""
    input = torch.tensor([[-30.0, -2.0, 0.0], [0.5, 3.0, 40.0]], dtype=torch.float64)
    target = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]], dtype=torch.float64)
    if soft:
        target = (target + 0.25) / 1.5
    weights = (torch.tensor([0.5, 3.0, 0.0], dtype=torch.float64), torch.tensor(2.0, dtype=torch.float64))
    for pos_weight in weights:
        for options in (
            {},
            {"reduction": "sum"},
            {"reduction": "none", "weight": torch.tensor([1.0, 0.5, 2.0]).double()},
        ):
            results = []
            for loss in (getattr(made(name), form), F.binary_cross_entropy_with_logits):
                leaf = input.clone().requires_grad_()
                value = loss(leaf, target, pos_weight=pos_weight, **options)
                results.append((value.detach(), *slopes(value, [leaf])))
            for ours, other in zip(*results, strict=True):
                torch.testing.assert_close(ours, other, rtol=1e-6, atol=1e-13)  # torch cancels at −30 and 40


def test_mean_of_nothing_that_counts() -> None:
    """All labels ignored: nan for the mean and 0 for the sum, as torch has it."""
    ignored = torch.full((4,), -100)
    for reduction in ("mean", "sum", "none"):
        ours = made("categorical").fused(LOGITS, ignored, reduction=reduction)
        torch.testing.assert_close(ours, F.cross_entropy(LOGITS, ignored, reduction=reduction), equal_nan=True)


def test_soft_labels_of_any_sum_are_computed_as_written() -> None:
    share = torch.rand(4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1)) * 3
    leaf = LOGITS.clone().requires_grad_()
    ours, theirs = (f(leaf, share) for f in (made("categorical").fused, F.cross_entropy))
    torch.testing.assert_close(ours, theirs, rtol=1e-13, atol=0)
    torch.testing.assert_close(slopes(ours, [leaf]), slopes(theirs, [leaf]), rtol=1e-11, atol=1e-14)


def test_several_dimensions_of_positions() -> None:
    """(N, K, d1, d2) with labels (N, d1, d2), and every shape of scalars."""
    input = torch.randn(2, 5, 3, 4, dtype=torch.float64)
    labels = torch.randint(0, 5, (2, 3, 4))
    ours = made("categorical").fused(input, labels, reduction="none")
    torch.testing.assert_close(ours, F.cross_entropy(input, labels, reduction="none"), rtol=1e-12, atol=1e-13)
    mean, target = torch.randn(2, 3, 4, dtype=torch.float64), torch.randn(2, 3, 4, dtype=torch.float64)
    var = torch.rand(2, 3, 1, dtype=torch.float64, requires_grad=True)
    value = made("gaussian").fused(mean, target, var)
    torch.testing.assert_close(value, F.gaussian_nll_loss(mean, target, var), rtol=1e-13, atol=0)
    assert slopes(value, [var])[0].shape == var.shape
