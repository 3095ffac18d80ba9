"""Long formulas in LaTeX, broken before their signs: at the outermost sum, or within its bracket."""

from __future__ import annotations

from collections.abc import Iterable

from derive.render import latex_formula, text_formula
from derive.render.names import width
from derive.render.tree import BigOperator, Derivative, Factors, Fraction, Name, Negative, Node, Number, Relation, Terms

#: A left side longer than this may be broken itself.
LONG_LEFT = 40
#: Brackets around what stands on several lines.
_OPEN, _CLOSE = "\\Bigl(", "\\Bigr)"

Piece = tuple[str, int]  # LaTeX, and how many letters its one-line form has


def lines(node: Node, limit: int, otherwise: str = "otherwise") -> list[str]:
    """The LaTeX of a formula on lines of about `limit` letters; one line where it has no place to break."""
    if _width(node) <= limit:
        return [latex_formula.formula(node, otherwise)]
    filled: list[Piece] = []
    for piece, letters in _pieces(node, otherwise):
        if filled and filled[-1][1] + letters <= limit:
            filled[-1] = (f"{filled[-1][0]} {piece}", filled[-1][1] + letters)
        else:
            filled.append((piece, letters))
    return [line for line, _ in filled]


def _width(node: Node) -> int:
    return width(text_formula.formula(node))


def _pieces(node: Node, otherwise: str) -> list[Piece]:
    match node:
        case Relation(sign, left, right):
            sign = latex_formula.RELATIONS[sign]
            if _width(left) > LONG_LEFT:
                return [*_pieces(left, otherwise), *_led(sign, 3, _pieces(right, otherwise))]
            before = f"{latex_formula.formula(left, otherwise)} {sign}"
            return _led(before, _width(left) + 3, _pieces(right, otherwise))
        case Negative(body) if not isinstance(body, Terms):
            return _led("-", 1, _pieces(body, otherwise), "")
        case Terms(terms):
            return [_term(place, sign, term, otherwise) for place, (sign, term) in enumerate(terms)]
        case Factors((*before, BigOperator() as inner, Name() as last)):
            head, end = _head(before, otherwise), latex_formula.formula(last, otherwise)
            *rest, (closing, letters) = _bracketed(head, sum(map(_width, before)), inner, otherwise)
            return [*rest, (f"{closing} {end}", letters + _width(last))]
        case Factors((*before, Terms() as last)):
            return _bracketed(_head(before, otherwise), sum(map(_width, before)), last, otherwise)
        case Derivative(Terms() as body, variables):
            bare = latex_formula.formula(Derivative(Fraction(Number("1"), Number("2")), variables), otherwise)
            return _bracketed(bare.removesuffix("\\frac{1}{2}"), _width(node) - _width(body), body, otherwise)
        case Factors((*before, (BigOperator() | Derivative()) as last)):
            return _led(_head(before, otherwise), sum(map(_width, before)), _pieces(last, otherwise), "")
        case BigOperator(kind, _, _, _, body) if kind in ("sum", "product"):
            bare = latex_formula.formula(BigOperator(kind, node.index, node.lower, node.upper, Number("1")), otherwise)
            head, size = bare.removesuffix(" 1"), _width(node) - _width(body)
            if isinstance(body, (Terms, Negative)):
                return _bracketed(head, size, body, otherwise)
            return (
                _led(head, size, _pieces(body, otherwise))
                if isinstance(body, BigOperator)
                else [_whole(node, otherwise)]
            )
        case _:
            return [_whole(node, otherwise)]


def _whole(node: Node, otherwise: str) -> Piece:
    return latex_formula.formula(node, otherwise), _width(node)


def _term(place: int, sign: int, term: Node, otherwise: str) -> Piece:
    shown = latex_formula.formula(Terms(((sign, term), (1, Number("1")))), otherwise)
    shown = shown.removesuffix(" + 1").removesuffix("+1")
    if place:
        shown = f"- {shown.removeprefix('-')}" if sign < 0 else f"+ {shown}"
    return shown, _width(term) + 3


def _head(factors: Iterable[Node], otherwise: str) -> str:
    """The factors before the one that is broken."""
    listed = tuple(factors)
    if not listed:
        return ""
    return latex_formula.formula(Factors((*listed, Number("1"))), otherwise).removesuffix(" \\cdot 1")


def _bracketed(head: str, size: int, body: Node, otherwise: str) -> list[Piece]:
    inner = _led(f"{head}{_OPEN}", size + 1, _pieces(body, otherwise), "")
    last, letters = inner[-1]
    return [*inner[:-1], (f"{last}{_CLOSE}", letters + 1)]


def _led(head: str, size: int, pieces: list[Piece], blank: str = " ") -> list[Piece]:
    (first, letters), *rest = pieces
    return [(f"{head}{blank}{first}", size + letters), *rest]
