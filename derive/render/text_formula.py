"""Presentation tree → one line of Unicode: `log L = Σₖ₌₁ᴷ tₖ log yₖ`."""

from __future__ import annotations

import unicodedata

from derive.render import names
from derive.render.tree import (
    BASE,
    FACTOR,
    LINE_FRACTION,
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
    runs_on,
)

BIG = {"sum": "Σ", "product": "∏", "integral": "∫"}
EXTREME = ("max", "min", "median")
LOGIC = {"and": " and ", "or": " or ", "not": "not ", "true": "true", "false": "false"}
FENCES = {"abs": ("|", "|"), "floor": ("⌊", "⌋"), "ceiling": ("⌈", "⌉"), "round": ("(", ")")}
SQUARED = frozenset({"sin", "cos", "tan"})
_HOLDS = PRECEDENCE | {Fraction: LINE_FRACTION}


def formula(node: Node, otherwise: str = "otherwise") -> str:
    """The tree on one line; `otherwise` is the word for the last of several cases."""
    return _Printer(otherwise).show(node)


class _Printer:
    def __init__(self, otherwise: str) -> None:
        self.otherwise = otherwise
        self._shown: dict[tuple[int, bool], str] = {}

    def show(self, node: Node, tight: bool = False) -> str:
        """Print a node, once; `tight` within indices and exponents."""
        known = self._shown.get((id(node), tight))
        if known is None:  # without this, exponents of exponents are printed twice a level
            known = self._shown[id(node), tight] = self._show(node, tight)
        return known

    def _show(self, node: Node, tight: bool) -> str:
        match node:
            case Number(digits):
                return digits
            case Name():
                return self.name(node)
            case Terms(terms):
                return self.terms(terms, tight)
            case Negative(body):
                return f"−{self.at(body, TERM, tight)}"
            case Factors(factors):
                return self.factors(factors, tight)
            case Fraction(over, under):
                return f"{self.over(over, tight)}/{self.at(under, OPERAND, tight)}"
            case Power(Name("e"), exponent) if script(self.show(exponent, tight=True), names.SUPERSCRIPTS) is None:
                return f"exp({self.show(exponent)})"
            case Power(Prefix(function, body), Number(digits)) if function in SQUARED:
                return f"{function}{raised(digits)}{self.argument(body, tight)}"
            case Power(base, exponent):
                return self.at(base, BASE, tight) + raised(self.show(exponent, tight=True))
            case Root(body):
                return f"√{self.at(body, BASE, tight)}"
            case Prefix(function, body):
                return function + self.argument(body, tight)
            case Call(head, arguments, order):
                mark = "" if order is None else "′" if order == Number("1") else raised(f"({self.show(order)})")
                return f"{self.name(head)}{mark}({', '.join(self.show(a, tight) for a in arguments)})"
            case Fence(kind, body):
                left, right = FENCES[kind]
                return f"{left}{self.show(body, tight)}{right}"
            case Factorial(body):
                return f"{self.at(body, BASE, tight)}!"
            case Binomial(over, under):
                return f"C({self.show(over)}, {self.show(under)})"
            case BigOperator():
                return self.big(node, tight)
            case Entry(body, indices):
                return f"({self.show(body)})" + lowered(self.indices(indices))
            case Delta(indices):
                return "δ" + lowered(self.indices(indices))
            case Derivative():
                return self.derivative(node, tight)
            case Chain((low, middle, high), (first, second)):
                return f"{self.show(low)} {first} {self.show(middle)} {second} {self.show(high)}"
            case Relation(sign, left, right):
                return f"{self.show(left, tight)} {sign} {self.show(right, tight)}"
            case Sequence(items, bracketed):
                inner = ", ".join(self.show(item) for item in items)
                return f"({inner})" if bracketed else inner
            case Collection(items):
                return "{" + ", ".join(self.show(item) for item in items) + "}"
            case Interval(lower, upper, lower_open, upper_open):
                left, right = "(" if lower_open else "[", ")" if upper_open else "]"
                return f"{left}{self.show(lower)}, {self.show(upper)}{right}"
            case Cases(cases):
                return "{ " + "; ".join(self.case(value, condition) for value, condition in cases) + " }"
            case Logic(word, items):
                shown = [self.at(item, PRECEDENCE[Relation]) for item in items]
                return LOGIC[word] + "".join(shown) if len(shown) < 2 else LOGIC[word].join(shown)
        raise NotImplementedError(f"cannot typeset {type(node).__name__}")

    def at(self, node: Node, level: int, tight: bool = False) -> str:
        """Print a node where at least `level` is asked for."""
        inner = self.show(node, tight)
        return inner if _HOLDS[type(node)] >= level else f"({inner})"

    def argument(self, body: Node, tight: bool) -> str:
        inner = self.show(body, tight)
        return f" {inner}" if _bare(body) else f"({inner})"

    def over(self, node: Node, tight: bool) -> str:
        """What stands above the line must not run on below it: (log x)/2, (Σ x)/N."""
        safe = _HOLDS[type(node)] >= LINE_FRACTION and not runs_on(node)
        return self.show(node, tight) if safe else f"({self.show(node, tight)})"

    def name(self, node: Name) -> str:
        letter = names.text_bold(node.base) if node.bold else names.text_name(node.base)
        for accent in node.accents:
            letter = unicodedata.normalize("NFC", letter[:1] + names.ACCENTS[accent][1] + letter[1:])
        labels = "".join(names.text_name(label) for label in node.labels)
        return letter + lowered(",".join(filter(None, [labels, self.indices(node.indices)])))

    def indices(self, indices: tuple[Node, ...]) -> str:
        """Side by side where that cannot be misread: tᵢₖ, but t_{i,k+1} and t_{1,2}."""
        shown = [self.show(i, tight=True) for i in indices]
        close = all(len(s) == 1 for s in shown) and not any(s.isdigit() for s in shown[:-1])
        return ("" if close else ",").join(shown)

    def terms(self, terms: tuple[tuple[int, Node], ...], tight: bool) -> str:
        plus, minus = ("+", "−") if tight else (" + ", " − ")
        shown = []
        for place, (sign, node) in enumerate(terms):
            lead = minus if sign < 0 else plus
            if place == 0:
                lead = "−" if sign < 0 else ""
            shown.append(lead + self.at(node, TERM, tight))
        return "".join(shown)

    def factors(self, factors: tuple[Node, ...], tight: bool) -> str:
        result = ""
        for place, node in enumerate(factors):
            last = place == len(factors) - 1
            inner = self.show(node, tight)
            level = TERM if last and not isinstance(node, Fraction) else FACTOR
            if _HOLDS[type(node)] < level or (not last and open_ended(node)):
                inner = f"({inner})"
            result += _space(factors[place - 1], node, result, inner) + inner if place else inner
        return result

    def big(self, node: BigOperator, tight: bool) -> str:
        index, body = self.show(node.index, tight=True), self.at(node.body, TERM, tight)
        if node.kind in EXTREME:
            return f"{node.kind}{lowered(index)} {body}"
        sign = BIG[node.kind]
        start = "" if node.kind == "integral" else f"{index}="
        end = f" d{index}" if node.kind == "integral" else ""
        if node.lower is None or node.upper is None:
            return f"{sign}{'' if end else lowered(index)} {body}{end}"
        below, above = start + self.show(node.lower, tight=True), self.show(node.upper, tight=True)
        low, high = script(below, names.SUBSCRIPTS), script(above, names.SUPERSCRIPTS)
        limits = f"_{{{below}}}^{{{above}}}" if low is None or high is None else low + high
        return f"{sign}{limits} {body}{end}"

    def derivative(self, node: Derivative, tight: bool) -> str:
        above = "∂" + (raised(str(node.order)) if node.order > 1 else "")
        below = "".join(
            f"∂{self.show(v, tight)}" + (raised(str(order)) if order > 1 else "") for v, order in node.variables
        )
        if atomic(node.body) or isinstance(node.body, Call):
            return f"{above}{self.show(node.body, tight)}/{below}"
        if isinstance(node.body, BigOperator):
            return f"{above}/{below} {self.show(node.body, tight)}"
        body = self.show(node.body, tight)
        return f"{above}/{below} {body}" if isinstance(node.body, Prefix) else f"{above}/{below} ({body})"

    def case(self, value: Node, condition: Node | None) -> str:
        if condition is None:
            return f"{self.show(value)} {self.otherwise}"
        return f"{self.show(value)} : {self.show(condition)}"


def script(text: str, table: dict[str, str]) -> str | None:
    """The text in small letters, None where Unicode lacks one."""
    return names.script(text, table)


def lowered(text: str) -> str:
    """As an index: small letters where Unicode has them, else y_{…}."""
    if not text:
        return ""
    small = script(text, names.SUBSCRIPTS)
    return small if small is not None else f"_{text}" if len(text) == 1 else f"_{{{text}}}"


def raised(text: str) -> str:
    """As an exponent: small letters where Unicode has them, else y^{…}."""
    small = script(text, names.SUPERSCRIPTS)
    return f"^{{{text}}}" if small is None else small


def _bare(body: Node) -> bool:
    """May a function's argument stand without brackets?"""
    match body:
        case Power(Name("e"), _):
            return False
        case Power(base, _):
            return atomic(base)
        case Name() | Number() | BigOperator() | Prefix() | Call() | Fence() | Delta() | Entry() | Root() | Binomial():
            return True
        case _:
            return False


def _space(before: Node, node: Node, shown: str, inner: str) -> str:
    if inner[0] in "0123456789" or (isinstance(node, Fraction) and shown[-1].isdigit()):
        return "·"
    if inner.startswith("("):
        return "" if isinstance(before, (Number, Name, Power)) or shown.endswith(")") else " "
    close = isinstance(node, (Name, Power)) and (isinstance(before, Number) or (_single(before) and _single(node)))
    return "" if close else " "


def _single(node: Node) -> bool:
    """A letter or its power, without index: these stand side by side, as in 2πσ²."""
    if isinstance(node, Power):
        return _single(node.base) and (isinstance(node.exponent, Number) or node.exponent == Name("⊤"))
    return isinstance(node, Name) and not (node.labels or node.indices) and len(names.text_name(node.base)) == 1
