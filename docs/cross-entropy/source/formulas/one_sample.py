"""From the likelihood of one throw to the cross entropy of one sample, and the first picture: dog, fox or wolf."""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import Context, Definition, scalar
from derive.derivation import Step
from derive.strategy.chain import Chain
from source import written
from source.data import CLASSES, SAMPLES, exact
from source.lines import Block, Check, Decimal, Line, Page, Statement, Table, Words, chain, line, rounded
from source.symbols import BINARY, NONNEGATIVE, ONE_SAMPLE, REAL, K, array_of, c, equation, k, simplex, t, total, y

LABEL, PREDICTED = SAMPLES[0]
SIZE = len(LABEL)
RIGHT = PREDICTED[LABEL.index(1)]
#: The same letters for this many classes.
T3, Y3 = array_of("t", [SIZE], BINARY), array_of("y", [SIZE], NONNEGATIVE)
E = scalar("E", REAL)
SUM3 = -total(T3.base[k] * sp.log(Y3.base[k]), k, SIZE)
THREE = Context((), (T3, Y3), (), (simplex(T3), simplex(Y3)), (Definition(E, (), SUM3),))
POSITIVE = (y[k] > 0,)
DENSITY = sp.Product(y[k] ** t[k], (k, sp.S.One, K))
LOSS = -total(t[k] * sp.log(y[k]), k, K)
WITH_LOSS = ONE_SAMPLE.extended(definitions=[Definition(E, (), -sp.log(DENSITY))])
LONG3 = sp.Mul(-1, sp.Add(*(T3.base[m] * sp.log(Y3.base[m]) for m in range(1, SIZE + 1))), evaluate=False)

MINUS: Words = {"en": "minus the log-likelihood of one observation", "ja": "一つの観測の対数尤度に負号を付ける"}
CLASSES_SET: Words = {"en": "written out for the three classes", "ja": "三つのクラスについて書き下す"}
TABLE: Words = {"en": "with the numbers of the table", "ja": "表の値を代入"}
ONE_LEFT: Words = {"en": "what is multiplied by 0 drops out", "ja": "0 を掛けた項が消える"}


def page() -> Page:
    """The third page."""
    first, second = Chain(-sp.log(DENSITY), ONE_SAMPLE).apply_all("log_of_product", "log_of_power").steps
    loss = chain(
        line(Step("definition", E.base, -sp.log(DENSITY), ":=", given=POSITIVE), WITH_LOSS, MINUS),
        line(first, ONE_SAMPLE),
        line(second, ONE_SAMPLE),
        numbered=True,
    )
    return Page(
        {"loss": loss, "right": _right_class(), "worked": worked(LABEL, PREDICTED, 6), "best": _best()},
        _inline(),
        {"sample": _table()},
        ("python docs/cross-entropy/build.py --steps 3-one-sample",),
        "one_sample.py",
    )


def _right_class() -> Block:
    """With a one-hot label only the right class is left: −log y_c."""
    delta = -total(sp.KroneckerDelta(c, k) * sp.log(y[k]), k, K)
    step = Step("equal", delta, -sp.log(y[c]), rule="delta_collapse", given=POSITIVE)
    return Block((line(step, ONE_SAMPLE),), numbered=True)


def worked(label: tuple[int, ...], predicted: tuple[str, ...], places: int, from_sum: bool = True) -> Block:
    """E of one sample of three classes, from the sum (or from the numbers put in) to the decimal."""
    positive = (Y3.base[k] > 0,)
    numbers, alone = written.cross_entropy(label, predicted), written.log_of(predicted[label.index(1)])
    opening = Step("equal", SUM3, LONG3, given=positive)
    put_in = Step("substitution", E.base, numbers, bind=put_in_of(label, predicted), given=positive)
    start = [
        line(Step("definition", E.base, SUM3, ":=", given=positive), THREE, {}),
        Line(None, "=", LONG3, (Check(opening, THREE),), CLASSES_SET),
    ]
    return chain(
        *(start if from_sum else []),
        line(put_in, THREE, TABLE if from_sum else {}, right=written.cross_entropy_shown(label, predicted)),
        line(
            Step("equal", numbers, alone),
            Context(),
            ONE_LEFT if from_sum else {},
            right=written.shown_log(predicted[label.index(1)]),
        ),
        rounded(alone, places),
    )


def put_in_of(label: tuple[int, ...], predicted: tuple[str, ...]) -> tuple[sp.Basic, ...]:
    """The values of a sample."""
    return tuple(
        equation(base[place], exact(str(number)))
        for base, numbers in ((T3.base, label), (Y3.base, predicted))
        for place, number in enumerate(numbers, start=1)
    )


def _best() -> Block:
    """The loss is smallest where the prediction is the label."""
    constraint = simplex(ONE_SAMPLE.variables[1]).equation()
    step = Step("maximises", -LOSS, sp.Tuple(equation(y[k], t[k])), "", bind=(constraint,))
    return Block((Line(None, "", equation(y[k], t[k]), (Check(step, ONE_SAMPLE),), step),), numbered=True)


def _inline() -> dict[str, object]:
    guess = sp.log(SIZE, evaluate=False)
    return {
        "guess": guess,
        "guess_value": Decimal(guess, 6),
        "loss_value": Decimal(written.log_of(RIGHT), 6),
        "third": sp.Rational(1, SIZE),
        "predicted": Decimal(exact(RIGHT), 2),
        "highest": Decimal(max(map(exact, PREDICTED)), 2),
        "K=3": equation(K, SIZE),
        "y_k>0": y[k] > 0,
        "y_c=1": equation(y[c], 1),
        "y_c": y[c],
        "-log y_c": -sp.log(y[c]),
        "sum_t": simplex(ONE_SAMPLE.variables[0]).equation(),
        "zero": Statement(Check(Step("equal", -sp.log(1, evaluate=False), sp.S.Zero), Context())),
        "E=-log L": equation(sp.Symbol("E"), -sp.log(sp.Symbol("L"))),
    }


def _table() -> Table:
    head = ({"en": "class", "ja": "クラス"}, k, T3.base[k], Y3.base[k])
    rows = tuple(
        ({lang: names[m] for lang, names in CLASSES.items()}, sp.Integer(m + 1), sp.Integer(LABEL[m]), PREDICTED[m])
        for m in range(SIZE)
    )
    return Table(head, rows)
