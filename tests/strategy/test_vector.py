"""Loss, gradient and normal equations in matrix notation: right lines proved, wrong ones refuted or ill-formed."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache

import pytest
import sympy as sp

import derive
from derive.algebra.context import POSITIVE, REAL, Context, IndexRange, array, index, scalar, size
from derive.algebra.products import EntryOf, MatrixProduct, Table, Trace, Transposed, shape
from derive.checker import check_step
from derive.derivation import Derivation, Section, Step
from derive.render import text
from derive.strategy.wholes import NoMatrixFormError, Wholes, times, transpose

#: The lines as a reader sees them.
LINES = {
    "categorical": ["E = −(1/N) tr(𝐓(log 𝐘)ᵀ)", "∂E/∂𝐙 = (1/N)(𝐘 − 𝐓)"],
    "bernoulli": ["E = −(1/N)(𝐱ᵀ log 𝛉 + (𝟏 − 𝐱)ᵀ log(𝟏 − 𝛉))", "∂E/∂𝐳 = (1/N)(𝛉 − 𝐱)"],
    "linear_regression": [
        "E = log σ + (1/2) log(2π) + (1/(2Nσ²))(𝐲 − 𝐗𝐰)ᵀ(𝐲 − 𝐗𝐰)",
        "∂/∂𝐰 (log σ + (1/2) log(2π) + (1/(2Nσ²))(𝐲 − 𝐗𝐰)ᵀ(𝐲 − 𝐗𝐰)) = (1/(Nσ²)) 𝐗ᵀ(𝐗𝐰 − 𝐲)",
        "(1/(Nσ²)) 𝐗ᵀ(𝐗𝐰 − 𝐲) = 𝟎 ⇔ 𝐗ᵀ𝐗𝐰 = 𝐗ᵀ𝐲",
        "∂/∂σ (log σ + (1/2) log(2π) + (1/(2Nσ²))(𝐲 − 𝐗𝐰)ᵀ(𝐲 − 𝐗𝐰)) = 1/σ − (1/(Nσ³))(𝐲 − 𝐗𝐰)ᵀ(𝐲 − 𝐗𝐰)",
    ],
    "logistic_regression": [
        "E = (1/N) 𝟏ᵀ log(𝟏 + exp(𝐗𝐰)) − (1/N) 𝐲ᵀ𝐗𝐰",
        "∂/∂𝐰 ((1/N) 𝟏ᵀ log(𝟏 + exp(𝐗𝐰)) − (1/N) 𝐲ᵀ𝐗𝐰) = (1/N) 𝐗ᵀ(sigmoid(𝐗𝐰) − 𝐲)",
    ],
    "softmax_regression": [
        "E = (1/N) 𝟏ᵀ log(exp(𝐗𝐖ᵀ) 𝟏) − (1/N) tr(𝐓𝐖𝐗ᵀ)",
        "yᵢₖ := exp(Σ_{d=1}^{D} w_{kd} x_{id})/(Σₗ₌₁ᴷ exp(Σ_{d=1}^{D} w_{ld} x_{id}))",
        "∂/∂𝐖 ((1/N) 𝟏ᵀ log(exp(𝐗𝐖ᵀ) 𝟏) − (1/N) tr(𝐓𝐖𝐗ᵀ)) = (1/N)(𝐘 − 𝐓)ᵀ 𝐗",
    ],
    "poisson_regression": [
        "E = (1/N) Σᵢ₌₁ᴺ log(yᵢ!) + (1/N) 𝟏ᵀ exp(𝐗𝐰) − (1/N) 𝐲ᵀ𝐗𝐰",
        "∂/∂𝐰 ((1/N) Σᵢ₌₁ᴺ log(yᵢ!) + (1/N) 𝟏ᵀ exp(𝐗𝐰) − (1/N) 𝐲ᵀ𝐗𝐰) = (1/N) 𝐗ᵀ(exp(𝐗𝐰) − 𝐲)",
    ],
}


@lru_cache
def derived(name: str) -> Derivation:
    return derive.load(name).derivation()


def shown(step: Step) -> str:
    return f"{text.expression(step.before)} {step.relation} {text.expression(step.after)}"


def section(name: str) -> Section:
    return derived(name).section("vector")


@pytest.mark.parametrize("name", LINES)
def test_the_lines_and_their_verdicts(name: str) -> None:
    assert [shown(step) for step in section(name).steps] == LINES[name]
    for step in section(name).steps:
        assert check_step(step, derived(name).context).status == ("definition" if step.relation == ":=" else "proved")


@pytest.mark.parametrize("name", ["gamma", "uniform", "rayleigh", "dirichlet"])
def test_no_section_where_nothing_is_a_product_of_matrices(name: str) -> None:
    assert "vector" not in [s.id for s in derived(name).sections]


@pytest.mark.parametrize("name", LINES)
def test_saved_and_read_back(name: str) -> None:
    short = replace(derived(name), sections=(section(name),), results={})
    data = json.loads(json.dumps(short.to_json()))
    assert Derivation.from_json(data) == short
    assert {s["verdict"] for s in data["sections"][0]["steps"]} <= {"proved", "definition"}


# --- wrong lines -----------------------------------------------------------------------------------------------------


def changed(expr: sp.Basic, kind: type, new: object) -> list[sp.Basic]:
    """The expression with one node of a kind changed, for every such node."""
    found = [e for e in dict.fromkeys(sp.preorder_traversal(expr)) if isinstance(e, kind)]
    return [expr.xreplace({e: new(e)}) for e in found]  # type: ignore[operator]


def negated(matrix: sp.Expr) -> sp.Expr:
    a, b = index("p"), index("q")
    if isinstance(matrix, Table):
        return Table(-matrix.function, *matrix.limits)
    rows, columns = shape(matrix)
    return Table(-EntryOf(matrix, a, b if columns != 1 else 1), (a, 1, rows), *([(b, 1, columns)] * (columns != 1)))


def wrong_lines() -> list[tuple[str, Step]]:
    found = []
    for name in LINES:
        for step in section(name).steps:
            if step.kind != "equal":
                continue
            sides = changed(step.after, Transposed, lambda e: e.args[0])
            sides += changed(step.after, MatrixProduct, lambda e: MatrixProduct(*reversed(e.args)))
            sides += changed(step.after, MatrixProduct, negated)
            sides += [negated(step.after) if isinstance(step.after, Table) else -step.after]
            found += [(name, replace(step, after=side)) for side in sides if side != step.after]
    return found


def test_a_transposed_misshaped_or_sign_flipped_line_is_caught() -> None:
    lines = wrong_lines()
    assert len(lines) > 40
    statuses: dict[str, int] = {}
    for name, step in lines:
        status = check_step(step, derived(name).context).status
        statuses[status] = statuses.get(status, 0) + 1
        assert status in ("refuted", "ill-formed") or _same_value(step, name), (name, shown(step), status)
    assert statuses["refuted"] > 10 and statuses["ill-formed"] > 10


def _same_value(step: Step, name: str) -> bool:
    """tr(A B) = tr(B A) and aᵀ b = bᵀ a: such a change is none."""
    right = next(s.after for s in section(name).steps if s.before == step.before)
    return check_step(replace(step, before=right), derived(name).context).status == "proved"


def test_the_wrong_normal_equations_are_refuted() -> None:
    step = next(s for s in section("linear_regression").steps if s.kind == "equivalent")
    left, right = step.after.args
    context = derived("linear_regression").context
    for wrong in ((left, negated(right)), (MatrixProduct(*left.args[1:]), right), (right, right.args[-1])):
        verdict = check_step(replace(step, after=sp.Eq(*wrong, evaluate=False)), context)
        assert verdict.status in ("refuted", "ill-formed")


# --- from sums to matrices -------------------------------------------------------------------------------------------

N, K, D = size("N"), size("K"), size("D")
a, b, d, i, j, k, n = map(index, "abdijkn")
X, Y, W = array("x", [N, D], REAL), array("y", [N], REAL), array("w", [D], REAL)
T, P = array("t", [N, K], REAL), array("p", [N, K], POSITIVE)
SIGMA = scalar("sigma", POSITIVE)
CONTEXT = Context(
    sizes=(N, K, D), variables=(X, Y, W, T, P, SIGMA), indices=(IndexRange(j, sp.S.One, D), IndexRange(n, sp.S.One, N))
)
xt = Transposed(Table(X.base[a, b], (a, 1, N), (b, 1, D)))


def test_sums_over_an_index_are_products() -> None:
    wholes = Wholes(CONTEXT)
    assert wholes.matrix(sp.Sum(W.base[d] * X.base[n, d], (d, 1, D)), (n, N)) == times(
        transpose(xt), Table(W.base[a], (a, 1, D))
    )
    assert wholes.matrix(sp.Sum(Y.base[i] * X.base[i, j], (i, 1, N)), (j, D)) == times(xt, Table(Y.base[a], (a, 1, N)))
    both = sp.Sum(T.base[i, k] * sp.log(P.base[i, k]), (k, 1, K), (i, 1, N))
    assert text.expression(wholes.number(both)) == "tr(𝐓(log 𝐏)ᵀ)"
    assert text.expression(wholes.number(sp.Sum(Y.base[i] ** 2, (i, 1, N)) / 2)) == "(1/2) 𝐲ᵀ𝐲"
    assert isinstance(wholes.number(sp.Sum(Y.base[i], (i, 1, N))), Trace)


@pytest.mark.parametrize(
    "expr",
    [
        sp.Sum(X.base[i, j] ** 3, (i, 2, N)),  # does not start at 1
        Y.base[n] * sp.Sum(Y.base[i], (i, 1, n)),
        Y.base[n] * sp.exp(Y.base[n]),  # a product entry by entry has no sign of its own here
        X.base[n, n],
        sp.gamma(Y.base[n]),
    ],
)
def test_what_is_no_entry_of_a_product_is_left(expr: sp.Expr) -> None:
    place = (j, D) if expr.has(j) else (n, N)
    with pytest.raises(NoMatrixFormError):
        Wholes(CONTEXT).matrix(expr, place)


def test_a_known_n_and_the_index_of_a_sample_have_two_names() -> None:
    """Otherwise a saved derivation of the multinomial model would mean something else when it is read back."""
    whole = derived("multinomial")
    assert Derivation.from_json(json.loads(json.dumps(whole.to_json()))) == whole
