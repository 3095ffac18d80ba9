"""Faults planted in files as people write them: validation must catch each, and say where."""

from __future__ import annotations

from pathlib import Path

import pytest

import numeric
from numeric.validation import ValidationReport

HEAD = "import torch\nimport torch.nn.functional as F\n"

NO_SHIFT = """
def loss(input, target, reduction="mean"):
    e = input.exp()  # no largest logit subtracted
    each = e.sum(-1).log() - input.gather(-1, target[:, None]).squeeze(-1)
    return each if reduction == "none" else getattr(each, reduction)()
"""

EPS = """
def loss(input, target, reduction="mean"):
    p = input.softmax(-1).gather(-1, target[:, None]).squeeze(-1)
    each = -(p + 1e-7).log()
    return each if reduction == "none" else getattr(each, reduction)()
"""

HALF_SUM = """
def loss(input, target, reduction="mean"):
    shifted = input - input.max(-1, keepdim=True).values
    s = shifted.exp().half().sum(-1).to(input.dtype)  # the sum is kept in float16
    each = s.log() - shifted.gather(-1, target[:, None]).squeeze(-1)
    return each if reduction == "none" else getattr(each, reduction)()
"""

WRONG_SIGN = """
class Loss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, target):
        ctx.save_for_backward(input, target)
        return F.cross_entropy(input, target, reduction="none")

    @staticmethod
    def backward(ctx, along):
        input, target = ctx.saved_tensors
        hot = F.one_hot(target, input.shape[-1])
        return along[:, None] * (hot - input.softmax(-1)), None

def loss(input, target, reduction="mean"):
    each = Loss.apply(input, target)
    return each if reduction == "none" else getattr(each, reduction)()
"""

NO_COUNT = """
class Mean(torch.autograd.Function):
    @staticmethod
    def forward(ctx, each):
        ctx.shape = each.shape
        return each.mean()

    @staticmethod
    def backward(ctx, along):
        return along.expand(ctx.shape)  # 1/N is missing

def loss(input, target, reduction="mean"):
    each = F.cross_entropy(input, target, reduction="none")
    return each if reduction == "none" else each.sum() if reduction == "sum" else Mean.apply(each)
"""

NO_COUNT_ALONE = NO_COUNT.replace(', reduction="mean")', ")").replace(
    'each if reduction == "none" else each.sum() if reduction == "sum" else Mean.apply(each)', "Mean.apply(each)"
)

SUM_FOR_MEAN = """
def loss(input, target, reduction="mean"):
    each = F.cross_entropy(input, target, reduction="none")
    return each if reduction == "none" else each.sum()
"""

ONE_ROW = """
def loss(input, target, reduction="mean"):
    each = F.cross_entropy(input, target, reduction="none")
    each = torch.cat([each[:8191], each[8190:8191], each[8192:]])  # a slip at one place of a large batch
    return each if reduction == "none" else getattr(each, reduction)()
"""

KINK = """
def loss(input, target, reduction="mean"):
    each = input.clamp_min(0) - input * target + torch.log1p(torch.exp(-input.abs()))  # slope 0 or 1 at exactly 0
    return each if reduction == "none" else getattr(each, reduction)()
"""

CLAMPED = """
def loss(input, target, var, reduction="mean"):
    var = var.clamp_min(1e-6)
    each = (var.log() + (input - target) ** 2 / var) / 2
    return each if reduction == "none" else getattr(each, reduction)()
"""

STIRLING = """
def loss(input, target, full=False, reduction="mean"):
    return F.poisson_nll_loss(input, target, full=full, reduction=reduction)
"""

#: The fault, its file, its family, and the regimes or checks that must not pass.
FAULTS = [
    ("no largest logit subtracted", NO_SHIFT, "categorical", ["random labels, logits ±10000", "a common shift of 1e4"]),
    ("an eps", EPS, "categorical", ["arg-max labels, logits ±50", "random labels, logits ±500"]),
    (
        "a float16 accumulator",
        HALF_SUM,
        "categorical",
        ["random labels, logits ±1", "whole batch against float64: value"],
    ),
    (
        "the sign of the gradient",
        WRONG_SIGN,
        "categorical",
        ["all logits zero", "sum against float64: gradient by input"],
    ),
    ("1/N dropped from the gradient", NO_COUNT, "categorical", ["mean against float64: gradient by input"]),
    ("the same, without reductions", NO_COUNT_ALONE, "categorical", ["whole batch against float64: gradient by input"]),
    ("a sum for a mean", SUM_FOR_MEAN, "categorical", ["mean against float64: value"]),
    ("one row of many", ONE_ROW, "bernoulli", ["whole batch against float64: value"]),
    ("a kink at 0", KINK, "bernoulli", ["inputs of exactly 0"]),
    ("a clamped variance", CLAMPED, "gaussian", ["var ±50"]),
    ("Stirling's formula", STIRLING, "poisson", ["input ±1"]),
]


def validated(tmp_path: Path, text: str, family: str) -> ValidationReport:
    path = tmp_path / "loss.py"
    path.write_text(HEAD + text.replace("F.cross_entropy", LABELS.get(family, "")), encoding="utf-8")
    return numeric.validate(path, family=family, function="loss", dtype="float64", rows=16)


LABELS = {
    "categorical": "F.cross_entropy",
    "bernoulli": "F.binary_cross_entropy_with_logits",
    "gaussian": "F.gaussian_nll_loss",
    "poisson": "F.poisson_nll_loss",
}


@pytest.mark.parametrize(("fault", "text", "family", "caught"), FAULTS, ids=[f[0] for f in FAULTS])
def test_the_fault_is_caught(tmp_path: Path, fault: str, text: str, family: str, caught: list[str]) -> None:
    report = validated(tmp_path, text, family)
    assert not report.ok
    wrong = {row.regime for row in report.rows if not row.ok} | {check.check for check in report.checks if not check.ok}
    for words in caught:
        assert any(found.endswith(words) for found in wrong), (words, wrong)


def test_what_is_no_fault_is_not_caught(tmp_path: Path) -> None:
    """The same kind of file without a fault: mean squares are exact, in both ways of reducing."""
    squares = """
def loss(input, target, reduction="mean"):
    each = (input - target) ** 2 / 2
    return each if reduction == "none" else getattr(each, reduction)()
"""
    report = validated(tmp_path, squares, "gaussian")
    assert report.ok and {reason for _, reason in report.skipped} == {"the function does not take these arguments"}
    alone = "def loss(input, target):\n    return ((input - target) ** 2).mean() / 2\n"
    assert validated(tmp_path, alone, "gaussian").ok


def test_either_constant_is_the_same_loss(tmp_path: Path) -> None:
    """log √(2π) kept or left out: both are the negative log-likelihood."""
    kept = "def loss(input, target):\n    return ((input - target) ** 2 / 2 + 0.9189385332046727).mean()\n"
    assert validated(tmp_path, kept, "gaussian").ok
    wrong = "def loss(input, target):\n    return ((input - target) ** 2 / 2 + 0.91).mean()\n"
    assert not validated(tmp_path, wrong, "gaussian").ok


def test_arguments_that_do_not_fit_are_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot be called with the arguments of laplace: input, target, log_scale"):
        validated(tmp_path, "def loss(input, target, scale):\n    return input\n", "laplace")
