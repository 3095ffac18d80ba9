"""The loss on NumPy arrays: the digits of the tensors', the gradients beside it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import numeric

LOGITS = np.random.default_rng(3).normal(size=(4, 5))
LABELS = np.array([0, 4, 2, 2])


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_arrays_give_what_tensors_give(reduction: str) -> None:
    loss = numeric.loss("categorical")
    function = loss.numpy()
    leaf = torch.tensor(LOGITS, requires_grad=True)
    expected = loss.fused(leaf, torch.tensor(LABELS), reduction=reduction)
    (slope,) = torch.autograd.grad(expected.sum(), leaf)
    value, slopes = function(LOGITS, LABELS, reduction=reduction, gradient=True)
    assert np.array_equal(value, expected.detach().numpy()) and list(slopes) == ["input"]
    assert np.array_equal(slopes["input"], slope.numpy())
    assert np.array_equal(function(LOGITS, LABELS, reduction=reduction), value)
    assert np.isscalar(value) == (reduction != "none")


def test_formats_lists_and_options() -> None:
    function = numeric.loss("categorical").numpy()
    single = function(LOGITS.astype(np.float32), LABELS.astype(np.uint8), reduction="none")
    assert single.dtype == np.float32
    assert function(LOGITS.tolist(), LABELS.tolist()) == function(LOGITS, LABELS)
    weight = np.array([1.0, 2, 0, 1, 3])
    expected = torch.nn.functional.cross_entropy(torch.tensor(LOGITS), torch.tensor(LABELS), torch.tensor(weight))
    assert function(LOGITS, LABELS, weight=weight) == pytest.approx(float(expected), rel=1e-14)
    assert function([[3, -1, 2]], [1], gradient=True)[1]["input"].dtype == np.float64


def test_arrays_that_are_given_are_not_changed() -> None:
    function = numeric.loss("bernoulli").numpy()
    logits = np.array([0.5, -2.0])
    _, slopes = function(logits, np.array([1.0, 0.0]), gradient=True, reduction="sum")
    assert logits.tolist() == [0.5, -2.0]
    np.testing.assert_allclose(slopes["input"], 1 / (1 + np.exp(-logits)) - [1, 0], rtol=1e-14)
