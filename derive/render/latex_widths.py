"""How wide a formula will be on paper: a measure of the presentation tree that follows TeX's rules, without TeX.

A fraction is as wide as the wider of its two parts, indices are set smaller, limits stand below Σ. Widths are in em;
the letters' own widths are those of Computer Modern, rounded.
"""

from __future__ import annotations

from derive.render import names
from derive.render.tree import (
    BASE,
    FACTOR,
    OPERAND,
    PRECEDENCE,
    TERM,
    BigOperator,
    Binomial,
    Call,
    Cases,
    Chain,
    Collection,
    Delta,
    Derivative,
    Entry,
    Factorial,
    Factors,
    Fence,
    Fraction,
    Interval,
    Logic,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Prefix,
    Relation,
    Root,
    Sequence,
    Terms,
    atomic,
    open_ended,
)

#: Sizes of type: displayed, beside text, index, index of an index.
DISPLAY, TEXT, INDEX, SMALLEST = range(4)
_SCALE = (1.0, 1.0, 0.7, 0.5)
_SMALLER = (TEXT, INDEX, SMALLEST, SMALLEST)
_BIG = {"sum": (1.44, 1.06), "product": (1.28, 0.95), "integral": (1.0, 0.6)}
_RELATION, _BINARY, _THIN, _BAR = 1.34, 1.22, 0.17, 0.24
_NARROW, _WIDE = frozenset("ijlI.,'"), frozenset("mwMWNKΣΛ")


def em(node: Node, style: int = DISPLAY) -> float:
    """The width of a formula in em."""
    scale = _SCALE[style]
    match node:
        case Number(digits):
            return 0.5 * len(digits) * scale
        case Name():
            return _name(node, style)
        case Terms(terms):
            signs = (len(terms) - 1) * (_BINARY if style < INDEX else 0.78) + (0.78 if terms[0][0] < 0 else 0)
            return signs * scale + sum(_at(term, TERM, style) for _, term in terms)
        case Negative(body):
            return 0.78 * scale + _at(body, TERM, style)
        case Factors(factors):
            return _factors(factors, style)
        case Fraction(over, under):
            if style >= INDEX:
                return _at(over, FACTOR - 1, style) + 0.5 * scale + _at(under, OPERAND, style)
            bar = _BAR if style == DISPLAY else 0.4
            return bar * scale + max(em(over, _SMALLER[style]), em(under, _SMALLER[style]))
        case Power(base, exponent):
            return _at(base, BASE, style) + em(exponent, max(_SMALLER[style], INDEX)) + 0.05
        case Root(body):
            return 0.9 * scale + em(body, style)
        case Prefix(function, body):
            return (0.5 * len(function) + _THIN) * scale + _argument(body, style)
        case Call(head, arguments, order):
            inner = sum(em(a, style) for a in arguments) + 0.44 * (len(arguments) - 1)
            return em(head, style) + (0.3 if order else 0) + _around(inner, arguments, style)
        case Fence(_, body):
            return em(body, style) + (0.6 if _tall(body) else 0.55) * scale
        case Factorial(body):
            return _at(body, BASE, style) + 0.28 * scale
        case Binomial(over, under):
            return 1.5 * scale + max(em(over, _SMALLER[style]), em(under, _SMALLER[style]))
        case BigOperator():
            return _big(node, style)
        case Entry(body, indices):
            return _around(em(body, style), (body,), style) + _below(indices, style)
        case Delta(indices):
            return 0.45 * scale + _below(indices, style)
        case Derivative():
            return _derivative(node, style)
        case Chain(items, signs):
            return sum(em(item, style) for item in items) + _RELATION * len(signs) * scale
        case Relation(_, left, right):
            return em(left, style) + em(right, style) + _RELATION * scale
        case Sequence(items) | Collection(items):
            return sum(em(item, style) for item in items) + 0.7 * len(items) * scale
        case Interval(lower, upper):
            return em(lower, style) + em(upper, style) + 1.1 * scale
        case Cases(cases):
            return 2.2 + max(em(v, TEXT) for v, _ in cases) + max(4.0 if c is None else em(c, TEXT) for _, c in cases)
        case Logic(_, items):
            return sum(em(item, style) for item in items) + _BINARY * max(len(items) - 1, 1) * scale
    raise NotImplementedError(f"cannot measure {type(node).__name__}")


def _at(node: Node, level: int, style: int) -> float:
    inner = em(node, style)
    return inner if PRECEDENCE[type(node)] >= level else _around(inner, (node,), style)


def _around(inner: float, held: tuple[Node, ...], style: int) -> float:
    """Brackets grow with what they hold."""
    tall = any(map(_tall, held))
    return inner + (1.45 if tall and style == DISPLAY else 1.2 if tall else 0.78) * _SCALE[style]


def _tall(node: Node) -> bool:
    match node:
        case Fraction() | BigOperator() | Binomial() | Cases() | Derivative():
            return True
        case Terms(terms):
            return any(_tall(term) for _, term in terms)
        case Factors(factors):
            return any(map(_tall, factors))
        case Negative(body) | Prefix(_, body) | Power(body, _) | Fence(_, body) | Factorial(body) | Root(body):
            return _tall(body)
        case Call(_, arguments):
            return any(map(_tall, arguments))
        case Relation(_, left, right):
            return _tall(left) or _tall(right)
        case _:
            return False


def _name(node: Name, style: int) -> float:
    letters = names.text_bold(node.base) if node.bold else names.text_name(node.base)
    letter = sum(0.36 if c in _NARROW else 0.88 if c in _WIDE or (node.bold and c.isalpha()) else 0.57 for c in letters)
    labels = sum(len(names.text_name(label)) for label in node.labels)
    small = max(_SMALLER[style], INDEX)
    below = 0.5 * labels * _SCALE[small] + (_below(node.indices, style) if node.indices else 0)
    return letter * _SCALE[style] + below


def _below(indices: tuple[Node, ...], style: int) -> float:
    small = max(_SMALLER[style], INDEX)
    return sum(em(index, small) for index in indices) + 0.08


def _factors(factors: tuple[Node, ...], style: int) -> float:
    total = 0.0
    for place, node in enumerate(factors):
        last = place == len(factors) - 1
        inner = em(node, style)
        if PRECEDENCE[type(node)] < (TERM if last else FACTOR) or (not last and open_ended(node)):
            inner = _around(inner, (node,), style)
        before = isinstance(factors[place - 1], (Number, Fraction)) if place else False
        dot = before and isinstance(node, (Number, Fraction))
        thin = place > 0 and isinstance(node, (Prefix, BigOperator))
        total += inner + (0.72 if dot else _THIN if thin else 0.0) * _SCALE[style]
    return total


def _argument(body: Node, style: int) -> float:
    bare = not isinstance(body, (Terms, Negative, Factors, Cases))
    return em(body, style) if bare else _around(em(body, style), (body,), style)


def _big(node: BigOperator, style: int) -> float:
    body = _at(node.body, TERM, style)
    small = max(_SMALLER[style], INDEX)
    index = em(node.index, small)
    lower, upper = (em(bound, small) if bound is not None else 0.0 for bound in (node.lower, node.upper))
    if node.kind not in _BIG:  # max, with its range below; the word median has it beside itself
        beside = 3.4 if node.kind == "median" else 0.0
        return beside + max(0 if beside else 1.9, lower + index + upper + 1.5) + body + _THIN
    sign = _BIG[node.kind][0 if style == DISPLAY else 1] * _SCALE[style]
    if node.kind == "integral":
        return sign + max(lower, upper) + body + 2 * _THIN + index / _SCALE[small] * _SCALE[style] + 0.52
    below = index + lower + (0.55 if node.lower is not None else 0)
    wide = max(sign, below, upper) if style == DISPLAY else sign + max(below, upper)
    return wide + _THIN * _SCALE[style] + body


def _derivative(node: Derivative, style: int) -> float:
    small = _SMALLER[style]
    below = sum(0.56 + em(v, small) + (0.4 if order > 1 else 0) for v, order in node.variables) * _SCALE[small]
    fits = atomic(node.body) or isinstance(node.body, Call)
    if fits or (isinstance(node.body, Prefix) and atomic(node.body.body)):
        return _BAR + max(below, 0.6 + em(node.body, small))
    bare = isinstance(node.body, (BigOperator, Fraction, Prefix))
    body = em(node.body, style) if bare else _at(node.body, OPERAND, style)
    return _BAR + max(below, 0.9) + body
