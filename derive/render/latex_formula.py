"""Presentation tree → LaTeX mathematics."""

from __future__ import annotations

from collections.abc import Callable

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
    runs_on,
    small,
)

RELATIONS = {
    "=": "=",
    "≠": "\\neq",
    ">": ">",
    "≥": "\\geq",
    "<": "<",
    "≤": "\\leq",
    "⇔": "\\iff",
    "⇒": "\\implies",
    "∈": "\\in",
}
BIG = {"sum": "\\sum", "product": "\\prod", "integral": "\\int"}
EXTREME = {"max": "\\max", "min": "\\min", "median": "\\mathrm{median}"}
LOGIC = {"and": " \\land ", "or": " \\lor ", "not": "\\lnot ", "true": "\\top", "false": "\\bot"}
FENCES = {
    "abs": ("|", "|"),
    "floor": ("\\lfloor ", "\\rfloor "),
    "ceiling": ("\\lceil ", "\\rceil "),
    "round": ("(", ")"),
}
FUNCTIONS = frozenset({"log", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "max", "min"})
#: Functions whose powers are written sin² x.
SQUARED = frozenset({"sin", "cos", "tan"})
_TALL = ("\\frac", "\\sum", "\\prod", "\\int", "\\binom", "\\begin")


def formula(node: Node, otherwise: str = "otherwise") -> str:
    """The LaTeX of a presentation tree; `otherwise` is the word for the last of several cases."""
    return _Printer(otherwise).show(node)


class _Printer:
    def __init__(self, otherwise: str) -> None:
        self.otherwise = otherwise

    def show(self, node: Node, tight: bool = False) -> str:
        """Print a node; `tight` within indices and exponents."""
        match node:
            case Number(digits):
                return digits
            case Name():
                return self.name(node)
            case Terms(terms):
                return self.terms(terms, tight)
            case Negative(body):
                return f"-{self.at(body, TERM, tight)}"
            case Factors(factors):
                return self.factors(factors, tight)
            case Fraction(over, under):
                if tight:
                    above = brackets(self.show(over, tight)) if runs_on(over) else self.at(over, FACTOR - 1, tight)
                    return f"{above}/{self.at(under, OPERAND, tight)}"
                return f"\\frac{{{self.show(over, tight)}}}{{{self.show(under, tight)}}}"
            case Power(Prefix(function, body), Number(digits)) if function in SQUARED:
                return f"\\{function}^{{{digits}}} {self.argument(body, tight)}"
            case Power(base, exponent):
                return f"{self.at(base, BASE, tight)}^{{{self.show(exponent, tight=True)}}}"
            case Root(body):
                return f"\\sqrt{{{self.show(body, tight)}}}"
            case Prefix(function, body):
                return self.prefix(function, body, tight)
            case Call(head, arguments, order):
                return (
                    self.function(head)
                    + derivative_mark(order, self.show)
                    + brackets(", ".join(self.show(a, tight) for a in arguments))
                )
            case Fence(kind, body):
                left, right = FENCES[kind]
                return brackets(self.show(body, tight), left, right)
            case Factorial(body):
                return f"{self.at(body, BASE, tight)}!"
            case Binomial(over, under):
                return f"\\binom{{{self.show(over)}}}{{{self.show(under)}}}"
            case BigOperator():
                return self.big(node, tight)
            case Entry(body, indices):
                return brackets(self.show(body)) + self.below(self.indices(indices))
            case Delta(indices):
                return "\\delta" + self.below(self.indices(indices))
            case Derivative():
                return self.derivative(node, tight)
            case Chain((low, middle, high), (first, second)):
                signs = (RELATIONS[first], RELATIONS[second])
                return f"{self.show(low)} {signs[0]} {self.show(middle)} {signs[1]} {self.show(high)}"
            case Relation(sign, left, right):
                return f"{self.show(left, tight)} {RELATIONS[sign]} {self.show(right, tight)}"
            case Sequence(items, bracketed):
                inner = (",\\ " if not bracketed else ", ").join(self.show(item) for item in items)
                return brackets(inner) if bracketed else inner
            case Collection(items):
                return brackets(", ".join(self.show(item) for item in items), "\\lbrace ", "\\rbrace ")
            case Interval(lower, upper, lower_open, upper_open):
                inner = f"{self.show(lower)}, {self.show(upper)}"
                return brackets(inner, "(" if lower_open else "[", ")" if upper_open else "]")
            case Cases():
                return self.cases(node)
            case Logic(word, items):
                shown = [self.at(item, PRECEDENCE[Relation]) for item in items]
                return LOGIC[word] + "".join(shown) if len(shown) < 2 else LOGIC[word].join(shown)
        raise NotImplementedError(f"cannot typeset {type(node).__name__}")

    def at(self, node: Node, level: int, tight: bool = False) -> str:
        """Print a node where at least `level` is asked for."""
        inner = self.show(node, tight)
        return inner if PRECEDENCE[type(node)] >= level else brackets(inner)

    def name(self, node: Name) -> str:
        letter = names.latex_bold(node.base) if node.bold else names.latex_name(node.base)
        for accent in node.accents:
            letter = f"{names.ACCENTS[accent][0]}{{{letter}}}"
        labels = _joined([names.latex_label(label) for label in node.labels])
        indices = self.indices(node.indices) if node.indices else ""
        return letter + self.below(",".join(filter(None, [labels, indices])))

    def below(self, indices: str) -> str:
        if not indices:
            return ""
        return f"_{indices}" if len(indices) == 1 else f"_{{{indices}}}"

    def indices(self, indices: tuple[Node, ...]) -> str:
        """Side by side where that cannot be misread: t_{ik}, but t_{i,k+1} and t_{1,2}."""
        shown = [self.show(i, tight=True) for i in indices]
        *first, last = indices
        close = all(_letter(i) for i in first) and (_letter(last) or (isinstance(last, Number) and len(shown[-1]) == 1))
        return _joined(shown) if close else ",".join(shown)

    def terms(self, terms: tuple[tuple[int, Node], ...], tight: bool) -> str:
        tight = tight or all(small(node) for _, node in terms)
        plus, minus = ("+", "-") if tight else (" + ", " - ")
        shown = []
        for place, (sign, node) in enumerate(terms):
            lead = minus if sign < 0 else plus
            if place == 0:
                lead = "-" if sign < 0 else ""
            shown.append(lead + self.at(node, TERM, tight))
        return "".join(shown)

    def factors(self, factors: tuple[Node, ...], tight: bool) -> str:
        result = ""
        for place, node in enumerate(factors):
            last = place == len(factors) - 1
            level = TERM if last else FACTOR
            inner = self.show(node, tight)
            if PRECEDENCE[type(node)] < level or (not last and open_ended(node)):
                inner = brackets(inner)
            result += _space(factors[place - 1], node, result, inner) + inner if place else inner
        return result

    def function(self, head: Name) -> str:
        return f"\\{head.base}" if head.base in FUNCTIONS and not head.indices else self.name(head)

    def prefix(self, function: str, body: Node, tight: bool) -> str:
        inner = self.argument(body, tight)
        return f"\\{function}{inner}" if inner.startswith(("(", "\\left(")) else f"\\{function} {inner}"

    def argument(self, body: Node, tight: bool) -> str:
        inner = self.show(body, tight)
        return inner if _bare(body) and not (tight and isinstance(body, Fraction)) else brackets(inner)

    def big(self, node: BigOperator, tight: bool) -> str:
        index, body = self.show(node.index, tight=True), self.at(node.body, TERM, tight)
        if node.kind in EXTREME:
            thin = "\\, " if node.kind == "median" else ""
            return f"{EXTREME[node.kind]}_{{{self.range(index, node)}}} {thin}{body}"
        sign = BIG[node.kind]
        if node.kind == "integral":
            limits = self.limits("", node)
            return f"{sign}{limits} {body} \\, d{index}"
        limits = self.limits(f"{index}=", node) or f"_{{{index}}}"
        return f"{sign}{limits}{'' if isinstance(node.body, BigOperator) else ' '}{body}"

    def range(self, index: str, node: BigOperator) -> str:
        if node.lower is None or node.upper is None:
            return index
        return f"{self.show(node.lower, tight=True)} \\leq {index} \\leq {self.show(node.upper, tight=True)}"

    def limits(self, start: str, node: BigOperator) -> str:
        if node.lower is None or node.upper is None:
            return ""
        return f"_{{{start}{self.show(node.lower, tight=True)}}}^{{{self.show(node.upper, tight=True)}}}"

    def derivative(self, node: Derivative, tight: bool) -> str:
        above = "\\partial" + (f"^{{{node.order}}}" if node.order > 1 else "")
        below = " ".join(
            f"\\partial {self.show(v, tight)}" + (f"^{{{order}}}" if order > 1 else "") for v, order in node.variables
        )
        if _fits_above(node.body):
            return f"\\frac{{{above} {self.show(node.body, tight)}}}{{{below}}}"
        bare = isinstance(node.body, (BigOperator, Fraction, Prefix))
        body = self.show(node.body) if bare else self.at(node.body, OPERAND, tight)
        return f"\\frac{{{above}}}{{{below}}}{body}"

    def cases(self, node: Cases) -> str:
        rows = [
            f"{self.show(value)} & " + (f"\\text{{{self.otherwise}}}" if condition is None else self.show(condition))
            for value, condition in node.cases
        ]
        return "\\begin{cases} " + " \\\\ ".join(rows) + " \\end{cases}"


def brackets(inner: str, left: str = "(", right: str = ")") -> str:
    """Brackets as tall as what they hold."""
    if any(sign in inner for sign in _TALL):
        return f"\\left{left}{inner}\\right{right}"
    return f"{left}{inner}{right}".rstrip()


def derivative_mark(order: Node | None, show: Callable[[Node], str]) -> str:
    """ψ' for the first derivative, ψ^{(n)} for another."""
    return "" if order is None else "'" if order == Number("1") else f"^{{({show(order)})}}"


def _bare(body: Node) -> bool:
    """May a function's argument stand without brackets?"""
    match body:
        case Power(base, _):
            return _bare(base) and not isinstance(base, (Fraction, Prefix, BigOperator))
        case (
            Name()
            | Number()
            | Fraction()
            | BigOperator()
            | Prefix()
            | Call()
            | Fence()
            | Delta()
            | Entry()
            | Root()
            | Binomial()
        ):
            return True
        case _:
            return False


def _fits_above(body: Node) -> bool:
    return atomic(body) or isinstance(body, Call) or (isinstance(body, Prefix) and atomic(body.body))


def _letter(node: Node) -> bool:
    return (
        isinstance(node, Name)
        and not (node.labels or node.indices)
        and (len(node.base) == 1 or node.base in names.GREEK)
    )


def _joined(pieces: list[str]) -> str:
    """Side by side; a command needs a blank before a letter that follows it."""
    result = ""
    for piece in pieces:
        needs_blank = result and "\\" in result and result[-1].isalpha() and piece[:1].isalpha()
        result += f" {piece}" if needs_blank else piece
    return result


def _space(before: Node, node: Node, shown: str, inner: str) -> str:
    if inner[0].isdigit() or (isinstance(before, (Number, Fraction)) and isinstance(node, Fraction)):
        return " \\cdot "
    if inner.startswith(("(", "\\left(")) or (isinstance(before, Fraction) and isinstance(node, BigOperator)):
        return ""
    return " "
