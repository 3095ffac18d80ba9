"""The translation is read back, and is the same; names from outside cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sympy as sp

from derive.algebra.context import REAL, Context, array, index, scalar, size
from derive.certify import certificate
from derive.certify.acceptance import scanned
from derive.certify.defined import conditions
from derive.certify.exporter import SECTIONS
from derive.certify.monomials import with_bound_names
from derive.certify.names import UntranslatableError, named
from derive.certify.terms import Scope, proposition, term
from derive.derivation import Derivation, Section, Step
from derive.families import load
from tests.certify.families import CERTIFIED, REGRESSIONS
from tests.certify.reading import read

N, K = size("N"), size("K")
POSITION, CLASS = index("i"), index("k")
X, Y, A = array("x", [N], REAL), array("y", [N, K], REAL), scalar("a", REAL)
CONTEXT = Context(sizes=(N, K), variables=(X, Y, A))
SCOPE = Scope(CONTEXT, named(CONTEXT))

TABLE = [
    (A.base + 1, "a + 1"),
    (1 - A.base, "1 - a"),
    (-A.base / 2, "- (a / 2)"),
    ((A.base - 1) ** -2, "/ (a - 1) ^ 2"),
    (sp.sqrt(A.base) / N, "sqrt a / INR N"),
    (A.base**N, "rpow a (INR N)"),
    (sp.exp(-A.base), "exp (- a)"),
    (sp.Sum(X.base[POSITION] ** 2, (POSITION, 1, N)), "sum N (fun i => x i ^ 2)"),
    (sp.Sum(Y.base[POSITION, CLASS], (CLASS, 1, K), (POSITION, 1, N)), "sum N (fun i => sum K (fun k => y i k))"),
    (sp.log(sp.Product(X.base[POSITION], (POSITION, 1, N))), "ln (prod N (fun i => x i))"),
    (sp.Sum(X.base[POSITION + 1], (POSITION, 1, N - 1)), "sum (N - 1)%nat (fun i => x (i + 1)%nat)"),
]


@pytest.mark.parametrize(("expr", "text"), TABLE, ids=[t for _, t in TABLE])
def test_terms(expr: sp.Expr, text: str) -> None:
    assert term(expr, SCOPE) == text


def expressions(derivation: Derivation) -> Iterator[sp.Expr]:
    for section, step in derivation.steps():
        if section.id in SECTIONS and step.kind not in ("definition", "hypothesis"):
            for side in (step.before, step.after):
                for part in side.args if isinstance(side, sp.Tuple) else (side,):
                    yield from part.args if isinstance(part, sp.Eq) else (part,)


def plain(expr: sp.Basic) -> sp.Basic:
    """Bound names and the order of nested sums as they stand; derivatives by the same variables."""
    return with_bound_names(expr)


@pytest.mark.parametrize("name", [*CERTIFIED, *REGRESSIONS])
def test_what_is_read_back_is_what_was_written(name: str) -> None:
    derivation = load(name).derivation()
    names = named(derivation.context)
    scope = Scope(derivation.context, names)
    read_back = 0
    for expr in expressions(derivation):
        try:
            text = term(expr, scope)
        except UntranslatableError:
            continue
        assert plain(read(text, derivation.context, names)) == plain(expr), text
        read_back += 1
    assert read_back > 30


def test_each_mistake_in_a_term_is_read_as_another_expression() -> None:
    """The reader does not nod everything through."""
    text = term(sp.Sum(X.base[POSITION] ** 2, (POSITION, 1, N)) / N - A.base, SCOPE)
    right = plain(read(text, CONTEXT, SCOPE.names))
    for old, new in ((" - ", " + "), ("^ 2", "^ 3"), ("/", "*"), ("sum", "prod"), ("INR N", "INR K"), ("a", "x 1")):
        assert plain(read(text.replace(old, new, 1), CONTEXT, SCOPE.names)) != right


def test_conditions_of_terms() -> None:
    total = sp.Sum(sp.log(X.base[POSITION]) / A.base, (POSITION, 1, N))
    found = {c.text for c in conditions(total, SCOPE)}
    assert found == {"forall i, (1 <= i <= N)%nat -> 0 < x i", "forall i, (1 <= i <= N)%nat -> a <> 0"}
    out_of_range = sp.Sum(X.base[POSITION + 1], (POSITION, 1, N))
    assert [c.text for c in conditions(out_of_range, SCOPE)] == ["forall i, (1 <= i <= N)%nat -> (1 <= i + 1 <= N)%nat"]
    assert [c.text for c in conditions(A.base ** X.base[1], SCOPE)][-1] == "rpow_defined a (x 1)"


def test_a_condition_on_an_index_that_is_not_declared_speaks_of_all() -> None:
    assert proposition(X.base[POSITION] > 0, SCOPE) == "forall i, (1 <= i <= N)%nat -> 0 < x i"


@pytest.mark.parametrize("name", ["ln", "sum", "R", "forall", "Admitted", "Axiom", "rpow", "eq1", "step_x", "fact"])
def test_words_of_rocq_are_renamed(name: str) -> None:
    context = Context(variables=(scalar(name, REAL),))
    identifier = named(context).of((name, 0))
    assert identifier != name and identifier.rstrip("_").removeprefix("my_") == name


@pytest.mark.parametrize("name", ["a. Axiom b", "x:R)", "(*", "é", "a b", "a\nAdmitted", "1x", ""])
def test_names_that_are_no_identifiers_are_refused(name: str) -> None:
    with pytest.raises(UntranslatableError):
        named(Context(variables=(scalar(name or "", REAL),)))


def test_nothing_of_a_derivation_from_outside_reaches_the_file_but_through_the_translation() -> None:
    step = Step("equal", A.base + 0, A.base, rule="*) Axiom bad : False. (*")
    evil = Derivation("x *) Axiom bad : False. (*", CONTEXT, (Section("likelihood", (step,)),), {})
    text = certificate(evil).text
    assert "Axiom bad" not in text and scanned(text) == ""
