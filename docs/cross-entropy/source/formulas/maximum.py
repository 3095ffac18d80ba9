"""Maximum likelihood: why the constraint is needed, the multiplier, the estimate, and the second derivative."""

from __future__ import annotations

import sympy as sp

import derive
from derive.derivation import Step
from derive.estimation import estimate, observe
from source import derived
from source.data import COUNTS
from source.formulas.die import FACES
from source.lines import Block, Check, Decimal, Line, Page, Table, Words, chain
from source.symbols import K, equation, j, k

SUMMIT: Words = {
    "en": "the global maximum of the log-likelihood under the constraint",
    "ja": "制約条件のもとで対数尤度を最大にする",
}
CONTEXT = derived.of().context


def page() -> Page:
    """The second page."""
    score = derived.steps("score")
    lagrangian = derived.find("estimate", "lagrangian")
    slope = [s for s in derived.steps("estimate") if s.rule in ("differentiate", "delta_collapse")]
    return Page(
        {
            "score": chain(*derived.lines(*score), numbered=True),
            "lagrangian": Block(tuple(derived.lines(lagrangian)), numbered=True),
            "slope": chain(*derived.lines(*slope)),
            "solved": _stated(derived.find("estimate", "solve")),
            "summed": chain(*derived.lines(*(derived.find("estimate", r) for r in ("sum_is_linear", "known_sum")))),
            "multiplier": _stated(derived.find("estimate", "insert_constraint")),
            "estimate": Block(tuple(derived.lines(derived.find("estimate", "estimate"))), numbered=True),
            "only": _stated(derived.find("estimate", "stationary_point")),
            "second": chain(*derived.lines(*_hessian()), numbered=True),
            "curvature": chain(*derived.lines(*_curvature())),
            "global": _global(),
        },
        _inline(),
        {"estimates": _table()},
        (
            f"derive mle categorical --counts {','.join(map(str, COUNTS))}",
            "python docs/cross-entropy/build.py --steps 2-maximum",
        ),
    )


def _stated(step: Step) -> Block:
    """An equivalence, or a solution, as one equation below the other."""
    check = (Check(step, CONTEXT),)
    before = step.before.args if isinstance(step.before, sp.Tuple) else (step.before,)
    after = step.after.args if isinstance(step.after, sp.Tuple) else (step.after,)
    lines = [Line(None, "", e) for e in before]
    lines += [Line(None, "⇔" if place == 0 else "", e) for place, e in enumerate(after)]
    at = len(before)
    lines[at] = Line(None, "⇔", after[0], check, step)
    return Block(tuple(lines))


def _hessian() -> list[Step]:
    found = derived.steps("maximum")
    return found[: next(n for n, s in enumerate(found) if s.rule == "second_derivatives")]


def _curvature() -> list[Step]:
    found = derived.steps("maximum")
    start = next(n for n, s in enumerate(found) if s.rule == "second_derivatives")
    return [s for s in found[start:] if s.kind in ("equal", "inequality")]


def _global() -> Block:
    step = next(s for s in derived.steps("maximum") if s.kind == "maximises")
    value = step.after.args[0] if isinstance(step.after, sp.Tuple) else step.after
    return Block((Line(None, "", value, (Check(step, CONTEXT),), SUMMIT),), numbered=True)


def _log_likelihood(at: list[sp.Rational]) -> Decimal:
    """The derived log-likelihood of the table of counts at given probabilities."""
    found = derived.of().results["log_likelihood"]
    (power,) = found.atoms(sp.log)
    probability, counted = power.args[0].base, next(e.base for e in found.atoms(sp.Indexed) if e != power.args[0])
    values = [equation(K, FACES)]
    for face, (count, share) in enumerate(zip(COUNTS, at, strict=True), start=1):
        values += [equation(counted[face], count), equation(probability[face], share)]
    return Decimal(found, 6, tuple(values), CONTEXT)


def _ratio(best: list[sp.Rational], other: list[sp.Rational]) -> sp.Expr:
    """How many times as probable the table is at one choice as at another."""
    factors = ((one / two) ** count for count, one, two in zip(COUNTS, best, other, strict=True))
    return sp.Mul(*factors)


def _estimates() -> list[sp.Rational]:
    """The estimate, worked out exactly from the counts."""
    data = observe(derive.load("categorical"), ",".join(map(str, COUNTS)), None)
    (found,) = estimate(derived.of(), data).exact.values()
    return [sp.Rational(value.numerator, value.denominator) for value in found]


def _inline() -> dict[str, object]:
    best, fair = _estimates(), [sp.Rational(1, FACES)] * FACES
    entry = derived.of().results["estimate"].args[0]
    return {
        "constraint": derived.find("given", "constraint").before,
        "estimate": equation(entry.lhs, entry.rhs),
        "best": _log_likelihood(best),
        "fair": _log_likelihood(fair),
        "ratio": Decimal(_ratio(best, fair), 1),
        "one_face": sp.Rational(1, FACES),
        "y_k>0": derived.of().results["log_likelihood"].atoms(sp.log).pop().args[0] > 0,
        "t_k": entry.rhs.atoms(sp.Indexed).pop(),
        "t_k=0": equation(entry.rhs.atoms(sp.Indexed).pop(), 0),
        "t_k>0": entry.rhs.atoms(sp.Indexed).pop() > 0,
        "lambda": sp.Symbol("lambda"),
        "delta_jk": sp.KroneckerDelta(j, k),
        "log L": sp.log(sp.Symbol("L")),
        "v_k": sp.IndexedBase("v")[k],
        "L": sp.Symbol("L"),
        "K": K,
    }


def _table() -> Table:
    head = (
        {"en": "face", "ja": "目"},
        {"en": "observed", "ja": "出た回数"},
        {"en": "estimate", "ja": "推定値"},
        {"en": "as a decimal", "ja": "小数"},
    )
    rows = tuple(
        (sp.Integer(face), sp.Integer(n), value, Decimal(value, 2))
        for face, (n, value) in enumerate(zip(COUNTS, _estimates(), strict=True), start=1)
    )
    return Table(head, rows)
