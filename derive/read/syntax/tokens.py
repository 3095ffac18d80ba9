"""LaTeX source → tokens, each with its place in the document.

Spaces, sizes and comments are gone, look-alikes and Unicode signs are the commands they stand for, relations carry what
is written over them. Row ends that an extraction collapsed (`\\\\` → `\\`) are row ends again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from derive.read.syntax import vocabulary as words
from derive.read.syntax.macros import DEEPEST as MOST_DEEP
from derive.read.syntax.macros import MOST_TEXT, Macro, definition_at
from derive.read.syntax.tree import Span, Unreadable

#: A block with more characters or tokens than this is not read.
MOST_CHARACTERS, MOST_TOKENS = 200_000, 40_000


@dataclass(slots=True)
class Token:
    """A word of LaTeX.

    `kind` is one of: letter, symbol, digit, point, word (Chinese, Japanese, Korean), text (`\\text{…}`), reason (words
    beside a formula), command, style, accent, function, extremum, big, open, close, bar, "{", "}", begin, end, row,
    amp, quad, relation, sign, times, join, dots, separator, sub, sup, prime, bang, percent, tag, label, other, bad
    (`text` says why). `text` is the canonical name, `mark` what is written over a relation, or the style that a letter
    has by itself; `sized` is true for fences of `\\left`, `\\right` and for bars set large.
    """

    kind: str
    text: str
    start: int
    end: int
    mark: str = ""
    sized: bool = False

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.end)


_WORD = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿가-힯々〆ー]+")
_COMMAND = re.compile(r"\\([a-zA-Z]+\*?|.)", re.DOTALL)
_DIMENSION = re.compile(r"\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|in|px|mu|\\[a-z]+)\s*\]")
_OPTIONAL = re.compile(r"\s*\[([^\[\]{}]*)\]")
_DEFINING = ("newcommand", "renewcommand", "providecommand", "def", "DeclareMathOperator", "DeclareMathOperator*")
_COLLAPSED = re.compile(r"[ \t]*\r?\n")
_STARRED = frozenset({"DeclareMathOperator*", "operatorname*", "hspace*", "vspace*", "tag*"})


@dataclass(slots=True)
class _Environment:
    """An environment while its inside is read: where row ends were, and where they may have been."""

    name: str
    rows: int = 0
    cells: int = 0
    perhaps: list[int] = field(default_factory=list)


class _Lexer:
    """Walks once over the source; every position is looked at a bounded number of times."""

    def __init__(self, source: str, offset: int, macros: Mapping[str, Macro], deep: int = 0) -> None:
        self.source, self.offset, self.at = source, offset, 0
        self.macros, self.deep, self.written = macros, deep, 0
        self.tokens: list[Token] = []
        self.open: list[_Environment] = []
        self.closings = _closings(source)

    def add(self, kind: str, text: str, start: int, end: int, sized: bool = False) -> None:
        self.tokens.append(Token(kind, text, start + self.offset, end + self.offset, "", sized))

    def run(self) -> list[Token]:
        source, size = self.source, len(self.source)
        while self.at < size:
            if len(self.tokens) > MOST_TOKENS:
                raise Unreadable("the formula is too long", Span(self.offset, self.offset + size))
            char, start = source[self.at], self.at
            if char == "\\":
                try:
                    self.command()
                except Unreadable as trouble:
                    self.at = max(self.at, start + 1)
                    self.add("bad", str(trouble), start, self.at)
            elif char.isspace():
                self.at += 1
            elif char == "%":
                end = source.find("\n", self.at)
                self.at = size if end < 0 else end
            elif "a" <= char <= "z" or "A" <= char <= "Z":
                self.at += 1
                self.add("letter", char, start, self.at)
            elif "0" <= char <= "9":
                self.at += 1
                self.add("digit", char, start, self.at)
            else:
                self.other(char)
        return [token for token in self.tokens if token.kind != "nothing"]

    def other(self, char: str) -> None:
        """A character that is no letter of English, no digit and no backslash."""
        start = self.at
        if char in words.SUPERSCRIPTS or char in words.SUBSCRIPTS:
            self.raised(words.SUPERSCRIPTS if char in words.SUPERSCRIPTS else words.SUBSCRIPTS)
            return
        if found := _WORD.match(self.source, self.at):
            self.at = found.end()
            self.add("word", found[0], start, self.at)
            return
        self.at += 1
        two = self.source[start : start + 2]
        if two in words.PAIRS:
            self.at += 1
            self.add("relation", words.PAIRS[two], start, self.at)
        elif self.source.startswith("...", start):
            self.at += 2
            self.add("dots", "\\ldots", start, self.at)
        elif char in words.UNICODE:
            self.named(words.UNICODE[char], start)
        elif char in words.GREEK_LETTERS:
            self.add("symbol", words.GREEK_LETTERS[char], start, self.at)
        else:
            plain = words.LOOKALIKES.get(char, char)
            if ord(plain[0]) > 127 and unicodedata.category(plain) != "No":
                compatible = unicodedata.normalize("NFKC", plain)
                plain = compatible if len(compatible) == 1 else plain
            self.plain(plain, char, start)

    def plain(self, plain: str, char: str, start: int) -> None:
        """A sign of ASCII, as typed or after its look-alike was replaced."""
        for piece in plain:
            if piece in words.SINGLE:
                if piece == "&" and self.open:
                    self.open[-1].cells += 1
                self.add(words.SINGLE[piece], piece, start, self.at)
            elif piece == "~" or piece.isspace() or unicodedata.category(piece) in ("Cf", "Mn"):
                continue
            elif piece in words.GREEK_LETTERS:
                self.add("symbol", words.GREEK_LETTERS[piece], start, self.at)
            elif piece in "$\\":
                self.add("bad", "a dollar sign inside a formula", start, self.at)
            elif piece.isascii() and piece.isalnum():
                self.add("digit" if piece.isdigit() else "letter", piece, start, self.at)
            elif piece.isalpha():
                self.add("letter", piece, start, self.at)
            else:
                self.add("other", char, start, self.at)
        if char != plain and self.tokens and self.tokens[-1].kind in ("letter", "symbol"):
            self.tokens[-1].mark = words.letter_style(char)

    def raised(self, table: dict[str, str]) -> None:
        """A run of small Unicode characters: a script in braces."""
        start = self.at
        while self.at < len(self.source) and self.source[self.at] in table:
            self.at += 1
        self.add("sup" if table is words.SUPERSCRIPTS else "sub", "", start, start)
        self.add("{", "{", start, start)
        for place in range(start, self.at):
            char = table[self.source[place]]
            kind = words.SINGLE.get(char) or ("digit" if char.isdigit() else "letter")
            self.add(kind, char, place, place + 1)
        self.add("}", "}", self.at, self.at)

    def command(self) -> None:
        """What begins with a backslash."""
        start, source = self.at, self.source
        found = _COMMAND.match(source, start)
        if found is None:
            self.at = len(source)
            self.add("collapsed", "", start, self.at)
            return
        name = found[1]
        if name.endswith("*") and name not in _STARRED:
            name = name[:-1]
        self.at = start + 1 + len(name)
        if name == "\\":
            if self.source[self.at : self.at + 1] == "*":
                self.at += 1
            if dimension := _DIMENSION.match(source, self.at):
                self.at = dimension.end()
            self.row(start)
        elif name == "[" and (dimension := _DIMENSION.match(source, start + 1)):
            self.at = dimension.end()
            self.row(start)
        elif name.isspace():
            self.collapsed(start)
        elif name in ",;:!>":
            return
        elif name == "|":
            self.add("bar", "\\|", start, self.at)
        elif name in "{}":
            self.add("open" if name == "{" else "close", "\\" + name, start, self.at)
        elif name == "_" and source[self.at : self.at + 1] == "{":  # as some Markdown wants it
            self.add("sub", "_", start, self.at)
        elif name == "_":
            self.add("letter", "_", start, self.at)
        elif name in "%#&$":
            self.add("percent" if name == "%" else "other", "\\" + name, start, self.at)
        elif name in self.macros:
            self.replaced(name, start)
        elif name in _DEFINING and (definition := definition_at(source, start)):
            self.at = definition[2]
        elif not name[0].isalpha():
            raise Unreadable(f"\\{name} inside a formula", Span(start + self.offset, self.at + self.offset))
        else:
            self.worded(name, start)

    def worded(self, name: str, start: int) -> None:
        """A command whose name is a word."""
        if name in ("begin", "end"):
            self.environment(name, start)
        elif name in ("left", "right", "middle") or name in words.SIZES:
            self.fence(name, start)
        elif name in ("tag", "tag*", "label"):
            self.add(name.rstrip("*"), self.braced(start).strip(), start, self.at)
        elif name in ("eqref", "ref", "cref", "Cref", "autoref"):
            self.add("text", f"({self.braced(start)})", start, self.at)
        elif name in words.TEXTS:
            self.add("text", self.braced(start), start, self.at)
        elif name in words.SILENT:
            for _ in range(words.SILENT[name]):
                self.braced(start)
        elif name in ("cr", "tabularnewline", "newline"):
            self.row(start)
        else:
            self.named(name, start)

    def replaced(self, name: str, start: int) -> None:
        """A command that the document defines: the words that it stands for, all of them where the command stands."""
        macro, given = self.macros[name], list[str]()
        if macro.default is not None:
            found = _OPTIONAL.match(self.source, self.at)
            given.append(found[1] if found else macro.default)
            self.at = found.end() if found else self.at
        while len(given) < macro.arguments:
            given.append(self.braced(start))
        text = macro.put(given)
        self.written += len(text)
        if self.deep >= MOST_DEEP or self.written > MOST_TEXT:
            raise Unreadable(f"\\{name} stands for too much", Span(start + self.offset, self.at + self.offset))
        inner = _Lexer(text, 0, self.macros, self.deep + 1)
        inner.written = self.written
        tokens = inner.run()
        self.written = inner.written
        begin, end = start + self.offset, self.at + self.offset
        for index, token in enumerate(tokens):
            token.start, token.end = (end if index else begin), end
        self.tokens.extend(tokens)

    def named(self, name: str, start: int) -> None:
        """A command that is one word by itself."""
        if name in words.SPOKEN:
            self.add("text", f" {words.SPOKEN[name]} ", start, self.at)
            return
        if name in words.NAMED:
            self.add("symbol", words.NAMED[name][0], start, self.at)
            self.tokens[-1].mark = words.NAMED[name][1]
            return
        for table, kind in words.KINDS:
            if name in table:
                mark = self.braced(start) if name.startswith("xr") or name.startswith("xl") else ""
                self.add(kind, table[name], start, self.at)
                self.tokens[-1].mark = mark
                return
        if name in ("quad", "qquad"):
            self.add("quad", name, start, self.at)
        elif name in words.BIG:
            self.add("big", name, start, self.at)
        else:
            self.add("command", name, start, self.at)

    def row(self, start: int) -> None:
        if self.open:
            self.open[-1].rows += 1
            self.open[-1].cells = 0
        self.add("row", "\\\\", start, self.at)

    def collapsed(self, start: int) -> None:
        """A backslash before a space: a space, or what an extraction left of the end of a row."""
        line = _COLLAPSED.match(self.source, start + 1)
        if line:
            self.at = line.end()
            self.row(start)
            return
        if not self.open:
            return
        inner = self.open[-1]
        rest = self.source[self.at : self.at + 8].lstrip()
        if inner.name in words.MATRICES or inner.name in words.CASES or (rest.startswith("&") and inner.cells):
            inner.perhaps.append(len(self.tokens))
            inner.cells = 0
            self.add("nothing", "\\\\", start, self.at)

    def environment(self, name: str, start: int) -> None:
        kind = self.braced(start).strip()
        if name == "begin":
            self.open.append(_Environment(kind))
            if kind in ("array", "tabular", "subarray", "alignat", "alignat*", "alignedat"):
                self.optional()
                self.braced(start)
            elif kind.rstrip("*") in words.MATRICES or kind in ("aligned", "gathered", "split"):
                self.optional()
        elif self.open:
            inner = self.open.pop()
            if not inner.rows:
                for index in inner.perhaps:
                    self.tokens[index].kind = "row"
        self.add(name, kind, start, self.at)

    def optional(self) -> None:
        """`[t]` behind the beginning of an environment."""
        found = re.compile(r"\s*\[[a-z*]\]").match(self.source, self.at)
        if found:
            self.at = found.end()

    def fence(self, name: str, start: int) -> None:
        """`\\left(`, `\\right.`, `\\middle|`, `\\Big[`: the size goes, the fence stays."""
        source = self.source
        while self.at < len(source) and source[self.at].isspace():
            self.at += 1
        found = _COMMAND.match(source, self.at)
        if found and not (found[1][0].isalpha() or found[1] in "{}|"):
            found = None
        if found is None and self.at >= len(source):
            raise Unreadable("a fence is missing", Span(start + self.offset, self.at + self.offset))
        if found:
            text, self.at = found[1].rstrip("*"), self.at + 1 + len(found[1].rstrip("*"))
        else:
            text, self.at = source[self.at], self.at + 1
        plain = {"<": "\\langle", ">": "\\rangle"}.get(text, text)
        if found:
            named = {"{": "\\{", "}": "\\}"} | words.OPENING | words.CLOSING | words.BARS
            plain = named.get(text, text)
        if name in words.SIZES:
            self.sized(name, plain, start)
        elif name == "middle":
            self.add("bar", "\\|" if plain == "\\|" else "\\mid", start, self.at, sized=True)
        else:
            self.add(
                "open" if name == "left" else "close", "|" if plain == "\\mid" else plain, start, self.at, sized=True
            )

    def sized(self, name: str, plain: str, start: int) -> None:
        """A fence whose size is given by hand."""
        if plain in ("|", "\\|", "\\mid"):
            side = {"l": "open", "r": "close"}.get(name[-1], "bar") if name[-1] in "lr" and name != "bar" else "bar"
            self.add(side, plain, start, self.at, sized=side == "bar")
        elif plain in ("/", "."):
            if plain == "/":
                self.add("times", "/", start, self.at)
        elif plain in words.ANSWERS:
            self.add("open", plain, start, self.at)
        elif any(plain in closing for closing in words.ANSWERS.values()):
            self.add("close", plain, start, self.at)
        else:
            raise Unreadable(f"a fence was expected after \\{name}", Span(start + self.offset, self.at + self.offset))

    def braced(self, start: int) -> str:
        """The text of the braces that follow, or the one word that follows."""
        source = self.source
        while self.at < len(source) and source[self.at].isspace():
            self.at += 1
        if self.at >= len(source):
            raise Unreadable("an argument is missing", Span(start + self.offset, len(source) + self.offset))
        if source[self.at] != "{":
            found = _COMMAND.match(source, self.at)
            self.at = found.end() if found else self.at + 1
            return found[0] if found else source[self.at - 1]
        begin = self.at
        end = self.closings.get(begin)
        if end is None:
            raise Unreadable("this brace is never closed", Span(begin + self.offset, begin + self.offset + 1))
        self.at = end + 1
        return source[begin + 1 : end]


_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)


def _closings(source: str) -> dict[int, int]:
    """Where every brace that opens is closed."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for place in _BRACE.finditer(source):
        if place[0] == "{":
            waiting.append(place.start())
        elif place[0] == "}" and waiting:
            found[waiting.pop()] = place.start()
    return found


def tokens_of(source: str, offset: int = 0, macros: Mapping[str, Macro] = MappingProxyType({})) -> list[Token]:
    """The tokens of a formula that starts at `offset` in its document, which may define `macros`.

    Raises:
        Unreadable: it is too long, or a brace or an argument is missing where the words themselves need it.
    """
    if len(source) > MOST_CHARACTERS:
        raise Unreadable("the formula is too long", Span(offset, offset + len(source)))
    return _Lexer(source, offset, macros).run()
