"""What stands behind a base: subscripts, superscripts, primes, factorials, and bars that take it at a point."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.read.syntax import parser_names, tree
from derive.read.syntax.tree import Node, Unreadable
from derive.read.syntax.vocabulary import WORDY

if TYPE_CHECKING:
    from derive.read.syntax.parser import Parser


def scripted(parser: Parser, start: int, base: Node) -> Node:
    """The scripts, primes and factorials behind `base`."""
    sub: Node | None = None
    sup: Node | None = None
    signs = 0
    while True:
        kind = parser.kind()
        if kind == "prime" or (kind == "sup" and _star(parser)):
            mark = "prime" if kind == "prime" else _star(parser)
            base, sup = _marked(parser, start, base, sup, mark)
        elif kind == "sub":
            if sub is not None:
                raise Unreadable("a second subscript", parser.here())
            parser.take()
            sub = parser_names.argument(parser, script=True, style=parser.style)
        elif kind == "sup":
            if sup is not None:
                raise Unreadable("a second superscript", parser.here())
            parser.take()
            sup = parser_names.argument(parser, script=True, style=parser.style)
        elif kind in ("bang", "percent"):
            base, sub, sup = _attached(parser, start, base, sub, sup), None, None
            operator = parser.take().text
            while parser.kind() == "bang" and parser.tokens[parser.at].start == parser.tokens[parser.at - 1].end:
                operator += parser.take().text
            signs += 1
            if signs > 2:
                raise Unreadable("one sign behind the other", parser.tokens[parser.at - 1].span)
            base = tree.Postfix(parser.since(start), operator, base)
        else:
            if kind == "digit" and (sub is not None or sup is not None or _variable(parser)):
                _refuse_digits(parser)
            return _attached(parser, start, base, sub, sup)


def _variable(parser: Parser) -> bool:
    """Whether a letter stands before the cursor, outside of scripts, where `k1` are two indices."""
    return not parser.script and parser.tokens[parser.at - 1].kind == "letter"


def _refuse_digits(parser: Parser) -> None:
    """Refuse `y_12` and `y1`: the page shows no product of `y_1` and 2, and nobody means one."""
    before, digit = parser.tokens[parser.at - 1], parser.tokens[parser.at]
    if before.end == digit.start and before.kind in ("digit", "letter"):
        raise Unreadable("digits behind a name: braces or a subscript are missing", digit.span)


def _star(parser: Parser) -> str:
    """The accent that a superscript at the cursor is: `^*`, `^{\\prime\\prime}`; "" for another superscript."""
    at = parser.at + 1
    if at < parser.end and parser.tokens[at].kind == "{":
        inner = parser.tokens[at + 1 : parser.pairs.closing[at]] if parser.pairs.closing[at] - at < 6 else []
    else:
        inner = parser.tokens[at : at + 1] if at < parser.end else []
    shown = {token.text for token in inner}
    if shown and shown <= {"*", "ast", "star"}:
        return " ".join("star" for _ in inner)
    return " ".join("prime" for _ in inner) if shown and shown <= {"prime", "'"} else ""


def _marked(parser: Parser, start: int, base: Node, sup: Node | None, mark: str) -> tuple[Node, Node | None]:
    """A prime or a star goes to the accents of a name, and is a superscript of anything else."""
    marks = mark.split()
    if parser.kind() == "sup":
        parser.take()
        if parser.kind() == "{":
            parser.at = parser.pairs.closing[parser.at] + 1
        else:
            parser.take()
    else:
        parser.take()
    if isinstance(base, tree.Name) and sup is None:
        return replace(base, accents=(*base.accents, *marks)), sup
    span = parser.tokens[parser.at - 1].span
    if sup is None:
        return base, tree.Name(span, marks[0], "", tuple(marks[1:]))
    if isinstance(sup, tree.Name) and sup.text == "prime":
        return base, replace(sup, accents=(*sup.accents, *marks))
    raise Unreadable("a second superscript", span)


def _attached(parser: Parser, start: int, base: Node, sub: Node | None, sup: Node | None) -> Node:
    """The base with its scripts; `{y_{ij}}^{a}` is the same as `y_{ij}^{a}`."""
    if sub is not None or sup is not None:
        parser.must_show(base)
        if isinstance(base, tree.Script) and sup is not None and base.sup is not None:
            raise Unreadable("a script of a script: braces do not show", parser.here())
    if sub is None and sup is None:
        return replace(base, span=parser.since(start)) if isinstance(base, tree.Name) else base
    span = parser.since(start)
    if isinstance(base, tree.Script) and base.sup is None and sub is None:
        return tree.Script(span, base.base, base.sub, sup)
    bracket = isinstance(base, tree.Group) and (base.opening, base.closing) in (("[", "]"), (".", "|"), ("|", "|"))
    if isinstance(base, tree.Group) and bracket and base.opening != "|" and sub is not None:
        taken = base.opening == "." or (sup is not None and not _is_power(sup))
        return tree.Evaluated(span, base.body, sub, sup) if taken else tree.Script(span, base, sub, sup)
    return tree.Script(span, base, sub, sup)


def _is_power(sup: Node) -> bool:
    """Whether a superscript of a bracket with a subscript is a power or transpose rather than an upper end."""
    if isinstance(sup, tree.Name):
        return sup.text in ("T", "top", "prime", "star", "dagger") or sup.style in WORDY
    return isinstance(sup, tree.Plus) and sup.signs == ("-",) and isinstance(sup.terms[0], tree.Number)


def evaluates(parser: Parser) -> bool:
    """Whether the bar at the cursor takes what is before it at a point: `f(x) \\Big|_{x=a}`."""
    if parser.kind(1) not in ("sub", "sup") or parser.text() == "\\|":
        return False
    token = parser.tokens[parser.at]
    if token.sized:
        return True
    if parser.fence or parser.kind(1) != "sub" or parser.kind(2) != "{":
        return False
    closing = parser.pairs.closing[parser.at + 2]
    return any(inner.kind == "relation" for inner in parser.tokens[parser.at + 3 : closing])


def evaluated(parser: Parser, start: int, base: Node) -> Node:
    """The bar with its two scripts."""
    parser.take()
    lower: Node | None = None
    upper: Node | None = None
    while parser.kind() in ("sub", "sup"):
        below = parser.take().kind == "sub"
        if (lower if below else upper) is not None:
            raise Unreadable("a second script", parser.here())
        read = parser_names.argument(parser, script=True)
        lower, upper = (read, upper) if below else (lower, read)
    return tree.Evaluated(parser.since(start), base, lower, upper)
