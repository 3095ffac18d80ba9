"""The emitted file: stands alone, is the same every time, reads as a person would have written it."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import numeric
from derive.algebra.context import scalar
from derive.families import FAMILIES, KINDS, load
from numeric import emit, graph
from numeric.emitted import camel
from numeric.lowering import linked
from numeric.pipeline import prepare

NAMES = [n for n in FAMILIES if n not in KINDS["with a prior"]]


@pytest.mark.parametrize("name", NAMES)
def test_the_file_imports_torch_alone(name: str) -> None:
    tree = ast.parse(numeric.loss(name).source)
    found = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    found |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert found - {"collections.abc", "math"} == {"__future__", "typing", "torch"}


@pytest.mark.parametrize("name", NAMES)
def test_the_file_defines_what_was_promised(name: str) -> None:
    text = numeric.loss(name).source
    tree = ast.parse(text)
    defined = {n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    assert {name, f"{name}_plain", f"{camel(name)}Loss"} <= defined
    assert f'FAMILY = "{name}"' in text and "<<" not in text
    assert all(ast.get_docstring(n) for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef)))


def test_the_head_states_the_formulas() -> None:
    head = ast.get_docstring(ast.parse(numeric.loss("categorical").source)) or ""
    for line in (
        "y[k] = exp(z[k])/(Σ_{l=1..K} exp(z[l]))",
        "exp(z[j])*(Σ_{k=1..K} t[k])/(Σ_{k=1..K} exp(z[k])) - t[j]",
    ):
        assert line in head


def test_the_margin_form_is_what_is_emitted() -> None:
    """log1p of the sum without its largest term, minus the label's distance from the top."""
    text = numeric.loss("categorical").source
    assert "loss = torch.log1p(others) - (entry - largest)" in text
    assert "case = term.scatter(dim, label, -(others + (1 - (decay + decay * lost))))" in text


def test_generation_does_not_depend_on_the_run() -> None:
    script = f"import numeric; print(*(numeric.loss(n).source for n in {NAMES}))"
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every family's file."""
    folder = tmp_path_factory.mktemp("losses")
    for name in NAMES:
        numeric.export(name, folder / f"{name}.py")
    return folder


def tool(name: str, *arguments: str) -> str:
    """What a tool beside the interpreter says; nothing where all is well."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        pytest.skip(f"{name} is not installed")
    done = subprocess.run([str(path), *arguments], check=False, capture_output=True, text=True)
    return done.stdout if done.returncode else ""


def test_the_files_are_formatted(folder: Path) -> None:
    common = ("--isolated", "--line-length", "100", str(folder))
    assert not tool("ruff", "format", "--check", *common)
    rules = ("--select", "E,F,I,B,UP,SIM,RUF,D1", "--ignore", "RUF001,RUF002,RUF003")
    assert not tool("ruff", "check", "--no-cache", *rules, *common)


def test_the_files_are_typed(folder: Path) -> None:
    """Strictly, but for what torch leaves untyped in its own autograd.Function."""
    files = [str(folder / f"{name}.py") for name in ("gaussian", "dirichlet", "von_mises", "multivariate_gaussian")]
    options = ("--strict", "--allow-untyped-calls", "--cache-dir", str(folder / "cache"), "--config-file", "")
    assert not tool("mypy", *options, *files)


def test_making_source_needs_no_torch() -> None:
    script = "import sys; sys.modules['torch'] = None; import numeric; numeric.loss('categorical').source"
    subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], check=True)


@pytest.mark.parametrize("name", ["torch", "math", "_Hard", "class"])
def test_a_name_that_the_file_uses_is_refused(name: str) -> None:
    derived = linked(load("bernoulli"))
    with pytest.raises(ValueError, match=r"cannot be"):
        prepare(replace(derived, model=replace(derived.model, name=name)))


def test_a_variable_that_is_no_identifier_is_refused() -> None:
    derived = linked(load("bernoulli"))
    wicked = scalar('x"""\nimport os', derived.target.domain)
    swapped = derived.model.density.xreplace({derived.target.base: wicked.base})
    with pytest.raises(ValueError, match="cannot be a name"):
        prepare(replace(derived, model=replace(derived.model, density=swapped)))


def test_another_name_gives_the_same_loss_under_that_name() -> None:
    derived = linked(load("bernoulli"))
    other = prepare(replace(derived, model=replace(derived.model, name="fair_coin")))
    assert "class FairCoinLoss(torch.nn.Module)" in other.source and other.fused.__name__ == "fair_coin"


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (graph.add(graph.negative(graph.source("a")), graph.source("b")), "b - a"),
        (graph.mul(graph.source("a"), graph.add(graph.source("b"), graph.ONE)), "a * (1 + b)"),
        (graph.mul(graph.constant(-1), graph.add(graph.source("a"), graph.source("b"))), "-(a + b)"),
        (graph.mul(graph.source("a"), graph.power(graph.source("b"), -2)), "a / b**2"),
        (graph.power(graph.add(graph.source("a"), graph.source("b")), -1), "1 / (a + b)"),
        (graph.mul(graph.constant(Fraction(1, 2)), graph.source("a")), "0.5 * a"),
        (graph.difference(graph.source("a"), graph.difference(graph.source("b"), graph.source("c"))), "a - (b - c)"),
    ],
)
def test_parentheses_where_they_are_needed(node: graph.Node, text: str) -> None:
    names = {graph.source(n): n for n in "abc"}
    assert emit.statements({"out": node}, names) == [f"out = {text}"]
