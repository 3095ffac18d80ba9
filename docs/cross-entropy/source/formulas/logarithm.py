"""Why the logarithm: a good and a bad prediction, the penalty, and the product that vanishes in a computer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy as sp

from derive.algebra.context import POSITIVE, Context, scalar
from derive.derivation import Step
from derive.render.tree import Negative, Number, Power
from source import written
from source.data import CASES, CLASSES, FACTOR, FACTORS, OTHER_BASE, PENALTIES, exact
from source.formulas.one_sample import worked
from source.lines import Block, Check, Decimal, Page, Side, Statement, Table, Words, chain, line, rounded
from source.symbols import equation, index, unevaluated, y

FORMATS: tuple[tuple[str, Callable[[str], np.floating]], ...] = (
    ("float16", np.float16),
    ("float32", np.float32),
    ("float64", np.float64),
)
#: One probability.
PROBABILITY = scalar("y", POSITIVE)
Y, ONE = PROBABILITY.base, Context((), (PROBABILITY,))
I = index("i")  # noqa: E741 - the letter of the page

SLOPE: Words = {"en": "the smaller y, the steeper", "ja": "y が小さいほど傾きは急になる"}
RISING: Words = {"en": "so the logarithm is increasing", "ja": "よって対数は単調増加である"}
AS_POWER: Words = {"en": "equal factors", "ja": "同じ因子の積"}
DOWN: Words = {"en": "the exponent comes down", "ja": "指数が前に下りる"}


def page() -> Page:
    """The ninth page."""
    log = sp.Derivative(sp.log(Y), Y)
    penalty = sp.Derivative(-sp.log(Y), Y)
    return Page(
        {
            "good": worked(*CASES[0], 3, from_sum=False),
            "bad": worked(*CASES[1], 3, from_sum=False),
            "slope": chain(line(Step("equal", penalty, -1 / Y), ONE, SLOPE), numbered=True),
            "increasing": chain(
                line(Step("equal", log, 1 / Y), ONE, {}),
                line(Step("inequality", 1 / Y, sp.S.Zero, ">"), ONE, RISING),
                numbered=True,
            ),
            "product": _product(),
        },
        _inline(),
        {"penalties": _penalties(), "vanish": _vanish(), "cases": _cases()},
        ("python docs/cross-entropy/build.py --steps 9-logarithm",),
        "logarithm.py",
    )


def _right(case: int) -> str:
    label, predicted = CASES[case]
    return predicted[label.index(1)]


def _cases() -> Table:
    label = CASES[0][0]
    head = (
        {"en": "class", "ja": "クラス"},
        {"en": "label", "ja": "正解"},
        {"en": "good", "ja": "良い予測"},
        {"en": "bad", "ja": "悪い予測"},
    )
    rows = tuple(
        ({lang: names[m] for lang, names in CLASSES.items()}, str(label[m]), CASES[0][1][m], CASES[1][1][m])
        for m in range(len(label))
    )
    return Table(head, rows)


def _penalties() -> Table:
    """The loss where the right class gets little: it grows without bound; 1 − y does not."""
    letter = sp.Symbol("y")
    head = (letter, -sp.log(letter), 1 - letter, (1 - letter) ** 2)
    rows = tuple(
        (
            number,
            Decimal(written.log_of(number), 3),
            Decimal(1 - exact(number), 3),
            Decimal((1 - exact(number)) ** 2, 3),
        )
        for number in PENALTIES
    )
    return Table(head, rows)


def _product() -> Block:
    """The product of many probabilities as a logarithm."""
    factor = exact(FACTOR)
    whole = sp.log(sp.Product(Y, (I, sp.S.One, sp.Integer(FACTORS))))
    power = sp.log(Y**FACTORS)
    down = FACTORS * sp.log(Y)
    numbers = unevaluated(sp.Mul, FACTORS, sp.log(factor, evaluate=False))
    put_in = Step("substitution", down, numbers, bind=(equation(Y, factor),))
    return chain(
        line(Step("equal", whole, power), ONE, AS_POWER),
        line(Step("equal", power, down), ONE, DOWN),
        line(put_in, ONE, {}),
        rounded(numbers, 3),
        numbered=True,
        places=len(FACTOR.split(".")[1]),
    )


def vanishing(make: Callable[[str], np.floating]) -> int:
    """After how many factors the product is exactly 0 in an arithmetic."""
    product, factor, count = make("1"), make(FACTOR), 0
    with np.errstate(under="ignore"):
        while product > 0:
            product = type(product)(product * factor)
            count += 1
    return count


def _vanish() -> Table:
    head = (
        {"en": "arithmetic", "ja": "数値の形式"},
        {"en": "smallest positive number", "ja": "正の最小値"},
        {"en": "factors until the product is 0", "ja": "積が 0 になるまでの因子の数"},
    )
    rows = tuple((name, _smallest(make), sp.Integer(vanishing(make))) for name, make in FORMATS)
    return Table(head, rows)


def _smallest(make: Callable[[str], np.floating]) -> Side:
    """The smallest positive number, as a power of two."""
    tiny = np.nextafter(make("0"), make("1"))
    return Power(Number("2"), Negative(Number(str(1 - int(np.frexp(tiny)[1])))))


def _inline() -> dict[str, Side | Statement]:
    factor = exact(FACTOR)
    log10 = FACTORS * sp.log(factor, evaluate=False) / sp.log(OTHER_BASE, evaluate=False)
    good, bad = (written.log_of(_right(case)) for case in (0, 1))
    same = Step("equal", -sp.log(1, evaluate=False), sp.S.Zero)
    return {
        "factors": sp.Integer(FACTORS),
        "factor": Decimal(factor, 2),
        "zeros": Decimal(-log10 - sp.Rational(1, 2), 0),  # rounded down
        "good": Decimal(good, 3),
        "bad": Decimal(bad, 3),
        "ratio": Decimal(bad / good, 1),
        "64": sp.Integer(vanishing(np.float64)),
        "none": Statement(Check(same, Context())),
        "-log y": -sp.log(sp.Symbol("y")),
        "1-y": 1 - sp.Symbol("y"),
        "y=1": equation(sp.Symbol("y"), 1),
        "y_k": y[index("k")],
        "tenth": Decimal(exact(CASES[1][1][1]), 1),
        "least": Decimal(exact(PENALTIES[-1]), 3),
        "least_loss": Decimal(written.log_of(PENALTIES[-1]), 3),
    }
