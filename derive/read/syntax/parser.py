"""A Pratt parser: the tokens of one row → the unevaluated tree of `tree`.

`Parser` walks over the tokens with a cursor; `vocabulary.BINDING` says how strongly operators bind. What it asks for
has files of its own, of functions that take the parser: `parser_names`, `parser_scripts`, `parser_fences`,
`parser_operators`, `parser_tables`; `parser_lists` puts lists in order, and `parser_pairs` knows beforehand which fence
answers which. Whatever is not understood raises `Unreadable` with its place: there is no partial reading, and none that
hangs on braces that do not show.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from derive.read.syntax import parser_fences, parser_names, parser_operators, parser_scripts, parser_tables, tree
from derive.read.syntax.parser_lists import gathered
from derive.read.syntax.parser_pairs import Pairs
from derive.read.syntax.tokens import Token
from derive.read.syntax.tree import Malformed, Node, Span, Unreadable
from derive.read.syntax.vocabulary import BINDING

#: Deeper recursion than this is refused; a pair of fences costs four. Real formulas stay below fifteen pairs.
DEEPEST = 120

#: Kinds of tokens that can start an operand.
STARTS = frozenset(
    {
        *("letter", "symbol", "digit", "point", "word", "text", "command", "style", "accent", "dots"),
        *("function", "extremum", "big", "open", "{", "begin"),
    }
)
#: Kinds that end the argument of a function written without fences.
ENDS_BARE = frozenset({"function", "extremum", "big"})

#: What is no factor without parentheses.
SUMS = (tree.Plus, tree.Joined, tree.Statement, tree.Sequence)

Result = TypeVar("Result")


class Parser:
    """A cursor over tokens `at` … `end`, and what the place that it is in asks for.

    `style` is how letters are set here; `bare` whether the argument of a function without fences is being read;
    `fence` the bar that is open; `script` whether this is a subscript or superscript.
    """

    def __init__(self, tokens: list[Token], pairs: Pairs) -> None:
        self.tokens, self.pairs = tokens, pairs
        self.at, self.end, self.depth = 0, len(tokens), 0
        self.style, self.fence, self.bare, self.script = "", "", False, False
        self.loose: dict[int, Node] = {}

    # -- the cursor ---------------------------------------------------------------------------------------------------

    def kind(self, ahead: int = 0) -> str:
        """The kind of the token that many places on; "" behind the end."""
        place = self.at + ahead
        return self.tokens[place].kind if place < self.end else ""

    def text(self, ahead: int = 0) -> str:
        """The text of the token that many places on; "" behind the end."""
        place = self.at + ahead
        return self.tokens[place].text if place < self.end else ""

    def take(self) -> Token:
        """The next token, which must be there."""
        if self.at >= self.end:
            raise Malformed("something is missing here", self.here())
        self.at += 1
        return self.tokens[self.at - 1]

    def here(self) -> Span:
        """Where the cursor stands."""
        if self.at < self.end:
            return self.tokens[self.at].span
        last = self.tokens[self.end - 1].end if self.end else 0
        return Span(last, last)

    def since(self, start: int) -> Span:
        """The stretch from the token at `start` to the cursor."""
        if self.at <= start:
            return Span(self.here().start, self.here().start)
        return Span(self.tokens[start].start, self.tokens[self.at - 1].end)

    def unexpected(self, wanted: str) -> Unreadable:
        """The error for what stands at the cursor."""
        if self.at >= self.end:
            return Malformed(f"{wanted} is missing here", self.here())
        token = self.tokens[self.at]
        if token.kind == "bad":
            return Unreadable(token.text, token.span)
        if token.kind in ("command", "other"):
            shown = "\\" + token.text if token.kind == "command" else token.text
            return Unreadable(f"{shown} is not known", token.span)
        return Unreadable(f"{wanted} was expected, not “{token.text}”", token.span)

    def within(self, start: int, end: int, read: Callable[[], Result], **settings: str | bool) -> Result:
        """What `read` makes of the tokens from `start` to before `end`, all of them; the cursor is left at `end`.

        Raises:
            Unreadable: it does not read them all, or fences are nested too deeply.
        """
        saved = (self.end, self.style, self.fence, self.bare, self.script)
        self.at, self.end, self.depth = start, end, self.depth + 1
        self.style = str(settings.get("style", self.style))
        self.fence, self.bare = str(settings.get("fence", "")), False
        self.script = bool(settings.get("script", False))
        self.deep()
        try:
            result = read()
            if self.at != self.end:
                raise self.unexpected("an operator")
        finally:
            self.end, self.style, self.fence, self.bare, self.script = saved
            self.depth -= 1
        return result

    def deep(self) -> None:
        """Refuse what is nested too deeply."""
        if self.depth > DEEPEST:
            raise Unreadable(f"nested more than {DEEPEST // 4} deep", self.here())

    def inside(self, read: Callable[[], Result], **settings: str | bool) -> Result:
        """What `read` makes of the inside of the pair that opens at the cursor; the cursor is left behind the pair."""
        opening = self.at
        closing = self.pairs.closing[opening]
        if closing >= self.end:
            raise Unreadable("this closes beyond its formula", self.here())
        result = self.within(opening + 1, closing, read, **settings)
        self.at = closing + 1
        return result

    def unfenced(self, node: Node) -> Node:
        """Keep in mind what stands between braces that do not show."""
        if isinstance(
            node, tree.Plus | tree.Times | tree.Joined | tree.Applied | tree.Big | tree.Statement | tree.Sequence
        ):
            self.loose[id(node)] = node
        return node

    def must_show(self, node: Node, *weaker: type[Node]) -> None:
        """Refuse a reading that hangs on braces: the page shows `{a + b} c` as a + bc, and `{a b}^2` as ab².

        With `weaker`, only nodes of these kinds are refused.
        """
        if (not weaker or isinstance(node, weaker)) and id(node) in self.loose:
            raise Unreadable("this reading hangs on braces that do not show", node.span)

    # -- sides, relations, lists --------------------------------------------------------------------------------------

    def listed(self, top: bool = False) -> Node:
        """All that is left: statements or expressions and what separates them.

        With `top` (a row, a script) `i = 1, \\ldots, n` is one statement about a list; in a group, as in `P(X=x, Y)`,
        separators are weaker than relations.
        """
        start = self.at
        items, separators = [self.stated(top)], []
        while self.at < self.end:
            separators.append(self.separator())
            if self.at >= self.end:
                raise Unreadable(f"nothing stands behind “{separators[-1]}”", self.tokens[self.at - 1].span)
            items.append(self.stated(top))
        if top:
            items, separators = gathered(items, separators)
        if len(items) == 1:
            return items[0]
        return tree.Sequence(self.since(start), tuple(separators), tuple(items))

    def separator(self) -> str:
        """A comma, a semicolon, a colon, a bar."""
        if self.kind() == "separator":
            return self.take().text
        if self.kind() == "bar" and not self.fence:
            double = self.doubled()
            text = self.take().text
            if double:
                self.take()
            return "||" if double else "|" if text == "\\mid" else text
        raise self.unexpected("an operator")

    def doubled(self) -> bool:
        """Whether the two bars at the cursor are one separator, `P || Q`; in `x | |y|` a third one follows."""
        return self.text() == "|" == self.text(1) and self.pairs.bars.get(self.at) == 2

    def stated(self, top: bool) -> Node:
        """Sides joined by relations, or one expression."""
        start = self.at
        sides: list[Node] = []
        relations, marks = [], []
        while True:
            if self.relation(top) and not sides:
                sides.append(tree.Empty(Span(self.here().start, self.here().start)))
            elif self.at >= self.end and sides:
                last = self.tokens[self.at - 1]
                raise Unreadable(f"nothing stands behind “{last.text}”", last.span)
            else:
                sides.append(self.expression())
            if not self.relation(top):
                break
            token = self.take()
            relations.append(token.text)
            marks.append(token.mark)
        if not relations:
            return sides[0]
        return tree.Statement(self.since(start), tuple(sides), tuple(relations), tuple(marks))

    def relation(self, top: bool) -> bool:
        """Whether a relation stands at the cursor; a colon is one outside of groups (`H_0: \\mu = 0`)."""
        return self.kind() == "relation" or (
            top and not self.script and self.kind() == "separator" and self.text() == ":"
        )

    # -- expressions --------------------------------------------------------------------------------------------------

    def expression(self, least: int = 0) -> Node:
        """An expression of operators that bind at least as strongly as `least`."""
        start = self.at
        self.depth += 1
        self.deep()
        try:
            if self.kind() == "sign" and (self.at + 1 == self.end if self.script else self.alone()):
                token = self.take()
                left: Node = tree.Name(token.span, token.text)
            elif self.kind() == "sign":
                if least > BINDING["sign"]:
                    left = self.signed(start, [self.take().text], [self.expression(least)])
                else:
                    left = self.terms(start, [self.take().text], [])
            else:
                left = self.operand()
            bars = 0
            while True:
                if self.kind() == "bar" and parser_scripts.evaluates(self):
                    bars += 1
                    if bars > 2:
                        raise Unreadable("one bar behind the other", self.here())
                    left = parser_scripts.evaluated(self, start, left)
                elif (operator := self.infix()) and BINDING[operator] >= least:
                    left = self.chain(start, operator, left)
                else:
                    return left
        finally:
            self.depth -= 1

    def infix(self) -> str:
        """Which kind of operator stands at the cursor, behind an operand; "" for none."""
        kind = self.kind()
        if kind in ("sign", "join"):
            return kind
        if kind == "times":
            self.at += 1
            ends = self.bare and self.begins(self.kind())
            self.at -= 1
            return "" if ends else kind
        if kind == "bar":
            opens = not self.fence and self.text() != "\\mid"
            return "beside" if opens and not self.doubled() and self.pairs.bars.get(self.at, 1) % 2 == 0 else ""
        if kind not in STARTS or (self.bare and self.begins(kind)):
            return ""
        return "beside"

    def begins(self, kind: str) -> bool:
        """Whether a function or a big operator stands at the cursor; it ends an argument without fences."""
        return kind in ENDS_BARE or (kind == "letter" and bool(parser_names.typed_function(self)))

    def chain(self, start: int, operator: str, left: Node) -> Node:
        """A run of operators of one strength, with `left` as its first operand."""
        if operator == "sign":
            if isinstance(left, tree.Plus) and left.span.start == self.tokens[start].start and left.signs[0]:
                return self.terms(start, list(left.signs), list(left.terms))
            return self.terms(start, [""], [left])
        if operator == "join":
            joiners, items = [], [left]
            while self.kind() == "join":
                joiners.append(self.take().text)
                items.append(self.expression(BINDING["join"] + 1))
            return tree.Joined(self.since(start), tuple(joiners), tuple(items))
        operators, factors = [], [left]
        while (operator := self.infix()) in ("times", "beside"):
            if operator == "times" and self.script and self.at + 1 == self.end:
                operators.append("")
                factors.append(self.placeholder())
                break
            self.must_show(factors[-1], *SUMS)
            operators.append(self.take().text if operator == "times" else "")
            if operator == "beside" and isinstance(factors[-1], tree.Number) and self.kind() in ("digit", "point"):
                raise Unreadable("two numbers stand side by side", self.here())
            factors.append(self.factor(operators[-1]))
            self.must_show(factors[-1], *SUMS, *((tree.Times,) if operators[-1] in ("/", "\\div") else ()))
        return tree.Times(self.since(start), tuple(operators), tuple(factors))

    def factor(self, operator: str) -> Node:
        """An operand behind a sign of multiplication, which may have a minus of its own."""
        if operator and self.kind() == "sign":
            token = self.tokens[self.at]
            if token.text == "+":
                raise Malformed(f"“{operator}” has nothing on its right", token.span)
            start = self.at
            return self.signed(start, [self.take().text], [self.operand()])
        return self.operand()

    def alone(self) -> bool:
        """Whether the operator at the cursor has no operand on either side, as in `f(\\cdot, x)` or `\\|\\cdot\\|`."""
        before = self.tokens[self.at - 1].kind if self.at else ""
        ends = ("separator", "bar", "close", "}", "")
        return before in ("open", "{", "separator", "bar") and self.kind(1) in ends

    def placeholder(self) -> Node:
        """A dot that stands for an argument or for an index summed over: `f(\\cdot)`, `y_{i\\cdot}`."""
        token = self.take()
        return tree.Name(token.span, {"\\cdot": "cdot", ".": "cdot", "*": "star"}.get(token.text, token.text))

    def terms(self, start: int, signs: list[str], terms: list[Node]) -> Node:
        """A sum from its first sign or first term on."""
        while True:
            if len(terms) < len(signs):
                if self.at >= self.end or self.kind() in ("relation", "separator"):
                    error = Unreadable if self.script else Malformed  # `2+` is a charge
                    raise error(f"“{signs[-1]}” has nothing on its right", self.tokens[self.at - 1].span)
                if self.kind() == "sign" and self.text() == "+":
                    raise Malformed(f"“{signs[-1]}” has nothing on its right", self.tokens[self.at - 1].span)
                terms.append(self.expression(BINDING["times"]))
                if signs[-1] not in ("", "+"):
                    self.must_show(terms[-1], *SUMS)
            elif self.kind() == "sign":
                signs.append(self.take().text)
            else:
                return self.signed(start, signs, terms)

    def signed(self, start: int, signs: list[str], terms: list[Node]) -> tree.Plus:
        """A sum whose parts are there."""
        return tree.Plus(self.since(start), tuple(signs), tuple(terms))

    # -- operands -----------------------------------------------------------------------------------------------------

    def operand(self) -> Node:
        """An atom with its scripts."""
        start = self.at
        self.depth += 1
        self.deep()
        try:
            kind = self.kind()
            if self.begins(kind):
                return parser_operators.applied(self)
            if kind in ("sub", "sup"):
                return parser_scripts.scripted(self, start, tree.Empty(Span(self.here().start, self.here().start)))
            atom = self.atom()
            if isinstance(atom, tree.Applied | tree.Big) and self.kind() not in ("sub", "sup", "bang", "prime"):
                return atom
            return parser_scripts.scripted(self, start, atom)
        finally:
            self.depth -= 1

    def atom(self) -> Node:
        """One thing without scripts."""
        self.depth += 1
        self.deep()
        try:
            return self.thing()
        finally:
            self.depth -= 1

    def thing(self) -> Node:
        """The thing that starts at the cursor, by its kind."""
        kind = self.kind()
        if kind == "digit" or (kind == "point" and not self.alone()):
            return parser_names.number(self)
        if kind in ("letter", "symbol", "word", "text", "style", "accent"):
            return parser_names.name(self)
        if kind == "{":
            return parser_names.braces(self)
        if kind == "open":
            return parser_fences.fenced(self)
        if kind == "bar" and self.text() != "\\mid" and not self.fence:
            return parser_fences.barred(self)
        if kind == "dots":
            token = self.take()
            return tree.Dots(token.span, token.text)
        if kind == "begin":
            return parser_tables.table(self)
        if kind == "command":
            return parser_operators.command(self)
        if (kind == "times" and (self.script or self.alone())) or (kind == "point" and self.alone()):
            return self.placeholder()
        if kind in ("times", "join"):
            token = self.tokens[self.at]
            other = token.text == "*" or (token.text == "/" and self.at and self.tokens[self.at - 1].text == "/")
            error = Unreadable if other else Malformed  # a placeholder, a division of integers
            raise error(f"“{token.text}” has nothing on its left", token.span)
        raise self.unexpected("a number, a name or a bracket")
