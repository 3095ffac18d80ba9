"""The loaded die, derived by hand: what the pages are tried on."""

import sympy as sp

from derive.algebra.context import (
    BINARY,
    COUNT,
    POSITIVE,
    REAL,
    Context,
    Definition,
    IndexRange,
    SumFact,
    Variable,
    array,
    index,
    scalar,
    size,
)
from derive.checker.verdict import Report, Status, Verdict
from derive.derivation import Derivation, Section, Step

N, K = size("N"), size("K")
i, j, k = index("i"), index("j"), index("k")
T, COUNTS = array("t", [N, K], BINARY), array("t", [K], COUNT)
Y, ROWS, INPUT = array("y", [K], POSITIVE), array("y", [N, K], POSITIVE), array("z", [N, K], REAL)
HAT = array("y_hat", [K], POSITIVE)
MULTIPLIER = scalar("lambda", REAL)
LIKELIHOOD, LOSS = Variable(sp.Symbol("L", positive=True), POSITIVE), scalar("E", REAL)
t, y, lam, L, E = COUNTS.base, Y.base, MULTIPLIER.base, LIKELIHOOD.base, LOSS.base

CONSTRAINT = sp.Eq(sp.Sum(y[k], (k, 1, K)), 1, evaluate=False)
POSITIVE_Y = sp.StrictGreaterThan(y[k], 0, evaluate=False)
PRODUCT = sp.Product(y[k] ** t[k], (k, 1, K))
LOGS = sp.Sum(sp.log(y[k] ** t[k]), (k, 1, K))
LOG_LIKELIHOOD = sp.Sum(t[k] * sp.log(y[k]), (k, 1, K))
LAGRANGIAN = LOG_LIKELIHOOD - lam * (CONSTRAINT.lhs - 1)
SCORE = t[j] / y[j] - lam
ESTIMATE = sp.Tuple(sp.Eq(HAT.base[j], t[j] / N, evaluate=False))
MEAN_LOSS = -sp.Sum(T.base[i, k] * sp.log(ROWS.base[i, k]), (k, 1, K), (i, 1, N)) / N
GRADIENT = (ROWS.base[i, k] - T.base[i, k]) / N


def eq(left: sp.Expr, right: sp.Expr) -> sp.Eq:
    """An equation that stays one."""
    return sp.Eq(left, right, evaluate=False)


SECTIONS = (
    Section(
        "given",
        (
            Step("hypothesis", POSITIVE_Y, sp.true, "", "range"),
            Step("hypothesis", CONSTRAINT, sp.true, "", "constraint"),
            Step("definition", t[k], sp.Sum(T.base[i, k], (i, 1, N)), ":=", "count"),
        ),
    ),
    Section("likelihood", (Step("definition", L, PRODUCT, ":=", "independence"),)),
    Section(
        "log_likelihood",
        (
            Step("equal", sp.log(L), sp.log(PRODUCT), "=", "no_such_rule"),
            Step("equal", sp.log(PRODUCT), LOGS, "=", "log_of_product", (POSITIVE_Y,)),
            Step("equal", LOGS, LOG_LIKELIHOOD, "=", "log_of_power", (POSITIVE_Y,)),
        ),
    ),
    Section(
        "estimate",
        (
            Step("definition", sp.Symbol("Lambda"), LAGRANGIAN, ":=", "lagrangian"),
            Step("equal", sp.Derivative(LAGRANGIAN, y[j]), SCORE, "=", "differentiate"),
            Step("equivalent", eq(SCORE, 0), eq(y[j], t[j] / lam), "⇔", "solve", (sp.Ne(lam, 0, evaluate=False),)),
            Step("substitution", t[j] / lam, t[j] / N, "=", "insert", (), (eq(lam, N),)),
            Step("solves", sp.Tuple(eq(SCORE, 0), CONSTRAINT), sp.Tuple(eq(y[j], t[j] / N), eq(lam, N)), "⇔"),
            Step("definition", HAT.base[j], t[j] / N, ":="),
        ),
    ),
    Section("maximum", (Step("maximises", LOG_LIKELIHOOD, ESTIMATE, "", "", (), (CONSTRAINT,)),)),
    Section("loss", (Step("definition", E, MEAN_LOSS, ":=", "mean_loss"),)),
    Section("gradient", (Step("equal", sp.Derivative(E, INPUT.base[i, k]), GRADIENT, "=", ""),)),
)

DIE = Derivation(
    "categorical",
    Context(
        sizes=(N, K),
        variables=(T, Y, ROWS, INPUT, MULTIPLIER),
        indices=(IndexRange(j, sp.S.One, K),),
        facts=(SumFact(Y, 0, sp.S.One),),
        definitions=(Definition(COUNTS, (k,), sp.Sum(T.base[i, k], (i, 1, N))),),
    ),
    SECTIONS,
    {
        "likelihood": PRODUCT,
        "log_likelihood": LOG_LIKELIHOOD,
        "estimate": ESTIMATE,
        "loss": MEAN_LOSS,
        "gradient": GRADIENT,
    },
)


def report() -> Report:
    """Every claim proved."""
    statuses = [_NO_CLAIM.get(step.kind, "proved") for _, step in DIE.steps()]
    return Report(tuple(Verdict(status, "both lanes agree") for status in statuses))


_NO_CLAIM: dict[str, Status] = {"definition": "definition", "hypothesis": "hypothesis", "substitution": "substitution"}
