"""`derive mle` on files of any size."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from derive.cli import command
from derive.cli.fitting import EXACT_BYTES


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(a) for a in arguments])


def test_a_binary_file_and_the_same_numbers_as_text(tmp_path: Path) -> None:
    x = np.random.default_rng(0).gamma(2.0, 3.0, 500)
    np.save(tmp_path / "x.npy", x)
    np.savetxt(tmp_path / "x.txt", x, fmt="%.17g")
    binary = json.loads(run("mle", "gamma", "--data", tmp_path / "x.npy", "--json").stdout)
    text = json.loads(run("mle", "gamma", "--data", tmp_path / "x.txt", "--json").stdout)
    assert binary["method"] == text["method"] == "numerical"
    assert binary["decimal"] == pytest.approx(text["decimal"], rel=1e-10)
    assert binary["derivation"]["model"] == "gamma"
    assert set(binary["standard_errors"]) == {"alpha", "beta"}


def test_a_large_text_file_is_read_in_passes(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed; the extra [fit] has it")
    x = np.random.default_rng(0).exponential(2.0, EXACT_BYTES // 18)
    np.savetxt(tmp_path / "x.csv", x, fmt="%.17g")
    assert (tmp_path / "x.csv").stat().st_size > EXACT_BYTES
    found = run("mle", "exponential", "--data", tmp_path / "x.csv")
    assert found.exit_code == 0
    assert f"closed form, N = {len(x)}" in found.stdout
    assert f"lambda = {1 / x.mean():.10g}  ±" in found.stdout


def test_labels_keep_their_fractions(tmp_path: Path) -> None:
    np.save(tmp_path / "die.npy", np.repeat([1, 2, 3, 4, 5, 6], [2, 5, 2, 4, 2, 5]))
    found = json.loads(run("mle", "categorical", "--data", tmp_path / "die.npy", "--json").stdout)
    assert found["estimate"] == {"y": ["1/10", "1/4", "1/10", "1/5", "1/10", "1/4"]}


def test_weights_constants_and_a_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed; the extra [fit] has it")
    np.save(tmp_path / "x.npy", np.array([0.0, 1.0, 4.0]))
    np.save(tmp_path / "w.npy", np.array([1, 2, 1]))
    picture = tmp_path / "fit.svg"
    found = run(
        "mle", "gaussian", "--data", tmp_path / "x.npy", "--weights", tmp_path / "w.npy", "--plot", picture, "--json"
    )
    assert json.loads(found.stdout)["estimate"]["mu"] == "3/2"
    assert picture.read_text(encoding="utf-8").count("<svg") == 1
    found = run("mle", "student_t", "--data", tmp_path / "x.npy", "--known", "nu=3")
    assert found.exit_code == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nan.npy", [1.0, np.nan], "row 2: nan is not a finite number"),
        ("low.npy", [1.0, -1.0], "row 2: -1 is outside the support"),
        ("text.npy", ["a", "b"], "text (row 1: 'a')"),
        ("nothing.npy", [], "holds no samples"),
    ],
)
def test_bad_data_take_one_line_and_status_2(tmp_path: Path, name: str, content: list[object], words: str) -> None:
    np.save(tmp_path / name, np.array(content))
    found = run("mle", "exponential", "--data", tmp_path / name)
    assert found.exit_code == 2
    assert words in found.output
    assert len(found.output.strip().splitlines()) == 1


def test_a_truncated_file_takes_one_line_and_status_2(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.ones(1000))
    (tmp_path / "x.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:4000])
    found = run("mle", "exponential", "--data", tmp_path / "x.npy")
    assert found.exit_code == 2
    assert "it is truncated" in found.output
    assert run("mle", "exponential", "--data", tmp_path / "none.npy").exit_code == 2
