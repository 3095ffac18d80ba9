"""Numbers, names with how they are set and what stands on them, braces, and scripts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.read.syntax import tree, vocabulary
from derive.read.syntax.tree import Node, Unreadable
from derive.read.syntax.vocabulary import SWITCHES, TYPED, WORDY

if TYPE_CHECKING:
    from derive.read.syntax.parser import Parser


def number(parser: Parser) -> Node:
    """Digits side by side, with one decimal point and `{,}` between thousands.

    Raises:
        Unreadable: a point stands by itself, or twice.
    """
    start, digits = parser.at, ""
    while parser.at < parser.end:
        token = parser.tokens[parser.at]
        if parser.at > start and token.start != parser.tokens[parser.at - 1].end:
            break
        if token.kind == "digit":
            digits += token.text
        elif token.kind == "point" and parser.kind(1) == "digit":
            if "." in digits:
                raise Unreadable("a second decimal point", token.span)
            digits += "."
        elif digits and token.kind == "{" and parser.text(1) == "," and parser.kind(2) == "}":
            _thousands(parser, digits)
            parser.at += 2
        else:
            break
        parser.at += 1
    if not digits:
        raise parser.unexpected("a number")
    return tree.Number(parser.since(start), "0" + digits if digits.startswith(".") else digits)


def _thousands(parser: Parser, digits: str) -> None:
    """Refuse `{,}` where it may be a decimal comma: `0{,}33`, `1{,}234`."""
    after = [parser.tokens[place].text for place in range(parser.at + 3, min(parser.at + 7, parser.end))]
    short = len(after) > 3 and after[3].isdigit()
    if digits == "0" or "." in digits or short or not (after[:3] == ["0"] * 3 or len(digits) > 3):
        raise Unreadable("thousands or decimals: the comma does not say", parser.here())


def name(parser: Parser) -> Node:
    """A letter, a symbol, a word; `\\mathrm{…}` and its like; what stands on it."""
    token = parser.tokens[parser.at]
    if token.kind == "letter":
        return _letters(parser)
    if token.kind == "symbol":
        parser.at += 1
        return tree.Name(token.span, token.text, token.mark or ("bold" if parser.style == "bold" else ""))
    if token.kind == "word":
        parser.at += 1
        return tree.Name(token.span, token.text, "text")
    if token.kind == "text":
        return _text(parser)
    if token.kind == "accent":
        return _accented(parser)
    return _styled(parser)


def _letters(parser: Parser) -> Node:
    """One letter; a whole word where letters are set as words."""
    start = parser.at
    word = parser.take().text
    if parser.style in WORDY or _underscored(parser):
        kinds = ("letter", "digit", "point")
        while parser.kind() in kinds and parser.tokens[parser.at].start == parser.tokens[parser.at - 1].end:
            word += parser.take().text
    word = word if word.count(".") > 1 else word.rstrip(".")
    style = parser.tokens[start].mark or parser.style or ("text" if "_" in word else "")
    return tree.Name(parser.since(start), word, style)


def _underscored(parser: Parser) -> bool:
    """Whether the letters from the one before the cursor on are a name of a program: `in\\_features`."""
    place = parser.at
    while place < min(parser.end, parser.at + 30) and parser.tokens[place].kind == "letter":
        if parser.tokens[place].start != parser.tokens[place - 1].end:
            return False
        if parser.tokens[place].text == "_":
            return True
        place += 1
    return False


def typed_function(parser: Parser) -> str:
    """The function whose name is typed in plain letters at the cursor (`log L`); "" where none is."""
    if parser.kind() != "letter" or parser.style:
        return ""
    before = parser.tokens[parser.at - 1] if parser.at else None
    if before is not None and before.kind == "letter" and before.end == parser.tokens[parser.at].start:
        return ""
    word, place = "", parser.at
    while place < parser.end and len(word) < 8 and parser.tokens[place].kind == "letter":
        if word and parser.tokens[place].start != parser.tokens[place - 1].end:
            break
        word += parser.tokens[place].text
        place += 1
    return word if word in TYPED else ""


def _text(parser: Parser) -> Node:
    """`\\text{…}`: a name where it is a word, words otherwise."""
    token = parser.take()
    text = " ".join(token.text.split())
    if text in vocabulary.FUNCTIONS or text in vocabulary.EXTREMA:
        from derive.read.syntax import parser_operators

        begin = parser.at - 1
        if text in vocabulary.EXTREMA:
            return parser_operators.extremum(parser, begin, vocabulary.EXTREMA[text])
        return parser_operators.function(parser, begin, vocabulary.FUNCTIONS[text])
    if not is_prose(token.text) or _equated(parser) or _is_script(parser):
        return tree.Name(token.span, text.strip(), "text")
    alone = ("{", "open", "amp", "row", "begin", "relation")
    if parser.at != parser.end or (parser.at > 1 and parser.tokens[parser.at - 2].kind not in alone):
        raise Unreadable(f"words inside a formula: “{text}”", token.span)
    return tree.Text(token.span, text)


def _is_script(parser: Parser) -> bool:
    """Whether the words before the cursor are all of a script or of an item of one: `D_\\text{in}`."""
    before = parser.tokens[parser.at - 2].kind if parser.at > 1 else ""
    if before in ("sub", "sup"):
        return True
    return parser.script and before in ("{", "separator") and parser.kind() in ("", "separator")


def _equated(parser: Parser) -> bool:
    """Whether the words before the cursor are a side of an equation: `\\text{number of trials} = n`."""
    before = parser.tokens[parser.at - 2] if parser.at > 1 else None
    after = parser.tokens[parser.at] if parser.at < parser.end else None
    return any(token is not None and token.kind == "relation" and token.text == "=" for token in (before, after))


def is_prose(text: str) -> bool:
    """Whether words join statements (`if`, `for all`) rather than name something (`test`, `cross entropy`)."""
    words = [word.strip(",.:;()") for word in text.lower().split()]
    return not words or any(word in vocabulary.CONNECTIVES for word in words) or not any(map(str.isalnum, text))


def _styled(parser: Parser) -> Node:
    """`\\mathbf{x}`, `\\boldsymbol{y_l}`, `\\mathrm{Var}`: a name, or an expression with its letters set so."""
    start = parser.at
    style = parser.take().text
    if parser.kind() != "{":
        if parser.kind() == "style":
            return name(parser)
        token = parser.take()
        if token.kind not in ("letter", "symbol", "digit"):
            parser.at -= 1
            raise parser.unexpected("a letter")
        return tree.Name(parser.since(start), token.text, style)
    function = _function_inside(parser, style)
    if function:
        return function
    closing = parser.pairs.closing[parser.at]
    if closing == parser.at + 1:
        raise Unreadable("nothing stands in these braces", parser.here())
    if style in ("bold", "blackboard") and all(
        token.kind == "digit" for token in parser.tokens[parser.at + 1 : closing]
    ):
        digits = "".join(token.text for token in parser.tokens[parser.at + 1 : closing])
        parser.at = closing + 1
        return tree.Name(parser.since(start), digits, style)  # an indicator, a vector of ones: no number
    body = parser.inside(lambda: parser.listed(top=True), style=style, script=parser.script)
    return parser.unfenced(replace(body, span=parser.since(start)))


def _function_inside(parser: Parser, style: str) -> Node | None:
    """`\\mathrm{tr}`, `\\operatorname{arg\\,max}`: functions by another name; the cursor stands at the brace."""
    from derive.read.syntax import parser_operators

    closing = parser.pairs.closing[parser.at]
    inner = parser.tokens[parser.at + 1 : closing]
    if style not in WORDY or not inner or len(inner) > 12:
        return None
    inner = [token for token in inner if token.kind not in ("{", "}", "style")]
    if not all(token.kind in ("letter", "function", "extremum") for token in inner):
        return None
    word = "".join(token.text for token in inner).replace("arg ", "arg")
    word = {"argmax": "arg max", "argmin": "arg min"}.get(word, word)
    if word in vocabulary.EXTREMA:
        parser.at = closing + 1
        return parser_operators.extremum(parser, parser.at - 1, vocabulary.EXTREMA[word])
    if word in vocabulary.FUNCTIONS:
        parser.at = closing + 1
        return parser_operators.function(parser, parser.at - 1, vocabulary.FUNCTIONS[word])
    return None


def _accented(parser: Parser) -> Node:
    """`\\hat\\theta`, `\\overline{x y}`."""
    start = parser.at
    accent = parser.take().text
    body = argument(parser)
    if isinstance(body, tree.Name):
        return replace(body, span=parser.since(start), accents=(*body.accents, accent))
    return tree.Accented(parser.since(start), accent, body)


def braces(parser: Parser) -> Node:
    """Braces leave no node; `{n \\choose k}`, `{a \\over b}` and `{\\rm d}` are read here."""
    start = parser.at
    if parser.pairs.closing[start] == start + 1:
        parser.at += 2
        return tree.Empty(parser.since(start))
    infix = parser.pairs.infix.get(start)
    if infix is not None:
        return _over(parser, infix)
    if parser.kind(1) == "command" and parser.text(1) in SWITCHES:
        style = SWITCHES[parser.text(1)]
        closing = parser.pairs.closing[start]
        if closing == start + 2:
            raise Unreadable("nothing stands in these braces", parser.here())
        body = parser.within(start + 2, closing, lambda: parser.listed(top=True), style=style)
        parser.at = closing + 1
        return parser.unfenced(body)
    return parser.unfenced(parser.inside(lambda: parser.listed(top=True), script=parser.script, style=parser.style))


def _over(parser: Parser, infix: int) -> Node:
    """`{a \\over b}`, `{n \\choose k}`."""
    start, closing, command = parser.at, parser.pairs.closing[parser.at], parser.tokens[infix]
    if infix == start + 1 or infix + 1 == closing:
        raise tree.Malformed(f"\\{command.text} has nothing on one side", command.span)
    upper = parser.within(start + 1, infix, lambda: parser.listed(top=True))
    lower = parser.within(infix + 1, closing, lambda: parser.listed(top=True))
    parser.at = closing + 1
    if command.text == "over":
        return tree.Fraction(parser.since(start), upper, lower)
    if command.text == "choose":
        return tree.Binomial(parser.since(start), upper, lower)
    if command.text == "atop":
        return tree.Sequence(parser.since(start), (",",), (upper, lower))
    raise Unreadable(f"\\{command.text} is not known", command.span)


_OPERANDS = frozenset({"digit", "letter", "symbol", "command", "open", "{", "style", "accent", "word"})


def argument(parser: Parser, **settings: str | bool) -> Node:
    """What a command takes: braces, or the one thing that follows (`\\frac12` takes two digits)."""
    kind = parser.kind()
    settings.setdefault("style", parser.style)
    if kind == "{":
        if parser.pairs.closing[parser.at] == parser.at + 1:
            raise Unreadable("nothing stands in these braces", parser.here())
        if parser.pairs.infix.get(parser.at) is not None:
            return _over(parser, parser.pairs.infix[parser.at])
        return parser.inside(lambda: parser.listed(top=True), **settings)
    if kind == "digit":
        token = parser.take()
        return tree.Number(token.span, token.text)
    if kind == "letter":
        token = parser.take()
        return tree.Name(token.span, token.text, parser.style)
    if kind in ("symbol", "word", "style", "accent", "command", "text", "dots"):
        return parser.atom()
    if kind in ("times", "sign") and settings.get("script"):
        token = parser.take()
        after = parser.tokens[parser.at] if parser.at < parser.end else None
        if token.kind == "sign" and after is not None and after.start == token.end and after.kind in _OPERANDS:
            raise Unreadable("a sign in the script and its operand outside of it: braces are missing", token.span)
        return tree.Name(token.span, {"*": "star", "\\cdot": "cdot", "\\circ": "circ"}.get(token.text, token.text))
    if kind == "prime":
        return tree.Name(parser.take().span, "prime")
    if not kind:
        raise Unreadable("an argument is missing here", parser.here())
    raise parser.unexpected("an argument")
