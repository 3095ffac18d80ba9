"""The command as its users meet it: what it prints, its JSON, and one line for every mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from derive.strategy import derivation as derive_model

ROOT = Path(__file__).parent.parent
DIE = "2,5,2,4,2,5"
ALLOWED = {"proved", "definition", "hypothesis", "substitution"}


def run(*args: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "derive.cli", *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def die() -> dict[str, Any]:
    result: dict[str, Any] = json.loads(run("mle", "categorical", "--counts", DIE, "--json").stdout)
    return result


def test_the_main_job() -> None:
    page = run("mle", "categorical", "--counts", DIE).stdout
    assert "ŷ₂ = 1/4" in page
    assert page.rstrip().endswith("ŷ = (0.1, 0.25, 0.1, 0.2, 0.1, 0.25)")
    for line in ("= ∏ₖ₌₁ᴷ yₖ^{tₖ}", "= Σₖ₌₁ᴷ tₖ log yₖ", "⇔ λ = N", "= y₁² y₂⁵ y₃² y₄⁴ y₅² y₆⁵"):
        assert line in page
    assert max(map(len, page.splitlines())) <= 100


def test_the_same_as_data(die: dict[str, Any]) -> None:
    assert die["model"] == "categorical" and die["method"] == "closed form"
    assert die["estimate"] == {"y": ["1/10", "1/4", "1/10", "1/5", "1/10", "1/4"]}
    assert die["decimal"] == {"y": [0.1, 0.25, 0.1, 0.2, 0.1, 0.25]}


def test_every_section_is_there_and_every_claim_proved(die: dict[str, Any]) -> None:
    sections = die["derivation"]["sections"]
    wanted = ["given", "likelihood", "log_likelihood", "score", "estimate", "maximum", "loss", "gradient"]
    second = ["hessian", "sufficient", "fisher", "vector"]
    assert [s["id"] for s in sections] == [*wanted, *second, "example"]
    assert {step["verdict"] for s in sections for step in s["steps"]} <= ALLOWED
    steps = [step for s in sections for step in s["steps"]]
    assert all(step["reason"] and step["before"] and step["kind"] for step in steps)


def test_the_contract_of_the_derivation(die: dict[str, Any]) -> None:
    derivation = die["derivation"]
    assert derivation["version"] == 1 and derivation["language"] == "en"
    assert derivation["context"]["sizes"] == ["N", "K"]
    assert derivation["context"]["domains"]["y_k"] == "nonnegative"
    assert "\\sum_{k=1}^{K} y_k = 1" in derivation["context"]["facts"]
    assert derivation["results"]["log_likelihood"] == "\\sum_{k=1}^{K} t_k \\log y_k"
    assert derivation["results"]["estimate"] == {"\\hat{y}_k": "\\frac{t_k}{N}"}


@pytest.mark.parametrize("name", ["categorical", "bernoulli"])
@pytest.mark.parametrize("form", ["text", "latex", "markdown", "json"])
def test_every_format_and_language(name: str, form: str, tmp_path: Path) -> None:
    english, japanese = (run("show", name, "--to", form, "--lang", lang).stdout for lang in ("en", "ja"))
    assert english != japanese
    assert any("\u3040" <= ch <= "\u9fff" for ch in japanese)
    output = tmp_path / "page"
    run("show", name, "--to", form, "-o", str(output))
    assert output.read_text(encoding="utf-8") == english


def test_a_saved_derivation_is_read_back_and_checked(die: dict[str, Any], tmp_path: Path) -> None:
    saved = tmp_path / "die.json"
    saved.write_text(json.dumps(die["derivation"]))
    report = json.loads(run("check", str(saved), "--format", "json").stdout)
    assert report["version"] == 1
    (file,) = report["files"]
    assert file["first_wrong"] is None and file["path"] == str(saved)
    assert set(report["summary"]) <= ALLOWED
    assert all(step["line"] is None for step in file["steps"])


def test_a_wrong_step_in_a_saved_derivation_is_found(die: dict[str, Any], tmp_path: Path) -> None:
    data = json.loads(json.dumps(die["derivation"]))
    steps = data["sections"][2]["steps"]
    assert steps[-1]["rule"] == "log_of_power"
    steps[-1]["form"]["after"] = ["*", -1, steps[-1]["form"]["after"]]
    saved = tmp_path / "wrong.json"
    saved.write_text(json.dumps(data))
    report = json.loads(run("check", str(saved), "--format", "json", code=1).stdout)
    wrong = report["files"][0]["first_wrong"]
    assert report["files"][0]["steps"][wrong]["verdict"] == "refuted"
    assert {"K", "y_{1}"} <= set(report["files"][0]["steps"][wrong]["counterexample"])
    assert "refuted" in run("check", str(saved), code=1).stdout


MISTAKES = [
    (["mle", "categorical", "--counts", "2,x,3"], "value 2: 'x'"),
    (["mle", "categorical", "--counts", "-1,2"], "-1 is not a count"),
    (["mle", "categorical", "--counts", "0,0"], "all counts are 0"),
    (["mle", "categorical"], "either --counts or --data"),
    (["mle", "bernoulli", "--counts", "1,2"], "--data"),
    (["show", "categrical"], "did you mean 'categorical'"),
    (["show", "categorical", "-o", "/nonexistent/page"], "cannot be written"),
    (["export", "categorical", "-o", "/nonexistent/loss.py"], "cannot be written"),
    (["export", "nothing", "-o", "x.py"], "no model 'nothing'"),
    (["check", "/nonexistent.json"], "cannot be read"),
    (["check", "/dev/null/x.md"], "cannot be read"),
    (["check", "tests"], "cannot be read"),
    (["check"], "FILE"),
    (["validate", "/nonexistent.py"], "nonexistent"),
    (["validate", "nothing"], "nothing"),
    (["frobnicate"], "frobnicate"),
    (["show"], "NAME"),
    (["show", "categorical", "--to", "pigeon"], "pigeon"),
]


@pytest.mark.parametrize(("args", "words"), MISTAKES, ids=lambda p: " ".join(p) if isinstance(p, list) else "")
def test_a_mistake_is_one_line_that_names_it(args: list[str], words: str) -> None:
    if args[0] == "validate":
        pytest.importorskip("torch", reason="torch is not installed")
    done = run(*args, code=2)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr and done.stderr.startswith("derive: ")


def test_list_and_version() -> None:
    names = [m["name"] for m in json.loads(run("list", "--json").stdout)]
    assert {"categorical", "bernoulli"} <= set(names)
    assert "categorical" in run("list").stdout
    assert run("--version").stdout.startswith("derive, version 0.")


def test_importing_costs_little_more_than_sympy() -> None:
    code = "import time; s = time.perf_counter(); import {}; print(time.perf_counter() - s)"

    def seconds(module: str) -> float:
        return float(
            subprocess.run(
                [sys.executable, "-c", code.format(module)], capture_output=True, text=True, check=True
            ).stdout
        )

    seconds("derive"), seconds("sympy")
    pairs = [(seconds("sympy"), seconds("derive")) for _ in range(5)]
    assert min(d for _, d in pairs) < 1.3 * min(s for s, _ in pairs)


def test_a_notebook_shows_the_derivation_typeset() -> None:
    import derive

    shown = derive.load("categorical").derivation()._repr_markdown_()
    assert "$$" in shown and "\\sum_{k=1}^{K} t_k \\log y_k" in shown
    assert derive_model(derive.load("bernoulli")).latex(lang="ja")
