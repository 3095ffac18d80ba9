"""Validation: the measure itself, what passes it, what must not."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import mpmath as mp
import pytest
import torch
import torch.nn.functional as F
from flint import arb
from rich.console import Console
from torch import Tensor

import numeric
from derive.families import FAMILIES, load
from numeric.validation import ValidationReport, print_report
from numeric.validation.certified import Truth, truth
from numeric.validation.questions import observation
from numeric.validation.run import questions_of
from numeric.validation.ulp import FORMATS, distance

DOUBLE, SINGLE, BRAIN = FORMATS["float64"], FORMATS["float32"], FORMATS["bfloat16"]


@pytest.fixture(scope="module")
def reports() -> dict[str, ValidationReport]:
    return {name: numeric.validate(name, dtype=("float64", "float32")) for name in ("categorical", "bernoulli")}


@pytest.mark.parametrize(
    ("got", "exact", "number", "units"),
    [
        (1.0, "1", DOUBLE, 0),
        (1 + 2**-52, "1", DOUBLE, 1),
        (1 - 2**-53, "1", DOUBLE, 0.5),
        (2.0**-1074, "0", DOUBLE, 1),
        (0.0, "3e-324", DOUBLE, 0.6072),
        (1.0, "1.0000001", SINGLE, 0.8389),
        (1.0, "1.0078125", BRAIN, 1),
        (math.inf, "1e400", DOUBLE, 0),
        (math.inf, "1", DOUBLE, math.inf),
        (math.nan, "1", DOUBLE, math.inf),
        (0.0, "1", DOUBLE, 2.0**52),
    ],
)
def test_distance(got: float, exact: str, number: object, units: float) -> None:
    assert distance(got, arb(exact), number) == pytest.approx(units, rel=1e-3)  # type: ignore[arg-type]


def observe(name: str, input: list[float], target: list[float]) -> Truth:
    model = load(name)
    (asked,) = questions_of(model)
    tensors = [torch.tensor([values if model.data.axes else values[0]]) for values in (input, target)]
    arrays, sizes = observation(asked, [tensors[0].double()], [], tensors[1].double(), 0)
    return truth(asked, arrays, sizes, DOUBLE)


def test_truth_against_another_arithmetic() -> None:
    """−log p with 400 digits of mpmath; e^−500 is no silent 0."""
    logits = [500.0, 0.0, -37.25]
    found = observe("categorical", logits, [1.0, 0.0, 0.0])
    with mp.workdps(400):
        weights = [mp.exp(v) for v in logits]
        p = [w / mp.fsum(weights) for w in weights]
        expected = [-mp.log(p[0]), p[0] - 1, p[1], p[2]]
        for exact, number in zip((found.value, *found.gradients[0]), expected, strict=True):
            ball = exact.ball
            assert float(ball.mid()) == float(number) != 0
            assert float(ball.rad()) < abs(float(number)) * 2**-59


def test_truth_is_as_narrow_as_promised_where_it_underflows() -> None:
    found = observe("bernoulli", [1e4], [1.0])
    assert abs(float(found.value.ball.mid())) == 0 and found.value.ball.rad() < arb(2) ** -1080


def test_truth_keeps_the_conventions() -> None:
    found = observe("categorical", [1.0, -math.inf, 1.0], [0.5, 0.0, 0.5])
    assert float(found.value.ball.mid()) == math.log(2) and float(found.gradients[0][1].ball.mid()) == 0


@pytest.mark.parametrize("name", ["categorical", "bernoulli"])
def test_our_losses_are_within_tolerance(reports: dict[str, ValidationReport], name: str) -> None:
    report = reports[name]
    assert report.ok and not report.skipped, [r for r in report.rows if not r.ok]
    for row in report.rows:
        assert max(row.max_ulp_value, row.max_ulp_gradient) <= 4 and row.nonfinite == 0
        assert row.unit == "value" or "soft" in row.regime


OTHERS = [n for n in FAMILIES if load(n).prior is None and n not in ("categorical", "bernoulli")]


@pytest.mark.parametrize("name", OTHERS)
def test_every_family_is_within_tolerance(name: str) -> None:
    """Units of the largest term; what goes beyond is named, and only where a special or rounded argument is why."""
    report = numeric.validate(name, dtype=("float64", "bfloat16"), rows=8, batch=1 << 12)
    assert report.ok, [(r.dtype, r.regime, r.max_ulp_value, r.max_ulp_gradient) for r in report.rows if not r.ok]
    for row in report.rows:
        assert row.outcome is not None and len(row.outcome.gradients) == len(row.names)
        if row.dtype == "bfloat16":  # computed in single precision and rounded once
            assert not row.named and row.max_ulp_value <= 0.51 and row.max_ulp_gradient <= 1.01
    named = {row.regime for row in report.rows if row.named}
    assert not named or name in NAMED, named
    assert {check.dtype for check in report.checks} == {"float64", "bfloat16"}


#: Losses with functions that cannot keep 4 units: exp of a rounded exponent, digamma, log of a binomial, an inverse.
NAMED = {"gumbel", "weibull", "beta", "gamma", "negative_binomial", "dirichlet", "binomial", "multivariate_gaussian"}
NAMED |= {"von_mises"}


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
@pytest.mark.parametrize("name", ["categorical", "bernoulli", "gaussian", "poisson"])
def test_on_a_gpu(name: str) -> None:
    report = numeric.validate(name, device="cuda", dtype=("float64", "float32", "bfloat16"), batch=1 << 24)
    assert report.ok and report.device == "cuda"


def test_torch_stands_beside_and_is_out_where_it_is_known_to_be(reports: dict[str, ValidationReport]) -> None:
    rows = {(r.dtype, r.regime): r for r in reports["categorical"].rows}
    adverse = rows["float64", "arg-max labels, logits ±50"]
    assert adverse.torch_ulp_value > 1e9 and adverse.torch_ulp_gradient > 1e9
    calm = rows["float64", "all logits zero"]
    assert calm.torch_ulp_value < 4 and calm.torch_ulp_gradient < 4


def test_half_precision_is_rounded_once() -> None:
    report = numeric.validate("bernoulli", dtype="bfloat16")
    assert report.ok and max(r.max_ulp_value for r in report.rows) <= 0.51


def naive(input: Tensor, target: Tensor) -> Tensor:
    shares = input.exp() / input.exp().sum(-1, keepdim=True)  # no largest logit subtracted
    return -shares.gather(-1, target[:, None]).squeeze(-1).log().mean()


def with_eps(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    losses = -(torch.softmax(input, -1).gather(-1, target[:, None]).squeeze(-1) + 1e-8).log()
    return losses if reduction == "none" else losses.mean()


class Backwards(torch.autograd.Function):
    """Right value, gradient of the wrong sign."""

    @staticmethod
    def forward(ctx: object, input: Tensor, target: Tensor) -> Tensor:
        ctx.save_for_backward(input, target)  # type: ignore[attr-defined]
        return numeric.loss("categorical").plain(input, target, reduction="none")

    @staticmethod
    def backward(ctx: object, *cotangent: Tensor) -> tuple[Tensor, None]:
        input, target = ctx.saved_tensors  # type: ignore[attr-defined]
        one_hot = F.one_hot(target, input.shape[-1])
        return cotangent[0][:, None] * (one_hot - input.softmax(-1)), None


def wrong_sign(input: Tensor, target: Tensor) -> Tensor:
    return Backwards.apply(input, target)  # type: ignore[no-any-return,no-untyped-call]


@pytest.mark.parametrize("faulty", [naive, with_eps, wrong_sign])
def test_a_faulty_loss_is_out_of_tolerance(faulty: object) -> None:
    report = numeric.validate(faulty, family="categorical", dtype="float64")  # type: ignore[arg-type]
    rows = {r.regime: r for r in report.rows}
    assert not report.ok
    assert not rows["arg-max labels, logits ±500"].ok
    if faulty is naive:
        assert rows["random labels, logits ±10000"].nonfinite > 0
    if faulty is wrong_sign:
        assert all(r.max_ulp_value <= 4 for r in report.rows) and not rows["random labels, logits ±1"].ok
    assert {regime for regime, _ in report.skipped} == {r for r, _ in report.skipped if "soft" in r} != set()


def test_an_exported_file_is_validated_by_what_it_says_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "coin.py"
    numeric.export("bernoulli", path)
    report = numeric.validate(path, dtype="float32")
    assert report.ok and report.family == "bernoulli" and report.subject == str(path)


def test_the_report_as_data_and_as_a_table(reports: dict[str, ValidationReport]) -> None:
    report = reports["bernoulli"]
    data = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert data["device"] == "cpu" and data["ok"] is True
    assert set(data["rows"][0]) >= {"dtype", "regime", "max_ulp_value", "max_ulp_gradient", "nonfinite", "ok"}
    console = Console(file=io.StringIO(), width=160)
    print_report(report, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "torch value" in text and f"all {len(report.rows)} rows are within tolerance" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import no_such_module_at_all", "cannot be loaded: ModuleNotFoundError"),
        ("def f(:", "cannot be loaded: SyntaxError"),
        ("raise SystemExit(3)", "cannot be loaded: SystemExit"),
        ("x = 1", "does not say FAMILY"),
        ("FAMILY = 'categorial'", "did you mean 'categorical'"),
        ("FAMILY = 'categorical'", "defines no function 'categorical'"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_a_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "loss.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words) as caught:
        numeric.validate(path)
    assert "\n" not in str(caught.value)


def test_other_misuse_is_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="neither a file nor one of the families"):
        numeric.validate("nothing_there.py")
    with pytest.raises(ValueError, match="no format 'float8'"):
        numeric.validate("bernoulli", dtype="float8")
    with pytest.raises(ValueError, match="device 'toaster' cannot be used"):
        numeric.validate("bernoulli", device="toaster")
    with pytest.raises(ValueError, match="name the family"):
        numeric.validate(naive)
