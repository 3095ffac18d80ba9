"""What must be right for a verdict to be right stays small: lines without blank ones, comments and docstrings."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.test_imports import CHECKER_ALGEBRA, ROOT

CHECKER = ROOT / "derive" / "checker"
ALGEBRA = ROOT / "derive" / "algebra"

#: Plain data, and the clock, which can only make a verdict `undecided`.
HARMLESS = {"verdict.py", "budgets.py"}
#: The numeric lane: a fault here can refute what is right, or fail to catch a fault of the other lane.
NUMERIC = {"evaluator.py", "sampler.py", "numeric.py", "linear.py", "quadrature.py", "integrand.py", "endless_sums.py"}


def files() -> list[Path]:
    found = [*CHECKER.glob("*.py"), *(ALGEBRA / f"{name}.py" for name in CHECKER_ALGEBRA)]
    return sorted(path for path in found if path.name not in HARMLESS)


def lines_of_code(path: Path) -> int:
    """Lines without blank ones, comments and docstrings."""
    source = path.read_text(encoding="utf-8")
    told: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            text = node.body[0]
            told |= set(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    lines = enumerate(source.splitlines(), start=1)
    return sum(bool(line.strip()) and not line.strip().startswith("#") and n not in told for n, line in lines)


def test_what_a_proof_rests_on_stays_under_2000_lines() -> None:
    """If these files are right, what they call `proved` is right."""
    assert sum(lines_of_code(path) for path in files() if path.name not in NUMERIC) < 2000


def test_what_a_refutation_rests_on_stays_under_1500_lines() -> None:
    """If these files are right, what they call `refuted` is wrong."""
    meaning = {"context.py", "binding.py"}
    assert sum(lines_of_code(path) for path in files() if path.name in NUMERIC | meaning) < 1500
