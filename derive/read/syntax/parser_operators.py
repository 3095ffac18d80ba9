"""Functions and how far their arguments reach, big operators with their bodies, integrals, fractions, roots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.read.syntax import parser_names, parser_scripts, tree
from derive.read.syntax.parser_pairs import differential_name, is_differential
from derive.read.syntax.tree import Node, Unreadable
from derive.read.syntax.vocabulary import (
    BINDING,
    BINOMIALS,
    EXTREMA,
    FRACTIONS,
    FUNCTIONS,
    INTEGRALS,
    SWITCHES,
    TRANSPARENT,
)

if TYPE_CHECKING:
    from derive.read.syntax.parser import Parser


def applied(parser: Parser) -> Node:
    """A function, an extremum or a big operator, with what it acts on."""
    start = parser.at
    if word := parser_names.typed_function(parser):
        parser.at += len(word)
        return extremum(parser, start, word) if word in EXTREMA else function(parser, start, FUNCTIONS[word])
    token = parser.take()
    if token.kind == "function":
        if token.text == "arg" and parser.kind() == "extremum":
            return function(parser, start, "arg " + parser.take().text)
        return function(parser, start, token.text)
    if token.kind == "extremum":
        return extremum(parser, start, token.text)
    return big(parser, start, token.text)


def scripts(parser: Parser) -> tuple[Node | None, Node | None]:
    """What stands below and above an operator."""
    found: dict[str, Node] = {}
    while (kind := parser.kind()) in ("sub", "sup", "prime"):
        if kind in found or (kind == "prime" and "sup" in found):
            raise Unreadable("a second script", parser.here())
        token = parser.take()
        if kind == "prime":
            found["sup"] = tree.Name(token.span, "prime")
            continue
        found[kind] = parser_names.argument(parser, script=True, style="")
    return found.get("sub"), found.get("sup")


def function(parser: Parser, start: int, name: str, sub: Node | None = None) -> Node:
    """A function whose name has been read: `\\log_{10} x`, `\\sin^2 x`, `\\exp(x)`, `\\log a b`.

    Without an argument, as in “take the `\\log`”, it is a name.
    """
    below, sup = scripts(parser)
    sub = sub or below
    kind = parser.kind()
    if kind in ("", "relation", "separator"):
        named = tree.Name(parser.since(start), name, "operator")
        return tree.Script(parser.since(start), named, sub, sup) if sub or sup else named
    if (kind == "times" and parser.at + 1 < parser.end) or (kind == "sign" and parser.text() == "+"):
        raise Unreadable(f"what \\{name} acts on was expected", parser.here())
    whole = name in ("arg max", "arg min")  # nothing is ever added to one
    argument, bare = _argument(parser, kind in ("open", "bar") and not whole, whole)
    return tree.Applied(parser.since(start), name, sub, sup, argument, bare)


def _argument(parser: Parser, fenced: bool, whole: bool) -> tuple[Node, bool]:
    """The argument of a function, and whether it stands there without fences; a `whole` one reaches over signs."""
    begin = parser.at
    if fenced:
        return parser_scripts.scripted(parser, begin, parser.atom()), False
    if parser.kind() == "{":
        closing = parser.pairs.closing[begin]
        if parser.kind(1) == "open" and parser.pairs.closing[begin + 1] == closing - 1:
            return parser_scripts.scripted(parser, begin, parser.atom()), False
    saved, parser.bare = parser.bare, not whole
    try:
        argument = parser.expression(BINDING["sign" if whole else "times"])
        if not whole:
            parser.must_show(argument, tree.Plus, tree.Joined, tree.Statement)
        return argument, True
    finally:
        parser.bare = saved


def extremum(parser: Parser, start: int, name: str, lower: Node | None = None) -> Node:
    """`\\max_k z_k` has a body like a sum; `\\max(a, b)` and `\\max\\{a, b\\}` are functions."""
    below, upper = scripts(parser)
    lower = lower or below
    if lower is None and upper is None:
        return function(parser, start, name)
    return _body(parser, start, name, lower, upper)


def big(parser: Parser, start: int, name: str) -> Node:
    """A sum, a product, an integral, a union."""
    lower, upper = scripts(parser)
    if name not in INTEGRALS:
        return _body(parser, start, name, lower, upper)
    end = parser.pairs.differentials.get(start)
    if end is None or end >= parser.end:
        return _body(parser, start, name, lower, upper)
    if end == parser.at:
        variables = differentials(parser)
        return _body(parser, start, name, lower, upper, variables)
    body = parser.within(parser.at, end, parser.expression)
    variables = differentials(parser)
    return tree.Big(parser.since(start), "\\" + name, lower, upper, body, variables)


def differentials(parser: Parser) -> tuple[Node, ...]:
    """`\\mathrm{d}x \\, \\mathrm{d}y`, `dx_1 \\cdots dx_n`, from the first `d` on."""
    found: list[Node] = []
    while parser.at < parser.end and is_differential(parser.tokens, parser.at):
        after = differential_name(parser.tokens, parser.at)
        if after is None or after >= parser.end:
            break
        parser.at = after
        begin = parser.at
        found.append(parser_scripts.scripted(parser, begin, parser_names.name(parser)))
        if parser.kind() == "dots" and parser.at + 1 < parser.end and is_differential(parser.tokens, parser.at + 1):
            found.append(parser.atom())
    return tuple(found)


def _body(
    parser: Parser, start: int, name: str, lower: Node | None, upper: Node | None, variables: tuple[Node, ...] = ()
) -> Node:
    """A big operator with its body, which reaches to the next sign of its level."""
    if parser.kind() in ("", "relation", "separator"):
        if variables:
            one = tree.Number(parser.since(parser.at), "1")
            return tree.Big(parser.since(start), "\\" + name, lower, upper, one, variables)
        named = tree.Name(parser.since(start), name, "operator")
        return tree.Script(parser.since(start), named, lower, upper) if lower or upper else named
    if parser.kind() == "sign" and parser.text() == "+":
        raise tree.Malformed(f"\\{name} has nothing to act on", parser.here())
    saved, parser.bare = parser.bare, False
    try:
        body = parser.expression(BINDING["times"])
        parser.must_show(body, tree.Plus, tree.Joined, tree.Statement)
    finally:
        parser.bare = saved
    return tree.Big(parser.since(start), "\\" + name, lower, upper, body, variables)


def command(parser: Parser) -> Node:
    """Fractions, binomials, roots, braces under and over something, what passes its argument through."""
    start = parser.at
    name = parser.text()
    if name in FRACTIONS or name in BINOMIALS:
        parser.take()
        upper = parser_names.argument(parser)
        lower = parser_names.argument(parser)
        kind = tree.Fraction if name in FRACTIONS else tree.Binomial
        return kind(parser.since(start), upper, lower)
    if name == "sqrt":
        parser.take()
        degree: Node | None = None
        if parser.kind() == "open" and parser.text() == "[" and not parser.tokens[parser.at].sized:
            degree = parser.inside(parser.expression)
        body = parser_names.argument(parser)
        return tree.Root(parser.since(start), degree, body)
    if name in ("underbrace", "overbrace", "cancel", "bcancel", "xcancel"):
        return _braced(parser, start, name)
    if name == "substack":
        return _substack(parser, start)
    if name in ("underset", "overset", "stackrel"):
        return _stacked(parser, start)
    if name in TRANSPARENT:
        parser.take()
        return parser_names.argument(parser)
    if name in SWITCHES:
        parser.take()
        parser.style = SWITCHES[name]
        return parser.operand()
    raise parser.unexpected("a number, a name or a bracket")


def _braced(parser: Parser, start: int, name: str) -> Node:
    """`\\underbrace{a + b}_{\\text{note}}`: the note is for the reader."""
    parser.take()
    body = parser_names.argument(parser)
    if parser.kind() in ("sub", "sup"):
        parser.take()
        if parser.kind() == "{":
            parser.at = parser.pairs.closing[parser.at] + 1
        else:
            parser.take()
    return tree.Accented(parser.since(start), name, body)


def _substack(parser: Parser, start: int) -> Node:
    """`\\substack{i < j \\\\ j < n}`: its lines, one below the other."""
    parser.take()
    if parser.kind() != "{":
        raise parser.unexpected("a brace")
    closing = parser.pairs.closing[parser.at]
    begin, items = parser.at + 1, []
    for place in range(begin, closing + 1):
        if place == closing or parser.tokens[place].kind == "row":
            items.append(parser.within(begin, place, lambda: parser.listed(top=True), script=True))
            begin = place + 1
    parser.at = closing + 1
    span = parser.since(start)
    return items[0] if len(items) == 1 else tree.Sequence(span, (",",) * (len(items) - 1), tuple(items))


def _stacked(parser: Parser, start: int) -> Node:
    """`\\underset{\\theta}{\\operatorname{arg\\,max}}`: an operator with what stands below it."""
    name = parser.take().text
    if name != "underset":
        raise Unreadable(f"\\{name} over something that is no relation", parser.here())
    lower = parser_names.argument(parser, script=True)
    found = _operator_name(parser)
    if found is None:
        raise Unreadable("something stands below what is no operator", parser.here())
    if found in EXTREMA:
        return extremum(parser, start, found, lower)
    return function(parser, start, found, lower)


def _operator_name(parser: Parser) -> str | None:
    """The operator in the argument at the cursor, however it is set; the cursor is left behind it."""
    if parser.kind() in ("extremum", "function"):
        return parser.take().text
    end = parser.at
    if parser.kind() == "style" and parser.kind(1) == "{":
        end = parser.pairs.closing[parser.at + 1]
    elif parser.kind() == "{":
        end = parser.pairs.closing[parser.at]
    inner = [token for token in parser.tokens[parser.at : end + 1] if token.kind not in ("{", "}", "style")]
    if len(inner) > 12 or not all(token.kind in ("letter", "function", "extremum") for token in inner):
        return None
    word = "".join(token.text for token in inner).replace("arg ", "arg")
    word = {"argmax": "arg max", "argmin": "arg min"}.get(word, word)
    if word not in EXTREMA and word not in FUNCTIONS:
        return None
    parser.at = end + 1
    return EXTREMA.get(word) or FUNCTIONS[word]
