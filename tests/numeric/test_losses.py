"""The loss that comes out: derivatives of every kind, torch's conventions, the edges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck

import numeric

inf, nan = float("inf"), float("nan")
categorical, bernoulli = numeric.loss("categorical"), numeric.loss("bernoulli")
generator = torch.Generator().manual_seed(7)
LOGITS = torch.randn(4, 5, dtype=torch.float64, generator=generator)
LABELS = torch.randint(0, 5, (4,), generator=generator)
SHARES = torch.rand(4, 5, dtype=torch.float64, generator=generator)
SCALARS = torch.tensor([-3.0, -0.5, 0.0, 0.7, 2.0, 30.0], dtype=torch.float64)
TARGETS = torch.rand(6, dtype=torch.float64, generator=generator)

Loss = Callable[..., Tensor]
SETTINGS = [
    pytest.param(categorical, F.cross_entropy, LOGITS, LABELS, id="hard"),
    pytest.param(categorical, F.cross_entropy, LOGITS, SHARES, id="soft"),
    pytest.param(bernoulli, F.binary_cross_entropy_with_logits, SCALARS, TARGETS, id="bernoulli"),
]


def gradient(loss: Loss, input: Tensor, *arguments: Any, **options: Any) -> Tensor:
    leaf = input.clone().requires_grad_()
    (found,) = torch.autograd.grad(loss(leaf, *arguments, **options).sum(), leaf)
    return found


def log_sigmoids(input: Tensor, target: Tensor) -> Tensor:
    return -(target * F.logsigmoid(input) + (1 - target) * F.logsigmoid(-input)).mean()


@pytest.mark.parametrize(("ours", "theirs", "input", "target"), SETTINGS)
@pytest.mark.parametrize("form", ["fused", "plain"])
def test_derivatives_agree_with_differences(
    ours: numeric.Loss, theirs: Loss, input: Tensor, target: Tensor, form: str
) -> None:
    def loss(z: Tensor) -> Tensor:
        return getattr(ours, form)(z, target, reduction="none")  # type: ignore[no-any-return]

    leaf = input.clone().requires_grad_()
    assert gradcheck(loss, (leaf,), check_forward_ad=True, check_batched_grad=True)
    assert gradgradcheck(loss, (leaf,), check_fwd_over_rev=True)


@pytest.mark.parametrize(("ours", "theirs", "input", "target"), SETTINGS)
def test_function_transforms_agree_with_torch(ours: numeric.Loss, theirs: Loss, input: Tensor, target: Tensor) -> None:
    if theirs is F.binary_cross_entropy_with_logits:  # torch's own has no forward mode over forward mode
        theirs = log_sigmoids
    func = torch.func
    for transform in (
        func.grad,
        func.hessian,
        lambda f: func.jacrev(func.jacrev(f)),
        lambda f: func.jacfwd(func.jacfwd(f)),
    ):
        found, expected = (transform(lambda z, f=f: f(z, target))(input) for f in (ours.fused, theirs))
        torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-14)
    each = func.vmap(func.grad(ours.fused))(input, target)
    count = len(input)  # the mean over all, where each stands alone
    torch.testing.assert_close(each, count * gradient(theirs, input, target), rtol=1e-12, atol=1e-14)


WEIGHT = torch.tensor([0.2, 1.0, 3.0, 0.0, 0.5], dtype=torch.float64)
OPTIONS: list[dict[str, Any]] = [
    {},
    {"weight": WEIGHT},
    {"label_smoothing": 0.1},
    {"weight": WEIGHT, "label_smoothing": 0.3},
    {"ignore_index": int(LABELS[0])},
    {"ignore_index": int(LABELS[0]), "weight": WEIGHT, "label_smoothing": 0.1},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "+".join(o) or "default")
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_options_mean_what_they_mean_in_torch(options: dict[str, Any], reduction: str) -> None:
    options = {**options, "reduction": reduction}
    for target in (LABELS, SHARES):
        if "ignore_index" in options and target is SHARES:
            continue
        expected = F.cross_entropy(LOGITS, target, **options)
        slope = gradient(F.cross_entropy, LOGITS, target, **options)
        for loss in (categorical.fused, categorical.plain, lambda z, t, **o: categorical.module(**o)(z, t)):
            torch.testing.assert_close(loss(LOGITS, target, **options), expected, rtol=1e-12, atol=0)
            torch.testing.assert_close(gradient(loss, LOGITS, target, **options), slope, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_bernoulli_options(reduction: str) -> None:
    options: dict[str, Any] = {"reduction": reduction, "weight": torch.rand(6, dtype=torch.float64)}
    theirs = F.binary_cross_entropy_with_logits
    for loss in (bernoulli.fused, bernoulli.plain, lambda z, t, **o: bernoulli.module(**o)(z, t)):
        torch.testing.assert_close(loss(SCALARS, TARGETS, **options), theirs(SCALARS, TARGETS, **options))
        slopes = (gradient(f, SCALARS, TARGETS, **options) for f in (loss, theirs))
        torch.testing.assert_close(*slopes)


@pytest.mark.parametrize("shape", [(5,), (4, 5), (4, 5, 3), (2, 5, 3, 2), (0, 5), (0, 5, 2)])
def test_shapes(shape: tuple[int, ...]) -> None:
    dim = min(1, len(shape) - 1)
    input = torch.randn(shape, dtype=torch.float64)
    labels = torch.randint(0, 5, shape[:dim] + shape[dim + 1 :])
    for target in (labels, labels.int(), torch.rand(shape, dtype=torch.float64)):
        for reduction in ("none", "sum", "mean"):
            known = target.long() if not target.is_floating_point() else target
            expected = F.cross_entropy(input, known, reduction=reduction)
            found = categorical.fused(input, target, reduction=reduction)
            torch.testing.assert_close(found, expected, equal_nan=True)
    if all(shape):
        transposed = input.transpose(0, -1).contiguous().transpose(0, -1)
        torch.testing.assert_close(
            gradient(categorical.fused, transposed, labels), gradient(F.cross_entropy, input, labels)
        )


def test_one_class_costs_exactly_nothing() -> None:
    input, labels = torch.tensor([[3.0], [-1e30]]), torch.tensor([0, 0])
    assert categorical.fused(input, labels, reduction="none").tolist() == [0, 0]
    assert gradient(categorical.fused, input, labels).tolist() == [[0], [0]]


def test_an_excluded_class_of_weight_zero_costs_nothing() -> None:
    """0 · log 0 = 0: torch's own answer for soft labels is nan."""
    input = torch.tensor([[1.0, -inf, 2.0]], dtype=torch.float64)
    two = torch.tensor([[1.0, 2.0]], dtype=torch.float64)
    halves = torch.tensor([[0.5, 0.0, 0.5]], dtype=torch.float64)
    expected = F.cross_entropy(two, halves[:, [0, 2]])
    for loss in (categorical.fused, categorical.plain):
        torch.testing.assert_close(loss(input, halves), expected)
        slope = gradient(loss, input, halves)
        torch.testing.assert_close(slope[:, [0, 2]], gradient(F.cross_entropy, two, halves[:, [0, 2]]))
        assert slope[0, 1] == 0 and loss(input, torch.tensor([1])) == inf
    assert F.cross_entropy(input, halves).isnan()


def test_infinite_logits_of_a_sure_outcome() -> None:
    input, target = torch.tensor([inf, -inf, inf, -inf]), torch.tensor([1.0, 0.0, 0.0, 1.0])
    for loss in (bernoulli.fused, bernoulli.plain):
        assert loss(input, target, reduction="none").tolist() == [0, 0, inf, inf]
        assert gradient(loss, input, target, reduction="sum").tolist() == [0, 0, 1, -1]


@pytest.mark.parametrize("target", [torch.tensor([0]), torch.tensor([[0.5, 0.5, 0.0]])])
def test_nan_in_gives_nan_out(target: Tensor) -> None:
    input = torch.tensor([[1.0, nan, 2.0]])
    assert categorical.fused(input, target).isnan() and gradient(categorical.fused, input, target).isnan().all()
    lone, label = torch.tensor([[nan]]), torch.tensor([0])
    assert categorical.fused(lone, label).isnan() and gradient(categorical.fused, lone, label).isnan().all()
    assert gradient(bernoulli.fused, torch.tensor([nan]), torch.tensor([1.0])).isnan()


def test_the_slope_at_exactly_zero() -> None:
    """Where |z| has a kink the loss has none: σ(0) − x, in the plain form too."""
    zero = torch.zeros(2, dtype=torch.float64)
    target = torch.tensor([0.0, 1.0], dtype=torch.float64)
    for loss in (bernoulli.fused, bernoulli.plain):
        assert gradient(loss, zero, target, reduction="sum").tolist() == [0.5, -0.5]
        leaf = zero.clone().requires_grad_()
        (first,) = torch.autograd.grad(loss(leaf, target, reduction="sum"), leaf, create_graph=True)
        (second,) = torch.autograd.grad(first.sum(), leaf)
        assert second.tolist() == [0.25, 0.25]


@pytest.mark.parametrize("label", [5, -1])
def test_labels_out_of_range_raise(label: int) -> None:
    labels = torch.tensor([label, 0, 0, 0])
    with pytest.raises((IndexError, RuntimeError)):
        categorical.fused(LOGITS, labels)
    with pytest.raises(ValueError, match=f"labels run from 0 to 4; found {label}"):
        categorical.fused(LOGITS, labels, validate_args=True)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: categorical.fused(LOGITS, LABELS[:3]), r"integer labels must have shape \(4,\); found \(3,\)"),
        (lambda: categorical.fused(LOGITS, SHARES[:, :3]), r"soft labels must have shape \(4, 5\)"),
        (lambda: categorical.fused(LOGITS, LABELS, reduction="men"), "none, mean or sum"),
        (lambda: categorical.fused(LABELS, LABELS), "floating-point"),
        (lambda: categorical.fused(LOGITS, -SHARES, validate_args=True), "at least 0"),
        (lambda: categorical.fused(LOGITS * nan, LABELS, validate_args=True), "holds nan"),
        (lambda: bernoulli.fused(SCALARS, TARGETS + 1, validate_args=True), r"target must lie in \[0, 1\]; found 1\."),
        (lambda: bernoulli.fused(SCALARS, TARGETS[:2]), r"shape \(6,\) of input; found \(2,\)"),
    ],
)
def test_misuse_is_told_in_a_line(call: Callable[[], Tensor], words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_computed_in_single(dtype: torch.dtype) -> None:
    input = (LOGITS * 8).to(dtype)
    expected = categorical.fused(input.float(), LABELS, reduction="none").to(dtype)
    found = categorical.fused(input, LABELS, reduction="none")
    assert found.dtype == dtype and torch.equal(found, expected)
    assert gradient(categorical.fused, input, LABELS).dtype == dtype


def test_a_target_that_requires_a_gradient_gets_it() -> None:
    leaf = SHARES.clone().requires_grad_()
    slopes = [torch.autograd.grad(f(LOGITS, leaf), leaf)[0] for f in (categorical.fused, F.cross_entropy)]
    torch.testing.assert_close(*slopes)


def test_fused_and_plain_give_the_same_digits() -> None:
    for target in (LABELS, SHARES):
        leaf = LOGITS.clone().requires_grad_()
        values = [f(leaf, target, reduction="none") for f in (categorical.fused, categorical.plain)]
        assert torch.equal(*values)


def test_it_compiles_in_one_graph() -> None:
    compiled = torch.compile(categorical.fused, fullgraph=True, backend="aot_eager")
    for target in (LABELS, SHARES):
        torch.testing.assert_close(compiled(LOGITS, target), categorical.fused(LOGITS, target), rtol=1e-14, atol=0)
        torch.testing.assert_close(gradient(compiled, LOGITS, target), gradient(categorical.fused, LOGITS, target))
