"""N samples: four of them worked out, their sum and mean, the general formulas, and what another base would give."""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import Context, Definition, scalar
from derive.derivation import Step
from source import derived, written
from source.data import CLASSES, OTHER_BASE, SAMPLES, exact
from source.formulas.one_sample import ONE_LEFT, TABLE
from source.lines import Block, Check, Decimal, Line, Page, Statement, Table, Words, chain, line, rounded
from source.symbols import (
    BINARY,
    NONNEGATIVE,
    REAL,
    K,
    N,
    array_of,
    equation,
    i,
    k,
    n,
    runs,
    simplex,
    total,
    unevaluated,
)

COUNT, SIZE = len(SAMPLES), len(SAMPLES[0][0])
#: The four samples of the table.
T4, Y4 = array_of("t", [COUNT, SIZE], BINARY), array_of("y", [COUNT, SIZE], NONNEGATIVE)
E4, SUM, MEAN = array_of("E", [COUNT]), scalar("E_sum", REAL), scalar("E", REAL)
EACH = -total(T4.base[n, k] * sp.log(Y4.base[n, k]), k, SIZE)
FOUR = Context(
    (),
    (T4, Y4),
    (runs(n, COUNT),),
    (simplex(T4, 1, 1), simplex(Y4, 1, 1)),
    (
        Definition(E4, (n,), EACH),
        Definition(SUM, (), total(E4.base[i], i, COUNT)),
        Definition(MEAN, (), SUM.base / COUNT),
    ),
)
PUT_IN = tuple(
    equation(base[row, column], exact(str(number)))
    for row, (label, predicted) in enumerate(SAMPLES, start=1)
    for base, numbers in ((T4.base, label), (Y4.base, predicted))
    for column, number in enumerate(numbers, start=1)
)
#: N samples of K classes, each with a prediction of its own.
TN, YN, EN = array_of("t", [N, K], BINARY), array_of("y", [N, K], NONNEGATIVE), array_of("E", [N])
ALL = Context(
    (N, K),
    (TN, YN),
    (runs(n, N),),
    (simplex(TN, 1, 1), simplex(YN, 1, 1)),
    (
        Definition(EN, (n,), -total(TN.base[n, k] * sp.log(YN.base[n, k]), k, K)),
        Definition(SUM, (), total(EN.base[i], i, N)),
        Definition(MEAN, (), SUM.base / N),
    ),
)
POSITIVE = (YN.base[i, k] > 0,)
DOUBLE = -total(total(TN.base[i, k] * sp.log(YN.base[i, k]), k, K), i, N)

ADDED: Words = {"en": "add the losses of the samples", "ja": "各サンプルの損失を合計する"}
PUT: Words = {"en": "put in the loss of one sample", "ja": "1 サンプルの損失を代入する"}
FRONT: Words = {"en": "the minus goes to the front", "ja": "負号を前に出す"}
DIVIDED: Words = {"en": "divide by the number of samples", "ja": "サンプル数で割る"}
ONE_FACTOR: Words = {"en": "one positive factor for all", "ja": "どの項にも共通の正の係数"}


def page() -> Page:
    """The fourth page."""
    blocks = {f"E{row}": _worked(row) for row in range(1, COUNT + 1)}
    return Page(
        blocks | {"sum": _sum(), "mean": _mean(), "base": _base()} | _general(),
        _inline(),
        {"samples": _samples(), "results": _results(), "legend": _legend()},
        ("derive show categorical", "python docs/cross-entropy/build.py --steps 4-samples"),
        "samples.py",
    )


def _right(row: int) -> str:
    label, predicted = SAMPLES[row - 1]
    return predicted[label.index(1)]


def _worked(row: int) -> Block:
    """The loss of one sample of the table."""
    numbers, alone = written.cross_entropy(*SAMPLES[row - 1]), written.log_of(_right(row))
    shown = written.cross_entropy_shown(*SAMPLES[row - 1])
    put_in = Step("substitution", E4.base[row], numbers, bind=PUT_IN, given=(Y4.base[i, k] > 0,))
    return chain(
        line(put_in, FOUR, TABLE if row == 1 else {}, right=shown),
        line(
            Step("equal", numbers, alone), Context(), ONE_LEFT if row == 1 else {}, right=written.shown_log(_right(row))
        ),
        rounded(alone, 6),
    )


def _total() -> sp.Expr:
    return sp.Add(*(written.log_of(_right(row)) for row in range(1, COUNT + 1)), evaluate=False)


def _sum() -> Block:
    """The sum of the four."""
    places = range(1, COUNT + 1)
    added = sp.Add(*(E4.base[row] for row in places))
    given = (Y4.base[i, k] > 0,)
    return chain(
        line(Step("definition", SUM.base, total(E4.base[i], i, COUNT), ":=", given=given), FOUR, ADDED),
        line(Step("equal", total(E4.base[i], i, COUNT), added, given=given), FOUR, {}),
        Line(None, "≈", Decimal(SUM.base, 6, PUT_IN, FOUR)),
    )


def _mean() -> Block:
    """Their mean."""
    step = Step("definition", MEAN.base, SUM.base / COUNT, ":=", given=(Y4.base[i, k] > 0,))
    return chain(line(step, FOUR, DIVIDED), Line(None, "≈", Decimal(MEAN.base, 6, PUT_IN, FOUR)))


def _general() -> dict[str, Block]:
    """The three formulas: the sum over the samples, the loss of one, the mean."""
    one = -total(TN.base[i, k] * sp.log(YN.base[i, k]), k, K)
    each = Step("equal", EN.base[i], one, given=POSITIVE)
    inner = total(one, i, N)
    start = total(EN.base[i], i, N)
    mean = derived.of().results["loss"]
    return {
        "6.1": chain(line(Step("definition", SUM.base, start, ":=", given=POSITIVE), ALL, ADDED), numbered=True),
        "6.2": chain(line(each, ALL.extended(indices=[runs(i, N)]), {}), numbered=True),
        "double": chain(
            line(Step("equal", SUM.base, inner, given=POSITIVE), ALL, PUT),
            line(Step("equal", inner, DOUBLE, given=POSITIVE), ALL, FRONT),
        ),
        "6.3": chain(
            line(Step("definition", MEAN.base, SUM.base / N, ":=", given=POSITIVE), ALL, DIVIDED),
            line(Step("equal", SUM.base / N, mean, given=POSITIVE), ALL, {}),
            numbered=True,
        ),
    }


def _base() -> Block:
    """In another base every loss is multiplied by the same positive number."""
    factor = 1 / sp.log(OTHER_BASE, evaluate=False)
    other = -total(total(TN.base[i, k] * sp.log(YN.base[i, k]) * factor, k, K), i, N) / N
    step = Step("equal", other, factor * MEAN.base, given=POSITIVE)
    return chain(line(step, ALL, ONE_FACTOR), numbered=True)


def _other(expr: sp.Expr) -> sp.Expr:
    return expr / sp.log(OTHER_BASE, evaluate=False)


def _inline() -> dict[str, object]:
    factor = 1 / sp.log(OTHER_BASE, evaluate=False)
    everything = _total()
    return {
        "count": sp.Integer(COUNT),
        "mean": Decimal(MEAN.base, 6, PUT_IN, FOUR),
        "base": sp.Integer(OTHER_BASE),
        "factor": factor,
        "factor_value": Decimal(factor, 6),
        "other_sum": Decimal(_other(everything), 6),
        "other_mean": Decimal(_other(everything) / COUNT, 6),
        "guess": sp.log(SIZE, evaluate=False),
        "guess_value": Decimal(sp.log(SIZE, evaluate=False), 6),
        "E_sum": SUM.base,
        "positive": Statement(Check(Step("inequality", factor, sp.S.Zero, ">"), Context())),
        "y_ik>0": YN.base[i, k] > 0,
        "E_1": E4.base[1],
        "E_2": E4.base[2],
        "E_4": E4.base[COUNT],
        "1/N": 1 / N,
        "log": sp.log(sp.Symbol("x", positive=True)),
        "log10": unevaluated(sp.Mul, sp.log(sp.Symbol("x", positive=True)), factor),
    }


def _samples() -> Table:
    places = range(1, SIZE + 1)
    head = (i, {"en": "picture", "ja": "画像"}, *(TN.base[i, m] for m in places), *(YN.base[i, m] for m in places))
    rows = []
    for row, (label, predicted) in enumerate(SAMPLES, start=1):
        name = {lang: names[label.index(1)] for lang, names in CLASSES.items()}
        rows.append((sp.Integer(row), name, *map(str, label), *predicted))
    return Table(head, tuple(rows))


def _results() -> Table:
    head = (
        i,
        EN.base[i],
        {"en": "natural logarithm", "ja": "自然対数"},
        {"en": f"base {OTHER_BASE}", "ja": f"底 {OTHER_BASE}"},
    )
    rows: list[tuple[object, ...]] = []
    for row in range(1, COUNT + 1):
        alone = written.log_of(_right(row))
        natural = Decimal(E4.base[row], 6, PUT_IN, FOUR)
        rows.append((sp.Integer(row), written.shown_log(_right(row)), natural, Decimal(_other(alone), 6)))
    everything = _total()
    rows.append(
        ({"en": "sum", "ja": "合計"}, SUM.base, Decimal(SUM.base, 6, PUT_IN, FOUR), Decimal(_other(everything), 6))
    )
    mean = Decimal(_other(everything) / COUNT, 6)
    rows.append(({"en": "mean", "ja": "平均"}, MEAN.base, Decimal(MEAN.base, 6, PUT_IN, FOUR), mean))
    return Table(head, tuple(rows))


def _legend() -> Table:
    told: tuple[tuple[sp.Expr, str, str], ...] = (
        (N, "number of samples", "サンプル数"),
        (i, "which sample, from 1 on", "サンプルの番号(1 から)"),
        (K, "number of classes", "クラスの数"),
        (k, "which class, from 1 on", "クラスの番号(1 から)"),
        (
            TN.base[i, k],
            "label: 1 where sample i is of class k, else 0",
            "正解ラベル。サンプル i がクラス k なら 1、それ以外は 0",
        ),
        (
            YN.base[i, k],
            "predicted probability that sample i is of class k",
            "サンプル i がクラス k である確率の予測値",
        ),
        (EN.base[i], "loss of sample i", "サンプル i の損失"),
        (SUM.base, "sum of the losses", "損失の合計"),
        (MEAN.base, "mean of the losses: the cross-entropy loss", "損失の平均。これを交差エントロピー誤差と呼ぶ"),
    )
    head = ({"en": "symbol", "ja": "記号"}, {"en": "meaning", "ja": "意味"})
    return Table(head, tuple((symbol, {"en": en, "ja": ja}) for symbol, en, ja in told))
