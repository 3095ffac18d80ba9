"""Softmax: from any numbers to probabilities, and the gradient that comes out as prediction minus label."""

from __future__ import annotations

import sympy as sp

from derive.algebra.context import Context, Definition, scalar
from derive.derivation import Step
from derive.strategy.chain import Chain
from derive.strategy.score import DERIVATIVE_RULES
from source import data, derived
from source.data import SAMPLES, exact
from source.lines import Block, Check, Decimal, Line, Page, Side, Statement, Table, Words, chain, line
from source.symbols import LOGITS, REAL, A, K, T, Y, Z, a, array_of, equation, j, k, l, runs, simplex, t, total, y, z

E = scalar("E", REAL)
SOFTMAX = sp.exp(z[k]) / total(sp.exp(z[l]), l, K)
#: With names for the prediction and for the loss.
NAMED = Context(
    (K,), (T, Z, A), (runs(j, K),), (simplex(T),),
    (Definition(Y, (k,), SOFTMAX), Definition(E, (), -total(t[k] * sp.log(y[k]), k, K))),
)  # fmt: skip
SIZE = len(data.LOGITS)
Z3, Y3 = array_of("z", [SIZE]), array_of("y", [SIZE])
WRITTEN = Context((), (Z3,), (), (), (Definition(Y3, (k,), sp.exp(Z3.base[k]) / total(sp.exp(Z3.base[l]), l, SIZE)),))
PUT_IN = tuple(equation(Z3.base[place], number) for place, number in enumerate(data.LOGITS, start=1))

LINK: Words = {"en": "the softmax function", "ja": "ソフトマックス関数"}
POSITIVE: Words = {"en": "exponentials are positive", "ja": "指数関数は正"}
NORMAL: Words = {"en": "numerator and denominator are the same sum", "ja": "分子の合計が分母に等しい"}
SHIFTED: Words = {"en": "a common factor cancels", "ja": "共通因子が約分される"}
PUT_LOSS: Words = {"en": "the prediction put into the loss", "ja": "予測値を損失に代入する"}
ONE_TERM: Words = {"en": "one term of either sum contains it", "ja": "どちらの和でも、含まれる項は一つだけ"}
NAME: Words = {"en": "the fraction is the prediction", "ja": "分数は予測値そのもの"}
GIVEN: Words = {"en": "one label is 1", "ja": "ラベルの一つだけが 1"}
CANCEL: Words = {"en": "both add up to 1", "ja": "どちらも合計が 1"}


def page() -> Page:
    """The seventh page."""
    whole = total(SOFTMAX, k, K)
    assumed = Step("hypothesis", simplex(T).equation(), sp.true)
    shifted = sp.exp(a + z[k]) / total(sp.exp(a + z[l]), l, K)
    context = LOGITS.extended(indices=[runs(k, K)])
    return Page(
        {
            "link": Block((line(Step("definition", y[k], SOFTMAX, ":="), NAMED, LINK),), numbered=True),
            "positive": Block((line(Step("inequality", SOFTMAX, sp.S.Zero, ">"), context, POSITIVE),)),
            "normal": Block((line(Step("equal", whole, sp.S.One), LOGITS, NORMAL),)),
            "shift": Block((line(Step("equal", shifted, SOFTMAX), context, SHIFTED),), numbered=True),
            "label": Block((Line(None, "", simplex(T).equation(), (Check(assumed, LOGITS),), GIVEN),)),
            "loss": _loss(),
            "gradient": _gradient(),
            "zero_sum": Block((line(Step("equal", total(y[k] - t[k], k, K), sp.S.Zero), NAMED, CANCEL),)),
            "batch": _batch(),
        },
        _inline(),
        {"example": _example(), "pull": _pull()},
        ("derive show categorical", "python docs/cross-entropy/build.py --steps 7-softmax"),
    )


def _loss_steps() -> Chain:
    start = -total(t[k] * sp.log(SOFTMAX), k, K)
    return Chain(start, LOGITS).apply_each("log_of_quotient", "sum_is_linear", "known_sum")


def _loss() -> Block:
    """The loss as a function of the logits."""
    steps = _loss_steps()
    given = tuple(dict.fromkeys(g for step in steps.steps for g in step.given if not isinstance(g, sp.Eq)))
    opening = Step("equal", E.base, steps.steps[0].before, given=given)
    return chain(line(opening, NAMED, PUT_LOSS), *(line(step, LOGITS) for step in steps.steps), numbered=True)


def _gradient() -> Block:
    """Its derivative by one logit, and the name of what comes out."""
    loss = _loss_steps().current
    slope = Chain(sp.Derivative(loss, z[j]), LOGITS).apply_all(*DERIVATIVE_RULES).current
    return chain(
        line(Step("equal", sp.Derivative(loss, z[j]), slope), LOGITS, ONE_TERM),
        line(Step("equal", slope, y[j] - t[j]), NAMED, NAME),
        numbered=True,
    )


def _batch() -> Block:
    """The same for the mean over N samples, from the derivation of the model."""
    step = derived.steps("gradient")[-1]
    start = derived.find("gradient", "differentiate").before
    whole = Step("equal", start, step.after)
    shown = sp.Derivative(sp.Symbol("E"), start.variables[0])
    check = Check(whole, derived.of().context)
    return Block((Line(shown, "=", step.after, (check,), {}),), numbered=True)


def _example() -> Table:
    """Logits, their exponentials, and the probabilities."""
    head = (k, z[k], sp.exp(z[k]), y[k])
    rows = tuple(
        (
            sp.Integer(place + 1),
            sp.Integer(number),
            Decimal(sp.exp(Z3.base[place + 1]), 6, PUT_IN, WRITTEN),
            Decimal(Y3.base[place + 1], 6, PUT_IN, WRITTEN),
        )
        for place, number in enumerate(data.LOGITS)
    )
    return Table(head, rows)


def _pull() -> Table:
    """Prediction minus label for the first sample."""
    label, predicted = SAMPLES[0]
    names: list[tuple[Side | str | Words, ...]] = []
    for place, (one, number) in enumerate(zip(label, predicted, strict=True)):
        name = {lang: classes[place] for lang, classes in data.CLASSES.items()}
        names.append((name, str(one), number, Decimal(exact(number) - one, 2)))
    return Table(({"en": "class", "ja": "クラス"}, t[k], y[k], y[k] - t[k]), tuple(names))


def _inline() -> dict[str, object]:
    shift = sp.Integer(data.SHIFT)
    return {
        "constraint": simplex(Y).equation(),
        "y_j-t_j": y[j] - t[j],
        "y_k>0": y[k] > 0,
        "a": a,
        "shift": shift,
        "K-1": K - 1,
        "exp_shift": sp.exp(shift, evaluate=False),
        "digits": Decimal(shift / sp.log(data.OTHER_BASE, evaluate=False), 0),
        "sum_y": Statement(Check(Step("equal", total(y[k], k, K), sp.S.One), NAMED)),
        "z_k": z[k],
    }
