"""Cross entropy, entropy and KL divergence: how they belong together, and which of them is 0 when."""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from derive.algebra.context import Context, Definition, scalar
from derive.derivation import Step
from derive.render.tree import Call, Name, Node, Number
from source import derived, written
from source.data import FORECAST, OTHER_FORECAST, exact
from source.lines import Beside, Block, Check, Decimal, Line, Page, Side, Sign, Table, Words, chain, line
from source.symbols import (
    DISTRIBUTIONS,
    NONNEGATIVE,
    REAL,
    K,
    N,
    Q,
    array_of,
    equation,
    k,
    p,
    q,
    simplex,
    total,
    unevaluated,
    y,
)

ENTROPY = -total(p[k] * sp.log(p[k]), k, K)
CROSS = -total(p[k] * sp.log(q[k]), k, K)
DIVERGENCE = total(p[k] * sp.log(p[k] / q[k]), k, K)
BOTH = (p[k] > 0, q[k] > 0)
H_P, H_PQ, D = scalar("H", REAL), scalar("J", REAL), scalar("D", REAL)
NAMED = DISTRIBUTIONS.extended(
    definitions=[Definition(H_P, (), ENTROPY), Definition(H_PQ, (), CROSS), Definition(D, (), DIVERGENCE)]
)
SIZE = len(FORECAST)

SPLIT: Words = {"en": "split the logarithm of the quotient", "ja": "商の対数を差に分ける"}
PARTS: Words = {"en": "the two sums are known by name", "ja": "二つの和をそれぞれの名前で書く"}
SHARES: Words = {"en": "the shares of the faces in place of their counts", "ja": "回数を相対頻度に置き換える"}


def page() -> Page:
    """The eighth page."""
    return Page(
        {
            "entropy": chain(line(Step("definition", H_P.base, ENTROPY, ":=", given=BOTH[:1]), NAMED, {}, _h("p"))),
            "cross": chain(
                line(Step("definition", H_PQ.base, CROSS, ":=", given=BOTH[1:]), NAMED, {}, _h("p", "q")), numbered=True
            ),
            "divergence": chain(
                line(Step("definition", D.base, DIVERGENCE, ":=", given=BOTH), NAMED, {}, _kl("p", "q"))
            ),
            "parts": _parts(),
            "gibbs": _gibbs(),
            "certain": _certain(),
            "likelihood": _likelihood(),
            "gap": _gap(),
        },
        _inline(),
        {"numbers": _numbers()},
        ("python docs/cross-entropy/build.py --steps 8-entropy",),
        "entropy.py",
    )


def _h(*names: str) -> Node:
    """H(p, q) as it is written."""
    return Call(Name("H"), tuple(Name(name, bold=True) for name in names))


def _kl(first: str, second: str) -> Sign:
    return Sign(f"\\mathrm{{KL}}(\\mathbf{{{first}}} \\parallel \\mathbf{{{second}}})")


def _parts() -> Block:
    """Cross entropy is entropy and divergence together, for every K."""
    split = -total(p[k] * (sp.log(p[k]) - sp.log(p[k] / q[k])), k, K)
    return chain(
        line(Step("equal", H_PQ.base, CROSS, given=BOTH), NAMED, {}, _h("p", "q")),
        line(Step("equal", CROSS, split, given=BOTH), NAMED, SPLIT),
        line(Step("equal", split, ENTROPY + DIVERGENCE, rule="sum_is_linear", given=BOTH), NAMED),
        line(Step("equal", ENTROPY + DIVERGENCE, H_P.base + D.base, given=BOTH), NAMED, PARTS, right=_plus()),
        numbered=True,
    )


def _plus() -> Beside:
    return Beside((_h("p"), Sign("+"), _kl("p", "q")))


def _gibbs() -> Block:
    """Among all q the cross entropy is smallest at q = p."""
    step = Step("maximises", -CROSS, sp.Tuple(equation(q[k], p[k])), "", bind=(simplex(Q).equation(),))
    return Block((Line(None, "", equation(q[k], p[k]), (Check(step, DISTRIBUTIONS),), step),), numbered=True)


def _certain() -> Block:
    """The entropy of a one-hot distribution."""
    sizes = (SIZE,)
    one_hot = tuple(1 if m == 0 else 0 for m in range(SIZE))
    own = array_of("p", sizes, NONNEGATIVE)
    entropy = -total(own.base[k] * sp.log(own.base[k]), k, SIZE)
    context = Context((), (own,), (), (simplex(own),), (Definition(H_P, (), entropy),))
    bind = tuple(equation(own.base[m], x) for m, x in enumerate(one_hot, start=1))
    worked = Step("substitution", entropy, sp.S.Zero, bind=bind)
    point = Call(Name("H"), tuple(Number(str(x)) for x in one_hot))
    return Block((Line(point, "=", sp.S.Zero, (Check(worked, context),), {}),))


def _likelihood() -> Block:
    """The log-likelihood of the die as a cross entropy of the shares of its faces."""
    log_likelihood = derived.of().results["log_likelihood"]
    context = derived.of().context
    share = derived.of().results["estimate"].args[0].lhs.base[k]
    loss = -log_likelihood / N
    given = tuple(derived.find("log_likelihood", "log_of_power").given)
    as_shares = -total(share * sp.log(y[k]), k, K)
    return chain(line(Step("equal", loss, as_shares, given=given), context, SHARES), numbered=True)


def _gap() -> Block:
    """What the likelihood misses of its maximum is N times the divergence."""
    log_likelihood = derived.of().results["log_likelihood"]
    context = derived.of().context
    share = derived.of().results["estimate"].args[0].lhs.base[k]
    best = log_likelihood.xreplace({y[k]: share})
    divergence = N * total(share * sp.log(share / y[k]), k, K)
    given = (*derived.find("log_likelihood", "log_of_power").given, share > 0)
    return chain(line(Step("equal", best - log_likelihood, divergence, given=given), context, {}), numbered=True)


def _value(one: Sequence[str], other: Sequence[str]) -> sp.Expr:
    return written.cross_entropy(one, other)


def _numbers() -> Table:
    """Entropy, cross entropy and divergence of two forecasts, both ways round."""
    pairs = (("p", "p", FORECAST, FORECAST), ("p", "q", FORECAST, OTHER_FORECAST), ("q", "p", OTHER_FORECAST, FORECAST))
    rows: list[tuple[Side | str, ...]] = []
    for one, other, first, second in pairs:
        cross, own = _value(first, second), _value(first, first)
        name = f"{_bold(one)}, {_bold(other)}"
        rows.append((name, Decimal(own, 6), Decimal(cross - own, 6), Decimal(cross, 6)))
    head = (
        {"en": "pair", "ja": "組"},
        {"en": "entropy of the first", "ja": "前者のエントロピー"},
        {"en": "KL divergence", "ja": "KL ダイバージェンス"},
        {"en": "cross entropy", "ja": "交差エントロピー"},
    )
    return Table(head, tuple(rows))


def _bold(name: str) -> str:
    return f"$\\mathbf{{{name}}}$"


def _inline() -> dict[str, Side]:
    cross = _value(FORECAST, OTHER_FORECAST)
    own = _value(FORECAST, FORECAST)
    vector = tuple(exact(x) for x in FORECAST)
    other = tuple(exact(x) for x in OTHER_FORECAST)
    return {
        "H(p)": _h("p"),
        "H(p,p)": _h("p", "p"),
        "H(p,q)": _h("p", "q"),
        "H(q,p)": _h("q", "p"),
        "KL(p,q)": _kl("p", "q"),
        "KL(q,p)": _kl("q", "p"),
        "p": Name("p", bold=True),
        "q": Name("q", bold=True),
        "forecast": sp.Tuple(*vector),
        "other": sp.Tuple(*other),
        "own_value": Decimal(own, 6),
        "own_short": Decimal(own, 3),
        "cross_value": Decimal(cross, 6),
        "gap_value": Decimal(cross - own, 6),
        "share": derived.of().results["estimate"].args[0].lhs,
        "p_k=0": equation(p[k], 0),
        "p_k>0": p[k] > 0,
        "q_k>0": q[k] > 0,
        "q_k=0": equation(q[k], 0),
        "log K": sp.log(K),
        "log 1": equation(sp.log(1, evaluate=False), 0),
        "0log0": equation(unevaluated(sp.Mul, 0, sp.log(0, evaluate=False)), 0),
    }
