"""The die: its table of counts, the likelihood in long and short form, and its logarithm."""

from __future__ import annotations

from math import factorial, prod

import sympy as sp

from derive.algebra.context import Context, Definition, scalar
from derive.derivation import Step
from derive.rules import RULES
from derive.strategy.chain import Chain
from source import derived
from source.data import COUNTS
from source.lines import Block, Check, Line, Page, Statement, Table, Words, chain, line
from source.symbols import COUNT, NONNEGATIVE, NUMBERS, K, a, array_of, b, equation, k, simplex, total, unevaluated

FACES, THROWS = len(COUNTS), sum(COUNTS)
T, Y = array_of("t", [FACES], COUNT), array_of("y", [FACES], NONNEGATIVE)
t, y = T.base, Y.base
L = scalar("L", NONNEGATIVE)
#: The likelihood of the die in short form.
PRODUCT = sp.Product(y[k] ** t[k], (k, sp.S.One, sp.Integer(FACES)))
DIE = Context((), (T, Y), (), (simplex(T, THROWS), simplex(Y)), (Definition(L, (), PRODUCT),))
PUT_IN = tuple(equation(t[face], count) for face, count in enumerate(COUNTS, start=1))
POSITIVE = (y[k] > 0,)

VALUES: Words = {"en": "with the counts of the table", "ja": "表の回数を代入"}
EACH: Words = {"en": "one factor a throw", "ja": "1 回の試行につき因子が一つ"}
LETTERS: Words = {"en": "with letters for the counts", "ja": "回数を文字で表す"}
SHORT: Words = {"en": "in short", "ja": "総乗の記号でまとめる"}
SUM: Words = {"en": "in short", "ja": "総和の記号でまとめる"}
RISES: Words = {"en": "take the logarithm of both sides", "ja": "両辺の対数をとる"}
ONE_FACE: Words = {"en": "each throw shows exactly one face", "ja": "1 回の試行で出る目はちょうど一つ"}
ORDERS: Words = {"en": "the number of orders of the same counts", "ja": "同じ回数になる並べ方の数"}


def page() -> Page:
    """The first page."""
    faces = range(1, FACES + 1)
    powers = sp.Mul(*(y[face] ** t[face] for face in faces))
    numbers = sp.Mul(*(y[face] ** count for face, count in enumerate(COUNTS, start=1)))
    throws = unevaluated(sp.Mul, *(y[face] for face, count in enumerate(COUNTS, start=1) for _ in range(count)))
    long = chain(
        line(Step("substitution", L.base, throws, "=", "numbers", bind=PUT_IN), DIE, EACH),
        line(
            Step("substitution", throws, numbers, "=", "numbers", bind=PUT_IN),
            DIE,
            {"en": "as powers", "ja": "べき乗で表す"},
        ),
        line(Step("substitution", numbers, powers, "=", "numbers", bind=PUT_IN), DIE, LETTERS),
        line(Step("equal", powers, PRODUCT), DIE, SHORT),
        numbered=True,
    )
    return Page(
        {
            "long": long,
            "log": _logarithm(powers),
            "constraint": _constraint(),
            "throws": _throws(),
            "each": Block((_one_face(),)),
            "counts_of": Block(tuple(derived.lines(derived.find("given", "count")))),
            "positive": Block((Line(None, "", y[k] > 0, (Check(Step("hypothesis", y[k] > 0, sp.true), DIE),)),)),
            "orders": _orders(),
        }
        | _rules(),
        _inline(),
        {"counts": _table()},
        (
            f"derive show categorical --counts {','.join(map(str, COUNTS))}",
            "python docs/cross-entropy/build.py --steps 1-die",
        ),
    )


def _constraint() -> Block:
    """The probabilities add up to 1, in long and short form."""
    written = sp.Add(*(y[face] for face in range(1, FACES + 1)))
    whole = total(y[k], k, FACES)
    assumed = Step("hypothesis", equation(whole, 1), sp.true)
    return chain(
        line(Step("equal", written, whole), DIE, SUM),
        Line(None, "=", sp.S.One, (Check(assumed, DIE),), {"en": "some face comes up", "ja": "必ずどれかの目が出る"}),
        numbered=True,
    )


def _rules() -> dict[str, Block]:
    """The two rules of the logarithm, as the engine states them, with what they need."""
    found = {}
    conditions = {"log_of_product": (a > 0, b > 0), "log_of_power": (a > 0,)}
    for name, given in conditions.items():
        assert RULES[name].statement is not None
        sides = (sp.log(a * b), sp.log(a) + sp.log(b)) if name == "log_of_product" else (sp.log(a**b), b * sp.log(a))
        found[name] = Block((line(Step("equal", *sides, given=given), NUMBERS),), numbered=True)
    return found


def _logarithm(powers: sp.Expr) -> Block:
    """The logarithm of the long form, rule by rule, and the short form at last."""
    steps = Chain(sp.log(powers), DIE).apply_all("log_of_product", "log_of_power").steps
    first, second = steps
    short = total(t[k] * sp.log(y[k]), k, FACES)
    opening = Step("equal", sp.log(L.base), sp.log(powers), given=POSITIVE)
    return chain(
        line(opening, DIE, RISES),
        line(Step("equal", first.before, first.after, rule=first.rule, given=POSITIVE), DIE),
        line(Step("equal", second.before, second.after, rule=second.rule, given=POSITIVE), DIE),
        line(Step("equal", second.after, short, given=POSITIVE), DIE, SUM),
        numbered=True,
    )


def _throws() -> Block:
    """Where the number of throws went: the counts add up to it, for any number of observations."""
    symbols = derived.lines(*(s for s in derived.steps("given") if s.kind == "equal" and s.rule != "normalised"))
    return chain(*symbols, numbered=True)


def _one_face() -> Line:
    """Each throw shows one face."""
    step = derived.find("given", "data_fact")
    return Line(None, "", step.before, (Check(step, derived.of().context),), ONE_FACE)


def _orders() -> Block:
    """How many sequences of throws have these counts."""
    product = unevaluated(sp.Mul, *(unevaluated(sp.factorial, count) for count in COUNTS))
    quotient = unevaluated(sp.factorial, THROWS) / product
    number = sp.Integer(factorial(THROWS) // prod(map(factorial, COUNTS)))
    return Block((Line(quotient, "=", number, (Check(Step("equal", quotient, number), Context()),), ORDERS),))


def _inline() -> dict[str, object]:
    counted = unevaluated(sp.Add, *map(sp.Integer, COUNTS))
    said = Step("equal", counted, sp.Integer(THROWS))
    return {
        "throws": sp.Integer(THROWS),
        "faces": sp.Integer(FACES),
        "fair": sp.Rational(1, FACES),
        "counted": Statement(Check(said, Context())),
        "is_N": equation(sp.Symbol("N"), THROWS),
        "is_K": equation(K, FACES),
        "some_counts": equation(t[1], COUNTS[0]),
        "other_counts": equation(t[2], COUNTS[1]),
        "log L": sp.log(sp.Symbol("L")),
        "y_k>0": y[k] > 0,
        "y_k>=0": sp.Ge(y[k], 0, evaluate=False),
        "a>0": a > 0,
        "b>0": b > 0,
        "0log0": equation(unevaluated(sp.Mul, 0, sp.log(0, evaluate=False)), 0),
        "log ab": sp.log(a * b),
    }


def _table() -> Table:
    rows = tuple((sp.Integer(face), y[face], t[face], sp.Integer(count)) for face, count in enumerate(COUNTS, start=1))
    head = (
        {"en": "face", "ja": "目"},
        {"en": "probability", "ja": "確率"},
        {"en": "count", "ja": "回数の記号"},
        {"en": "observed", "ja": "出た回数"},
    )
    return Table(head, rows)
