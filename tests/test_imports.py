"""The table of who may import whom, followed transitively through every file of the project."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: room → the rooms it may import (besides itself). Imports inside functions count unless listed in CONVENIENCE.
ALLOWED: dict[str, set[str]] = {
    "derive.algebra": set(),
    "derive.rules": {"derive.algebra"},
    "derive.model": {"derive.algebra"},
    "derive.families": {"derive.algebra", "derive.model"},
    "derive.derivation": {"derive.algebra"},
    "derive.estimation": {"derive.algebra", "derive.model", "derive.derivation"},
    "derive.interchange": {"derive.algebra", "derive.derivation"},
    "derive.strategy": {
        "derive.algebra",
        "derive.rules",
        "derive.families",
        "derive.model",
        "derive.derivation",
        "derive.estimation",
    },
    "derive.checker": {"derive.algebra", "derive.derivation"},
    "derive.read": {"derive.algebra", "derive.derivation", "derive.interchange", "derive.checker"},
    "derive.certify": {"derive.algebra", "derive.rules", "derive.derivation"},
    "derive.render": {
        "derive.algebra",
        "derive.rules",
        "derive.families",
        "derive.model",
        "derive.derivation",
        "derive.estimation",
        "derive.checker",
        "derive.read",
    },
}

#: Convenience methods and entry points that import a room inside a function, so that the file itself stays light.
CONVENIENCE = {
    ("derive.derivation", "derive.checker"),
    ("derive.derivation", "derive.render"),
    ("derive.derivation", "derive.interchange"),
    ("derive.read.report", "derive.render"),  # how a report shows itself
    ("derive.read.saved", "derive.render"),  # the formulas of a saved derivation as an article would have them
    ("derive.model", "derive.strategy"),
    ("derive.model", "derive.render"),  # how a model shows itself in a notebook
    ("derive.model", "derive.derivation"),
    ("derive.strategy.normalisation", "derive.checker"),  # only to try out a density that somebody states
    ("derive.strategy.small_sizes", "derive.checker"),  # the same, for observations that are arrays
}

#: What the checker uses of the algebra: the context, and the normal form with what it is made of.
CHECKER_ALGEBRA = {
    *("context", "binding", "scope", "rational", "cancelling", "sums", "normal_form", "budgets"),
    *("signs", "sign_masks", "signs_of_sums"),
    *("totals", "series", "bounds", "quadratic", "listed", "order"),
    *("matrices", "products", "contraction", "definite"),
}


def room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def modules() -> dict[str, Path]:
    found = {}
    for package in ("derive", "numeric"):
        for path in (ROOT / package).rglob("*.py"):
            parts = list(path.relative_to(ROOT).with_suffix("").parts)
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it; names imported from a package count as its modules."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative imports hide the room"
            known = modules()
            found |= {
                f"{node.module}.{a.name}" if f"{node.module}.{a.name}" in known else node.module for a in node.names
            }
    return found


MODULES = modules()


@pytest.mark.parametrize("module", sorted(MODULES))
def test_rooms_import_only_what_the_table_allows(module: str) -> None:
    here = room(module)
    if here in ("derive", "derive.cli") or here.startswith("numeric"):
        return
    for imported in imports(MODULES[module]):
        there = room(imported)
        if not imported.startswith("derive") or there in (here, "derive"):
            continue
        allowed = there in ALLOWED[here] or (module, there) in CONVENIENCE
        assert allowed, f"{module} imports {imported}; {here} may use {sorted(ALLOWED[here])}"


def test_the_table_lists_every_room() -> None:
    rooms = {room(m) for m in MODULES if m.startswith("derive.")} - {"derive.cli"}
    assert rooms == set(ALLOWED)


def test_convenience_imports_are_inside_functions() -> None:
    """Or the whole module is imported so, by the one that uses it."""
    late = "derive.strategy.small_sizes"
    users = [module for module, path in MODULES.items() if late in path.read_text(encoding="utf-8")]
    assert users == ["derive.strategy.normalisation"]
    for module, there in (*(c for c in CONVENIENCE if c[0] != late), (users[0], late)):
        tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not node.module.startswith(there), f"{module} imports {there} at the top"


def closure(start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        module = todo.pop()
        if module in seen or module not in MODULES:
            continue
        seen.add(module)
        todo += [m for m in imports_at_import_time(MODULES[module])]
    return seen


def imports_at_import_time(path: Path) -> set[str]:
    """What importing a file runs: its own imports outside of functions and TYPE_CHECKING blocks."""
    found: set[str] = set()
    known = MODULES
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{a.name}" for a in node.names if f"{node.module}.{a.name}" in known}
    return found


def test_the_checker_reaches_neither_rules_nor_strategy() -> None:
    reached: set[str] = set()
    for module in MODULES:
        if module.startswith("derive.checker"):
            reached |= closure(module)
    assert not {m for m in reached if m.startswith(("derive.rules", "derive.strategy", "derive.families"))}
    algebra = {m.split(".")[2] for m in reached if m.startswith("derive.algebra.")}
    assert algebra == CHECKER_ALGEBRA


def test_derive_never_imports_torch() -> None:
    for module, path in MODULES.items():
        if module.startswith("derive"):
            assert not {m for m in imports(path) if m.split(".")[0] == "torch"}, module
    code = "import derive, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_top_level_holds_what_was_agreed() -> None:
    names = {p.name for p in ROOT.iterdir() if not p.name.startswith(".") and p.suffix != ".egg-info"}
    assert names <= {"pyproject.toml", "README.md", "LICENSE", "derive", "numeric", "tests", "docs", "build"}


def test_no_public_function_bears_the_name_of_a_module_beside_it() -> None:
    """`from room import name` must not depend on what was imported before."""
    for module, path in MODULES.items():
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                assert f"{package}.{node.name}" not in MODULES, f"{module} defines {node.name}"


def test_nothing_evaluates_text() -> None:
    """No eval, exec, sympify or parse_expr anywhere in the project."""
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                allowed = name == "eval" and isinstance(node.func, ast.Attribute)  # nn.Module.eval()
                assert name not in {"eval", "exec", "sympify", "parse_expr", "nsimplify"} or allowed, module
