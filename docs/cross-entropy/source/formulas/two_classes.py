"""Two classes: the same loss with the second entry given by the first, and its meeting with the Bernoulli model."""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import Context, Definition, scalar
from derive.derivation import Step
from source import derived, written
from source.data import CASES, exact
from source.lines import Block, Check, Decimal, Line, Page, Side, Words, chain, line, rounded
from source.symbols import BINARY, NONNEGATIVE, REAL, N, array_of, equation, i, k, l, minus, simplex, total

TWO = 2
T2, Y2, Z2 = array_of("t", [TWO], BINARY), array_of("y", [TWO], NONNEGATIVE), array_of("z", [TWO])
t, y, z = T2.base, Y2.base, Z2.base
E = scalar("E", REAL)
SUM = -total(t[k] * sp.log(y[k]), k, TWO)
PAIR = Context((), (T2, Y2, Z2), (), (simplex(T2), simplex(Y2)), (Definition(E, (), SUM),))
#: Before anything is said of their sums.
FREE = Context((), (T2, Y2))
LOGITS = Context((), (T2, Z2), (), (simplex(T2),))
#: One number of each kind is enough.
LABEL, PREDICTED = scalar("t", BINARY), scalar("y", NONNEGATIVE)
#: N samples, in the short form and in the long one.
TN, YN = array_of("t", [N], BINARY), array_of("y", [N], NONNEGATIVE)
TK, YK = array_of("t", [N, TWO], BINARY), array_of("y", [N, TWO], NONNEGATIVE)
SAMPLES = Context(
    (N,),
    (TK, YK),
    (),
    (simplex(TK, 1, 1), simplex(YK, 1, 1)),
    (Definition(TN, (i,), TK.base[i, 1]), Definition(YN, (i,), YK.base[i, 1])),
)

WRITTEN: Words = {"en": "the two terms", "ja": "二つの項を書き下す"}
FIRST: Words = {"en": "both pairs add up to 1", "ja": "どちらの組も合計は 1"}
ONE: Words = {"en": "the loss of one sample", "ja": "1 サンプルの損失"}
DIVIDE: Words = {"en": "divide above and below by the numerator", "ja": "分母と分子を分子で割る"}


def page() -> Page:
    """The fifth page."""
    positive = (y[k] > 0, 1 - y[1] > 0)
    pair = sp.Add(t[1] * sp.log(y[1]), t[2] * sp.log(y[2]))
    one = t[1] * sp.log(y[1]) + (1 - t[1]) * sp.log(1 - y[1])
    loss = chain(
        line(Step("definition", E.base, SUM, ":=", given=positive[:1]), PAIR, {}),
        line(Step("equal", SUM, minus(pair), given=positive[:1]), PAIR, WRITTEN),
        line(Step("equal", minus(pair), minus(one), given=positive), PAIR, FIRST),
        numbered=True,
    )
    bernoulli = derived.find("loss", "log_of_power", model="bernoulli")
    return Page(
        {
            "labels": _complement(t),
            "predictions": _complement(y),
            "loss": loss,
            "batch": _batch(),
            "bernoulli": chain(
                *derived.lines(
                    *(derived.find("loss", r, model="bernoulli") for r in ("sample_loss", "log_of_product")),
                    bernoulli,
                    model="bernoulli",
                    why={0: ONE},
                )
            ),
            "sigmoid": _sigmoid(),
            "gradient": Block((_gradient(),), numbered=True),
            "one": _case(1),
            "zero": _case(0),
        },
        _inline(),
        {},
        ("derive show bernoulli", "python docs/cross-entropy/build.py --steps 5-two-classes"),
    )


def _complement(base: sp.IndexedBase) -> Block:
    """Two entries that add up to 1: the second is what the first leaves."""
    whole, rest = equation(base[1] + base[2], 1), equation(base[2], 1 - base[1])
    assumed, solved = Step("hypothesis", whole, sp.true), Step("equivalent", whole, rest, "⇔")
    return Block(
        (Line(None, "", whole, (Check(assumed, PAIR),)), Line(None, "⇔", rest, (Check(solved, FREE),), {})),
        numbered=True,
    )


def _batch() -> Block:
    """The mean over N samples."""
    given = (YN.base[i] > 0, 1 - YN.base[i] > 0, YK.base[i, k] > 0)
    long = -total(total(TK.base[i, k] * sp.log(YK.base[i, k]), k, TWO), i, N) / N
    inner = TN.base[i] * sp.log(YN.base[i]) + (1 - TN.base[i]) * sp.log(1 - YN.base[i])
    short = -total(inner, i, N) / N
    return chain(line(Step("equal", long, short, given=given), SAMPLES, {}, left=E.base), numbered=True)


def _sigmoid() -> Block:
    """With two classes the softmax is the logistic sigmoid of the difference of the logits."""
    softmax = sp.exp(z[1]) / total(sp.exp(z[l]), l, TWO)
    pair = sp.exp(z[1]) / (sp.exp(z[1]) + sp.exp(z[2]))
    sigmoid = 1 / (1 + sp.exp(-(z[1] - z[2])))
    return chain(
        line(Step("equal", softmax, pair), LOGITS, WRITTEN),
        line(Step("equal", pair, sigmoid), LOGITS, DIVIDE),
        numbered=True,
    )


def _gradient() -> Line:
    step = derived.steps("gradient", "bernoulli")[-1]
    start = derived.find("gradient", "differentiate", model="bernoulli").before
    context = derived.of("bernoulli").context
    whole = Step("equal", start, step.after)
    unknown = start.variables[0]
    return Line(sp.Derivative(sp.Symbol("E"), unknown), "=", step.after, (Check(whole, context),), {})


def _case(label: int) -> Block:
    """The loss of one sample with a label and a prediction of the given data."""
    (predicted,) = [y for t, y in zip(*CASES[0], strict=True) if t == 1]
    rest = 1 - exact(predicted)
    numbers = (predicted, str(float(rest)))
    alone = written.log_of(numbers[1 - label])
    terms = written.cross_entropy((label, 1 - label), numbers)
    shown: Side = written.cross_entropy_shown((label, 1 - label), numbers)
    bind = (equation(t[1], label), equation(t[2], 1 - label), equation(y[1], exact(predicted)), equation(y[2], rest))
    put_in = Step("substitution", E.base, terms, bind=bind, given=(y[k] > 0,))
    return chain(
        line(put_in, PAIR, {}, right=shown),
        line(Step("equal", terms, alone), Context(), {}, right=written.shown_log(numbers[1 - label])),
        rounded(alone, 6),
    )


def _inline() -> dict[str, object]:
    (predicted,) = [y for t, y in zip(*CASES[0], strict=True) if t == 1]
    return {
        "K=2": equation(sp.Symbol("K"), TWO),
        "predicted": Decimal(exact(predicted), 1),
        "rest": Decimal(1 - exact(predicted), 1),
        "y=0.8": equation(sp.Symbol("y"), exact(predicted)),
        "t=1": equation(sp.Symbol("t"), 1),
        "t=0": equation(sp.Symbol("t"), 0),
        "0<y": sp.Symbol("y") > 0,
        "y<1": sp.Symbol("y") < 1,
        "z_1-z_2": z[1] - z[2],
        "theta": sp.Symbol("theta"),
        "1-y": 1 - sp.Symbol("y"),
        "1-t": 1 - sp.Symbol("t"),
        "y_2>0": y[2] > 0,
        "t_i": TN.base[i],
        "y_i": YN.base[i],
        "t_i1": TK.base[i, 1],
        "y_i1": YK.base[i, 1],
    }
