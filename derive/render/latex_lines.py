"""Long formulas in LaTeX, broken where people break them: before signs of the outermost sum, else within a bracket.

A part that fits on a line is never broken. Where the parts of a sum are too wide themselves, they are broken in turn;
a product that has no sum to break goes on with a dot on the next line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from derive.render import latex_formula
from derive.render.latex_widths import em
from derive.render.tree import (
    BigOperator,
    Call,
    Derivative,
    Factors,
    Fence,
    Fraction,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Prefix,
    Relation,
    Sequence,
    Terms,
)

#: A left side wider than this may be broken itself.
LONG_LEFT = 18.0
#: Brackets around what stands on several lines.
_OPEN, _CLOSE = "\\Bigl(", "\\Bigr)"
_BRACKET = 0.6
#: Nothing is broken to be narrower than this.
NARROWEST = 8.0


@dataclass(frozen=True)
class _Piece:
    """LaTeX that is not broken, its width, and what stands before it where it starts a line."""

    latex: str
    width: float
    lead: str = ""


def lines(node: Node, limit: float, otherwise: str = "otherwise") -> list[str]:
    """The LaTeX of a formula on lines of about `limit` em; one line where it has no place to break."""
    return [piece.latex for piece in _filled(_Breaker(limit, otherwise).pieces(node), limit)]


def _filled(pieces: list[_Piece], limit: float) -> list[_Piece]:
    filled = pieces[:1]
    for piece in pieces[1:]:
        width = filled[-1].width + piece.width
        if width <= limit:
            filled[-1] = replace(filled[-1], latex=f"{filled[-1].latex} {piece.latex}", width=width)
        else:
            filled.append(replace(piece, latex=piece.lead + piece.latex))
    return filled


@dataclass(frozen=True)
class _Breaker:
    limit: float
    otherwise: str

    def after(self, width: float) -> _Breaker:
        """For what follows something of this width on its line."""
        return replace(self, limit=max(self.limit - width, NARROWEST))

    def pieces(self, node: Node) -> list[_Piece]:
        """The formula in parts that stay whole, as narrow as they need to be."""
        if em(node) <= self.limit:
            return [self.whole(node)]
        match node:
            case Relation(sign, left, right):
                sign = latex_formula.RELATIONS[sign]
                if em(left) > LONG_LEFT:
                    return [*self.pieces(left), *_led(f"{sign} ", 1.3, self.pieces(right))]
                size = em(left) + 1.3
                return _led(f"{self.show(left)} {sign} ", size, self.after(size).pieces(right))
            case Negative(body) if not isinstance(body, Terms):
                return _led("-", 0.8, self.after(0.8).pieces(body))
            case Terms(terms):
                return [piece for place, term in enumerate(terms) for piece in self.term(place, *term)]
            case Sequence(items, False):
                *first, last = (self.pieces(item) for item in items)
                return [*(p for each in first for p in _followed(each, ",\\ ", 0.8)), *last]
            case Factors(factors):
                return self.product(factors)
            case Fraction(over, under) if em(under) < self.limit / 2 and isinstance(over, (Terms, Factors)):
                return self.product((Fraction(Number("1"), under), over))
            case Derivative() | BigOperator():
                return self.operator(node)
            case Prefix(function, body):
                return self.bracketed(f"\\{function}", 0.5 * len(function), body)
            case Call(head, (argument,), None):
                return self.bracketed(latex_formula.formula(Call(head, (), None)).removesuffix("()"), 1.0, argument)
            case Fence("round", body):
                return self.bracketed("", 0.0, body)
            case Power(base, exponent):
                shown = self.show(Power(Name("x"), exponent)).removeprefix("x")
                return _followed(self.bracketed("", 0.0, base), shown, em(exponent))
            case _:
                return [self.whole(node)]

    def show(self, node: Node) -> str:
        return latex_formula.formula(node, self.otherwise)

    def whole(self, node: Node) -> _Piece:
        return _Piece(self.show(node), em(node))

    def term(self, place: int, sign: int, term: Node) -> list[_Piece]:
        """A term of a sum, with its sign."""
        if em(term) > self.limit and not isinstance(term, (Terms, Negative)):
            shown = ("- " if place else "-") if sign < 0 else "+ " if place else ""
            return _led(shown, 1.2, self.after(1.2).pieces(term))
        whole = self.show(Terms(((sign, term), (1, Number("1"))))).removesuffix(" + 1").removesuffix("+1")
        if place:
            whole = f"- {whole.removeprefix('-')}" if sign < 0 else f"+ {whole}"
        return [_Piece(whole, em(term) + 1.2)]

    def operator(self, node: Derivative | BigOperator) -> list[_Piece]:
        """Σ, ∫ or a derivative before what is broken."""
        if isinstance(node, BigOperator) and node.kind not in ("sum", "product", "integral"):
            return [self.whole(node)]
        body = node.body
        shown = self.show(replace(node, body=Name("?") if isinstance(node, BigOperator) else _TALL))
        head, _, end = shown.partition(self.show(_MARK if isinstance(node, BigOperator) else _TALL))
        size = em(node) - em(body)
        bare = (BigOperator, Factors, Fraction) if isinstance(node, BigOperator) else (BigOperator, Fraction)
        if not isinstance(body, bare):
            return _followed(self.bracketed(head, size, body), end, 0.0)
        return _followed(_led(head, size, self.after(size).pieces(body)), end, 0.0)

    def product(self, factors: tuple[Node, ...]) -> list[_Piece]:
        """A product broken within its widest factor that can be; what stands before it too where it is long."""
        place = max(range(len(factors)), key=lambda n: (_breakable(factors[n]), em(factors[n])))
        before, inner, after = factors[:place], factors[place], factors[place + 1 :]
        if not _breakable(inner):
            return self.chain(factors)
        heads = self.chain(before) if before else [_Piece("", 0.0)]
        *first, head = heads
        opened = isinstance(inner, Terms) or (bool(after) and isinstance(inner, (BigOperator, Derivative)))
        later = self.after(head.width)
        found = later.bracketed("", 0.0, inner) if opened else later.pieces(inner)
        joined = _led(f"{head.latex}{'' if opened else ' '}".lstrip(), head.width, found)
        joined[0] = replace(joined[0], lead=head.lead)
        if after:
            joined = _followed(joined, f" {self.show(Factors(after))}", sum(map(em, after)))
        return [*first, *joined]

    def chain(self, factors: tuple[Node, ...]) -> list[_Piece]:
        """Factors side by side on as few lines as will do, a dot before those that start one."""
        groups: list[list[Node]] = []
        for factor in factors:
            if groups and em(Factors((*groups[-1], factor))) <= self.limit:
                groups[-1].append(factor)
            else:
                groups.append([factor])
        return [
            _Piece(self.head(group), em(Factors(tuple(group))), "\\cdot " if n else "")
            for n, group in enumerate(groups)
        ]

    def head(self, factors: Iterable[Node]) -> str:
        """Factors before another one: what would swallow it stands in brackets."""
        return self.show(Factors((*factors, Number("1")))).removesuffix(" \\cdot 1")

    def bracketed(self, head: str, size: float, body: Node) -> list[_Piece]:
        size += _BRACKET
        inner = _led(f"{head}{_OPEN}", size, self.after(size).parts(body))
        return _followed(inner, _CLOSE, _BRACKET)

    def parts(self, node: Node) -> list[_Piece]:
        """As `pieces`, of a sum all terms: it stands after something that makes the line too long."""
        match node:
            case Terms(terms):
                return [piece for place, term in enumerate(terms) for piece in self.term(place, *term)]
            case _:
                return self.pieces(node)


_MARK = Name("?")
_TALL = Fraction(Number("1"), Number("2"))


def _breakable(node: Node) -> bool:
    if isinstance(node, Fraction):
        return isinstance(node.over, Terms)
    return isinstance(node, (Terms, BigOperator, Derivative)) or (isinstance(node, Prefix) and _breakable(node.body))


def _led(head: str, width: float, pieces: list[_Piece]) -> list[_Piece]:
    first, *rest = pieces
    return [replace(first, latex=f"{head}{first.latex}", width=width + first.width), *rest]


def _followed(pieces: list[_Piece], end: str, width: float) -> list[_Piece]:
    *rest, last = pieces
    return [*rest, replace(last, latex=f"{last.latex}{end}", width=last.width + width)]
