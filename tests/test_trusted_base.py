"""What must be right for a verdict to be right, counted in lines without blank ones, comments and docstrings.

The aim was 2,000 lines for all that `proved` rests on. It holds for the core, by which equalities and inequalities over
sums and products are proved; the other kinds of claim and the tables for integrals, series, special functions and
matrices come on top, each with a limit of its own. `docs/trust.md` says the same with the counts of the day.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.test_imports import CHECKER_ALGEBRA, ROOT

CHECKER = ROOT / "derive" / "checker"
ALGEBRA = ROOT / "derive" / "algebra"

#: Plain data, and the clock, which can only make a verdict `undecided`.
HARMLESS = {"checker/verdict", "algebra/budgets"}

#: What `proved` rests on for an equality or inequality without integrals, special functions and matrices.
CORE = {
    *("algebra/context", "algebra/binding", "algebra/scope", "algebra/rational", "algebra/cancelling", "algebra/sums"),
    *("algebra/signs", "algebra/sign_masks", "algebra/signs_of_sums"),
    *("algebra/normal_form", "checker/__init__", "checker/claims", "checker/decision", "checker/derivative"),
    *("checker/linting", "checker/symbolic", "checker/congruence"),
}
#: What it rests on besides for the other kinds of claim: equivalent equations, solutions, maxima.
CLAIMS = {"checker/equivalence", "checker/solution", "checker/extremum", "checker/monotone"}
#: What is there for more kinds of expression: integrals, endless sums, special functions, short axes, matrices.
TABLES = {
    *("algebra/totals", "algebra/series", "algebra/bounds", "algebra/quadratic", "algebra/listed", "algebra/order"),
    *("algebra/matrices", "algebra/products", "algebra/contraction", "algebra/definite"),
    *("checker/matrices", "checker/products", "checker/extremum_matrix"),
}
#: The numeric lane: a fault here can refute what is right, or fail to catch a fault of the other lane.
NUMERIC = {
    *("checker/evaluator", "checker/functions", "checker/sampler", "checker/numeric", "checker/linear"),
    *("checker/quadrature", "checker/integrand", "checker/endless_sums"),
}
#: What the numeric lane takes from the algebra: what an expression means.
MEANING = {"algebra/context", "algebra/binding", "algebra/matrices", "algebra/order", "algebra/products"}

PARTS = {"core": CORE, "claims": CLAIMS, "tables": TABLES, "numeric": NUMERIC}
LIMITS = {"core": 2000, "claims": 800, "tables": 1400, "numeric": 1300}


def path(name: str) -> Path:
    return ROOT / "derive" / f"{name}.py"


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


def counted(names: set[str]) -> tuple[int, int, int]:
    """Files, lines of code, and lines as they stand in the files."""
    paths = [path(name) for name in names]
    return (
        len(paths),
        sum(map(lines_of_code, paths)),
        sum(len(p.read_text(encoding="utf-8").splitlines()) for p in paths),
    )


def test_every_file_has_its_place() -> None:
    found = {f"checker/{p.stem}" for p in CHECKER.glob("*.py")} | {f"algebra/{name}" for name in CHECKER_ALGEBRA}
    parts = [HARMLESS, *PARTS.values()]
    assert found == set().union(*parts)
    assert sum(map(len, parts)) == len(found), "each in one place only"


@pytest.mark.parametrize("part", PARTS)
def test_each_part_stays_small(part: str) -> None:
    assert counted(PARTS[part])[1] < LIMITS[part]


def test_the_page_on_trust_gives_these_counts() -> None:
    """To within 3 %: the page is for readers, and need not change with every line."""
    page = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    told = {
        name: tuple(int(n.replace(",", "")) for n in numbers)
        for name, *numbers in re.findall(
            r"^\| \*?\*?([a-z ]+?)\*?\*? \|.*\| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", page, re.M
        )
    }
    proved = CORE | CLAIMS | TABLES
    wanted = {name: counted(files) for name, files in PARTS.items()}
    wanted |= {"all for proved": counted(proved), "all for refuted": counted(NUMERIC | MEANING)}
    assert told.keys() == wanted.keys()
    for name, numbers in wanted.items():
        assert all(abs(a - b) <= 0.03 * b for a, b in zip(told[name], numbers, strict=True)), (name, numbers)


if __name__ == "__main__":
    for name, files in {
        **PARTS,
        "all for proved": CORE | CLAIMS | TABLES,
        "all for refuted": NUMERIC | MEANING,
    }.items():
        print(name, *counted(files))
