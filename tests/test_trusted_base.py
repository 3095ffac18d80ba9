"""What must be trusted stays small."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.test_imports import CHECKER_ALGEBRA, ROOT

LIMIT = 2000

#: Plain data, and the clock, which can only make a verdict `undecided`.
HARMLESS = {"verdict.py", "budget.py"}


def trusted_files() -> list[Path]:
    checker = sorted((ROOT / "derive" / "checker").glob("*.py"))
    algebra = [ROOT / "derive" / "algebra" / f"{name}.py" for name in sorted(CHECKER_ALGEBRA)]
    return [path for path in (*checker, *algebra) if path.name not in HARMLESS]


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


def test_the_trusted_base_stays_under_2000_lines_of_code() -> None:
    assert sum(map(lines_of_code, trusted_files())) < LIMIT
