"""A small run of `python -m tests.soundness`, and the oracle held against what is known."""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random

import pytest
import sympy as sp

from derive.algebra.context import SumFact
from derive.derivation import Step
from tests.expressions import CONTEXT, K, N, T, a, c, counts, i, j, k, l, m, mu, theta, w, y
from tests.soundness.judge import judge
from tests.soundness.material import material, of_family, places
from tests.soundness.mutations import MUTATIONS
from tests.soundness.record import Record
from tests.soundness.run import run, tally
from tests.soundness.work import share
from tests.soundness.wrong_steps import mutants

SEED = 20
DIE = ("categorical", "bernoulli")
OTHERS = ("poisson", "gaussian", "laplace", "exponential", "uniform", "pareto")
SIMPLEX = SumFact(y, 0, sp.S.One).equation()


def eq(left: object, right: object) -> sp.Eq:
    return sp.Eq(left, right, evaluate=False)


def gt(left: object, right: object = 0) -> sp.Rel:
    return sp.StrictGreaterThan(left, right, evaluate=False)


def wrong(step: Step) -> str | None:
    return judge(step, CONTEXT, Random(1))


def test_the_checker_meets_the_bars() -> None:
    outcome = run(mutants=110, rewrites=60, fuzz=10, seed=SEED, jobs=2, families=DIE)
    assert [f.text for f in outcome.faults] == []
    assert not outcome.not_shipped_right
    assert [f.text for f in outcome.findings if f.broken] == []
    wrong_ones, rewrites = outcome.of("mutant"), outcome.of("rewrite")
    assert len(wrong_ones) >= 105 and len(rewrites) >= 55
    assert [f.text for f in wrong_ones if f.accepted] == []
    assert [f.text for f in rewrites if f.rejected] == []
    assert sum(f.rejected for f in wrong_ones) >= 0.97 * len(wrong_ones)
    assert sum(f.verdict == "proved" for f in rewrites) >= 0.9 * len(rewrites), "95 % of 10,000; these are few"


def test_no_wrong_step_of_other_families_passes() -> None:
    """A few steps of a few families; `python -m tests.soundness` takes all of them."""
    outcome = run(mutants=50, rewrites=25, fuzz=0, seed=SEED, jobs=2, families=OTHERS, sample=5)
    assert outcome.not_derived == [] and outcome.not_shipped_right == []
    assert [f.text for f in outcome.findings if f.broken or f.fault] == []
    assert [f.text for f in outcome.of("mutant") if f.accepted] == []
    assert [f.text for f in outcome.of("rewrite") if f.rejected] == []
    assert len(outcome.left_open) <= 0.2 * len(outcome.of("mutant"))


def test_twenty_kinds_of_mistake_and_more() -> None:
    item = next(m for m in material(DIE) if m.step.rule == "delta_collapse")
    some = islice(mutants(item.step, item.context, list(item.others), Random(1)), 60)
    assert len(MUTATIONS) >= 20 and len({mutant.kind for mutant in some}) >= 20


def test_a_seed_gives_the_same_variants() -> None:
    place = next(p for p in places(DIE) if of_family(p[0])[p[1]].step.kind == "equal")
    first, second = ([f.text for f in share("mutant", place, 5, 0, 8)] for _ in range(2))
    assert first == second
    assert first != [f.text for f in share("mutant", place, 6, 0, 8)]


@pytest.mark.parametrize(
    "module", ["arithmetic", "oracle", "special", "quadrature", "system", "worlds", "judge", "optimum", "tree"]
)
def test_the_oracle_is_independent_of_what_it_judges(module: str) -> None:
    source = (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")
    nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, (ast.Import, ast.ImportFrom))]
    names = {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
    names |= {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    nodes_only = {"derive.algebra.order", "derive.algebra.matrices"}
    allowed = {"derive.algebra.context", "derive.derivation", *nodes_only}
    assert {n for n in names if n.startswith(("derive", "flint"))} <= allowed


S = sp.Sum
TRUE = [
    Step("equal", S(y.base[k], (k, 1, K)), sp.S.One),
    Step("equal", S(T.base[i, k], (k, 1, K), (i, 1, N)), N),
    Step("equal", sp.Derivative(S(y.base[k] ** 3, (k, 1, K)), y.base[j], y.base[m]),
         6 * y.base[j] * sp.KroneckerDelta(j, m)),
    Step("equal", sp.log(w.base[j] ** mu.base), mu.base * sp.log(w.base[j])),
    Step("equal", y.base[j] ** 0 * sp.log(y.base[j] ** counts.base[j]), counts.base[j] * sp.log(y.base[j]),
         given=(gt(y.base[k]),)),
    Step("inequality", S(a.base[k] ** 2, (k, 1, K)), sp.S.Zero, "≥"),
    Step("equivalent", eq(mu.base / c.base, 1), eq(mu.base, c.base), "⇔"),
    Step("equivalent", eq(c.base * mu.base, 0), eq(mu.base, 0), "⇔"),
    Step("solves", sp.Tuple(eq(2 * mu.base, c.base)), sp.Tuple(eq(mu.base, c.base / 2)), "⇔"),
    Step("maximises", -((mu.base - c.base) ** 2), sp.Tuple(eq(mu.base, c.base))),
    Step("maximises", S(counts.base[k] * sp.log(y.base[k]), (k, 1, K)), sp.Tuple(eq(y.base[k], counts.base[k] / N)),
         bind=(SIMPLEX,)),
    Step("hypothesis", SIMPLEX, sp.true),
    Step("substitution", mu.base * N, sp.Integer(6), bind=(eq(N, 3), eq(mu.base, 2))),
]  # fmt: skip
FALSE = [
    Step("equal", S(y.base[k], (k, 1, K)), K),
    Step("equal", S(T.base[i, k], (k, 1, K)), sp.S.One),  # i is free
    Step("equal", sp.log(y.base[j] * 2), sp.log(y.base[j]) + sp.log(2)),  # y_j = 0
    Step("equal", sp.Derivative(S(y.base[l], (l, 1, K)), y.base[j]), K),
    Step("equal", 1 / theta.base * theta.base**2, theta.base**2),
    Step("inequality", S(a.base[k] ** 2, (k, 1, K)), sp.S.Zero, ">"),
    Step("inequality", theta.base, sp.S.Zero, ">"),
    Step("equivalent", eq(mu.base**2, c.base**2), eq(mu.base, c.base), "⇔"),
    Step("equivalent", eq(mu.base * c.base, 1), eq(mu.base, c.base), "⇔"),
    Step("solves", sp.Tuple(eq(mu.base**2, c.base**2)), sp.Tuple(eq(mu.base, c.base)), "⇔"),
    Step("solves", sp.Tuple(eq(2 * mu.base, c.base)), sp.Tuple(eq(mu.base, 2 * c.base)), "⇔"),
    Step("solves", sp.Tuple(eq(a.base[j] - a.base[m], 0)), sp.Tuple(eq(a.base[j], 0)), "⇔"),
    Step("inequality", theta.base * (1 - theta.base), sp.Rational(1, 4), "<"),
    Step("inequality", sp.exp(mu.base), mu.base + 1, ">"),
    Step("maximises", (mu.base - c.base) ** 2, sp.Tuple(eq(mu.base, c.base))),
    Step("maximises", S(counts.base[k] * sp.log(y.base[k]), (k, 1, K)), sp.Tuple(eq(y.base[k], 1 / K)),
         bind=(SIMPLEX,)),
    Step("hypothesis", eq(S(y.base[k], (k, 1, K)), 2), sp.true),
    Step("substitution", mu.base * N, sp.Integer(5), bind=(eq(N, 3), eq(mu.base, 2))),
    Step("definition", counts.base[k], S(T.base[i, k], (i, 1, N - 1)), ":="),
]  # fmt: skip


@pytest.mark.parametrize("step", TRUE, ids=lambda s: f"{s.kind}: {s.before}")
def test_the_oracle_lets_true_claims_pass(step: Step) -> None:
    assert wrong(step) is None


@pytest.mark.parametrize("step", FALSE, ids=lambda s: f"{s.kind}: {s.before}")
def test_the_oracle_finds_false_claims(step: Step) -> None:
    assert wrong(step) is not None


def test_a_condition_is_needed_where_the_corner_says_so() -> None:
    logs = Step("equal", sp.log(y.base[j] ** 2), 2 * sp.log(y.base[j]), given=(gt(y.base[j]),))
    assert wrong(logs) is None
    assert wrong(replace(logs, given=())) is not None
    implied = Step("equal", sp.log(w.base[j] ** 2), 2 * sp.log(w.base[j]), given=(gt(w.base[j]),))
    assert wrong(replace(implied, given=())) is None


def test_a_rewrite_that_changes_the_value_is_a_fault_of_the_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.soundness import right_steps

    monkeypatch.setattr(right_steps, "REWRITES", {"reorder terms": lambda site, around: [site.node + 1]})
    place = next(p for p in places(DIE) if of_family(p[0])[p[1]].step.kind == "equal")
    assert any(f.fault for f in share("rewrite", place, 1, 0, 20))


def test_a_run_goes_on_from_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log.jsonl"
    size = {"mutants": 12, "rewrites": 8, "fuzz": 0, "seed": 3, "jobs": 1, "families": ("bernoulli",), "sample": 5}
    first = run(**size, record=Record(log))  # type: ignore[arg-type]
    lines = log.read_text(encoding="utf-8").splitlines()
    ends = [n for n, line in enumerate(lines) if '"finding"' not in line and '"shipped"' not in line]
    log.write_text("\n".join(lines[: ends[1] + 2]) + '\n{"piece": ["mut', encoding="utf-8")  # stopped in a third piece
    kept = Record(log)
    assert len(kept.pieces) == 2 and len(kept.shipped) == 5
    assert [f.text for f in tally(kept).findings] == [f.text for found in kept.pieces.values() for f in found]
    again = run(**size, record=kept)  # type: ignore[arg-type]
    assert [(f.text, f.verdict, f.why) for f in again.findings] == [(f.text, f.verdict, f.why) for f in first.findings]

    def no_more(*_: object) -> None:
        raise AssertionError("everything was done")

    monkeypatch.setattr("tests.soundness.run.done", no_more)
    assert len(run(**size, record=Record(log)).findings) == len(first.findings)  # type: ignore[arg-type]
